"""The ledger's sums as metrics: names, labels and buckets.

`gen_ai_*` has the names and buckets of OpenTelemetry's conventions as Prometheus writes them;
what those have no name for is `tenken_*`. Drills are in none of them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import accumulate
from typing import TypeVar

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric

from tenken.keeper.sinks.metrics.bounding import Bounded, Labels, Rising
from tenken.store.rollups.sums import BOUNDS_US
from tenken.store.rollups.totals import (
    AttemptTotals,
    Combination,
    Ever,
    FeedbackTotals,
    Histogram,
    MatchTotals,
    ScreeningTotals,
)

Row = TypeVar("Row")
MICRO = 1_000_000
BOUNDS = tuple(f"{bound / MICRO:g}" for bound in BOUNDS_US)
APPLICATION = "application"
WHOSE = ("use_case", "route", "caller")
WHERE = ("use_case", "route")
MODEL = ("provider", "model")
GEN_AI = ("gen_ai_provider_name", "gen_ai_request_model")
GUARD = ("use_case", "risk", "rule", "action", "stage", "severity")
OUTCOMES = (
    "answered", "refused", "blocked", "failed", "interrupted", "cancelled", "unknown",
)  # fmt: skip
STATUSES = {"none": "status_none", **{f"{n}xx": f"status_{n}xx" for n in range(2, 6)}}
TOKENS = ("input", "cache_read", "cache_write", "cache_write_hour", "output", "reasoning")


class Families:
    """Makes metrics of sums, with a bound for each kind of labels."""

    def __init__(
        self,
        series_max: int,
        *,
        plain: Callable[[str], str],
        whose: Callable[[str], str] | None = None,
    ) -> None:
        """`plain` gives a name as it may be shown to anybody.

        `whose` gives the application of a use case, where several share one gateway: it is a label
        beside each `use_case`, and makes no series more.
        """
        self._series_max = series_max
        self._plain = plain
        self._whose = whose
        self._bounded: dict[tuple[str, ...], Bounded] = {}
        self._rising = Rising()

    def of(self, ever: Ever) -> Iterator[Metric]:
        """Give all of them."""
        exchanges = [one for one in ever.exchanges if not one.drill]
        attempts = [one for one in ever.attempts if not one.drill]
        yield from self._requests(exchanges)
        yield from self._models(exchanges)
        yield from self._calls(attempts)
        yield self._matches([one for one in ever.matches if not one.drill])
        yield self._screenings([one for one in ever.screenings if not one.drill])
        yield self._feedback([one for one in ever.feedback if not one.drill])

    def _requests(self, found: Sequence[Combination]) -> Iterator[Metric]:
        yield self._counter(
            "tenken_requests", "Requests by how they ended", found, WHOSE, "outcome",
            lambda one: ((name, getattr(one.totals, name)) for name in OUTCOMES),
        )  # fmt: skip
        yield self._counter(
            "tenken_responses", "Requests by the class of the status they saw", found, WHERE,
            "status", lambda one: ((n, getattr(one.totals, of)) for n, of in STATUSES.items()),
        )  # fmt: skip
        yield self._counter(
            "tenken_release_requests", "Requests by release and how they ended", found,
            ("use_case", "release"), "outcome",
            lambda one: ((name, getattr(one.totals, name)) for name in OUTCOMES),
        )  # fmt: skip
        for name, told in (
            ("retries", "Calls after a request's first"),
            ("fallbacks", "Requests that another target than the first ended"),
            ("cached", "Requests that were answered from memory"),
            ("matched", "Requests in which a guard found something"),
        ):
            yield self._plainly(f"tenken_requests_{name}", told, found, by=WHERE, of=name)
        yield self._histogram(
            "tenken_request_duration_seconds", "Time until the last byte of an answer", found,
            WHERE, WHERE, lambda one: (one.totals.latency, one.totals.latency_us),
        )  # fmt: skip
        yield self._histogram(
            "tenken_time_to_first_token_seconds", "Time until an answer's first token", found,
            WHERE, WHERE, lambda one: (one.totals.ttft, one.totals.ttft_us),
        )  # fmt: skip

    def _models(self, found: Sequence[Combination]) -> Iterator[Metric]:
        by = (*WHOSE, *MODEL)
        yield self._counter(
            "tenken_tokens", "Tokens by class; each token is in one", found, by, "type",
            lambda one: ((name, getattr(one.totals, name)) for name in TOKENS),
        )  # fmt: skip
        told = "What calls cost, in US dollars"
        yield self._plainly("tenken_cost_usd", told, found, by=by, of="cost")
        yield self._histogram(
            "gen_ai_server_time_to_first_token_seconds", "Time until an answer's first token",
            found, MODEL, GEN_AI, lambda one: (one.totals.ttft, one.totals.ttft_us),
        )  # fmt: skip

    def _calls(self, found: Sequence[AttemptTotals]) -> Iterator[Metric]:
        yield self._counter(
            "tenken_attempts", "Calls to targets by how they failed; empty where they did not",
            found, ("target", *MODEL, "failure"), "", lambda one: (("", one.calls),),
        )  # fmt: skip
        yield self._histogram(
            "gen_ai_client_operation_duration_seconds", "Time that a call to a model took", found,
            (*MODEL, "failure"), (*GEN_AI, "error_type"),
            lambda one: (one.duration, one.duration_us),
        )  # fmt: skip
        yield self._counter(
            "gen_ai_client_inference_usage_input_tokens", "Tokens that calls read", found, MODEL,
            "", lambda one: (("", one.input_tokens),), shown=GEN_AI,
        )  # fmt: skip
        yield self._counter(
            "gen_ai_client_inference_usage_output_tokens", "Tokens that calls wrote", found,
            MODEL, "", lambda one: (("", one.output_tokens),), shown=GEN_AI,
        )  # fmt: skip

    def _matches(self, found: Sequence[MatchTotals]) -> Metric:
        return self._counter(
            "tenken_guard_matches", "What guards found", found, GUARD, "",
            lambda one: (("", one.matches),),
        )  # fmt: skip

    def _screenings(self, found: Sequence[ScreeningTotals]) -> Metric:
        return self._counter(
            "tenken_guard_screenings", "Requests whose texts a guard looked at", found,
            (*WHERE, "stage"), "", lambda one: (("", one.screened),),
        )  # fmt: skip

    def _feedback(self, found: Sequence[FeedbackTotals]) -> Metric:
        return self._counter(
            "tenken_feedback", "What was said of answers", found, (*WHERE, "kind"), "verdict",
            lambda one: (
                ("good", one.good), ("bad", one.bad), ("neither", one.said - one.good - one.bad)
            ),
        )  # fmt: skip

    def _plainly(
        self, name: str, told: str, found: Sequence[Combination], *, by: Labels, of: str
    ) -> Metric:
        return self._counter(
            name, told, found, by, "", lambda one: (("", getattr(one.totals, of)),)
        )  # fmt: skip

    def _counter(  # noqa: PLR0917 - a line of a table
        self,
        name: str,
        told: str,
        found: Sequence[Row],
        by: Labels,
        kind: str,
        values: Callable[[Row], Iterable[tuple[str, int | Decimal]]],
        *,
        shown: Labels | None = None,
    ) -> Metric:
        """Add up rows by labels; `kind` is one more label, which the values themselves bring."""
        named = (*self._beside(by), *(shown or by), *filter(None, (kind,)))
        family = CounterMetricFamily(name, told, labels=named)
        sums: dict[Labels, float] = {}
        for labels, row in self._shown(by, found):
            for word, value in values(row):
                key = (*labels, word) if kind else labels
                sums[key] = sums.get(key, 0.0) + float(value)
        for key, total in sorted(sums.items()):
            family.add_metric(key, self._rising.at_least((name, *key), total))
        return family

    def _histogram(  # noqa: PLR0917 - a line of a table
        self,
        name: str,
        told: str,
        found: Sequence[Row],
        by: Labels,
        shown: Labels,
        values: Callable[[Row], tuple[Histogram, int]],
    ) -> Metric:
        family = HistogramMetricFamily(name, told, labels=(*self._beside(by), *shown))
        counts: dict[Labels, list[int]] = {}
        sums: dict[Labels, float] = {}
        for labels, row in self._shown(by, found):
            buckets, us = values(row)
            held = counts.setdefault(labels, [0] * len(buckets))
            counts[labels] = [a + b for a, b in zip(held, buckets, strict=True)]
            sums[labels] = sums.get(labels, 0.0) + us / MICRO
        for labels, held in sorted(counts.items()):
            family.add_metric(labels, self._buckets((name, *labels), held), sums[labels])
        return family

    def _buckets(self, series: Labels, counts: list[int]) -> list[tuple[str, float]]:
        bounds = (*BOUNDS, "+Inf")
        sums = zip(bounds, accumulate(counts), strict=True)
        return [(le, self._rising.at_least((*series, le), count)) for le, count in sums]

    def _shown(self, by: Labels, found: Sequence[Row]) -> Iterator[tuple[Labels, Row]]:
        """Give each row with the labels that it is shown under."""
        rows = [(self._labels(by, row), row) for row in found]
        bounded = self._bounded.setdefault(by, Bounded(self._series_max))
        used: dict[Labels, int] = {}
        for labels, row in rows:
            used[labels] = used.get(labels, 0) + _weight(row)
        shown = bounded.labels(used.items())
        return ((shown[labels], row) for labels, row in rows)

    def _beside(self, by: Labels) -> Labels:
        return (APPLICATION,) if self._whose is not None and "use_case" in by else ()

    def _labels(self, by: Labels, row: object) -> Labels:
        own = tuple(self._plain(getattr(row, name)) for name in by)
        if self._whose is None or "use_case" not in by:
            return own
        return (self._plain(self._whose(getattr(row, "use_case", ""))), *own)


def _weight(row: object) -> int:
    match row:
        case Combination(totals=totals):
            return totals.requests
        case AttemptTotals(calls=count) | MatchTotals(matches=count):
            return count
        case FeedbackTotals(said=count) | ScreeningTotals(screened=count):
            return count
        case _:
            return 0
