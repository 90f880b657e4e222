"""Writes many rows at once, past what makes a statement of each."""
