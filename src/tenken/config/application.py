"""What `tenken.yaml` says, resolved over the platform it extends."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An application as its team declares it."""
