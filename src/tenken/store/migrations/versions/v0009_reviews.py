"""What people said of a guard's matches, what its judges cost, and how long its looks took."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the table, and add the columns; what was written before has none of it."""
    op.create_table(
        "reviews",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("span", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("number", sa.SmallInteger, autoincrement=False, nullable=False),
        sa.Column("judged_at", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("is_true", sa.Boolean, nullable=False),
        sa.Column("judged_by", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", "span", "at", "number", "judged_at"),
    )
    took = sa.Column("guarded_us", sa.BigInteger, nullable=False, server_default="0")
    asked = sa.Column("judgings", sa.Text, nullable=False, server_default="[]")
    op.add_column("exchanges", took)
    op.add_column("exchanges", asked)
