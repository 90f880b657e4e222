"""The silences that hold, and those that did."""

from sqlalchemy import Engine, RowMapping, insert, select, update

from tenken.store.engine import WRITING
from tenken.store.faults import told
from tenken.store.watch.silence import Silence
from tenken.store.watch.tables import SILENCES

__all__ = ["Silence", "Silences"]


class Silences:
    """The table of silences, over an engine that somebody else opens and ends. Raises Away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, one: Silence) -> None:
        """Write one."""
        fields = {name: getattr(one, name) for name in Silence.__struct_fields__}
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            connection.execute(insert(SILENCES), fields)

    def withdraw(self, name: str, *, actor: str, at: int) -> bool:
        """End one before its time; tells whether it held."""
        table = SILENCES.c
        holds = (table.id == name) & table.withdrawn_at.is_(None) & (table.expires_at > at)
        done = update(SILENCES).where(holds).values(withdrawn_at=at, withdrawn_by=actor)
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            return connection.execute(done).rowcount == 1

    def standing(self, now: int) -> tuple[Silence, ...]:
        """Give those that hold now, the oldest first."""
        table = SILENCES.c
        asked = select(SILENCES).where(table.withdrawn_at.is_(None), table.expires_at > now)
        with told(), self._engine.connect() as connection:
            rows = connection.execute(asked.order_by(table.created_at, table.id)).mappings()
            return tuple(_silence(row) for row in rows)

    def newest(self, most: int) -> tuple[Silence, ...]:
        """Give what was set last, whether it holds or not."""
        asked = select(SILENCES).order_by(SILENCES.c.created_at.desc()).limit(most)
        with told(), self._engine.connect() as connection:
            return tuple(_silence(row) for row in connection.execute(asked).mappings())


def _silence(row: RowMapping) -> Silence:
    return Silence(**{str(name): value for name, value in row.items()})
