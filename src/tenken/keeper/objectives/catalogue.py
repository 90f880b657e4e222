"""The indicators that the keeper counts by itself: what is good, and what counts at all.

| indicator | counts | good |
|---|---|---|
| availability | all but what callers left, or asked wrongly | an answer, or a guard's stop |
| latency, ttft | answers; answers with a first token | not slower than the bound |
| guardrail_available | requests that a guard had to look at | no detector failed on it |
| safety_violation_rate | the same | no guard found anything |
| fallback_rate | answers and failures | the first target gave it |
| cost_per_request | answers and failures | in a stretch whose mean cost was within the bound |
| feedback_positive_rate | judgements of users | a good one |
| eval_pass_rate | samples that were judged | a pass |

Drills never count, for the sums that are read leave them out. A request that its caller cancelled
is neither good nor bad.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType

from msgspec import Struct

from tenken.config.operating.objectives import Slo
from tenken.keeper.objectives.counts import NOTHING, Counts, counted
from tenken.store.rollups.sums import BOUNDS_US
from tenken.store.rollups.totals import MatchTotals, Totals

FAILED = "failed"
"""The action of a match that says that a detector failed."""
MICRO = 1_000_000


class Heard(Struct, frozen=True, kw_only=True):
    """Judgements that came in: of users, or of an evaluation."""

    good: int = 0
    total: int = 0


class Measured(Struct, frozen=True, kw_only=True):
    """What is known of a stretch of time."""

    totals: Totals = Totals()
    detector_failures: int = 0
    stretches: tuple[Totals, ...] = ()
    """The same time in equal pieces, for what is judged piece by piece."""
    feedback: Heard = Heard()
    evaluation: Heard = Heard()


def counts_of(slo: Slo, measured: Measured) -> Counts:
    """Count an objective's events; none where the keeper does not count its indicator."""
    count = CATALOGUE.get(slo.sli) if slo.query is None else None
    return NOTHING if count is None else count(slo, measured)


def detector_failures(matches: Iterable[MatchTotals]) -> int:
    """Give how often a detector failed."""
    return sum(one.matches for one in matches if one.action == FAILED)


def served(totals: Totals) -> int:
    """Give how many requests were taken on and ended: not refused, not left by their caller."""
    return totals.requests - totals.refused - totals.cancelled


def _availability(_: Slo, measured: Measured) -> Counts:
    return counted(bad=measured.totals.errors, total=measured.totals.due)


def _latency(slo: Slo, measured: Measured) -> Counts:
    return _within(slo, measured.totals.latency)


def _ttft(slo: Slo, measured: Measured) -> Counts:
    return _within(slo, measured.totals.ttft)


def _within(slo: Slo, histogram: tuple[int, ...]) -> Counts:
    bound = round((slo.threshold_s or 0) * MICRO)
    good = sum(count for limit, count in zip(BOUNDS_US, histogram, strict=False) if limit <= bound)
    return Counts(good=good, total=sum(histogram))


def _guardrail_available(_: Slo, measured: Measured) -> Counts:
    return counted(bad=measured.detector_failures, total=served(measured.totals))


def _safety_violation_rate(_: Slo, measured: Measured) -> Counts:
    # A request may hold both, and several failures: it is not known which of those with a match
    # hold a violation, so that none is taken away that may be one.
    totals = measured.totals
    found = min(totals.matched, totals.matches - measured.detector_failures)
    return counted(bad=found, total=served(totals))


def _fallback_rate(_: Slo, measured: Measured) -> Counts:
    totals = measured.totals
    return counted(bad=totals.fallbacks, total=served(totals) - totals.unknown)


def _cost_per_request(slo: Slo, measured: Measured) -> Counts:
    bound = Decimal(repr(slo.threshold_usd or 0))
    pieces = ((one, served(one)) for one in measured.stretches)
    kept = [(requests, one.cost <= bound * requests) for one, requests in pieces if requests > 0]
    return Counts(
        good=sum(requests for requests, is_good in kept if is_good),
        total=sum(requests for requests, _ in kept),
    )


def _feedback(_: Slo, measured: Measured) -> Counts:
    return Counts(good=measured.feedback.good, total=measured.feedback.total)


def _evaluation(_: Slo, measured: Measured) -> Counts:
    return Counts(good=measured.evaluation.good, total=measured.evaluation.total)


CATALOGUE: Mapping[str, Callable[[Slo, Measured], Counts]] = MappingProxyType(
    {
        "availability": _availability,
        "latency": _latency,
        "ttft": _ttft,
        "guardrail_available": _guardrail_available,
        "eval_pass_rate": _evaluation,
        "safety_violation_rate": _safety_violation_rate,
        "feedback_positive_rate": _feedback,
        "cost_per_request": _cost_per_request,
        "fallback_rate": _fallback_rate,
    }
)
