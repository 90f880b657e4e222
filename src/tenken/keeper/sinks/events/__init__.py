"""What guards found, as events of a monitoring service."""
