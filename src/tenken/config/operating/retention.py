"""What `tenken.yaml` says of how long records stay."""

from typing import Annotated

from msgspec import Meta, Struct

Days = Annotated[int, Meta(ge=1, le=36_500)]


class RetentionSettings(Struct, frozen=True, kw_only=True):
    """Days that records are kept. Sums of days and counters stay: they hold no person."""

    exchanges_days: Days | None = None
    """Single requests, with their attempts, matches, reviews and what was said of them. On
    Postgres a month goes in one step, when its last day is that old."""
    texts_days: Days = 30
    """Texts that `gateway.texts` stores; they never outlive their exchange."""
    minutes_days: Days | None = 14
    """Sums by minute; what is older is read by hour."""
    hours_days: Days | None = 400
    """Sums by hour; what is older is read by day."""
    alerts_days: Days | None = 400
    """Alerts that have ended, what was sent of them, and silences that are over."""
    incidents_days: Days | None = None
    """Incidents that are closed and whose actions are all done."""
    audit_days: Days | None = None
    """Who changed what in the console. A row stays in their place that says up to where."""
