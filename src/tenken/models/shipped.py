"""The table that comes with tenken."""

from pathlib import Path

from tenken.models.known import Models, read_models

PLACE = Path(__file__).parent / "data" / "snapshot.jsonl"


def shipped() -> Models:
    """Read it."""
    return read_models(PLACE.read_bytes())
