"""Answers that come in pieces: nothing leaves before it was looked at."""
