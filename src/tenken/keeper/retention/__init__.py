"""Takes away what is older than the settings keep."""
