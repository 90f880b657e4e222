"""What `tenken.yaml` says of value and of costs beside tokens."""

from msgspec import Struct


class ValueSettings(Struct, frozen=True, kw_only=True):
    """What a success is worth, and what running costs besides tokens."""
