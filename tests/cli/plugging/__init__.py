"""Detectors in Python of a policy."""
