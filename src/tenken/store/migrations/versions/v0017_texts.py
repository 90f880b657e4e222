"""Masked texts of requests and answers, sealed: they stand apart, and go before the rest."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make its table."""
    op.create_table(
        "texts",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("span", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("at", "id", "span"),
    )
