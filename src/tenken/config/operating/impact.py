"""What `tenken.yaml` says of KPIs, of what a success is worth, and of costs beside tokens."""

from typing import Literal

from msgspec import Struct

from tenken.config.values import Name, Positive, Price, Text


class KpiQuery(Struct, frozen=True, kw_only=True):
    """One figure of a database of the team's own, read and never written."""

    url_env: Text
    """The variable that holds its address, such as `postgresql://...`."""
    sql: Text
    """A SELECT that gives one number. `:since` and `:until` are the period's ends, as texts in
    ISO 8601."""


class Kpi(Struct, frozen=True, kw_only=True):
    """A figure that tells whether this use case pays."""

    id: Name
    formula: Text
    """In words, for people."""
    owner: Text
    events: tuple[Text, ...] = ()
    """Events of this application that the formula counts."""
    source: str = ""
    """The query or table it is read from."""
    period_days: Positive = 7
    use_case: Name | None = None
    expression: str = ""
    """How it is worked out, such as `feedback.thumbs.good / feedback.thumbs.count`."""
    query: KpiQuery | None = None
    """In place of an expression."""
    unit: str = ""
    baseline: float | None = None
    target: float | None = None


class FixedCost(Struct, frozen=True, kw_only=True):
    """What is paid every month, whatever is asked."""

    name: Text
    per_month: Price
    """In the currency of `value`."""
    kind: Literal["hosting", "people", "judges", "ingest", "tenken", "other"] = "other"


class ValueSettings(Struct, frozen=True, kw_only=True):
    """What a success is worth, and what running costs besides tokens."""

    currency: str = "USD"
    usd: Positive = 1.0
    """What a US dollar is in that currency: tokens are paid in dollars."""
    success: str = ""
    """What counts as one, such as `feedback.accepted.count`."""
    per_success: Price | None = None
    basis: str = ""
    """Where that figure comes from."""
    costs: tuple[FixedCost, ...] = ()
