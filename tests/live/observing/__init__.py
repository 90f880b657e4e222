"""Observing, with the tools that others watch with."""
