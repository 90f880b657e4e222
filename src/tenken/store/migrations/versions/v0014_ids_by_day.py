"""The index of ids on SQLite stands by day first: a large ledger is written as a small one is.

Postgres keeps a part a month, each with an index of its own.
"""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make it anew."""
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index("exchanges_by_id", "exchanges")
        op.execute("CREATE INDEX exchanges_by_day ON exchanges (at / 86400000000, id)")
