"""Alerts, their deliveries, incidents, and who does what needs one mind."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make its tables."""
    op.create_table("leases", _key("name"), *_text("holder"), *_whole("term", "until"))
    _alerts()
    _silences()
    _incidents()
    op.create_table(
        "effects",
        _key("overlay"),
        *_text("incident", "subject", "versions"),
        *_whole("ordered_at"),
        sa.Column("seen_at", sa.BigInteger),
        *_text("exchange"),
    )


def _alerts() -> None:
    op.create_table(
        "alerts",
        _key("id"),
        *_text("key", "kind", "severity", "state"),
        *_whole("revision", "since", "changed_at"),
        sa.Column("open_key", sa.Text, unique=True),
        *_text("body"),
    )
    op.create_index("alerts_by_change", "alerts", ["changed_at"])
    op.create_table(
        "alert_events",
        _key("alert"),
        _number(),
        *_whole("at"),
        *_text("what", "actor", "note"),
    )
    op.create_index("alert_events_by_time", "alert_events", ["at"])
    op.create_table(
        "deliveries",
        _key("id"),
        *_text("receiver", "reason", "alerts", "body", "state"),
        *_whole("created_at", "due_at", "attempts"),
        sa.Column("ended_at", sa.BigInteger),
        *_text("answer"),
    )
    op.create_index("deliveries_by_due", "deliveries", ["state", "due_at"])
    op.create_index("deliveries_by_time", "deliveries", ["created_at"])


def _silences() -> None:
    op.create_table(
        "silences",
        _key("id"),
        *_text("pattern", "owner", "reason"),
        *_whole("created_at", "expires_at"),
        sa.Column("withdrawn_at", sa.BigInteger),
        *_text("withdrawn_by"),
    )


def _incidents() -> None:
    op.create_table(
        "incidents",
        _key("id"),
        *_text("title", "severity", "state", "opened_by", "lead"),
        *_whole("opened_at"),
        sa.Column("closed_at", sa.BigInteger),
        *_text("closed_by", "alert", "postmortem"),
    )
    op.create_index("incidents_by_time", "incidents", ["opened_at"])
    op.create_table(
        "incident_events",
        _key("incident"),
        _number(),
        *_whole("at"),
        *_text("kind", "actor", "text", "reference"),
    )
    op.create_table(
        "incident_actions",
        _key("incident"),
        _number(),
        *_text("what", "owner", "due"),
        sa.Column("done_at", sa.BigInteger),
        *_text("done_by"),
    )


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=True)


def _number() -> sa.Column[int]:
    return sa.Column("number", sa.SmallInteger, primary_key=True, autoincrement=False)


def _text(*names: str) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.Text, nullable=False) for name in names)


def _whole(*names: str) -> tuple[sa.Column[int], ...]:
    return tuple(sa.Column(name, sa.BigInteger, nullable=False) for name in names)
