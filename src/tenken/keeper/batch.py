"""What of a journal is applied together, and what is written for a request that never ended."""

from collections.abc import Iterable

from msgspec import Struct

from tenken.journal.exchange import Attempt, Exchange, Intent, Outcome
from tenken.journal.feedback import Feedback
from tenken.journal.frame import Kind
from tenken.journal.life import Opened
from tenken.journal.reader import (
    EXCHANGES,
    INTENTS,
    Damage,
    Placed,
    Position,
    unreadable,
)
from tenken.journal.reader import FEEDBACK as SAID
from tenken.journal.reader import OPENED as LIVES
from tenken.store.ledger import Applied, Batch, Lost
from tenken.store.parking import Parked

SETTLEMENT, INTENT, FEEDBACK, OPENED = (
    Kind.SETTLEMENT, Kind.INTENT, Kind.FEEDBACK, Kind.OPENED,
)  # fmt: skip
"""Looked up once: each frame is held against them."""
PAYLOAD_BYTES = 16 << 20
"""Of a batch, at most, but for its last frame: where texts are stored frames are large."""


class Gathered(Struct, frozen=True, kw_only=True):
    """A batch, and the damage behind it: what stands before damage is applied all the same.

    A record that cannot be read stands in a frame that is whole: it is parked, and no damage.
    """

    batch: Batch
    frames: int
    full: bool = False
    """It ends where it had to: there may be more behind it."""
    first: Placed | None = None
    damage: Damage | None = None


class _Taken(Struct):
    """What was read so far, by its kind."""

    intents: list[Intent] = []
    exchanges: list[Exchange] = []
    feedback: list[Feedback] = []
    unread: list[tuple[Placed, str]] = []
    """What cannot be read, and why."""


def gather(
    found: Iterable[Placed | Damage], *, journal: str, applied: Applied, most: int, now: int
) -> Gathered:
    """Take frames up to a number, to damage, or to where another life of the writer begins.

    `now` is in microseconds since 1970.
    """
    boot, frames, held, taken = applied.boot, 0, 0, _Taken()
    lost: Lost | None = None
    damage: Damage | None = None
    first: Placed | None = None
    last: Placed | None = None
    for one in found:
        if isinstance(one, Damage):
            damage = one
            break
        read = _read(one, taken)
        if read is None:
            pass  # a record, as nearly always
        elif isinstance(read, Damage):
            damage = read
            break
        else:
            if read.boot != boot and frames:
                break
            boot = read.boot
            heard = _after(last, applied).sequence
            lost = lost or lost_of(read, one, journal=journal, heard=heard)
        frames += 1
        last = one
        first = first or last
        held += len(one.frame.payload)
        if frames == most or held >= PAYLOAD_BYTES:
            break
    unread = [
        parked_of(one, journal=journal, boot=boot, why=why, now=now) for one, why in taken.unread
    ]
    batch = Batch(
        journal=journal,
        boot=boot,
        after=applied.position,
        position=_after(last, applied),
        intents=tuple(taken.intents),
        exchanges=tuple(taken.exchanges),
        feedback=tuple(taken.feedback),
        parked=tuple(unread),
        lost=lost,
    )
    full = frames == most or held >= PAYLOAD_BYTES
    return Gathered(batch=batch, frames=frames, full=full, first=first, damage=damage)


def lost_of(opened: Opened, one: Placed | Damage, *, journal: str, heard: int) -> Lost | None:
    """Give what may be missing before a life of a writer, beside what the ledger had heard."""
    if not opened.lost or not isinstance(one, Placed):
        return None
    last = one.frame.sequence - 1
    records = min(opened.lost, last - heard)
    if records <= 0:
        return None
    return Lost(
        journal=journal,
        boot=opened.boot,
        records=records,
        since=opened.lost_since,
        until=opened.at,
    )


def unknown_of(intent: Intent) -> Exchange:
    """Give the exchange of a request whose worker is gone: what was estimated, marked so."""
    return Exchange(
        id=intent.id,
        at=intent.at,
        trace=intent.trace,
        span=intent.span,
        parent="",
        sampled=False,
        identity=intent.identity,
        api=intent.api,
        stream=intent.stream,
        outcome=Outcome.UNKNOWN,
        status=0,
        attempts=(
            Attempt(
                target=intent.target,
                provider="",
                model=intent.model,
                credential="",
                usage=intent.estimate,
                cost=intent.cost,
                reason="the worker ended",
            ),
        ),
        usage=intent.estimate,
        cost=intent.cost,
    )


def removable(numbers: Iterable[int], reached: Iterable[Position]) -> tuple[int, ...]:
    """Give the segments that every sink has behind it.

    The one in which a position stands stays: a writer that starts finds there what its first
    frame has to follow on.
    """
    needed = min((position.segment for position in reached), default=0)
    return tuple(number for number in numbers if number < needed)


def parked_of(placed: Placed, *, journal: str, boot: str, why: str, now: int) -> Parked:
    """Give what is parked of a frame."""
    kind, payload = placed.frame.kind, placed.frame.payload
    return Parked(journal=journal, boot=boot, kind=kind, payload=payload, why=why, at=now)


def _read(placed: Placed, into: _Taken) -> Opened | Damage | None:
    """Take in what a frame holds; gives what its writer says of itself."""
    frame = placed.frame
    try:
        if frame.kind is SETTLEMENT:
            into.exchanges.append(EXCHANGES.decode(frame.payload))
        elif frame.kind is INTENT:
            into.intents.append(INTENTS.decode(frame.payload))
        elif frame.kind is FEEDBACK:
            into.feedback.append(SAID.decode(frame.payload))
        elif frame.kind is OPENED:
            return LIVES.decode(frame.payload)
    except ValueError as error:  # of msgspec, or of letters that are none
        damage = unreadable(placed, error)
        if frame.kind is OPENED:  # whose the rest is stands in doubt
            return damage
        into.unread.append((placed, damage.what))
    return None


def _after(last: Placed | None, applied: Applied) -> Position:
    return last.position if last else applied.position
