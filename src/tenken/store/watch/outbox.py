"""What is to be told to whom: written with the alerts, sent until it has arrived, and kept.

A message may arrive twice where the answer to the first was lost; each carries the id of its
delivery, which is the same every time.
"""

from enum import StrEnum

from msgspec import Struct
from sqlalchemy import Connection, Engine, RowMapping, Select, insert, select, update

from tenken.store.engine import WRITING
from tenken.store.faults import told
from tenken.store.watch.tables import DELIVERIES


class Progress(StrEnum):
    """How far a delivery is."""

    DUE = "due"
    SENT = "sent"
    """Its receiver has said that it has it."""
    GIVEN_UP = "given_up"


class Delivery(Struct, frozen=True, kw_only=True):
    """A message to one receiver. Times are microseconds since 1970."""

    id: str
    receiver: str
    reason: str
    alerts: str
    """The ids of its alerts, with a space between."""
    body: str
    """What is sent, as JSON in the receiver's form; never a key or an address."""
    state: Progress
    created_at: int
    due_at: int
    attempts: int = 0
    ended_at: int | None = None
    answer: str = ""
    """What the receiver said last: its status, or how it failed."""


class Outbox:
    """The table of deliveries, over an engine that somebody else opens and ends. Raises Away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def waiting(self, most: int) -> tuple[Delivery, ...]:
        """Give what has not arrived yet, in the order in which it was written."""
        table = DELIVERIES.c
        asked = select(DELIVERIES).where(table.state == Progress.DUE.value)
        return self._read(asked.order_by(table.created_at, table.id).limit(most))

    def newest(self, most: int, *, receiver: str = "") -> tuple[Delivery, ...]:
        """Give what was told last, or is to be told."""
        table = DELIVERIES.c
        asked = select(DELIVERIES).order_by(table.created_at.desc(), table.id).limit(most)
        return self._read(asked.where(table.receiver == receiver) if receiver else asked)

    def of_alert(self, alert: str) -> tuple[Delivery, ...]:
        """Give what was told of one alert, in order."""
        table = DELIVERIES.c
        asked = select(DELIVERIES).where(table.alerts.contains(alert, autoescape=True))
        return self._read(asked.order_by(table.created_at, table.id))

    def put(self, one: Delivery) -> None:
        """Write one that belongs to no alert, such as a test of a receiver."""
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            post(connection, (one,))

    def note(self, one: Delivery) -> None:
        """Write what became of one."""
        after = {
            "state": one.state.value, "due_at": one.due_at, "attempts": one.attempts,
            "ended_at": one.ended_at, "answer": one.answer,
        }  # fmt: skip
        table = DELIVERIES.c
        # What has arrived stays so, whoever else tried at the same time.
        standing = (table.id == one.id) & (table.state == Progress.DUE.value)
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            connection.execute(update(DELIVERIES).where(standing).values(after))

    def _read(self, asked: Select[tuple[object, ...]]) -> tuple[Delivery, ...]:
        with told(), self._engine.connect() as connection:
            return tuple(_delivery(row) for row in connection.execute(asked).mappings())


def post(connection: Connection, deliveries: tuple[Delivery, ...]) -> None:
    """Put deliveries into the outbox, inside of somebody's transaction."""
    if deliveries:
        connection.execute(insert(DELIVERIES), [_row(one) for one in deliveries])


def _row(one: Delivery) -> dict[str, object]:
    fields = {name: getattr(one, name) for name in Delivery.__struct_fields__}
    return {**fields, "state": one.state.value}


def _delivery(row: RowMapping) -> Delivery:
    fields = {str(name): value for name, value in row.items()}
    return Delivery(**{**fields, "state": Progress(fields["state"])})
