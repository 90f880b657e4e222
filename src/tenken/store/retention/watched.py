"""Takes out what watching left behind and is over: ended alerts, deliveries, closed incidents.

What is open stays however old it is, and so does what something open still speaks of.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Column, ColumnElement, Connection, Engine, Table, delete, exists, select

from tenken.store.engine import WRITING
from tenken.store.faults import told
from tenken.store.watch.outbox import Progress
from tenken.store.watch.tables import (
    ALERT_EVENTS,
    ALERTS,
    DELIVERIES,
    EFFECTS,
    INCIDENT_ACTIONS,
    INCIDENT_EVENTS,
    INCIDENTS,
    SILENCES,
)

AT_ONCE = 500


class Watched:
    """Takes out what is over, over an engine that somebody else opens and ends. All raise Away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def alerts(self, before: int) -> int:
        """Take out some that ended before a moment, with what was sent; 0 when none is left.

        One that an incident was opened from stays as long as the incident.
        """
        alerts, sent, silences = ALERTS.c, DELIVERIES.c, SILENCES.c
        of_incident = exists().where(INCIDENTS.c.alert == alerts.id)
        ended = alerts.open_key.is_(None) & (alerts.changed_at < before) & ~of_incident
        told_all = (sent.state != Progress.DUE.value) & (sent.created_at < before)
        with self._writing() as connection:
            names = _some(connection, alerts.id, ended)
            _gone(connection, ALERT_EVENTS, ALERT_EVENTS.c.alert, names)
            gone = _gone(connection, ALERTS, alerts.id, names)
            gone += _gone(connection, DELIVERIES, sent.id, _some(connection, sent.id, told_all))
            over = _some(connection, silences.id, silences.expires_at < before)
            return gone + _gone(connection, SILENCES, silences.id, over)

    def incidents(self, before: int) -> int:
        """Take out some that were closed before a moment and owe nothing; 0 when none is left."""
        table, owed = INCIDENTS.c, INCIDENT_ACTIONS.c
        undone = exists().where(owed.incident == table.id, owed.done_at.is_(None))
        closed = (table.state == "closed") & (table.closed_at < before) & ~undone
        with self._writing() as connection:
            names = _some(connection, table.id, closed)
            for part in (INCIDENT_EVENTS, INCIDENT_ACTIONS, EFFECTS):
                _gone(connection, part, part.c.incident, names)
            return _gone(connection, INCIDENTS, table.id, names)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            yield connection


def _some(connection: Connection, name: Column[str], which: ColumnElement[bool]) -> Sequence[str]:
    return connection.scalars(select(name).where(which).limit(AT_ONCE)).all()


def _gone(connection: Connection, table: Table, name: Column[str], names: Sequence[str]) -> int:
    if not names:
        return 0
    return connection.execute(delete(table).where(name.in_(names))).rowcount
