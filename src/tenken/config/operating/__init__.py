"""What `tenken.yaml` says of running: telemetry, alerts, console, retention, value."""
