"""What is to be told to whom: written with the alerts, sent until it has arrived, and kept.

A message may arrive twice where the answer to the first was lost; each carries the id of its
delivery, which is the same every time.
"""

from enum import StrEnum

from msgspec import Struct
from sqlalchemy import Connection, Engine, RowMapping, Select, func, insert, select, update

from tenken.store.engine import WRITING
from tenken.store.faults import told
from tenken.store.watch.tables import DELIVERIES

TESTED = "tested"
"""The reason of a message that somebody sent to see whether it arrives."""


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
        """Give what has not arrived yet, so many of each receiver, in the order of writing.

        Of each: what one that is away has not taken must not hide what is for the others.
        """
        table = DELIVERIES.c
        place = func.row_number().over(
            partition_by=table.receiver, order_by=(table.created_at, table.id)
        )
        due = select(DELIVERIES, place.label("place")).where(table.state == Progress.DUE.value)
        found = due.subquery()
        asked = select(*(found.c[one.name] for one in DELIVERIES.columns))
        first = asked.where(found.c.place <= most)
        return self._read(first.order_by(found.c.created_at, found.c.id))

    def refused(self, *, since: int) -> tuple[Delivery, ...]:
        """Give the last that each receiver never got, unless it has taken one after it.

        Of what was written since a moment. A test that somebody made from elsewhere, and that
        failed there, tells nothing of the way from here.
        """
        table = DELIVERIES.c
        place = func.row_number().over(
            partition_by=table.receiver,
            order_by=(table.ended_at.desc(), table.created_at.desc(), table.id),
        )
        given_up = (table.state == Progress.GIVEN_UP.value) & (table.reason != TESTED)
        ended = (table.state == Progress.SENT.value) | given_up
        found = select(DELIVERIES, place.label("place")).where(ended, table.created_at >= since)
        last = found.subquery()
        asked = select(*(last.c[one.name] for one in DELIVERIES.columns))
        never = (last.c.place == 1) & (last.c.state == Progress.GIVEN_UP.value)
        return self._read(asked.where(never).order_by(last.c.receiver))

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
