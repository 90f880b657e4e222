"""An objective's events as CloudWatch has them: counters that its agent sends as differences.

The agent drops histograms and keeps counters ("Prometheus metric type conversion by the CloudWatch
Agent" in the CloudWatch user guide, read 2026-11-23). An alarm cannot search: each series is named
by its dimensions, and the agent has to be told to send these very dimensions.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from msgspec import Struct

from tenken.config.operating.objectives import Slo
from tenken.keeper.generating import vocabulary as names
from tenken.keeper.generating.vocabulary import CALLED, GOOD, SERVED, TORN, scope


class Counted(Struct, frozen=True):
    """One counter, by its whole set of dimensions."""

    metric: str
    dimensions: tuple[tuple[str, str], ...]

    @property
    def set(self) -> tuple[str, ...]:
        """The names of its dimensions."""
        return tuple(name for name, _ in self.dimensions)


class Sums(Struct, frozen=True, kw_only=True):
    """What went wrong, out of all: sums of counters, some of which count against."""

    total: tuple[Counted, ...]
    good: tuple[Counted, ...] = ()
    bad: tuple[Counted, ...] = ()
    """Where no good ones are named: what is left of all of them."""

    @property
    def every(self) -> tuple[Counted, ...]:
        """Each counter once."""
        return tuple(dict.fromkeys((*self.total, *self.good, *self.bad)))


def sums_of(slo: Slo) -> Sums | None:
    """Give what an objective counts; None where CloudWatch does not have it."""
    made = SUMS.get(slo.sli) if slo.query is None else None
    return made(slo) if made else None


def _counted(slo: Slo, metric: str, **labels: str) -> Counted:
    return Counted(metric, tuple({**scope(slo), **labels}.items()))


def _requests(slo: Slo, outcomes: tuple[str, ...]) -> tuple[Counted, ...]:
    return tuple(_counted(slo, names.REQUESTS, outcome=one) for one in outcomes)


def _availability(slo: Slo) -> Sums:
    # As in PromQL: a status of 5xx and an outcome are counted apart.
    good, torn = _requests(slo, GOOD), _requests(slo, TORN)
    failed = _counted(slo, names.RESPONSES, status="5xx")
    return Sums(total=(*good, *torn, failed), good=good)


def _without(metric: str, served: tuple[str, ...], **labels: str) -> Callable[[Slo], Sums | None]:
    def sums(slo: Slo) -> Sums | None:
        if metric == names.MATCHES and slo.route:
            return None  # it knows no routes: such a series would never be there
        return Sums(total=_requests(slo, served), bad=(_counted(slo, metric, **labels),))

    return sums


def _feedback(slo: Slo) -> Sums:
    good, bad = (_counted(slo, names.FEEDBACK, verdict=one) for one in ("good", "bad"))
    return Sums(total=(good, bad), good=(good,))


SUMS: Mapping[str, Callable[[Slo], Sums | None]] = MappingProxyType(
    {
        "availability": _availability,
        "guardrail_available": _without(names.MATCHES, SERVED, action="failed"),
        "safety_violation_rate": _without(names.GUARDED, SERVED),
        "fallback_rate": _without(names.FALLBACKS, CALLED),
        "feedback_positive_rate": _feedback,
    }
)
"""Latency and time to the first token are histograms, which the agent drops."""
