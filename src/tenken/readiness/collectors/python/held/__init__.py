"""Functions that somebody else holds and runs."""
