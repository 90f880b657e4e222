"""What the application's own code does with models, as its collector found it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFacts:
    """What the application's own code does with models."""
