"""Objectives that cannot be kept, counted or heard, each refused with the reason."""

from collections.abc import Iterator
from difflib import get_close_matches
from itertools import chain

from tenken.config.application import Application
from tenken.config.manifest import Manifest
from tenken.config.node import Path
from tenken.config.operating.alarms import alarms_of, faults
from tenken.config.operating.objectives import EDGES_S, INDICATORS, Slo
from tenken.config.overlays import every_slo
from tenken.errors import Problem
from tenken.pattern import Pattern
from tenken.sentence import Sentence, say

Fault = tuple[Path, Sentence]
"""The key below the objective that is wrong, and why."""
BY_USE_CASE = frozenset(
    {"guardrail_available", "safety_violation_rate", "feedback_positive_rate", "eval_pass_rate"}
)
"""Counted by use case and no finer."""
TIMED = frozenset({"latency", "ttft"})
LONGEST_DAYS = 366.0
SHORTEST_DAYS = 1 / 24
PERCENTILE = Pattern(
    r"(?i)\bhistogram_quantile\b|\bquantile(_over_time)?\s*\(|\bp[5-9][0-9]\s*[:(]|\bpercentile"
)
FILLED = Pattern(r"(?i)\bor\s+(on\s*\(\s*\)\s*)?vector\s*\(|\bdefault_zero\b|\bor\s+absent\s*\(")
"""What turns a missing series into a number: no data would count as a kept promise."""
WINDOW = "$window"
NEAR = 0.8
"""How like an indicator's name a text is that must have been meant to be it."""


def unsound(manifest: Manifest) -> Iterator[Problem]:
    """Every objective that cannot be kept, counted or heard, with all of its reasons."""
    expected = requests_per_day(manifest.application)
    for written in every_slo(manifest.application):
        slo = written.entry
        for key, sentence in chain(
            _name(slo),
            _scope(slo),
            _target(slo),
            _window(slo),
            _threshold(slo),
            _query(slo),
            _alerting(slo, expected),
        ):
            yield manifest.problem((*written.path, *key), sentence)


def requests_per_day(app: Application) -> float | None:
    """Give the expected traffic, where somebody has forecast it."""
    return app.capacity.forecast.requests_per_day if app.capacity.forecast else None


def _name(slo: Slo) -> Iterator[Fault]:
    """A slip of the pen would leave an objective that nobody counts."""
    if slo.counts:
        return
    written = slo.sli.strip().lower().replace("-", "_").replace(" ", "_")
    if near := next(iter(get_close_matches(written, sorted(INDICATORS), n=1, cutoff=NEAR)), ""):
        yield ("sli",), say("slo.nearly", sli=slo.sli, near=near)


def _scope(slo: Slo) -> Iterator[Fault]:
    if slo.route and slo.sli in BY_USE_CASE and slo.query is None:
        yield ("route",), say("slo.no_route", sli=slo.sli)


def _target(slo: Slo) -> Iterator[Fault]:
    if slo.budget <= 0:
        yield ("target_percent",), say("slo.no_budget", slo=slo.name)


def _window(slo: Slo) -> Iterator[Fault]:
    if not SHORTEST_DAYS <= slo.window_days <= LONGEST_DAYS:
        yield ("window_days",), say("slo.impossible_window", days=f"{slo.window_days:g}")


def _threshold(slo: Slo) -> Iterator[Fault]:
    if slo.sli in TIMED and slo.query is None:
        if slo.threshold_s is None:
            yield ("sli",), say("slo.no_threshold", sli=slo.sli, key="threshold_s")
        elif slo.threshold_s not in EDGES_S:
            below = max((one for one in EDGES_S if one < slo.threshold_s), default=EDGES_S[0])
            above = min((one for one in EDGES_S if one > slo.threshold_s), default=EDGES_S[-1])
            yield (
                ("threshold_s",),
                say(
                    "slo.not_on_an_edge", has=f"{slo.threshold_s:g}", below=f"{below:g}",
                    above=f"{above:g}",
                ),
            )  # fmt: skip
    elif slo.threshold_s is not None:
        yield ("threshold_s",), say("slo.idle_threshold", key="threshold_s", sli=slo.sli)
    is_priced = slo.sli == "cost_per_request" and slo.query is None
    if is_priced and slo.threshold_usd is None:
        yield ("sli",), say("slo.no_threshold", sli=slo.sli, key="threshold_usd")
    elif not is_priced and slo.threshold_usd is not None:
        yield ("threshold_usd",), say("slo.idle_threshold", key="threshold_usd", sli=slo.sli)


def _query(slo: Slo) -> Iterator[Fault]:
    if slo.query is None:
        return
    if slo.sli in INDICATORS:
        yield ("query",), say("slo.counted_twice", sli=slo.sli)
    for key, text in (("good", slo.query.good), ("total", slo.query.total)):
        if PERCENTILE.search(text):
            yield ("query", key), say("slo.percentile")
        if FILLED.search(text):
            yield ("query", key), say("slo.absence_filled")
        if slo.query.language == "promql" and WINDOW not in text:
            yield ("query", key), say("slo.no_window")
    if slo.query.good == slo.query.total:
        yield ("query",), say("slo.always_good")


def _alerting(slo: Slo, expected: float | None) -> Iterator[Fault]:
    if slo.alerting and not slo.counts:
        yield ("alerting",), say("slo.nothing_counts", sli=slo.sli)
    for at, pair in enumerate(slo.alerting):
        for why in faults(slo, pair, expected):
            yield ("alerting", at), why
    if slo.alerting or not slo.counts or slo.budget <= 0:
        return
    sorted_ = alarms_of(slo, requests_per_day=expected)
    if not sorted_.pairs:
        yield ("target_percent",), say("slo.no_alarm_works", slo=slo.name)
        for one in sorted_.left_out:
            yield ("target_percent",), one.why
