"""What is changed for a while, for all who read this store, and what was changed before."""

from msgspec import Struct
from sqlalchemy import Engine, RowMapping, insert, select, update

from tenken.config.temporary import Overlay
from tenken.store.engine import WRITING
from tenken.store.faults import told
from tenken.store.tables import OVERLAYS


class Past(Struct, frozen=True, kw_only=True):
    """An overlay, and when it was taken back; None where nobody did."""

    overlay: Overlay
    withdrawn_at: int | None = None


class Overlays:
    """The table of overlays, over an engine that somebody else opens and ends."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, one: Overlay) -> None:
        """Write one; raises Away."""
        fields = {
            "id": one.id, "kind": one.subject.partition("/")[0], "subject": one.subject,
            "value": one.change, "actor": one.actor, "reason": one.reason,
            "created_at": one.created_at, "expires_at": one.expires_at,
        }  # fmt: skip
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            connection.execute(insert(OVERLAYS), fields)

    def withdraw(self, name: str, *, at: int) -> bool:
        """Take one back; tells whether it held."""
        table = OVERLAYS.c
        holds = (table.id == name) & table.withdrawn_at.is_(None) & (table.expires_at > at)
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            done = connection.execute(update(OVERLAYS).where(holds).values(withdrawn_at=at))
            return done.rowcount == 1

    def standing(self, now: int) -> tuple[Overlay, ...]:
        """Give what holds, in the order in which it was set."""
        table = OVERLAYS.c
        asked = select(OVERLAYS).where(table.withdrawn_at.is_(None), table.expires_at > now)
        with told(), self._engine.connect() as connection:
            rows = connection.execute(asked.order_by(table.created_at, table.id)).mappings()
            return tuple(_overlay(row) for row in rows)

    def newest(self, most: int) -> tuple[Past, ...]:
        """Give what was set last, whether it holds or not."""
        asked = select(OVERLAYS).order_by(OVERLAYS.c.created_at.desc()).limit(most)
        with told(), self._engine.connect() as connection:
            rows = connection.execute(asked).mappings()
            return tuple(
                Past(overlay=_overlay(row), withdrawn_at=row["withdrawn_at"]) for row in rows
            )


def _overlay(row: RowMapping) -> Overlay:
    return Overlay(
        id=row["id"],
        subject=row["subject"],
        change=row["value"],
        actor=row["actor"],
        reason=row["reason"],
        created_at=row["created_at"],
        expires_at=row["expires_at"] or 0,
    )
