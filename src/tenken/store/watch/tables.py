"""The tables of alerts and incidents. Times are microseconds since 1970, UTC, as everywhere.

What is only shown, and never asked for by itself, stands in one JSON text (`body`).
"""

from sqlalchemy import BigInteger, Column, Index, SmallInteger, Table, Text
from sqlalchemy.sql.schema import SchemaItem

from tenken.store.tables import METADATA


def _text(*names: str) -> tuple[SchemaItem, ...]:
    return tuple(Column(name, Text, nullable=False) for name in names)


def _whole(*names: str) -> tuple[SchemaItem, ...]:
    return tuple(Column(name, BigInteger, nullable=False) for name in names)


LEASES = Table(
    "leases",
    METADATA,
    Column("name", Text, primary_key=True),
    *_text("holder"),
    *_whole("term", "until"),
)
"""Who does what needs one mind. A new holder is a new term."""
ALERTS = Table(
    "alerts",
    METADATA,
    Column("id", Text, primary_key=True),
    *_text("key", "kind", "severity", "state"),
    *_whole("revision", "since", "changed_at"),
    Column("open_key", Text, unique=True),
    *_text("body"),
    Index("alerts_by_change", "changed_at"),
)
"""`open_key` is the key until the alert has ended: the database itself keeps a second one out."""
ALERT_EVENTS = Table(
    "alert_events",
    METADATA,
    Column("alert", Text, primary_key=True),
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    *_whole("at"),
    *_text("what", "actor", "note"),
    Index("alert_events_by_time", "at"),
)
"""What became of an alert, step by step."""
DELIVERIES = Table(
    "deliveries",
    METADATA,
    Column("id", Text, primary_key=True),
    *_text("receiver", "reason", "alerts", "body", "state"),
    *_whole("created_at", "due_at", "attempts"),
    Column("ended_at", BigInteger),
    *_text("answer"),
    Index("deliveries_by_due", "state", "due_at"),
    Index("deliveries_by_time", "created_at"),
)
"""What is to be told to whom, written with the alert; its id is the same whenever it is sent."""
SILENCES = Table(
    "silences",
    METADATA,
    Column("id", Text, primary_key=True),
    *_text("pattern", "owner", "reason"),
    *_whole("created_at", "expires_at"),
    Column("withdrawn_at", BigInteger),
    *_text("withdrawn_by"),
)
INCIDENTS = Table(
    "incidents",
    METADATA,
    Column("id", Text, primary_key=True),
    *_text("title", "severity", "state", "opened_by", "lead"),
    *_whole("opened_at"),
    Column("closed_at", BigInteger),
    *_text("closed_by", "alert", "postmortem"),
    Index("incidents_by_time", "opened_at"),
)
"""`alert` is the one that it was opened from; `postmortem` the draft made when it was closed."""
INCIDENT_EVENTS = Table(
    "incident_events",
    METADATA,
    Column("incident", Text, primary_key=True),
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    *_whole("at"),
    *_text("kind", "actor", "text", "reference"),
)
"""Notes of people and actions taken. What other tables hold is read there."""
INCIDENT_ACTIONS = Table(
    "incident_actions",
    METADATA,
    Column("incident", Text, primary_key=True),
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    *_text("what", "owner", "due"),
    Column("done_at", BigInteger),
    *_text("done_by"),
)
"""What is to be done so that it does not come again; `due` is a date, or empty."""
EFFECTS = Table(
    "effects",
    METADATA,
    Column("overlay", Text, primary_key=True),
    *_text("incident", "subject", "versions"),
    *_whole("ordered_at"),
    Column("seen_at", BigInteger),
    *_text("exchange"),
)
"""When a change at run time was ordered, and the first exchange that shows it: one that was served
with any of `versions`, which all hold it."""
