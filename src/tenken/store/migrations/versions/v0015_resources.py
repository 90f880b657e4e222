"""What processes took, by quarter of an hour: what is usual is compared with it."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make its table."""
    op.create_table(
        "resources",
        sa.Column("measure", sa.Text, primary_key=True),
        sa.Column("at", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("instance", sa.Text, primary_key=True),
        sa.Column("total", sa.Float, nullable=False),
        sa.Column("samples", sa.BigInteger, nullable=False),
    )
