"""Leases: of all who share a store, one at a time does what needs one mind.

A lease is a row with an end. Whoever holds it makes it longer; where its end has passed, the next
who asks has it. It goes by the clocks of those who ask, so it is to be held for far longer than
those differ; one that ends later than any of them explains was taken by a wrong clock, and holds
nobody up. For what must not happen twice even then there is the term: it is another one for each
new holder, and `in_term` tells inside of a transaction whether it still runs.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, Engine, case, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from tenken.store.engine import WRITING
from tenken.store.faults import told
from tenken.store.watch.tables import LEASES

CLOCKS_DIFFER_US = 600 * 1_000_000
"""More than clocks of machines that run may differ."""


class Leases:
    """The table of leases, over an engine that somebody else opens and ends."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def hold(self, name: str, holder: str, now: int, seconds: float) -> bool:
        """Take a lease, or make it longer; tells whether it is held. Raises Away.

        `now` is in microseconds since 1970.
        """
        return self.term(name, holder, now, seconds) is not None

    def term(self, name: str, holder: str, now: int, seconds: float) -> int | None:
        """Take a lease as `hold` does; gives its term, None where another holds it."""
        held = self._held(name, holder, now, spare=round(seconds * 500_000))
        if held is not None:
            return held
        row: dict[str, str | int] = {
            "name": name,
            "holder": holder,
            "term": 1,
            "until": now + round(seconds * 1_000_000),
        }
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            asked = _taking(connection.dialect.name, row, now).returning(LEASES.c.term)
            term = connection.execute(asked).scalar()
            return None if term is None else int(term)

    def _held(self, name: str, holder: str, now: int, *, spare: int) -> int | None:
        """Give the term where it lasts for long enough: nothing needs to be written then."""
        table = LEASES.c
        mine = (table.name == name) & (table.holder == holder) & (table.until > now + spare)
        with told(), self._engine.connect() as connection:
            term = connection.execute(select(table.term).where(mine)).scalar()
            return None if term is None else int(term)

    def holder(self, name: str, now: int) -> str:
        """Give who holds a lease; empty where nobody does."""
        table = LEASES.c
        asked = select(table.holder).where(table.name == name, table.until > now)
        with told(), self._engine.connect() as connection:
            return str(connection.execute(asked).scalar() or "")

    def held(self, beginning: str, now: int) -> int:
        """Give how many leases are held whose names begin so."""
        table = LEASES.c
        named = table.name.startswith(beginning, autoescape=True)
        asked = select(func.count()).where(named, table.until > now)
        with told(), self._engine.connect() as connection:
            return int(connection.execute(asked).scalar_one())

    def give_back(self, name: str, holder: str) -> None:
        """End a lease before its time, so that the next need not wait."""
        table = LEASES.c
        mine = (table.name == name) & (table.holder == holder)
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            connection.execute(update(LEASES).where(mine).values(until=0))


def in_term(connection: Connection, name: str, term: int) -> bool:
    """Tell whether a term still runs; until this transaction ends, no other can begin."""
    table = LEASES.c
    asked = select(table.term).where(table.name == name).with_for_update()
    return connection.execute(asked).scalar() == term


def _taking(
    database: str, row: Mapping[str, str | int], now: int
) -> sqlite.Insert | postgresql.Insert:
    """Give the one statement that decides: two that run at once take turns at the row."""
    table = LEASES.c
    same = table.holder == row["holder"]
    changed = {
        "holder": row["holder"],
        "until": row["until"],
        "term": table.term + case((same, 0), else_=1),
    }
    late = int(row["until"]) + CLOCKS_DIFFER_US
    free = same | (table.until <= now) | (table.until > late)
    if database == "postgresql":
        one = postgresql.insert(LEASES).values(row)
        return one.on_conflict_do_update(index_elements=[table.name], set_=changed, where=free)
    two = sqlite.insert(LEASES).values(row)
    return two.on_conflict_do_update(index_elements=[table.name], set_=changed, where=free)
