"""Alerts, dashboards and SLOs kept as files, as its collector found it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoringFacts:
    """Alerts, dashboards and SLOs kept as files."""
