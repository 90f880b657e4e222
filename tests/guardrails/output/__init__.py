"""What an answer may do."""
