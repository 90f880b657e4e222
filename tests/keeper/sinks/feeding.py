"""A sink under test: a receiver that holds what it is given, and the feed before it."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct, field
from sqlalchemy import Engine

from tenken.journal.exchange import Exchange
from tenken.keeper.sinks.feed import Feed
from tenken.keeper.sinks.receiver import Later
from tenken.sentence import Sentence
from tenken.store.owed.owed import Owed
from tenken.store.owed.tally import Tally
from tenken.store.sinks.positions import Positions
from tests.journal.making import AT


class Held(Struct, kw_only=True, eq=False):
    """A receiver that holds what it is given, while it is there."""

    there: bool = True
    taken: list[str] = field(default_factory=list)
    closed: bool = False
    told: list[Sentence] = field(default_factory=list)

    def deliver(self, exchanges: Sequence[Exchange], now: int) -> Tally:  # noqa: ARG002
        """Take all, or nothing."""
        if not self.there:
            raise Later("away")
        self.taken += [one.id for one in exchanges]
        return Tally(exchanges=len(exchanges), sent=len(exchanges))

    def close(self) -> None:
        """Note it."""
        self.closed = True


def feed_of(held: Held, journals: Path, engine: Engine, *, name: str = "held") -> Feed:
    """Give the feed of a receiver."""
    return Feed(
        name,
        held,
        journals=journals,
        instance="i",
        positions=Positions(engine, name),
        owed=Owed(engine, name),
        mine=lambda _now: True,
        tell=held.told.append,
    )


def fed(feed: Feed, *, now: int = AT) -> None:
    """Step until there is no more to bring at once."""
    while not feed.step(now):
        pass
