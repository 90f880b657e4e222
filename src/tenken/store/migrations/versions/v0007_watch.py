"""Alerts, their deliveries, incidents, and who does what needs one mind."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make its tables."""
