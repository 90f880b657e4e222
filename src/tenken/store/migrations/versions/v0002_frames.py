"""Records of workers that have no disk, and what journals may have lost."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make their tables."""
    op.create_table(
        "frames",
        sa.Column("boot", sa.Text, nullable=False),
        sa.Column("sequence", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("boot", "sequence"),
    )
    op.create_table(
        "losses",
        sa.Column("journal", sa.Text, nullable=False),
        sa.Column("boot", sa.Text, nullable=False),
        *(
            sa.Column(name, sa.BigInteger, nullable=False)
            for name in ("records", "since", "until")
        ),
        sa.PrimaryKeyConstraint("journal", "boot"),
    )
