"""Rows of watching from some time ago: of each kind one that is over and one that is not."""

from sqlalchemy import Connection, Table, insert

from tenken.store.watch.tables import (
    ALERT_EVENTS,
    ALERTS,
    DELIVERIES,
    INCIDENT_ACTIONS,
    INCIDENT_EVENTS,
    INCIDENTS,
)


def past_rows(connection: Connection, mark: str, at: int) -> None:
    """Write them; the closed incident was opened from the ended alert."""
    for state in ("open", "ended"):
        name = f"{state}-{mark}"
        open_key = name if state == "open" else None
        _add(connection, ALERTS, id=name, open_key=open_key, since=at, changed_at=at, state=state)
        _add(connection, ALERT_EVENTS, alert=name, number=1, at=at)
    for state in ("due", "sent"):
        name = f"{state}-{mark}"
        _add(connection, DELIVERIES, id=name, state=state, created_at=at, due_at=at)
    for name, alert in (("open", ""), ("closed", f"ended-{mark}"), ("owing", "")):
        closed = None if name == "open" else at
        state = "open" if closed is None else "closed"
        one = f"{name}-{mark}"
        _add(connection, INCIDENTS, id=one, state=state, opened_at=at, closed_at=closed,
             alert=alert)  # fmt: skip
        _add(connection, INCIDENT_EVENTS, incident=one, number=1, at=at)
        done = None if name == "owing" else at
        _add(connection, INCIDENT_ACTIONS, incident=one, number=1, done_at=done)


def _add(connection: Connection, table: Table, **said: object) -> None:
    blank = {
        column.name: "" if column.type.python_type is str else 0
        for column in table.columns
        if not column.nullable
    }
    connection.execute(insert(table), {**blank, **said})
