"""What `tenken.yaml` says of alerts: who pages, who is told, and when it goes on to others."""

from typing import Literal

from msgspec import Struct


class AlertSettings(Struct, frozen=True, kw_only=True):
    """Who watches, and whom an alert reaches."""

    by: Literal["tenken", "prometheus", "datadog"] = "tenken"
    """Who pages. Where it is not tenken, its own alerts stay silent and files are made for it."""
