"""Orders that somebody slips in: by rules on meaning, and by a small classifier of our own."""
