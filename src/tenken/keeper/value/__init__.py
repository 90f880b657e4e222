"""What answers are worth, and what they cost."""
