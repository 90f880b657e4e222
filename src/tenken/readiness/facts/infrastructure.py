"""What runs where, and how it is set, as its collector found it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class InfrastructureFacts:
    """What runs where, and how it is set."""
