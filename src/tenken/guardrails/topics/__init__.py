"""Harm and topics by their words: hints, which a verdict or a person has to confirm."""
