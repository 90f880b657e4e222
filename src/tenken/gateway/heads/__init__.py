"""What the head of a request says."""
