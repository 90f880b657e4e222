"""What is wrong now, who is told of it, and what becomes of it."""
