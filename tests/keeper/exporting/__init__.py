"""What is handed to analytics."""
