"""Records that the ledger refused: kept as they were journalled, so that others pass them by.

A record is parked in the transaction that moves its journal on, so it stands in exactly one place.
"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Connection, Engine, RowMapping, delete, func, insert, select

from tenken.store.faults import told
from tenken.store.tables import PARKED

WHY_LONGEST = 300
FETCHED = 20
PAYLOAD_BYTES = 16 << 20
"""Of records that are read at once, but for the last."""


class Parked(Struct, frozen=True, kw_only=True):
    """A record, and why it is not in the ledger."""

    journal: str
    boot: str
    """The life of its worker."""
    kind: int
    payload: bytes
    """As it was journalled."""
    why: str
    at: int
    """When it was parked, in microseconds since 1970."""


class Standing(Struct, frozen=True, kw_only=True):
    """A parked record in its place."""

    number: int
    parked: Parked


class Parking:
    """The table of what was refused, over an engine that somebody else opens and ends."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def count(self) -> int:
        """Give how many stand there; raises Away."""
        with told(), self._engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(PARKED)) or 0

    def found(self, most: int, *, after: int = 0) -> tuple[Standing, ...]:
        """Give those behind a number, in their order, fewer where they are large; raises Away."""
        asked = select(PARKED).where(PARKED.c.number > after)
        found: list[Standing] = []
        held = 0
        with (
            told(),
            self._engine.connect().execution_options(yield_per=FETCHED) as connection,
            connection.execute(asked.order_by(PARKED.c.number).limit(most)) as rows,
        ):
            for row in rows.mappings():
                found.append(_standing(row))
                held += len(row["payload"])
                if held >= PAYLOAD_BYTES:
                    break
        return tuple(found)


def park(connection: Connection, parked: Sequence[Parked]) -> None:
    """Write what was refused, within a transaction of the ledger."""
    if parked:
        connection.execute(insert(PARKED), [{**asdict(one), "why": _told(one)} for one in parked])


def unpark(connection: Connection, number: int) -> bool:
    """Take one out, within a transaction of the ledger; tells whether it was there."""
    gone = connection.execute(delete(PARKED).where(PARKED.c.number == number))
    return gone.rowcount == 1


def _standing(row: RowMapping) -> Standing:
    fields = {name: row[name] for name in Parked.__struct_fields__}
    return Standing(number=row["number"], parked=Parked(**fields))


def _told(one: Parked) -> str:
    return "".join(c if c.isprintable() else " " for c in one.why[:WHY_LONGEST])
