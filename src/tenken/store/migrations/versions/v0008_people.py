"""Who may enter the console, and what they changed."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make its tables."""
