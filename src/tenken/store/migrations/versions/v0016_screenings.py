"""How often guards looked at texts, by route and stage: only what comes from now on is counted."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "rollup_screening_series",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        *(sa.Column(one, sa.Text, nullable=False) for one in ("use_case", "route", "stage")),
        sa.Column("drill", sa.Boolean, nullable=False),
    )
    op.create_table(
        "rollup_screenings",
        sa.Column("grain", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("start", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("series", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("screened", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("grain", "start", "series"),
        sqlite_with_rowid=False,
    )
