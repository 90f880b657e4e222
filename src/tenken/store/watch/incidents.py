"""Incidents: what went wrong, what people noted and did, and what is to be done after.

What other tables hold of the time (alerts, settings, overlays, calls) is read there; here is what
people said, and the postmortem as it was drafted at the end.
"""

from collections.abc import Sequence
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import Connection, Engine, RowMapping, Select, Table, func, insert, select, update

from tenken.store.engine import WRITING
from tenken.store.faults import Clash, told
from tenken.store.watch.alert import Severity
from tenken.store.watch.tables import INCIDENT_ACTIONS, INCIDENT_EVENTS, INCIDENTS

Kind = Literal["opened", "alert", "note", "factor", "action", "closed"]
"""`factor`: somebody says what contributed; `action`: an emergency action, by its overlay."""


class Incident(Struct, frozen=True, kw_only=True):
    """One incident. Times are microseconds since 1970."""

    id: str
    title: str
    severity: Severity
    opened_by: str
    opened_at: int
    state: Literal["open", "closed"] = "open"
    lead: str = ""
    """Who leads it."""
    alert: str = ""
    """The id of the alert that it was opened from."""
    closed_at: int | None = None
    closed_by: str = ""
    postmortem: str = ""
    """Markdown, drafted when it was closed; for people to finish."""


class Noted(Struct, frozen=True, kw_only=True):
    """Something that was said or done."""

    at: int
    kind: Kind
    actor: str
    text: str
    reference: str = ""
    """The alert or the overlay that it is about."""
    number: int = 0


class FollowUp(Struct, frozen=True, kw_only=True):
    """Something to do so that it does not come again."""

    incident: str
    what: str
    owner: str
    due: str = ""
    """A day such as `2026-12-01`, or nothing."""
    number: int = 0
    done_at: int | None = None
    done_by: str = ""


class Incidents:
    """The tables of incidents, over an engine that somebody else opens and ends. Raises Away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self, one: Incident, *, why: str = "") -> bool:
        """Write an incident; tells whether it is new."""
        fields = {name: getattr(one, name) for name in Incident.__struct_fields__}
        noted = Noted(
            at=one.opened_at, kind="opened", actor=one.opened_by, text=why or one.title,
            reference=one.alert,
        )  # fmt: skip
        try:
            with told(), self._engine.execution_options(**WRITING).begin() as connection:
                connection.execute(insert(INCIDENTS), fields)
                _note(connection, one.id, noted)
        except Clash:
            return False
        return True

    def note(self, name: str, noted: Noted) -> None:
        """Write down what was said or done; raises Clash where another wrote at the same time."""
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            _note(connection, name, noted)

    def close(self, name: str, *, actor: str, at: int, postmortem: str) -> bool:
        """End an incident, with its draft; tells whether it was open."""
        table = INCIDENTS.c
        running = (table.id == name) & (table.state == "open")
        after = {"state": "closed", "closed_at": at, "closed_by": actor, "postmortem": postmortem}
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            if connection.execute(update(INCIDENTS).where(running).values(after)).rowcount != 1:
                return False
            _note(connection, name, Noted(at=at, kind="closed", actor=actor, text=""))
            return True

    def find(self, name: str) -> Incident | None:
        """Give one by its id."""
        found = self._read(select(INCIDENTS).where(INCIDENTS.c.id == name))
        return _incident(found[0]) if found else None

    def newest(self, most: int, *, running: bool = False) -> tuple[Incident, ...]:
        """Give the latest first; `running`: those that are not closed."""
        asked = select(INCIDENTS).order_by(INCIDENTS.c.opened_at.desc(), INCIDENTS.c.id)
        asked = asked.where(INCIDENTS.c.state == "open") if running else asked
        return tuple(_incident(row) for row in self._read(asked.limit(most)))

    def spoken_of(self, alerts: Sequence[str]) -> frozenset[str]:
        """Give which of these alerts an incident was opened from, or is noted in one."""
        table = INCIDENT_EVENTS.c
        asked = select(table.reference).where(table.reference.in_(alerts)).distinct()
        with told(), self._engine.connect() as connection:
            return frozenset(connection.execute(asked).scalars())

    def notes(self, name: str) -> tuple[Noted, ...]:
        """Give what was said and done, in the order in which it was written."""
        table = INCIDENT_EVENTS.c
        asked = select(INCIDENT_EVENTS).where(table.incident == name).order_by(table.number)
        return tuple(_noted(row) for row in self._read(asked))

    def plan(self, one: FollowUp) -> int:
        """Write something to do; gives its number."""
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            number = _next(connection, INCIDENT_ACTIONS, one.incident)
            fields = {name: getattr(one, name) for name in FollowUp.__struct_fields__}
            connection.execute(insert(INCIDENT_ACTIONS), {**fields, "number": number})
            return number

    def done(self, name: str, number: int, *, actor: str, at: int) -> bool:
        """Note that something is done; tells whether it was to do."""
        table = INCIDENT_ACTIONS.c
        this = (table.incident == name) & (table.number == number) & table.done_at.is_(None)
        after = update(INCIDENT_ACTIONS).where(this).values(done_at=at, done_by=actor)
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            return connection.execute(after).rowcount == 1

    def follow_ups(self, name: str) -> tuple[FollowUp, ...]:
        """Give what is to be done, and what is done, of one incident."""
        table = INCIDENT_ACTIONS.c
        asked = select(INCIDENT_ACTIONS).where(table.incident == name).order_by(table.number)
        return tuple(_follow_up(row) for row in self._read(asked))

    def outstanding(self) -> tuple[FollowUp, ...]:
        """Give what is to be done of all incidents; what is due first, first."""
        table = INCIDENT_ACTIONS.c
        asked = select(INCIDENT_ACTIONS).where(table.done_at.is_(None))
        rows = self._read(asked.order_by(table.due == "", table.due, table.incident, table.number))
        return tuple(_follow_up(row) for row in rows)

    def _read(self, asked: Select[Any]) -> tuple[RowMapping, ...]:
        with told(), self._engine.connect() as connection:
            return tuple(connection.execute(asked).mappings())


def _note(connection: Connection, name: str, noted: Noted) -> None:
    fields = {field: getattr(noted, field) for field in Noted.__struct_fields__}
    number = _next(connection, INCIDENT_EVENTS, name)
    connection.execute(insert(INCIDENT_EVENTS), {**fields, "incident": name, "number": number})


def _next(connection: Connection, table: Table, name: str) -> int:
    last = select(func.max(table.c.number)).where(table.c.incident == name)
    return int(connection.execute(last).scalar() or 0) + 1


def _incident(row: RowMapping) -> Incident:
    return Incident(**{str(name): value for name, value in row.items()})


def _noted(row: RowMapping) -> Noted:
    return Noted(**{str(name): value for name, value in row.items() if name != "incident"})


def _follow_up(row: RowMapping) -> FollowUp:
    return FollowUp(**{str(name): value for name, value in row.items()})
