"""How long a change at run time took: from the order to the first request served with it.

Each record names the set of overlays that it was served with; a set has a name of its own.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Engine, RowMapping, Select, insert, select, update

from tenken.store.engine import WRITING
from tenken.store.faults import told
from tenken.store.tables import EXCHANGES
from tenken.store.watch.tables import EFFECTS

LOOKED_FOR_US = 3600 * 1_000_000
"""A change that no request shows within an hour of its order is not looked for any longer."""


class Effect(Struct, frozen=True, kw_only=True):
    """A change, and what shows it. Times are microseconds since 1970."""

    overlay: str
    subject: str
    ordered_at: int
    versions: str
    """Names of sets of overlays that hold it, with a space between."""
    incident: str = ""
    seen_at: int | None = None
    """When the first request came that was served with it; None while there was none."""
    exchange: str = ""

    @property
    def after_s(self) -> float | None:
        """How long it took, at most: nobody asked before, or was served otherwise."""
        return None if self.seen_at is None else max(0, self.seen_at - self.ordered_at) / 1e6


class Effects:
    """The table of effects, over an engine that somebody else opens and ends. Raises Away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def order(self, one: Effect, *, standing: Sequence[str]) -> None:
        """Write that a change was ordered.

        `standing` are the overlays that hold from now on, this one with them: the set's new name
        shows those, too.
        """
        table = EFFECTS.c
        older = table.seen_at.is_(None) & table.overlay.in_(standing)
        both = {"versions": table.versions + f" {one.versions}"}
        fields = {name: getattr(one, name) for name in Effect.__struct_fields__}
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            connection.execute(update(EFFECTS).where(older).values(both))
            connection.execute(insert(EFFECTS), fields)

    def look(self, now: int) -> int:
        """Look for the first request of each that has none; gives how many were found."""
        table = EFFECTS.c
        lately = table.ordered_at > now - LOOKED_FOR_US
        waiting = self._read(select(EFFECTS).where(table.seen_at.is_(None), lately))
        return sum(self._found(one) for one in waiting)

    def of(self, incident: str) -> tuple[Effect, ...]:
        """Give the changes that an incident made necessary."""
        asked = select(EFFECTS).where(EFFECTS.c.incident == incident)
        return self._read(asked.order_by(EFFECTS.c.ordered_at))

    def newest(self, most: int) -> tuple[Effect, ...]:
        """Give the latest."""
        return self._read(select(EFFECTS).order_by(EFFECTS.c.ordered_at.desc()).limit(most))

    def _found(self, one: Effect) -> bool:
        table = EXCHANGES.c
        asked = (
            select(table.at, table.id)
            .where(table.at >= one.ordered_at, table.at < one.ordered_at + LOOKED_FOR_US)
            .where(table.overlays.in_(one.versions.split()))
            .order_by(table.at)
            .limit(1)
        )
        this = EFFECTS.c.overlay == one.overlay
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            first = connection.execute(asked).first()
            if first is None:
                return False
            seen = {"seen_at": first[0], "exchange": first[1]}
            connection.execute(update(EFFECTS).where(this).values(seen))
            return True

    def _read(self, asked: Select[Any]) -> tuple[Effect, ...]:
        with told(), self._engine.connect() as connection:
            return tuple(_effect(row) for row in connection.execute(asked).mappings())


def _effect(row: RowMapping) -> Effect:
    return Effect(**{str(name): value for name, value in row.items()})
