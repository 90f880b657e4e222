"""The tables of people. Times are microseconds since 1970, UTC; what opens a door is a digest."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, Table, Text
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
    Column("within", Text, nullable=False, server_default=""),
)
"""What somebody may do in an application; none without a row. `within` names the parts of it that
they see, one a line; all of it where that is empty."""
INVITATIONS = Table(
    "invitations",
    METADATA,
    Column("sha256", LargeBinary, primary_key=True),
    *_text("user", "application", "role", "invited_by"),
    *_whole("created_at", "expires_at"),
    Column("within", Text, nullable=False, server_default=""),
)
"""Each sets one password, once. Without a user it is the first, who chooses a name."""
SESSIONS = Table(
    "sessions",
    METADATA,
    Column("sha256", LargeBinary, primary_key=True),
    *_text("user"),
    *_whole("created_at", "seen_at", "expires_at"),
    Column("issuer", Text, nullable=False, server_default=""),
    Index("sessions_by_user", "user"),
)
"""`issuer` is who said that it is they; empty where a password did."""
TOKENS = Table(
    "tokens",
    METADATA,
    Column("sha256", LargeBinary, primary_key=True),
    *_text("prefix", "name", "application", "created_by"),
    *_whole("created_at", "expires_at"),
    Column("revoked_at", BigInteger),
    Column("within", Text, nullable=False, server_default=""),
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

FEDERATED = Table(
    "federated",
    METADATA,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    *_text("user", "full_name", "email"),
    *_whole("seen_at"),
    Index("federated_by_user", "user", unique=True),
)
"""Who somebody is by the word of an issuer. `email` is empty where that has not verified it."""
LOGINS = Table(
    "logins",
    METADATA,
    Column("sha256", LargeBinary, primary_key=True),
    *_text("nonce", "verifier", "back"),
    *_whole("expires_at"),
)
"""Those who have been sent to an issuer and are not back; each comes back once."""
SIGNERS = Table(
    "signers",
    METADATA,
    Column("user", Text, primary_key=True),
    Column("application", Text, primary_key=True),
    Column("role", Text, primary_key=True),
)
"""In which roles of the checklist somebody may sign."""
SIGNOFFS = Table(
    "signoffs",
    METADATA,
    Column("id", Text, primary_key=True),
    *_text("application", "item", "role", "user", "full_name", "email", "issuer"),
    *_text("statement", "signed", "expires_on"),
    *_whole("at"),
    Column("exempts", Boolean, nullable=False),
    *_text("line"),
    Column("withdrawn_at", BigInteger),
    Index("signoffs_by_item", "application", "item", "at"),
)
"""`signed` is JSON: the texts with their digests. `line` is what leaves the store: the sign-off,
sealed by the console."""
