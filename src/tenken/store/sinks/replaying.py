"""Gives a sink again what the ledger has: it is owed that, and takes it like anything owed."""

from msgspec import Struct
from sqlalchemy import Connection, Engine, select, tuple_

from tenken.journal.exchange import Exchange
from tenken.store.browsing.whole import read_whole
from tenken.store.engine import WRITING
from tenken.store.faults import told
from tenken.store.owed.owed import owe
from tenken.store.tables import EXCHANGES

PAGE = 500


class Span(Struct, frozen=True, kw_only=True):
    """From a moment on and before another, in microseconds since 1970."""

    since: int
    until: int


def replay(engine: Engine, sink: str, span: Span) -> int:
    """Owe a sink what arrived in a span; gives how many that were. Raises Away.

    A page is written at a time: one that is stopped half-way is to be begun again, and what is
    given twice has the same ids.
    """
    count, behind = 0, (span.since, "", "")
    while True:
        with told(), engine.execution_options(**WRITING).begin() as connection:
            page = _page(connection, behind, span.until)
            owe(connection, (sink,), page)
        count += len(page)
        if len(page) < PAGE:
            return count
        last = page[-1]
        behind = (last.at, last.id, last.span)


def _page(
    connection: Connection, behind: tuple[int, str, str], until: int
) -> tuple[Exchange, ...]:
    table = EXCHANGES.c
    place = tuple_(table.at, table.id, table.span)
    asked = select(EXCHANGES).where(table.at >= behind[0], table.at < until, place > behind)
    return read_whole(connection, asked.order_by(table.at, table.id, table.span).limit(PAGE))
