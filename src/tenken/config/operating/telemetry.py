"""What `tenken.yaml` says of telemetry: who gets traces, metrics and log lines."""

from msgspec import Struct


class TelemetrySettings(Struct, frozen=True, kw_only=True):
    """Where what is known of requests goes, besides the ledger."""
