"""Detectors that a service states in its policy."""
