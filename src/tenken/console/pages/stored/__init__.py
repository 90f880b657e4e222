"""What was said, where it is stored."""
