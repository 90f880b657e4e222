"""Whether what protects the application counts: a counter that never moved proves nothing."""

from collections.abc import Iterable, Iterator, Mapping
from math import sqrt

from tenken.pattern import Pattern
from tenken.readiness.answers import lie, seen
from tenken.readiness.facts.observed.metrics import Line, Series
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.observed.asking import load_of, metrics_of, requests_counter
from tenken.readiness.probes.observed.said import Observed, fails, holds, share, unknown
from tenken.sentence import say

RETRIES = Pattern(r"(?i)retr(?:y|ies)")
BREAKERS = Pattern(r"(?i)circuit|breaker|outlier_detection")
GUARDS = Pattern(r"(?i)guard|moderation|screening")
REQUESTS = Pattern(r"(?i)http_\w*requests?|^requests?_total$")
PARSES = Pattern(r"(?i)parse|schema|validation")
STAGES = ("stage", "direction", "phase", "hook", "position", "mode")
INPUT, OUTPUT = (
    Pattern(r"(?i)in(?:put|ward)?|request|prompt|pre(?:_call)?"),
    Pattern(r"(?i)out(?:put|ward)?|response|answer|completion|post(?:_call)?"),
)
ROUTES = ("route", "http_route", "use_case", "endpoint", "handler", "path", "uri")
BUSY = 20
FEWEST_POINTS = 24
VARIES = 2.0
FOLLOWS = 0.5
MOST_TOLD = 5
Counters = Mapping[str, tuple[Line, ...]]


def retry_and_breaker_counters_exist(sighting: Sighting) -> Observed:
    """Retries and the circuit breaker are counted, and both counters moved within a week."""
    counters = _counters(sighting)
    for kind, pattern in (("retries", RETRIES), ("breakers", BREAKERS)):
        named = {name: lines for name, lines in counters.items() if pattern.search(name)}
        if not named:
            return unknown(say(f"observed.no_counter_of_{kind}"))
        if not any(line.moved > 0 for lines in named.values() for line in lines):
            return unknown(say("observed.counter_stands_still", metric=min(named)))
    found = sorted(name for name in counters if _moved(counters[name]))
    told = [one for one in found if RETRIES.search(one) or BREAKERS.search(one)]
    return holds(seen("observed.counters_move", metrics=", ".join(told[:MOST_TOLD])))


def every_route_counts_input_screenings(sighting: Sighting) -> Observed:
    """On every route that reaches a model a counter of what is screened on the way in moves."""
    return _screened(sighting, INPUT)


def every_route_counts_output_screenings(sighting: Sighting) -> Observed:
    """On every route that reaches a model a counter of what is screened on the way out moves."""
    return _screened(sighting, OUTPUT)


def layer_counters_move(sighting: Sighting) -> Observed:
    """Inputs are checked and outputs are parsed: both are counted, and both counters moved."""
    counters = _counters(sighting)
    inward = [n for n, lines in counters.items() if GUARDS.search(n) and _of(n, lines, INPUT)]
    outward = [
        n for n, lines in counters.items()
        if (PARSES.search(n) and _moved(lines)) or (GUARDS.search(n) and _of(n, lines, OUTPUT))
    ]  # fmt: skip
    if not inward or not outward:
        missing = "input" if not inward else "output"
        return unknown(say(f"observed.no_layer_{missing}"))
    told = ", ".join([inward[0], outward[0]])
    return holds(seen("observed.counters_move", metrics=told))


def sli_queries_return_good_and_total(sighting: Sighting) -> Observed:
    """Every metric that an objective is worked out of is sent, and counts."""
    metrics, survey = sighting.metrics, sighting.survey
    objectives = [one for one in survey.monitoring.objectives if any(metrics_of(one))]
    if metrics is None or not objectives:
        return unknown(say("observed.no_objectives"))
    empty, still = [], []
    for one in objectives:
        answers = {name: metrics.answers.get(asked) for name, asked in metrics_of(one)}
        for name, series in answers.items():
            if series is None or series.refused:
                return unknown(say("observed.not_asked", query=name))
            if not series.points:
                empty.append(lie("observed.objective_of_nothing", one.place, name=one.name,
                                 metric=name))  # fmt: skip
            elif series.moved <= 0:
                still.append(name)
    figures = (share("objectives_that_count", len(objectives) - len({f.place for f in empty}),
                     len(objectives)),)  # fmt: skip
    if empty:
        return fails(*empty[:MOST_TOLD], figures=figures)
    if still:
        return unknown(say("observed.counter_stands_still", metric=still[0]), figures=figures)
    return holds(seen("observed.objectives_count", n=len(objectives)), figures=figures)


