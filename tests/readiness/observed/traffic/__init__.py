"""What running systems do with their traffic."""
