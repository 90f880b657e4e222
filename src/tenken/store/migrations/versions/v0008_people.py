"""Who may enter the console, and what they changed."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make its tables."""
    op.create_table(
        "users",
        sa.Column("name", sa.Text, primary_key=True),
        *_text("password"),
        *_whole("created_at"),
        sa.Column("disabled_at", sa.BigInteger),
    )
    op.create_table(
        "grants",
        sa.Column("user", sa.Text, primary_key=True),
        sa.Column("application", sa.Text, primary_key=True),
        *_text("role"),
    )
    op.create_table(
        "invitations",
        sa.Column("sha256", sa.LargeBinary, primary_key=True),
        *_text("user", "application", "role", "invited_by"),
        *_whole("created_at", "expires_at"),
    )
    op.create_table(
        "sessions",
        sa.Column("sha256", sa.LargeBinary, primary_key=True),
        *_text("user"),
        *_whole("created_at", "seen_at", "expires_at"),
    )
    op.create_index("sessions_by_user", "sessions", ["user"])
    op.create_table(
        "tokens",
        sa.Column("sha256", sa.LargeBinary, primary_key=True),
        *_text("prefix", "name", "application", "created_by"),
        *_whole("created_at", "expires_at"),
        sa.Column("revoked_at", sa.BigInteger),
    )
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        *_whole("at"),
        *_text("actor", "application", "action", "subject", "detail"),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        *_text("outcome"),
    )
    op.create_index("audit_by_time", "audit", ["at"])


def _text(*names: str) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.Text, nullable=False) for name in names)


def _whole(*names: str) -> tuple[sa.Column[int], ...]:
    return tuple(sa.Column(name, sa.BigInteger, nullable=False) for name in names)
