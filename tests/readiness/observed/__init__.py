"""Tests of what is observed of running systems."""
