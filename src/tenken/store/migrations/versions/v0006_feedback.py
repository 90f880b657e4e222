"""What callers said of answers."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make its tables."""
