"""The tables of people. Times are microseconds since 1970, UTC; what opens a door is a digest."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text
from sqlalchemy.sql.schema import SchemaItem

from tenken.store.tables import METADATA


def _text(*names: str) -> tuple[SchemaItem, ...]:
    return tuple(Column(name, Text, nullable=False) for name in names)


def _whole(*names: str) -> tuple[SchemaItem, ...]:
    return tuple(Column(name, BigInteger, nullable=False) for name in names)


USERS = Table(
    "users",
    METADATA,
    Column("name", Text, primary_key=True),
    *_text("password"),
    *_whole("created_at"),
    Column("disabled_at", BigInteger),
)
"""`password` is argon2id, or empty where nobody can log in by one."""
GRANTS = Table(
    "grants",
    METADATA,
    Column("user", Text, primary_key=True),
    Column("application", Text, primary_key=True),
    *_text("role"),
)
"""What somebody may do in an application; none without a row."""
INVITATIONS = Table(
    "invitations",
    METADATA,
    Column("sha256", LargeBinary, primary_key=True),
    *_text("user", "application", "role", "invited_by"),
    *_whole("created_at", "expires_at"),
)
"""Each sets one password, once. Without a user it is the first, who chooses a name."""
SESSIONS = Table(
    "sessions",
    METADATA,
    Column("sha256", LargeBinary, primary_key=True),
    *_text("user"),
    *_whole("created_at", "seen_at", "expires_at"),
    Index("sessions_by_user", "user"),
)
TOKENS = Table(
    "tokens",
    METADATA,
    Column("sha256", LargeBinary, primary_key=True),
    *_text("prefix", "name", "application", "created_by"),
    *_whole("created_at", "expires_at"),
    Column("revoked_at", BigInteger),
)
"""Of machines that read the JSON API of an application."""
AUDIT = Table(
    "audit",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    *_whole("at"),
    *_text("actor", "application", "action", "subject", "detail"),
    Column("digest", LargeBinary, nullable=False),
    *_text("outcome"),
    Index("audit_by_time", "at"),
)
"""Each row's digest is over its own words and the digest before it; only `outcome` comes later."""
