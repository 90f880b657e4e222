"""Runbooks, datasets, decisions and diagrams, as its collector found it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """Runbooks, datasets, decisions and diagrams."""
