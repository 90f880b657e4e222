"""What became of what a sink was given, in numbers."""

from msgspec import Struct
from msgspec.structs import asdict


class Tally(Struct, frozen=True, kw_only=True):
    """Numbers of one sink; they are added up in the store, with its position."""

    exchanges: int = 0
    """Handed over."""
    sent: int = 0
    """Spans, lines or events that the receiver has taken."""
    left_out: int = 0
    """Exchanges that were healthy, and not in the share that is sent."""
    refused: int = 0
    """Spans or events that the receiver will never take: they are dropped."""
    skipped: int = 0
    """Frames that were gone before they were read: of a sink that nobody waits for."""

    def plus(self, other: "Tally") -> "Tally":
        """Add two."""
        added = asdict(other)
        return Tally(**{name: count + added[name] for name, count in asdict(self).items()})


NOTHING = Tally()
