"""What runs and was released."""
