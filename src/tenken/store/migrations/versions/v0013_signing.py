"""Who somebody is by another's word, what they may sign, what they signed, what they see."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make its tables, and the columns that say how somebody came in and how far they see."""
    for table, column in (
        ("sessions", "issuer"), ("grants", "within"), ("tokens", "within"),
        ("invitations", "within"),
    ):  # fmt: skip
        op.add_column(table, sa.Column(column, sa.Text, nullable=False, server_default=""))
    op.create_table(
        "federated",
        sa.Column("issuer", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        *_text("user", "full_name", "email"),
        *_whole("seen_at"),
    )
    op.create_index("federated_by_user", "federated", ["user"], unique=True)
    op.create_table(
        "logins",
        sa.Column("sha256", sa.LargeBinary, primary_key=True),
        *_text("nonce", "verifier", "back"),
        *_whole("expires_at"),
    )
    op.create_table(
        "signers",
        sa.Column("user", sa.Text, primary_key=True),
        sa.Column("application", sa.Text, primary_key=True),
        sa.Column("role", sa.Text, primary_key=True),
    )
    op.create_table(
        "signoffs",
        sa.Column("id", sa.Text, primary_key=True),
        *_text("application", "item", "role", "user", "full_name", "email", "issuer"),
        *_text("statement", "signed", "expires_on"),
        *_whole("at"),
        sa.Column("exempts", sa.Boolean, nullable=False),
        *_text("line"),
        sa.Column("withdrawn_at", sa.BigInteger),
    )
    op.create_index("signoffs_by_item", "signoffs", ["application", "item", "at"])


def _text(*names: str) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.Text, nullable=False) for name in names)


def _whole(*names: str) -> tuple[sa.Column[int], ...]:
    return tuple(sa.Column(name, sa.BigInteger, nullable=False) for name in names)