def instance_count_follows_the_load(sighting: Sighting) -> Observed:
    """Over a day with a varying load the number of instances rose and fell with it."""
    metrics = sighting.metrics
    counter = requests_counter(sighting.survey)
    curves = {
        name: curve
        for name, lines in (metrics.instances if metrics else {}).items()
        if len(curve := _together(_own(lines, sighting))) >= FEWEST_POINTS
    }
    rate = metrics.answers.get(load_of(counter)) if metrics and counter else None
    if not curves or rate is None or len(rate.curve) < FEWEST_POINTS:
        return unknown(say("observed.no_instances"))
    values = [value for _, value in rate.curve]
    if max(values) < VARIES * max(min(values), 1e-9):
        return unknown(say("observed.load_is_even", metric=str(counter)))
    for name, curve in curves.items():
        if len(set(curve.values())) > 1 and _follow(curve, rate) >= FOLLOWS:
            return holds(seen("observed.instances_follow", metric=name, by=str(counter)))
    return unknown(say("observed.instances_stand_still", metric=min(curves)))


# -- what is counted


def _counters(sighting: Sighting) -> Counters:
    """Of this service and what stands before its models: a server counts for many."""
    counters = sighting.metrics.counters if sighting.metrics else {}
    return {name: own for name, lines in counters.items() if (own := _own(lines, sighting))}


def _own(lines: Iterable[Line], sighting: Sighting) -> tuple[Line, ...]:
    return tuple(one for one in lines if one.is_of(sighting.about.services))


def _moved(lines: Iterable[Line]) -> bool:
    return any(one.moved > 0 for one in lines)


def _of(name: str, lines: Iterable[Line], stage: Pattern) -> bool:
    """A series of the stage moved: by its label, or by a part of the metric's own name."""
    own = any(stage.fullmatch(part) for part in name.lower().split("_"))
    return any(one.moved > 0 and (own or _is_of(one, stage)) for one in lines)


def _is_of(line: Line, stage: Pattern) -> bool:
    return any(stage.fullmatch(line.labels.get(name, "")) for name in STAGES)


def _screened(sighting: Sighting, stage: Pattern) -> Observed:
    routes, counters = _routes(sighting.survey), _counters(sighting)
    if not routes or not counters:
        return unknown(say("observed.no_routes"))
    screened, asked = _by_route(counters, GUARDS, stage), _by_route(counters, REQUESTS, None)
    bare = [one for one in routes if not screened.get(one)]
    figures = (share("routes_screened", len(routes) - len(bare), len(routes)),)
    busy = [one for one in bare if asked.get(one, 0) >= BUSY]
    if busy and screened:
        return fails(
            *(lie("observed.route_unscreened", route=one, n=round(asked[one])) for one in busy),
            figures=figures,
        )
    if bare:
        return unknown(say("observed.route_counts_nothing", route=bare[0]), figures=figures)
    return holds(seen("observed.routes_screened", n=len(routes)), figures=figures)


def _routes(survey: Survey) -> tuple[str, ...]:
    """The routes that reach a model, as the repository names them."""
    declared = survey.manifest.application.routes if survey.manifest else ()
    named = [one.name for one in declared]
    paths = [one.path for one in survey.code.routes if one.reaches_model and one.path]
    return tuple(dict.fromkeys(paths or named))


def _by_route(counters: Counters, of: Pattern, stage: Pattern | None) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for name, route, line in _of_routes(counters, of):
        if stage is None or _of(name, (line,), stage):
            found[route] = found.get(route, 0.0) + line.moved
    return found


def _of_routes(counters: Counters, of: Pattern) -> Iterator[tuple[str, str, Line]]:
    for name, lines in counters.items():
        if of.search(name):
            for line in lines:
                route = next((line.labels[one] for one in ROUTES if line.labels.get(one)), "")
                yield name, route, line


def _together(lines: Iterable[Line]) -> Mapping[float, float]:
    found: dict[float, float] = {}
    for line in lines:
        for at, value in line.curve:
            found[at] = found.get(at, 0.0) + value
    return found


def _follow(instances: Mapping[float, float], load: Series) -> float:
    """How far two curves rise and fall together, at the moments that both have (Pearson's r)."""
    pairs = [(instances[at], value) for at, value in load.curve if at in instances]
    if len(pairs) < FEWEST_POINTS:
        return 0.0
    ones, twos = [one for one, _ in pairs], [two for _, two in pairs]
    middle, other = sum(ones) / len(ones), sum(twos) / len(twos)
    both = sum((one - middle) * (two - other) for one, two in pairs)
    spread = sqrt(sum((x - middle) ** 2 for x in ones) * sum((y - other) ** 2 for y in twos))
    return both / spread if spread else 0.0
