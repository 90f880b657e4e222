"""What a journal on this machine says of a request, and how it is told."""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

from tenken.journal.exchange import Attempt, Exchange, Match
from tenken.journal.frame import Frame, decode
from tenken.journal.reader import record_of, segments
from tenken.journal.texts import KEPT, content_of
from tenken.messages.speech import Speech

NEWEST = 2
"""Segments of each worker that are looked at: what was just asked stands in the last ones."""
MICRO = 1_000_000


def newest(journals: Path) -> tuple[Exchange, ...]:
    """Give what the newest segments of all workers hold, oldest first; nothing without any."""
    found = (one for worker in _folders(journals) for one in _exchanges(worker))
    return tuple(sorted(found, key=lambda one: one.at))


def with_id(journals: Path, name: str) -> Exchange | None:
    """Give the record of a request; None where this machine has none."""
    return next((one for one in reversed(newest(journals)) if one.id == name), None)


def lines(exchange: Exchange, speech: Speech) -> Iterator[str]:
    """Tell a record: whose it was, every attempt, tokens, cost and times."""
    who = exchange.identity
    yield speech.text(
        "ask.request",
        id=exchange.id,
        caller=who.caller,
        use_case=who.use_case or "-",
        route=who.route,
    )
    yield speech.text("ask.attempts", attempts=attempts(exchange, speech))
    yield speech.text("ask.tokens", read=exchange.usage.read, written=exchange.usage.written)
    yield cost(exchange.cost, speech)
    times = exchange.timings
    yield speech.text(
        "ask.times", first=seconds(times.first_token / MICRO), last=seconds(times.last / MICRO)
    )
    if exchange.matches:
        yield speech.text("ask.guard", matches=matches(exchange.matches))
    said = content_of(exchange.content)
    if said.kind == KEPT:
        yield speech.text("ask.texts_kept", key=said.word)
    elif said.kind:
        yield speech.text("ask.texts_withheld", why=f"wording.withheld_{said.word}")


def matches(found: Iterable[Match]) -> str:
    """Tell what a guard found, by risk and what was done about it."""
    counts = Counter((one.risk, one.action) for one in found)
    return ", ".join(f"{risk} {action} {n}" for (risk, action), n in counts.items()) or "-"


def attempts(exchange: Exchange, speech: Speech) -> str:
    """Tell which targets were called in turn, and what became of each call."""
    told = (f"{one.target}: {_became(one, speech)}" for one in exchange.attempts)
    return " → ".join(told) or speech.text("wording.no_call")


def cost(dollars: Decimal, speech: Speech) -> str:
    """Tell a cost, or that no price is known."""
    if not dollars:
        return speech.text("ask.no_cost")
    return speech.text("ask.cost", dollars=f"{dollars.normalize():f}")


def seconds(value: float) -> str:
    """Give a time as people say it.

    >>> seconds(0.0123), seconds(2.0)
    ('12 ms', '2.00 s')
    """
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"


def _became(attempt: Attempt, speech: Speech) -> str:
    if attempt.failure is None:
        return speech.text("wording.call_answered")
    return speech.text(f"wording.failure_{attempt.failure}")


def _folders(journals: Path) -> Iterator[Path]:
    if journals.is_dir():
        yield from (path for path in journals.iterdir() if path.is_dir())


def _exchanges(worker: Path) -> Iterator[Exchange]:
    for segment in segments(worker)[-NEWEST:]:
        for found in decode(segment.read_bytes()):
            record = record_of(found) if isinstance(found, Frame) else None
            if isinstance(record, Exchange):
                yield record
