"""Cache writes of an hour, and what a guard says of a match beside its rule."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns; what was written before has none of it."""
    for table in ("exchanges", "attempts"):
        hour = sa.Column("cache_write_hour", sa.BigInteger, nullable=False, server_default="0")
        op.add_column(table, hour)
    for name in ("severity", "origin", "mark"):
        op.add_column("matches", sa.Column(name, sa.Text, nullable=False, server_default=""))
