"""Sums by some names alone, made of those by all names; and what no question uses goes."""

import sqlalchemy as sa
from alembic import op

from tenken.store.money import Money
from tenken.store.rollups.writing import number_of

revision = "0012"
down_revision = "0011"

OUTCOMES = ("answered", "refused", "blocked", "failed", "interrupted", "cancelled", "unknown")
STATUSES = ("status_none", "status_2xx", "status_3xx", "status_4xx", "status_5xx")
TOKENS = ("input", "cache_read", "cache_write", "cache_write_hour", "output", "reasoning")
COUNTS = ("attempts", "retries", "fallbacks", "cached", "streams", "matched", "matches")
BUCKETS = tuple(f"{name}_{n:02d}" for name in ("latency", "ttft") for n in range(15))
SUMMED = (
    "requests", *OUTCOMES, *STATUSES, *TOKENS, "cost", *COUNTS, "latency_us", "ttft_us", *BUCKETS,
)  # fmt: skip
MINUTE, HOUR, DAY = 60, 3_600, 86_400
FILLED = """
INSERT INTO {sums} (grain, start, series, {columns})
SELECT whole.grain, whole.start, narrow.id, {added}
FROM rollups AS whole
JOIN rollup_series AS names ON names.id = whole.series
JOIN {series} AS narrow ON {same}
WHERE whole.grain IN ({grains})
GROUP BY whole.grain, whole.start, narrow.id
"""


def upgrade() -> None:
    """Make their tables, and fill them."""
    _narrow("route", ("use_case", "route"), (MINUTE, HOUR, DAY))
    _narrow("caller", ("caller",), (HOUR, DAY))
    _narrow("model", ("release", "provider", "model"), (HOUR, DAY))


def _narrow(name: str, texts: tuple[str, ...], grains: tuple[int, ...]) -> None:
    series, sums = f"rollup_{name}_series", f"rollup_{name}s"
    op.create_table(
        series,
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        *(sa.Column(text, sa.Text, nullable=False) for text in texts),
        sa.Column("drill", sa.Boolean, nullable=False),
    )
    op.create_table(
        sums,
        sa.Column("grain", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("start", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("series", sa.BigInteger, autoincrement=False, nullable=False),
        *(
            sa.Column(one, Money if one == "cost" else sa.BigInteger, nullable=False)
            for one in SUMMED
        ),
        sa.PrimaryKeyConstraint("grain", "start", "series"),
        sqlite_with_rowid=False,
    )
    _named(series, (*texts, "drill"))
    op.execute(
        FILLED.format(
            series=series,
            sums=sums,
            columns=", ".join(SUMMED),
            added=", ".join(f"sum(whole.{one})" for one in SUMMED),
            same=" AND ".join(f"narrow.{one} = names.{one}" for one in (*texts, "drill")),
            grains=", ".join(map(str, grains)),
        )
    )


def _named(series: str, key: tuple[str, ...]) -> None:
    """Give each its number, a digest of its names, as it is given to those to come."""
    connection = op.get_bind()
    names = sa.table("rollup_series", *(sa.column(one) for one in key))
    found = connection.execute(sa.select(*names.c).distinct()).all()
    rows = [
        {"id": number_of((*row[:-1], bool(row[-1]))), **dict(zip(key, row, strict=True))}
        for row in found
    ]
    if rows:
        texts = [sa.column(one, sa.Text) for one in key[:-1]]
        drill = sa.column("drill", sa.Boolean)
        connection.execute(
            sa.insert(sa.table(series, sa.column("id", sa.BigInteger), *texts, drill)), rows
        )
