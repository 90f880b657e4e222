"""What people said of a guard's matches."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make its tables."""
