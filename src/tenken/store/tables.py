"""The tables. Times are microseconds since 1970, UTC, as in the journal; money is exact.

A request's id may be its caller's own, and callers use one twice. So a record is told by three:
the id, our own span of it, and the moment of its arrival, which is what months are cut by.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.sql.schema import SchemaItem

from tenken.store.money import Money

METADATA = MetaData()
BY_MONTH = "RANGE (at)"
NAMED_SESSION = "session_known <> 'none'"
"""Where nobody named a session it is the request itself, and nobody asks for it."""


def _text(*names: str) -> tuple[SchemaItem, ...]:
    return tuple(Column(name, Text, nullable=False) for name in names)


def _whole(*names: str) -> tuple[SchemaItem, ...]:
    return tuple(Column(name, BigInteger, nullable=False) for name in names)


def _key() -> tuple[SchemaItem, ...]:
    return (
        Column("id", Text, primary_key=True),
        Column("span", Text, primary_key=True),
        Column("at", BigInteger, primary_key=True, autoincrement=False),
    )


def _numbered() -> tuple[SchemaItem, ...]:
    number = Column("number", SmallInteger, primary_key=True, autoincrement=False)
    return (*_key(), number)


def _monthly(*more: str) -> tuple[SchemaItem, ...]:
    """By time first: what is written together stands together, and so does what is read."""
    return (
        *_text("id", "span"),
        Column("at", BigInteger, nullable=False),
        *(Column(one, SmallInteger, nullable=False) for one in more),
        PrimaryKeyConstraint("at", "id", "span", *more),
    )


def _usage() -> tuple[SchemaItem, ...]:
    return (
        *_whole("input", "cache_read", "cache_write", "cache_write_hour", "output", "reasoning"),
        *_text("usage_source"),
        Column("cost", Money, nullable=False),
    )


EXCHANGES = Table(
    "exchanges",
    METADATA,
    *_monthly(),
    *_text("trace", "parent"),
    Column("sampled", Boolean, nullable=False),
    *_text("caller", "use_case", "use_case_known", "route", "session", "session_known"),
    *_text("prompt", "prompt_known", "release", "settings", "overlays", "drill", "api"),
    Column("stream", Boolean, nullable=False),
    *_text("outcome"),
    Column("status", SmallInteger, nullable=False),
    *_text("code", "finish"),
    *_usage(),
    *_whole("queued_us", "connected_us", "first_byte_us", "first_token_us", "last_us"),
    *_text("limits", "content", "feedback"),
    Column("client_retry", Integer, nullable=False),
    Column("cached", Boolean, nullable=False),
    *_whole("guarded_us"),
    *_text("judgings"),
    *_text("target", "provider", "model"),
    Column("tries", SmallInteger, nullable=False),
    Column("found", SmallInteger, nullable=False),
    Index("exchanges_by_caller", "caller", "at"),
    Index("exchanges_by_id", "id", info={"only": "postgresql"}).ddl_if(dialect="postgresql"),
    Index("exchanges_by_day", text("at / 86400000000"), "id", info={"only": "sqlite"}).ddl_if(
        dialect="sqlite"
    ),
    Index(
        "exchanges_by_session",
        "session",
        "at",
        sqlite_where=text(NAMED_SESSION),
        postgresql_where=text(NAMED_SESSION),
    ),
    postgresql_partition_by=BY_MONTH,
)
"""`target`, `provider` and `model` are its last attempt's, `tries` and `found` how many attempts
and matches there are: what lists show and look for stands in one row."""
ATTEMPTS = Table(
    "attempts",
    METADATA,
    *_monthly("number"),
    *_text("target", "provider", "model", "credential", "region"),
    Column("failure", Text),
    Column("status", SmallInteger, nullable=False),
    *_whole("began_us", "connected_us", "first_byte_us", "first_token_us", "ended_us"),
    *_usage(),
    *_text("upstream_id", "reason"),
    Column("hedge", Boolean, nullable=False),
    postgresql_partition_by=BY_MONTH,
    sqlite_with_rowid=False,
)
MATCHES = Table(
    "matches",
    METADATA,
    *_monthly("number"),
    *_text("rule", "risk", "action", "stage"),
    Column("score", Float, nullable=False),
    *_text("severity", "origin", "mark"),
    Index("matches_by_rule", "rule", "at"),
    postgresql_partition_by=BY_MONTH,
    sqlite_with_rowid=False,
)
TEXTS = Table(
    "texts",
    METADATA,
    *_monthly(),
    Column("sealed", LargeBinary, nullable=False),
)
"""Masked texts, sealed. Not cut by months: they go before the exchanges that they belong to."""
INTENTS = Table(
    "intents",
    METADATA,
    *_key(),
    *_text("journal", "boot"),
    Column("record", LargeBinary, nullable=False),
    Index("intents_by_journal", "journal", "at"),
)
"""Intents whose exchange has not come yet."""
POSITIONS = Table(
    "positions",
    METADATA,
    Column("journal", Text, primary_key=True),
    Column("sink", Text, primary_key=True),
    *_whole("segment", "offset", "sequence"),
    Column("previous", LargeBinary, nullable=False),
    *_text("boot"),
)
"""How far each journal is applied, written with the rows."""
FRAMES = Table(
    "frames",
    METADATA,
    Column("boot", Text, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", SmallInteger, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)
"""The journal of workers that have no disk: what they put here waits for the ledger."""
LOSSES = Table(
    "losses",
    METADATA,
    Column("journal", Text, primary_key=True),
    Column("boot", Text, primary_key=True),
    *_whole("records", "since", "until"),
)
"""What a journal may have lost with its machine, at most, before this life of its writer."""
PARKED = Table(
    "parked",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    *_text("journal", "boot"),
    Column("kind", SmallInteger, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    *_text("why"),
    *_whole("at"),
)
"""Records that the ledger refused, as they were journalled."""
KEYS = Table(
    "keys",
    METADATA,
    Column("sha256", LargeBinary, primary_key=True),
    *_text("prefix", "caller", "created_by"),
    *_whole("created_at"),
    Column("expires_at", BigInteger),
    Column("revoked_at", BigInteger),
    *_text("revoked_by"),
)
"""Callers' keys, by digest: never a key itself."""
SETTINGS = Table(
    "settings",
    METADATA,
    Column("version", Text, primary_key=True),
    *_text("content", "published_by"),
    *_whole("published_at"),
)
"""What files said, each version once; the newest is in effect."""
OVERLAYS = Table(
    "overlays",
    METADATA,
    Column("id", Text, primary_key=True),
    *_text("kind", "subject", "value", "actor", "reason"),
    *_whole("created_at"),
    Column("expires_at", BigInteger),
    Column("withdrawn_at", BigInteger),
)
"""What holds for a while instead of what the files say."""
REVIEWS = Table(
    "reviews",
    METADATA,
    *_numbered(),
    Column("judged_at", BigInteger, primary_key=True, autoincrement=False),
    Column("is_true", Boolean, nullable=False),
    *_text("judged_by", "why"),
)
"""What people said of a guard's matches: one row each time, and the newest counts."""
MONTHLY = (EXCHANGES, ATTEMPTS, MATCHES)
"""Cut by months where the database can; a month is dropped in one step."""
