"""Feedback to backends that have a form of their own for it."""
