"""Tests of how records are committed."""
