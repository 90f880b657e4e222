"""Sums by minute, hour and day, and since ever."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make its tables."""
