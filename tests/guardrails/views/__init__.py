"""Other readings of a text."""
