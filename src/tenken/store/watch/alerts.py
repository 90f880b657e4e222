"""Alerts as they stand, and what became of each; written together with what is to be told."""

from collections.abc import Collection

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, RowMapping, Select, delete, insert, select, update

from tenken.store.asking import asking
from tenken.store.engine import WRITING
from tenken.store.faults import Moved, told
from tenken.store.watch.alert import Alert, Happened, Step, acknowledged
from tenken.store.watch.leases import in_term
from tenken.store.watch.outbox import Delivery, post
from tenken.store.watch.tables import ALERT_EVENTS, ALERTS

ENCODER = msgspec.json.Encoder()
DECODER = msgspec.json.Decoder(Alert)
INDEXED = ("id", "key", "kind", "severity", "revision", "since", "changed_at")


class Taken(Struct, frozen=True, kw_only=True):
    """A step of an alert, with whose it is."""

    alert: str
    number: int
    step: Step


class Turn(Struct, frozen=True, kw_only=True):
    """What one turn of the watch writes, all of it or nothing."""

    lease: str
    term: int
    alerts: tuple[Alert, ...] = ()
    """As they were read, but for what has changed; their revisions are those that were read."""
    steps: tuple[Taken, ...] = ()
    passed: tuple[str, ...] = ()
    """Alerts of which nothing is kept."""
    deliveries: tuple[Delivery, ...] = ()


class Alerts:
    """The tables of alerts, over an engine that somebody else opens and ends. Raises Away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self) -> tuple[Alert, ...]:
        """Give those that have not ended, the oldest first."""
        table = ALERTS.c
        asked = select(table.body).where(table.open_key.is_not(None))
        return self._read(asked.order_by(table.since, table.id))

    def ended(self, *, since: int, most: int = 1000) -> tuple[Alert, ...]:
        """Give those that ended after a moment, the latest last."""
        table = ALERTS.c
        asked = select(table.body).where(table.open_key.is_(None), table.changed_at >= since)
        newest = self._read(asked.order_by(table.changed_at.desc(), table.id).limit(most))
        return tuple(reversed(newest))

    def newest(self, most: int) -> tuple[Alert, ...]:
        """Give what has changed last, open or not."""
        table = ALERTS.c
        asked = select(table.body).order_by(table.changed_at.desc(), table.id)
        return self._read(asked.limit(most))

    def find(self, name: str) -> Alert | None:
        """Give one by its id."""
        found = self._read(select(ALERTS.c.body).where(ALERTS.c.id == name))
        return found[0] if found else None

    def steps(self, name: str) -> tuple[Step, ...]:
        """Give what became of an alert, step by step."""
        table = ALERT_EVENTS.c
        asked = select(ALERT_EVENTS).where(table.alert == name).order_by(table.number)
        with asking(self._engine) as connection:
            return tuple(_step(row) for row in connection.execute(asked).mappings())

    def steps_between(
        self, since: int, until: int, most: int = 2000, *, only: Collection[Happened] = ()
    ) -> tuple[Taken, ...]:
        """Give the steps of all alerts in a span of time, in order; of some kinds `only`."""
        table = ALERT_EVENTS.c
        asked = select(ALERT_EVENTS).where(table.at >= since, table.at < until)
        asked = asked.where(table.what.in_(only)) if only else asked
        ordered = asked.order_by(table.at, table.alert, table.number).limit(most)
        with asking(self._engine) as connection:
            return tuple(
                Taken(alert=row["alert"], number=row["number"], step=_step(row))
                for row in connection.execute(ordered).mappings()
            )

    def write(self, turn: Turn) -> None:
        """Write a turn; raises Moved where somebody else has been faster, and nothing is done."""
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            if not in_term(connection, turn.lease, turn.term):
                raise Moved(turn.lease)
            for alert in turn.alerts:
                _put(connection, alert)
            for name in turn.passed:
                connection.execute(delete(ALERTS).where(ALERTS.c.id == name))
            if turn.steps:
                connection.execute(insert(ALERT_EVENTS), [_row(one) for one in turn.steps])
            post(connection, turn.deliveries)

    def acknowledge(self, name: str, *, actor: str, at: int) -> bool:
        """Note that somebody has an alert in hand; tells whether there was something to take."""
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            asked = select(ALERTS.c.body).where(ALERTS.c.id == name).with_for_update()
            body = connection.execute(asked).scalar()
            if body is None:
                return False
            before = DECODER.decode(str(body))
            after = acknowledged(before, actor=actor, at=at)
            if after == before:
                return False
            _put(connection, after)
            step = Step(at=at, what="acknowledged", actor=actor)
            taken = Taken(alert=name, number=after.steps, step=step)
            connection.execute(insert(ALERT_EVENTS), _row(taken))
            return True

    def _read(self, asked: Select[str]) -> tuple[Alert, ...]:
        with asking(self._engine) as connection:
            return tuple(DECODER.decode(body) for body in connection.execute(asked).scalars())


def _put(connection: Connection, alert: Alert) -> None:
    """Write an alert over the revision that was read; raises Moved where there is another."""
    after = msgspec.structs.replace(alert, revision=alert.revision + 1)
    fields = {name: getattr(after, name) for name in INDEXED} | {
        "state": after.state.value,
        "open_key": after.key if after.is_open else None,
        "body": ENCODER.encode(after).decode(),
    }
    if not alert.revision:
        connection.execute(insert(ALERTS), fields)
        return
    table = ALERTS.c
    read = (table.id == alert.id) & (table.revision == alert.revision)
    if connection.execute(update(ALERTS).where(read).values(fields)).rowcount != 1:
        raise Moved(alert.id)


def _row(taken: Taken) -> dict[str, object]:
    step = taken.step
    return {
        "alert": taken.alert, "number": taken.number, "at": step.at, "what": step.what,
        "actor": step.actor, "note": step.note,
    }  # fmt: skip


def _step(row: RowMapping) -> Step:
    return Step(at=row["at"], what=row["what"], actor=row["actor"], note=row["note"])
