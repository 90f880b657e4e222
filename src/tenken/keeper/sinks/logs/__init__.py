"""Log lines of exchanges, as Cloud Logging and Datadog read them."""
