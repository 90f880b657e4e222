"""Detectors in Python that a policy names: each in a process of its own, which can be ended."""
