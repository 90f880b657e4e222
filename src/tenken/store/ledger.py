"""The ledger: what became of every request, each of them once.

Rows and the position up to which a journal is applied are written in one transaction, and the
position must be where the batch begins. So a batch is applied whole or not at all, and one that
is brought again is refused, whoever was killed at whatever moment.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
from msgspec import Struct, to_builtins
from sqlalchemy import (
    Connection,
    Engine,
    delete,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from tenken.journal.exchange import Exchange, Intent
from tenken.journal.feedback import Feedback
from tenken.journal.reader import Position, Record
from tenken.store.browsing.named import of_id
from tenken.store.browsing.whole import read, read_whole
from tenken.store.bulk.writing import remove
from tenken.store.engine import WRITING
from tenken.store.faults import Moved, told
from tenken.store.feedback.hearing import hear
from tenken.store.months import MICRO, month_of, partition
from tenken.store.owed.owed import exchanges_in, owe
from tenken.store.parking import Parked, park, unpark
from tenken.store.recording.exchanges import key_of, standing, write
from tenken.store.rows import (
    intent_row,
)
from tenken.store.tables import (
    EXCHANGES,
    FRAMES,
    INTENTS,
    LOSSES,
    POSITIONS,
)

INTENT = msgspec.msgpack.Decoder(Intent)
SINK = "ledger"
STORE = "store"
"""The journal of all workers without a disk."""
ORPHANS_AT_ONCE = 500
FETCHED = 100
PAYLOAD_BYTES = 16 << 20
"""Of frames that are read at once, but for the last: where texts are stored they are large."""
DAY_US = 86_400_000_000
READ = ("input", "cache_read", "cache_write", "cache_write_hour")
"""The classes of tokens that went in."""


class Applied(Struct, frozen=True):
    """How far a journal is applied, and in which life of its writer that was."""

    position: Position = Position()
    boot: str = ""


class Lost(Struct, frozen=True, kw_only=True):
    """What a journal may have lost with its machine."""

    journal: str
    boot: str
    """The life of its writer that found it."""
    records: int
    """At most; two a request."""
    since: int
    until: int
    """Between these moments, in microseconds since 1970."""


class Stored(Struct, frozen=True, kw_only=True):
    """A record that a worker without a disk has put into the store."""

    boot: str
    sequence: int
    kind: int
    payload: bytes


class Taken(Struct, frozen=True, kw_only=True):
    """What is taken into the ledger at once, and the frames it stands in."""

    frames: tuple[Stored, ...]
    intents: tuple[tuple[str, Intent], ...] = ()
    """With the life of the worker that each is of."""
    exchanges: tuple[Exchange, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    parked: tuple[Parked, ...] = ()


class Batch(Struct, frozen=True, kw_only=True):
    """Records of one life of one journal's writer, as they follow on a position."""

    journal: str
    boot: str
    after: Position
    position: Position
    intents: tuple[Intent, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    lost: Lost | None = None
    parked: tuple[Parked, ...] = ()
    """What of it the ledger refused."""


class Spent(Struct, frozen=True, kw_only=True):
    """What a caller used in a day."""

    caller: str
    requests: int
    read: int
    """Tokens that went in."""
    written: int
    cost: Decimal


class Ledger:
    """The tables of exchanges, over an engine that somebody else opens and ends."""

    def __init__(self, engine: Engine, *, sinks: tuple[str, ...] = ()) -> None:
        """`sinks` are owed what comes from no file that they could read themselves."""
        self._engine = engine
        self._sinks = sinks

    def applied(self, journal: str) -> Applied:
        """Give how far a journal is applied; raises Away."""
        with self._transaction() as connection:
            return _applied(connection, journal)

    def apply(self, batch: Batch) -> None:
        """Write a batch and its position; raises Away, Moved, Unfit."""
        self._make_room(batch.exchanges)
        with self._transaction(writes=True) as connection:
            found = _applied(connection, batch.journal)
            if found.position != batch.after:
                raise Moved(batch.journal)
            intents = [(batch.boot, one) for one in batch.intents]
            self._write(connection, batch.journal, intents, batch.exchanges)
            hear(connection, batch.feedback)
            if batch.lost is not None:
                connection.execute(insert(LOSSES), to_builtins(batch.lost))
            park(connection, batch.parked)
            _move(connection, batch, first=found == Applied())

    def stored(self, most: int, *, least: int = 0) -> tuple[Stored, ...]:
        """Give what workers without a disk have put here, each in its order; raises Away.

        Fewer where they are large, but more than the least.
        """
        asked = select(FRAMES).order_by(FRAMES.c.boot, FRAMES.c.sequence).limit(most)
        found: list[Stored] = []
        held = 0
        with (
            self._transaction() as connection,
            connection.execution_options(yield_per=FETCHED).execute(asked) as rows,
        ):
            for row in rows.mappings():
                found.append(Stored(**{str(name): value for name, value in row.items()}))
                held += len(row["payload"])
                if held >= PAYLOAD_BYTES and len(found) > least:
                    break
        return tuple(found)

    def take(self, taken: Taken) -> None:
        """Write what was put here and take it out, in one; raises Away, Moved, Unfit."""
        self._make_room(taken.exchanges)
        places = [(one.boot, one.sequence) for one in taken.frames]
        gone = delete(FRAMES).where(tuple_(FRAMES.c.boot, FRAMES.c.sequence).in_(places))
        with self._transaction(writes=True) as connection:
            if connection.execute(gone).rowcount != len(places):
                raise Moved(STORE)
            self._write(connection, STORE, taken.intents, taken.exchanges)
            hear(connection, taken.feedback)
            park(connection, taken.parked)
            owe(connection, self._sinks, (*taken.exchanges, *exchanges_in(taken.parked)))

    def losses(self) -> tuple[Lost, ...]:
        """Give what journals may have lost, the latest first."""
        with self._transaction() as connection:
            asked = select(LOSSES).order_by(LOSSES.c.until.desc())
            return tuple(Lost(**row) for row in read(connection, asked))

    def record(self, exchanges: Sequence[Exchange]) -> None:
        """Write exchanges that come from no journal; those that are there stay."""
        self._make_room(exchanges)
        with self._transaction(writes=True) as connection:
            write(connection, exchanges)
            remove(connection, INTENTS, [key_of(one) for one in exchanges])
            owe(connection, self._sinks, exchanges)

    def give_up(self, intent: Intent, parked: Parked) -> None:
        """Park what an open intent was to be settled with, and close it."""
        with self._transaction(writes=True) as connection:
            park(connection, (parked,))
            owe(connection, self._sinks, exchanges_in((parked,)))
            remove(connection, INTENTS, [key_of(intent)])

    def bring(self, number: int, parked: Parked, record: Record) -> None:
        """Write what was parked and take it out, in one; raises Away, Moved, Unfit."""
        intents = [(parked.boot, record)] if isinstance(record, Intent) else []
        exchanges = [record] if isinstance(record, Exchange) else []
        said = [record] if isinstance(record, Feedback) else []
        self._make_room(exchanges)
        with self._transaction(writes=True) as connection:
            if not unpark(connection, number):
                raise Moved(parked.journal)
            self._write(connection, parked.journal, intents, exchanges)
            hear(connection, said)

    def begin_anew(self, journal: str) -> None:
        """Forget a journal's position: its files are gone, and others stand in their place."""
        with self._transaction(writes=True) as connection:
            connection.execute(delete(POSITIONS).where(POSITIONS.c.journal == journal))

    def orphans(self, journal: str, *, boot: str, before: int) -> tuple[Intent, ...]:
        """Give open intents of other lives of the writer, or from before a moment; the oldest."""
        asked = (
            select(INTENTS.c.record)
            .where(INTENTS.c.journal == journal)
            .where(or_(INTENTS.c.boot != boot, INTENTS.c.at < before))
            .order_by(INTENTS.c.at)
            .limit(ORPHANS_AT_ONCE)
        )
        with self._transaction() as connection:
            return tuple(INTENT.decode(record) for record in connection.scalars(asked))

    def stale(self, before: int) -> tuple[Intent, ...]:
        """Give open intents from before a moment, of whichever journal; the oldest."""
        asked = select(INTENTS.c.record).where(INTENTS.c.at < before)
        with self._transaction() as connection:
            found = connection.scalars(asked.order_by(INTENTS.c.at).limit(ORPHANS_AT_ONCE))
            return tuple(INTENT.decode(record) for record in found)

    def exchanges(self, request: str) -> tuple[Exchange, ...]:
        """Give what is on record under a request's id: several where callers used it again."""
        with self._transaction() as connection:
            return read_whole(connection, select(EXCHANGES).where(of_id(connection, request)))

    def daily(self, day: date, *, caller: str | None = None) -> tuple[Spent, ...]:
        """Give what each caller used on a day, UTC."""
        first = _midnight(day)
        table = EXCHANGES.c
        asked = (
            select(
                table.caller,
                func.count().label("requests"),
                func.sum(sum(table[name] for name in READ)).label("read"),
                func.sum(table.output + table.reasoning).label("written"),
                func.sum(table.cost).label("cost"),
            )
            .where(table.at >= first, table.at < _midnight(day + timedelta(days=1)))
            .group_by(table.caller)
            .order_by(table.caller)
        )
        if caller is not None:
            asked = asked.where(table.caller == caller)
        with self._transaction() as connection:
            return tuple(Spent(**row) for row in read(connection, asked))

    def _write(
        self,
        connection: Connection,
        journal: str,
        intents: Sequence[tuple[str, Intent]],
        exchanges: Sequence[Exchange],
    ) -> None:
        write(connection, exchanges)
        brought = {key_of(one) for one in exchanges}
        here = [key_of(one) for _, one in intents]
        open_ = [(key, *of) for key, of in zip(here, intents, strict=True) if key not in brought]
        settled = standing(connection, [key for key, _, _ in open_])
        rows = [
            intent_row(one, journal=journal, boot=boot)
            for key, boot, one in open_
            if key not in settled
        ]
        if rows:
            connection.execute(insert(INTENTS), rows)
        remove(connection, INTENTS, list(brought.difference(here)))

    def _make_room(self, exchanges: Sequence[Exchange]) -> None:
        with told():
            days = {one.at // DAY_US for one in exchanges}
            partition(self._engine, {month_of(day * DAY_US) for day in days})

    @contextmanager
    def _transaction(self, *, writes: bool = False) -> Iterator[Connection]:
        with told(), self._engine.connect() as connection:
            if writes:
                connection = connection.execution_options(**WRITING)  # noqa: PLW2901
            with connection.begin():
                yield connection


def _applied(connection: Connection, journal: str) -> Applied:
    table = POSITIONS.c
    asked = select(POSITIONS).where(table.journal == journal, table.sink == SINK)
    found = connection.execute(asked.with_for_update()).mappings().first()
    if found is None:
        return Applied()
    return Applied(
        Position(
            segment=found["segment"],
            offset=found["offset"],
            sequence=found["sequence"],
            previous=found["previous"],
        ),
        found["boot"],
    )


def _move(connection: Connection, batch: Batch, *, first: bool) -> None:
    at = {
        **{name: getattr(batch.position, name) for name in Position.__struct_fields__},
        "boot": batch.boot,
    }
    table = POSITIONS.c
    if first:
        connection.execute(insert(POSITIONS), {"journal": batch.journal, "sink": SINK, **at})
    else:
        here = (table.journal == batch.journal) & (table.sink == SINK)
        connection.execute(update(POSITIONS).where(here).values(at))


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * MICRO
