"""What CI and CD really do, as its collector found it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineFacts:
    """What CI and CD really do."""
