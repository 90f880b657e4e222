"""The ledger, keys, settings and overlays."""

import sqlalchemy as sa
from alembic import op

from tenken.store.money import Money

revision = "0001"
down_revision = None
BY_MONTH = "RANGE (at)"


def upgrade() -> None:
    """Make the first tables."""
    _exchanges()
    _attempts()
    _matches()
    _progress()
    _settings()


def _exchanges() -> None:
    op.create_table(
        "exchanges",
        *_key(),
        *_text("trace", "parent"),
        sa.Column("sampled", sa.Boolean, nullable=False),
        *_text("caller", "use_case", "use_case_known", "route", "session", "session_known"),
        *_text("prompt", "prompt_known", "release", "settings", "overlays", "drill", "api"),
        sa.Column("stream", sa.Boolean, nullable=False),
        *_text("outcome"),
        sa.Column("status", sa.SmallInteger, nullable=False),
        *_text("code", "finish"),
        *_usage(),
        *_whole("queued_us", "connected_us", "first_byte_us", "first_token_us", "last_us"),
        *_text("limits", "content", "feedback"),
        sa.Column("client_retry", sa.Integer, nullable=False),
        sa.Column("cached", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", "span", "at"),
        postgresql_partition_by=BY_MONTH,
    )
    op.create_index("exchanges_by_caller", "exchanges", ["caller", "at"])
    op.create_index("exchanges_by_time", "exchanges", ["at"])


def _attempts() -> None:
    op.create_table(
        "attempts",
        *_key(),
        sa.Column("number", sa.SmallInteger, autoincrement=False, nullable=False),
        *_text("target", "provider", "model", "credential", "region"),
        sa.Column("failure", sa.Text),
        sa.Column("status", sa.SmallInteger, nullable=False),
        *_whole("began_us", "connected_us", "first_byte_us", "first_token_us", "ended_us"),
        *_usage(),
        *_text("upstream_id", "reason"),
        sa.Column("hedge", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", "span", "at", "number"),
        postgresql_partition_by=BY_MONTH,
    )
    op.create_index("attempts_by_model", "attempts", ["provider", "model", "at"])


def _matches() -> None:
    op.create_table(
        "matches",
        *_key(),
        sa.Column("number", sa.SmallInteger, autoincrement=False, nullable=False),
        *_text("rule", "risk", "action", "stage"),
        sa.Column("score", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("id", "span", "at", "number"),
        postgresql_partition_by=BY_MONTH,
    )
    op.create_index("matches_by_rule", "matches", ["rule", "at"])


def _progress() -> None:
    op.create_table(
        "intents",
        *_key(),
        *_text("journal", "boot"),
        sa.Column("record", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", "span", "at"),
    )
    op.create_index("intents_by_journal", "intents", ["journal", "at"])
    op.create_table(
        "positions",
        *_text("journal", "sink"),
        *_whole("segment", "offset", "sequence"),
        sa.Column("previous", sa.LargeBinary, nullable=False),
        *_text("boot"),
        sa.PrimaryKeyConstraint("journal", "sink"),
    )


def _settings() -> None:
    op.create_table(
        "keys",
        sa.Column("sha256", sa.LargeBinary, primary_key=True),
        *_text("prefix", "caller", "created_by"),
        *_whole("created_at"),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("revoked_at", sa.BigInteger),
        *_text("revoked_by"),
    )
    op.create_table(
        "settings",
        sa.Column("version", sa.Text, primary_key=True),
        *_text("content", "published_by"),
        *_whole("published_at"),
    )
    op.create_table(
        "overlays",
        sa.Column("id", sa.Text, primary_key=True),
        *_text("kind", "subject", "value", "actor", "reason"),
        *_whole("created_at"),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("withdrawn_at", sa.BigInteger),
    )


def _key() -> tuple[sa.Column[str] | sa.Column[int], ...]:
    return (
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("span", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, autoincrement=False, nullable=False),
    )


def _usage() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        *_whole("input", "cache_read", "cache_write", "output", "reasoning"),
        *_text("usage_source"),
        sa.Column("cost", Money, nullable=False),
    )


def _text(*names: str) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.Text, nullable=False) for name in names)


def _whole(*names: str) -> tuple[sa.Column[int], ...]:
    return tuple(sa.Column(name, sa.BigInteger, nullable=False) for name in names)
