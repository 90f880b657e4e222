"""Hints at harm and topics."""
