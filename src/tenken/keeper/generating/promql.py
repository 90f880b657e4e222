"""An objective's events in PromQL: good and all, over a window.

Two traps shape every expression. What never occurred may have no series, and a sum of nothing is
nothing: such a part counts as none beside one that is there, and only there. And without any event
the share is unknown, never a hundred percent: the expression has no result then.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from msgspec import Struct

from tenken.config.operating.objectives import Slo
from tenken.keeper.generating import vocabulary as names
from tenken.keeper.generating.vocabulary import CALLED, GOOD, SERVED, TORN, any_of, scope

WINDOW = "$window"


class Events(Struct, frozen=True, kw_only=True):
    """Good events and all of them; `$window` stands for the window."""

    good: str
    total: str

    def bad_share(self, window: str) -> str:
        """Give the share that went wrong; without a result where nothing happened."""
        good, total = (one.replace(WINDOW, window) for one in (self.good, self.total))
        return f"1 - ({good}) / (({total}) > 0)"


class Slices(Struct, frozen=True, kw_only=True):
    """What is judged moment by moment: whether this one is good, over the last minutes."""

    good: str

    def bad_share(self, recorded: str, window: str) -> str:
        """Give the share of moments that were bad, by the name the moment is recorded under."""
        return f"1 - avg_over_time({recorded}[{window}])"


Indicator = Events | Slices


def indicator_of(slo: Slo) -> Indicator | None:
    """Give what an objective counts; None where Prometheus does not know it."""
    if slo.query is not None:
        known = slo.query.language == "promql"
        good, total = slo.query.good, slo.query.total
        return Events(good=beside(good, total), total=total) if known else None
    made = INDICATORS.get(slo.sli)
    return made(slo) if made else None


def beside(part: str, whole: str) -> str:
    """Give a part that counts as none where only the whole is there."""
    return f"({part}) or 0 * ({whole})"


def rate(metric: str, labels: Mapping[str, str], **patterns: str) -> str:
    """Give events a second, all series together."""
    return f"sum(rate({selector(metric, labels, **patterns)}[{WINDOW}]))"


def selector(metric: str, labels: Mapping[str, str], **patterns: str) -> str:
    """Give a choice of series: labels that equal, labels that match."""
    parts = [f'{name}="{value}"' for name, value in labels.items()]
    parts += [f'{name}=~"{value}"' for name, value in patterns.items()]
    return f"{metric}{{{','.join(parts)}}}" if parts else metric


def _requests(slo: Slo, outcomes: tuple[str, ...]) -> str:
    return rate(names.REQUESTS, scope(slo), outcome=any_of(outcomes))


def _availability(slo: Slo) -> Events:
    # A status of 5xx and an outcome are counted apart: what was torn had begun with a 200.
    good, torn = _requests(slo, GOOD), _requests(slo, TORN)
    failed = rate(names.RESPONSES, {**scope(slo), "status": "5xx"})
    return Events(good=good, total=f"{good} + {torn} + {failed}")


def _within(metric: str) -> Callable[[Slo], Events]:
    def events(slo: Slo) -> Events:
        labels = scope(slo)
        return Events(
            good=rate(f"{metric}_bucket", {**labels, "le": f"{slo.threshold_s or 0:g}"}),
            total=rate(f"{metric}_count", labels),
        )

    return events


def _without(metric: str, served: tuple[str, ...], **labels: str) -> Callable[[Slo], Events]:
    def events(slo: Slo) -> Events:
        total = _requests(slo, served)
        bad = rate(metric, {**scope(slo), **labels})
        return Events(good=f"{total} - ({beside(bad, total)})", total=total)

    return events


def _feedback(slo: Slo) -> Events:
    labels = scope(slo)
    return Events(
        good=rate(names.FEEDBACK, {**labels, "verdict": "good"}),
        total=rate(names.FEEDBACK, labels, verdict="good|bad"),
    )


def _cost(slo: Slo) -> Slices:
    cost, requests = rate(names.COST, scope(slo)), _requests(slo, SERVED)
    mean = f"({cost}) / (({requests}) > 0)"
    return Slices(good=f"{mean} <= bool {slo.threshold_usd or 0!r}")


INDICATORS: Mapping[str, Callable[[Slo], Indicator]] = MappingProxyType(
    {
        "availability": _availability,
        "latency": _within(names.DURATION),
        "ttft": _within(names.FIRST_TOKEN),
        "guardrail_available": _without(names.MATCHES, SERVED, action="failed"),
        "safety_violation_rate": _without(names.GUARDED, SERVED),
        "fallback_rate": _without(names.FALLBACKS, CALLED),
        "feedback_positive_rate": _feedback,
        "cost_per_request": _cost,
    }
)
"""`eval_pass_rate` is missing: nothing exposes it as a metric."""
