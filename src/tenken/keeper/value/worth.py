"""KPIs, and what answers bring and cost, from what was counted. Pure.

A KPI without data says so: a figure of nothing is no figure, and never a zero.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from tenken.config.operating.expression import Unreadable, read_expression
from tenken.config.operating.impact import Kpi, ValueSettings
from tenken.sentence import Sentence, say

MONTH_DAYS = 365.25 / 12
Standing = Literal["met", "not_met", "no_data", "no_target"]


class Measured(Struct, frozen=True, kw_only=True):
    """A KPI over one period."""

    id: str
    owner: str
    unit: str
    value: float | None
    """None where there is no data, and `why` says so."""
    why: Sentence | None = None
    baseline: float | None = None
    target: float | None = None

    @property
    def standing(self) -> Standing:
        """Where it stands beside its target: the side on which its baseline does not lie."""
        if self.value is None:
            return "no_data"
        if self.target is None:
            return "no_target"
        falls = self.baseline is not None and self.baseline > self.target
        met = self.value <= self.target if falls else self.value >= self.target
        return "met" if met else "not_met"

    @property
    def progress(self) -> float | None:
        """Give how much of the way from baseline to target is gone, 1 being all of it."""
        if self.value is None or self.target is None or self.baseline is None:
            return None
        way = self.target - self.baseline
        return (self.value - self.baseline) / way if way else None


class Cost(Struct, frozen=True, kw_only=True):
    """What a period cost under one name."""

    name: str
    kind: str
    amount: float


class Worth(Struct, frozen=True, kw_only=True):
    """What a period brought, and what it cost, in one currency."""

    currency: str
    successes: float | None
    """None where nothing says what a success is, or none was ever reported."""
    value: float | None
    costs: tuple[Cost, ...]
    requests: int

    @property
    def cost(self) -> float:
        """All that was paid."""
        return sum(one.amount for one in self.costs)

    @property
    def net(self) -> float | None:
        """What is left."""
        return None if self.value is None else self.value - self.cost

    @property
    def roi(self) -> float | None:
        """What is left for each unit paid; None where that cannot be said."""
        return None if self.net is None or not self.cost else self.net / self.cost

    @property
    def per_success(self) -> float | None:
        """What a success cost."""
        return self.cost / self.successes if self.successes else None


def measured(kpi: Kpi, values: Mapping[str, float]) -> Measured:
    """Work a KPI out from what was counted."""
    value, why = _value(kpi, values)
    return Measured(
        id=kpi.id,
        owner=kpi.owner,
        unit=kpi.unit,
        value=value,
        why=why,
        baseline=kpi.baseline,
        target=kpi.target,
    )


def worth(
    settings: ValueSettings, values: Mapping[str, float], *, tokens_usd: Decimal, days: float
) -> Worth:
    """Give what a period of so many days brought and cost; monthly costs count by its share."""
    tokens = Cost(name="tokens", kind="tokens", amount=float(tokens_usd) * settings.usd)
    fixed = (
        Cost(name=one.name, kind=one.kind, amount=one.per_month * days / MONTH_DAYS)
        for one in settings.costs
    )
    successes = _successes(settings, values)
    per_success = settings.per_success
    return Worth(
        currency=settings.currency,
        successes=successes,
        value=None if successes is None or per_success is None else successes * per_success,
        costs=(tokens, *fixed),
        requests=round(values.get("requests", 0.0)),
    )


def _value(kpi: Kpi, values: Mapping[str, float]) -> tuple[float | None, Sentence | None]:
    if not kpi.expression:
        return None, say("kpi.not_computed")
    try:
        expression = read_expression(kpi.expression)
    except Unreadable as error:
        return None, error.sentence
    missing = sorted(name for name in expression.names if name not in values)
    if missing and len(missing) == len(expression.names):
        return None, say("kpi.nothing_counted", names=", ".join(missing))
    value = expression.of(values)
    return value, None if value is not None else say("kpi.divides_by_nothing")


def _successes(settings: ValueSettings, values: Mapping[str, float]) -> float | None:
    if not settings.success:
        return None
    try:
        expression = read_expression(settings.success)
    except Unreadable:
        return None
    if not any(name in values for name in expression.names):
        return None
    return expression.of(values)
