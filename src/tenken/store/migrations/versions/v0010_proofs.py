"""Evidence that was observed on the running system."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make its tables."""
