"""How much comes in, how long users wait and what they ask for, beside what is planned."""

from collections import Counter
from collections.abc import Iterable

from tenken.config.application import Application, UseCase
from tenken.evidence import Finding, Measurement
from tenken.readiness.answers import gap, seen
from tenken.readiness.facts.observed.calls import TrafficFacts, Waited
from tenken.readiness.facts.observed.evaluations import RunSeen
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.probes.observed.said import Observed, fails, holds, unknown
from tenken.sentence import Field, Sentence, say

FEWEST_REQUESTS = 100
FEWEST_HOURS = 24.0
WEEK_HOURS = 24.0 * 7
BAND = 0.5
FEWEST_ROUTES = 2
SHORT_OF = 0.5
"""A use case whose share of the data is less than this part of its share of the traffic."""
WORTH = 0.05
"""A use case with less of the traffic may have few rows."""


def latency_and_score_meet_the_use_case_targets(sighting: Sighting) -> Observed:
    """Users of every use case wait no longer, and answers are no worse, than was promised."""
    application, traffic = _application(sighting), sighting.traffic
    held = [one for one in (application.use_cases if application else ()) if _has_target(one)]
    if not held or traffic is None:
        return unknown(say("observed.no_targets_of_use_cases"))
    findings: list[Finding] = []
    figures: list[Measurement] = []
    open_: list[Sentence] = []
    for use_case in held:
        waited = _waited(traffic.waits, use_case.id, alone=len(held) == 1)
        runs = sighting.runs.runs if sighting.runs else ()
        for found in (_slow(use_case, waited, traffic), _poor(use_case, runs)):
            if isinstance(found, Sentence):
                open_.append(found)
            elif found:
                findings.append(found)
        if waited and waited.requests:
            figures.append(Measurement(name="latency_p95", value=waited.p95_high_s,
                                       unit="seconds", n=waited.requests))  # fmt: skip
    if findings:
        return fails(*findings, figures=tuple(figures))
    if open_:
        return unknown(open_[0], figures=tuple(figures))
    return holds(seen("observed.use_cases_meet_targets", n=len(held)), figures=tuple(figures))


def traffic_stays_within_the_forecast_band(sighting: Sighting) -> Observed:
    """The requests of a day are about as many as were forecast."""
    application, traffic = _application(sighting), sighting.traffic
    forecast = application.capacity.forecast if application else None
    if forecast is None:
        return unknown(say("observed.no_forecast"))
    if traffic is None or not traffic.is_whole or traffic.per_day is None:
        return unknown(say("observed.not_counted_whole"))
    if traffic.hours < WEEK_HOURS:
        return unknown(_too_short(traffic))
    actual, planned = traffic.per_day, float(forecast.requests_per_day)
    figures = (Measurement(name="requests_per_day", value=actual, unit="requests", n=7),)
    told: dict[str, Field] = {
        "actual": round(actual),
        "planned": round(planned),
        "by": traffic.counted_by,
    }
    if abs(actual - planned) > BAND * planned:
        return fails(gap("observed.traffic_off_forecast", **told), figures=figures)
    return holds(seen("observed.traffic_as_forecast", **told), figures=figures)


def needed_throughput_covers_the_observed_peak(sighting: Sighting) -> Observed:
    """The throughput that is planned for is at least that of the busiest minute."""
    application, traffic = _application(sighting), sighting.traffic
    needed = application.capacity.needed_rps if application else None
    if needed is None:
        return unknown(say("observed.no_needed_throughput"))
    if traffic is None or not traffic.is_whole or not traffic.peak_rps:
        return unknown(say("observed.not_counted_whole"))
    peak = traffic.peak_rps
    figures = (Measurement(name="peak_rps", value=peak, unit="rps", n=round(traffic.hours * 60)),)
    told: dict[str, Field] = {
        "peak": round(peak, 2),
        "needed": float(needed),
        "by": traffic.counted_by,
    }
    if peak > needed:
        return fails(gap("observed.peak_above_needed", **told), figures=figures)
    if traffic.hours < WEEK_HOURS:
        return unknown(_too_short(traffic), figures=figures)
    return holds(seen("observed.peak_within_needed", **told), figures=figures)


