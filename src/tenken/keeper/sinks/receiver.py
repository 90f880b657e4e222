"""What a sink's other end is to the feeding: it takes exchanges, now or later."""

from collections.abc import Sequence
from typing import Protocol

from tenken.journal.exchange import Exchange
from tenken.store.owed.tally import Tally


class Later(Exception):
    """It does not take anything now; nothing is lost by asking again.

    What was handed over before this was raised may be handed over again: each thing that is sent
    has an id of its own that does not change.
    """

    def __init__(self, why: str, *, after_s: float | None = None) -> None:
        """`after_s` is when to ask again, where the other end says so."""
        super().__init__(why)
        self.why = why
        self.after_s = after_s


class Receiver(Protocol):
    """A sink's other end."""

    def deliver(self, exchanges: Sequence[Exchange], now: int) -> Tally:
        """Hand over what became of requests; returns once it has them, or raises Later.

        `now` is in microseconds since 1970.
        """
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...
