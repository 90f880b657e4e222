"""Sums by minute, hour and day, and since ever; of what is there already, too.

And rows stand by their time, so that what is written together stands together: requests' ids are
drawn by lot, and each would be written into another corner of the file.
"""

import sqlalchemy as sa
from alembic import op

from tenken.store.money import Money
from tenken.store.rollups.backfill import backfill

revision = "0005"
down_revision = "0004"

OUTCOMES = ("answered", "refused", "blocked", "failed", "interrupted", "cancelled", "unknown")
STATUSES = ("status_none", "status_2xx", "status_3xx", "status_4xx", "status_5xx")
TOKENS = ("input", "cache_read", "cache_write", "cache_write_hour", "output", "reasoning")
COUNTS = ("attempts", "retries", "fallbacks", "cached", "streams", "matched", "matches")

COUNTED = """
UPDATE exchanges SET
    tries = (
        SELECT count(*) FROM attempts AS one
        WHERE one.id = exchanges.id AND one.span = exchanges.span AND one.at = exchanges.at
    ),
    found = (
        SELECT count(*) FROM matches AS one
        WHERE one.id = exchanges.id AND one.span = exchanges.span AND one.at = exchanges.at
    )
"""
LAST = """
UPDATE exchanges SET (target, provider, model) = (
    SELECT one.target, one.provider, one.model FROM attempts AS one
    WHERE one.id = exchanges.id AND one.span = exchanges.span AND one.at = exchanges.at
    ORDER BY one.number DESC LIMIT 1
) WHERE tries > 0
"""


def upgrade() -> None:
    """Make its tables, and fill them."""
    _series("rollup_series", "use_case", "route", "caller", "release", "provider", "model")
    _sums(
        "rollups",
        *("requests", *OUTCOMES, *STATUSES, *TOKENS, "cost", *COUNTS, "latency_us", "ttft_us"),
        *(*_buckets("latency"), *_buckets("ttft")),
    )
    _series("rollup_attempt_series", "target", "provider", "model", "credential", "failure")
    _sums(
        "rollup_attempts",
        *("calls", "input_tokens", "output_tokens", "cost", "duration_us"),
        *_buckets("duration"),
    )
    _series("rollup_match_series", "use_case", "risk", "rule", "action", "stage", "severity")
    _sums("rollup_matches", "matches")
    op.create_table(
        "rollup_kept",
        sa.Column("grain", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("since", sa.BigInteger, nullable=False),
    )
    _by_time()
    backfill(op.get_bind())
    _listed()


def _by_time() -> None:
    """Let rows be found by time first; what only served the order before goes."""
    if op.get_bind().dialect.name == "sqlite":
        for table, more in (
            ("exchanges", ()),
            ("attempts", ("number",)),
            ("matches", ("number",)),
        ):
            _made_anew(table, "at", "id", "span", *more)
        op.create_index("exchanges_by_caller", "exchanges", ["caller", "at"])
        op.create_index("matches_by_rule", "matches", ["rule", "at"])
    else:
        op.drop_index("exchanges_by_time", "exchanges")
        op.drop_index("attempts_by_model", "attempts")
        for table, more in (
            ("exchanges", ()),
            ("attempts", ("number",)),
            ("matches", ("number",)),
        ):
            op.drop_constraint(f"{table}_pkey", table, type_="primary")
            op.create_primary_key(f"{table}_pkey", table, ["at", "id", "span", *more])
    op.create_index("exchanges_by_id", "exchanges", ["id"])


def _made_anew(name: str, *key: str) -> None:
    """SQLite changes no key: the rows go over into another table."""
    connection = op.get_bind()
    found = sa.Table(name, sa.MetaData(), autoload_with=connection)
    before = f"{name}_before"
    op.rename_table(name, before)
    for index in found.indexes:
        op.drop_index(str(index.name), before)
    columns = [
        sa.Column(
            one.name,
            one.type,
            nullable=one.nullable,
            autoincrement=False,
            server_default=one.server_default,
        )
        for one in found.columns
    ]
    op.create_table(
        name, *columns, sa.PrimaryKeyConstraint(*key), sqlite_with_rowid=name == "exchanges"
    )
    listed = ", ".join(f'"{one.name}"' for one in found.columns)
    op.execute(f'INSERT INTO {name} ({listed}) SELECT {listed} FROM {before} ORDER BY "at"')  # noqa: S608 - names of ours
    op.drop_table(before)


def _listed() -> None:
    """Let one row tell what lists show and look for."""
    for name in ("target", "provider", "model"):
        op.add_column("exchanges", sa.Column(name, sa.Text, nullable=False, server_default=""))
    for name in ("tries", "found"):
        op.add_column(
            "exchanges", sa.Column(name, sa.SmallInteger, nullable=False, server_default="0")
        )
    op.execute(COUNTED)
    op.execute(LAST)
    named = sa.text("session_known <> 'none'")
    op.create_index(
        "exchanges_by_session",
        "exchanges",
        ["session", "at"],
        sqlite_where=named,
        postgresql_where=named,
    )


def _series(name: str, *texts: str) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        *(sa.Column(text, sa.Text, nullable=False) for text in texts),
        sa.Column("drill", sa.Boolean, nullable=False),
    )


def _sums(name: str, *summed: str) -> None:
    op.create_table(
        name,
        sa.Column("grain", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("start", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("series", sa.BigInteger, autoincrement=False, nullable=False),
        *(
            sa.Column(one, Money if one == "cost" else sa.BigInteger, nullable=False)
            for one in summed
        ),
        sa.PrimaryKeyConstraint("grain", "start", "series"),
        sqlite_with_rowid=False,
    )


def _buckets(name: str) -> tuple[str, ...]:
    return tuple(f"{name}_{n:02d}" for n in range(15))
