"""How far each sink is behind, and giving it again what the ledger has."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from tenken.cli.serving.machine import wall_us
from tenken.errors import UsageError
from tenken.journal.reader import tail
from tenken.keeper.sinks.following import Following
from tenken.sentence import Sentence, say
from tenken.store.owed.owed import Owed
from tenken.store.sinks.positions import Positions
from tenken.store.sinks.replaying import Span, replay

MICRO = 1_000_000


def lags(
    engine: Engine, sinks: Sequence[str], journals: Sequence[tuple[str, Path]]
) -> Iterator[Sentence]:
    """Say of each sink what it has not got yet: frames, bytes, and how old the oldest is."""
    for sink in sinks:
        frames = size = 0
        oldest: list[int] = []
        for name, folder in journals:
            applied, following = Positions(engine, sink).applied(name), Following(folder)
            frames += max(0, tail(folder).sequence - applied.position.sequence)
            size += following.behind(applied)
            oldest += [one.at for one in following.piece(applied).exchanges[:1]]
        debt = Owed(engine, sink).debt()
        oldest += [debt.oldest] if debt.exchanges else []
        yield say(
            "sinks.stands",
            name=sink,
            frames=frames,
            bytes=size,
            owed=debt.exchanges,
            seconds=(wall_us() - min(oldest)) // MICRO if oldest else 0,
        )


def replayed(engine: Engine, sinks: Sequence[str], sink: str, since: str) -> Sentence:
    """Owe a sink what came since a moment; raises UsageError for a sink or moment that is none."""
    if sink not in sinks:
        raise UsageError(
            "sinks.no_such", name=sink, known=", ".join(sinks) or "wording.none_there"
        )
    try:
        moment = datetime.fromisoformat(since)
    except ValueError:
        raise UsageError("sinks.no_moment", value=since) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    span = Span(since=round(moment.timestamp() * MICRO), until=wall_us())
    return say("sinks.replayed", name=sink, count=replay(engine, sink, span), since=since)
