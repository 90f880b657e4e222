"""Takes out what is too old, some at a time; a month at once where the database keeps months."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, Engine, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from tenken.journal.exchange import Exchange
from tenken.store.engine import WRITING
from tenken.store.faults import told
from tenken.store.feedback.tables import FEEDBACK
from tenken.store.months import drop_months
from tenken.store.owed.owed import exchanges_in
from tenken.store.parking import Parking
from tenken.store.rollups.grain import Grain
from tenken.store.rollups.tables import (
    ATTEMPT_ROLLUPS,
    CALLER_ROLLUPS,
    FEEDBACK_ROLLUPS,
    KEPT,
    MATCH_ROLLUPS,
    MODEL_ROLLUPS,
    ROLLUPS,
    ROUTE_ROLLUPS,
)
from tenken.store.tables import ATTEMPTS, EXCHANGES, MATCHES, PARKED, REVIEWS, TEXTS

AT_ONCE = 5_000
TEXTS_AT_ONCE = 500
"""Each is large."""
PARKED_AT_ONCE = 500
SUMS = (
    ROLLUPS, ROUTE_ROLLUPS, CALLER_ROLLUPS, MODEL_ROLLUPS, ATTEMPT_ROLLUPS, MATCH_ROLLUPS,
    FEEDBACK_ROLLUPS,
)  # fmt: skip
BESIDE = (ATTEMPTS, MATCHES, REVIEWS, TEXTS)
"""Keyed as exchanges are."""


class Aging:
    """Takes out what is too old, over an engine that somebody else opens and ends."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def exchanges(self, before: int) -> int:
        """Take out some requests from before a moment; gives how many, 0 when none are left.

        On Postgres it gives how many months went.
        """
        if self._engine.dialect.name == "postgresql":
            return self._months(before)
        with self._writing() as connection:
            oldest = select(EXCHANGES.c.at).where(EXCHANGES.c.at < before)
            some = oldest.order_by(EXCHANGES.c.at).limit(AT_ONCE).subquery()
            last = connection.scalar(select(func.max(some.c.at)))
            if last is None:
                return 0
            gone = connection.execute(delete(EXCHANGES).where(EXCHANGES.c.at <= last)).rowcount
            _beside(connection, before=last + 1)
            return gone

    def texts(self, before: int) -> int:
        """Take out some sealed texts from before a moment; gives how many, 0 when none is left."""
        table = TEXTS.c
        oldest = select(table.at).where(table.at < before).order_by(table.at).limit(TEXTS_AT_ONCE)
        with self._writing() as connection:
            last = connection.scalar(select(func.max(oldest.subquery().c.at)))
            if last is None:
                return 0
            return connection.execute(delete(TEXTS).where(table.at <= last)).rowcount

    def parked_texts(self, before: int) -> int:
        """Take the texts of requests from before a moment out of what is parked; gives how many.

        All of it is looked through at once, so that little is left for a next time. A record that
        this version cannot read keeps what it holds.
        """
        parking, after, count = Parking(self._engine), 0, 0
        while standing := parking.found(PARKED_AT_ONCE, after=after):
            stale = [
                (one.number, replace(exchange, texts=None))
                for one in standing
                for exchange in exchanges_in((one.parked,))
                if exchange.texts is not None and exchange.at < before
            ]
            if stale:
                with self._writing() as connection:
                    _rewrite(connection, stale)
            after, count = standing[-1].number, count + len(stale)
        return count

    def sums(self, grain: Grain, before: int) -> bool:
        """Take out a day's sums of a grain from before a moment; tells whether there were any.

        From then on all of that time is read by the coarser grain.
        """
        table = ROLLUPS.c
        oldest = select(func.min(table.start)).where(
            table.grain == grain.value, table.start < before
        )
        with self._writing() as connection:
            first = connection.scalar(oldest)
            if first is None:
                return False
            _keep(connection, grain, before)
            end = min(before, first + Grain.DAY.us)
            for one in SUMS:
                old = (one.c.grain == grain.value) & (one.c.start < end)
                connection.execute(delete(one).where(old))
            return True

    def _months(self, before: int) -> int:
        with told():
            gone = drop_months(self._engine, before)
        if gone:
            with self._writing() as connection:
                _beside(connection, before=max(one.following.first for one in gone))
        return len(gone)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            yield connection


def _beside(connection: Connection, *, before: int) -> None:
    for table in BESIDE:
        connection.execute(delete(table).where(table.c.at < before))
    said = FEEDBACK.c
    of_old = (said.about_at > 0) & (said.about_at < before)
    of_nothing = said.matched.is_(False) & (said.at < before)
    connection.execute(delete(FEEDBACK).where(of_old | of_nothing))


def _rewrite(connection: Connection, several: Sequence[tuple[int, Exchange]]) -> None:
    for number, one in several:
        payload = msgspec.msgpack.encode(one)
        connection.execute(update(PARKED).where(PARKED.c.number == number).values(payload=payload))


def _keep(connection: Connection, grain: Grain, since: int) -> None:
    """Say so first: who reads meanwhile sees both, or neither."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    one = insert(KEPT).values(grain=grain.value, since=since)
    later = one.excluded.since > KEPT.c.since
    changed = {"since": one.excluded.since}
    connection.execute(
        one.on_conflict_do_update(index_elements=[KEPT.c.grain], set_=changed, where=later)
    )
