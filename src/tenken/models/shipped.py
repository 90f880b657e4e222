"""The table that comes with tenken."""

from importlib.resources import files

from tenken.models.known import Models, read_models

PLACE = "data/snapshot.jsonl"


def shipped() -> Models:
    """Read it."""
    return read_models((files("tenken.models") / PLACE).read_bytes())
