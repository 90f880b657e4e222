"""Watches callers' budgets of the day."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from msgspec import Struct

from tenken.keeper.alerts.signal import Severity, Signal, Subject
from tenken.sentence import say

WHOLE = 100


class Budget(Struct, frozen=True, kw_only=True):
    """What a caller may spend on a day, and what it has."""

    caller: str
    limit: Decimal
    spent: Decimal

    @property
    def percent(self) -> float:
        """The share that is spent."""
        return float(WHOLE * self.spent / self.limit) if self.limit > 0 else float(WHOLE)


def watch(budgets: Sequence[Budget], *, percent: int) -> tuple[Signal, ...]:
    """Say of each caller whether its budget is near its end, and whether it is used up."""
    return tuple(signal for one in budgets for signal in _signals(one, percent)) if percent else ()


def _signals(one: Budget, percent: int) -> Iterator[Signal]:
    yield _signal(one, "near", "ticket", percent)
    yield _signal(one, "used-up", "page", WHOLE)


def _signal(one: Budget, name: str, severity: Severity, threshold: int) -> Signal:
    firing = one.percent >= threshold
    said = {"caller": one.caller, "percent": f"{one.percent:.3g}"}
    money = {"spent": f"{one.spent:.2f}", "limit": f"{one.limit:.2f}"}
    if not firing:
        what = say("alerts.budget_calm", **said)
    elif threshold == WHOLE:
        what = say("alerts.budget_used_up", caller=one.caller, **money)
    else:
        what = say("alerts.budget", **said, **money)
    return Signal(
        key=f"budget/{one.caller}/{name}",
        kind="budget",
        severity=severity,
        firing=firing,
        what=what,
        subject=Subject(caller=one.caller),
        value=one.percent,
        threshold=float(threshold),
        unit="%",
    )
