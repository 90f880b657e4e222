"""What sinks are owed: exchanges that stand in no file of a journal.

They are written in the transaction that brings them into the ledger, once for each sink, and
taken out when the sink has been given them. So whichever keeper gives them may die at any moment.
"""

from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, Engine, delete, func, insert, select

from tenken.journal.exchange import Exchange
from tenken.journal.frame import Kind
from tenken.store.engine import WRITING
from tenken.store.faults import told
from tenken.store.owed.counts import count
from tenken.store.owed.tables import OWED
from tenken.store.owed.tally import Tally
from tenken.store.parking import Parked

EXCHANGE = msgspec.msgpack.Decoder(Exchange)


class Due(Struct, frozen=True):
    """An exchange that a sink is owed; None where this version cannot read it."""

    number: int
    exchange: Exchange | None


class Debt(Struct, frozen=True, kw_only=True):
    """How much a sink is owed."""

    exchanges: int = 0
    bytes: int = 0
    oldest: int = 0
    """When the oldest request arrived, in microseconds since 1970; 0 where there is none."""


def owe(connection: Connection, sinks: Sequence[str], exchanges: Iterable[Exchange]) -> None:
    """Write what sinks are to be given, within a transaction of the ledger.

    Stored texts stand in the ledger alone: a copy here would outlive their days, and whoever asks
    to be forgotten. Who may have them asks for them there.
    """
    rows = [
        {"sink": sink, "at": one.at, "payload": payload}
        for one in exchanges
        for payload in (msgspec.msgpack.encode(replace(one, texts=None)),)
        for sink in sinks
    ]
    if rows:
        connection.execute(insert(OWED), rows)


class Owed:
    """What one sink is owed, over an engine that somebody else opens and ends. All raise Away."""

    def __init__(self, engine: Engine, sink: str) -> None:
        self._engine = engine
        self._sink = sink

    def due(self, most: int) -> tuple[Due, ...]:
        """Give the oldest that are there."""
        asked = select(OWED.c.number, OWED.c.payload).where(OWED.c.sink == self._sink)
        with told(), self._engine.connect() as connection:
            rows = connection.execute(asked.order_by(OWED.c.number).limit(most)).all()
        return tuple(Due(number, _read(payload)) for number, payload in rows)

    def given(self, numbers: Sequence[int], tally: Tally) -> None:
        """Take out what the sink has been given, and count it."""
        gone = delete(OWED).where(OWED.c.number.in_(numbers))
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            connection.execute(gone)
            count(connection, self._sink, tally)

    def debt(self) -> Debt:
        """Give how much there is."""
        size = func.coalesce(func.sum(func.length(OWED.c.payload)), 0)
        asked = select(func.count(), size, func.coalesce(func.min(OWED.c.at), 0))
        with told(), self._engine.connect() as connection:
            rows = connection.execute(asked.where(OWED.c.sink == self._sink)).one()
        return Debt(exchanges=int(rows[0]), bytes=int(rows[1]), oldest=int(rows[2]))


def exchanges_in(parked: Sequence[Parked]) -> tuple[Exchange, ...]:
    """Give the exchanges among records that stand aside, as far as they can be read."""
    read = (_read(one.payload) for one in parked if one.kind == Kind.SETTLEMENT)
    return tuple(one for one in read if one is not None)


def _read(payload: bytes) -> Exchange | None:
    try:
        return EXCHANGE.decode(payload)
    except ValueError:  # of msgspec, or of letters that are none
        return None
