"""What callers said of answers and its sums, and what KPIs were."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
NAMES = ("use_case", "route", "caller", "release", "provider", "model", "kind", "unit")


def upgrade() -> None:
    """Make its tables."""
    op.create_table(
        "feedback",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        *_texts("caller", "kind", "request", "key"),
        sa.Column("value", sa.Float, nullable=False),
        *_texts("unit", "submitter", "via"),
        sa.Column("matched", sa.Boolean, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        *_texts("about", "trace", "span"),
        sa.Column("about_at", sa.BigInteger, nullable=False),
        *_texts("use_case", "route", "release", "provider", "model"),
        sa.Column("drill", sa.Boolean, nullable=False),
    )
    op.create_index("feedback_by_request", "feedback", ["request"])
    op.create_index("feedback_by_about", "feedback", ["about"])
    op.create_index("feedback_by_key", "feedback", ["caller", "key"])
    op.create_index("feedback_by_time", "feedback", ["at"])
    op.create_index("feedback_by_number", "feedback", ["number"])
    waits = sa.column("matched") == sa.false()
    op.create_index(
        "feedback_unmatched", "feedback", ["at"], sqlite_where=waits, postgresql_where=waits
    )
    _sums()
    _numbers()
    op.create_table(
        "kpi_points",
        sa.Column("kpi", sa.Text, primary_key=True),
        sa.Column("at", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("value", sa.Float),
    )


def _sums() -> None:
    op.create_table(
        "rollup_feedback_series",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        *_texts(*NAMES),
        sa.Column("drill", sa.Boolean, nullable=False),
    )
    op.create_table(
        "rollup_feedback",
        sa.Column("grain", sa.Integer, autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.BigInteger, autoincrement=False, nullable=False)
            for name in ("start", "series", "said", "good", "bad", "value_thousandths")
        ),
        sa.PrimaryKeyConstraint("grain", "start", "series"),
        sqlite_with_rowid=False,
    )


def _numbers() -> None:
    numbers = op.create_table(
        "feedback_numbers",
        sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(numbers, [{"one": 1, "last": 0}])
    op.create_table(
        "feedback_reached",
        sa.Column("sink", sa.Text, primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
    )


def _texts(*names: str) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.Text, nullable=False) for name in names)
