"""Orders that somebody slips in."""
