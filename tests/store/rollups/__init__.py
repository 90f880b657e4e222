"""What is summed, and how it is read."""