def tag_mix_matches_production(sighting: Sighting) -> Observed:
    """No use case that users ask for is left out of the golden set, or nearly so."""
    calls, documents = sighting.calls, sighting.survey.documents
    golden = [one for one in documents.datasets if one.kind in {"golden", ""} and one.tags]
    tags: Counter[str] = Counter()
    for one in golden:
        tags.update({_plain(tag): n for tag, n in one.tags.items()})
    asked = {_plain(name): n for name, n in (calls.by_route if calls else {}).items() if name}
    if len(asked) < FEWEST_ROUTES or not tags:
        return unknown(say("observed.no_mix"))
    if sum(asked.values()) < FEWEST_REQUESTS or calls is None or calls.kept.hours < FEWEST_HOURS:
        return unknown(say("observed.too_little_mix", least=FEWEST_REQUESTS, hours=FEWEST_HOURS))
    findings = []
    for name, n in sorted(asked.items(), key=lambda one: -one[1]):
        part, has = n / sum(asked.values()), tags[name] / tags.total()
        if part >= WORTH and has < part * SHORT_OF:
            findings.append(gap("observed.mix_is_off", use_case=name, asked=round(part * 100),
                                rows=round(has * 100)))  # fmt: skip
    if findings:
        return fails(*findings)
    return holds(seen("observed.mix_matches", n=len(asked), requests=sum(asked.values())))


def _application(sighting: Sighting) -> Application | None:
    return sighting.survey.manifest.application if sighting.survey.manifest else None


def _has_target(one: UseCase) -> bool:
    return one.targets.latency_p95_s is not None or one.targets.quality_min is not None


def _waited(waits: Iterable[Waited], use_case: str, *, alone: bool) -> Waited | None:
    named = {one.use_case: one for one in waits}
    return named.get(use_case) or (named.get("") if alone and len(named) == 1 else None)


def _slow(one: UseCase, waited: Waited | None, traffic: TrafficFacts) -> Finding | Sentence | None:
    limit = one.targets.latency_p95_s
    if limit is None:
        return None
    n = waited.requests if waited else 0
    if waited is None or n < FEWEST_REQUESTS:
        return say("observed.too_few_waits", use_case=one.id, n=n, least=FEWEST_REQUESTS)
    if traffic.kept.hours < FEWEST_HOURS:
        hours = round(traffic.kept.hours, 1)
        return say("observed.too_short_a_time", hours=hours, least=FEWEST_HOURS)
    if waited.p95_low_s >= limit and waited.p95_high_s > limit:
        return gap("observed.use_case_is_slow", use_case=one.id, value=round(waited.p95_low_s, 2),
                   limit=float(limit))  # fmt: skip
    if waited.p95_high_s > limit:
        return say("observed.use_case_in_one_bucket", use_case=one.id, limit=float(limit),
                   low=round(waited.p95_low_s, 2), high=round(waited.p95_high_s, 2))  # fmt: skip
    return None


def _poor(one: UseCase, runs: Iterable[RunSeen]) -> Finding | Sentence | None:
    least, metric = one.targets.quality_min, _plain(one.targets.quality_metric)
    if least is None:
        return None
    newest = next((run for run in runs if metric in run.metrics), None)
    if not metric or newest is None:
        return say("observed.no_score", use_case=one.id, metric=one.targets.quality_metric)
    score = newest.metrics[metric]
    if score < least:
        return gap("observed.use_case_is_poor", newest.place, use_case=one.id, value=score,
                   metric=one.targets.quality_metric, limit=float(least))  # fmt: skip
    return None


def _too_short(traffic: TrafficFacts) -> Sentence:
    return say("observed.counted_too_short", by=traffic.counted_by, hours=round(traffic.hours),
               least=round(WEEK_HOURS))  # fmt: skip


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
