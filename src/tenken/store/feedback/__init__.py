"""What was said of answers, tied to the answers it was said of."""
