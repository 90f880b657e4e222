"""What is too old goes."""
