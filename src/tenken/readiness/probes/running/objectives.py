"""Objectives that a machine can compute."""

from collections.abc import Iterator

from tenken.evidence import Answer, Finding
from tenken.pattern import Pattern
from tenken.readiness.answers import fails, gap, holds, lie, partly, seen, unknown
from tenken.readiness.facts.monitoring import Objective
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.running.emitted import dead_metrics
from tenken.sentence import say, words

MOST_TOLD = 8
LEAST = 0.5
"""A service that may fail every second time has promised nothing."""
TOO_SHORT = Pattern(r"^(0+[a-zA-Z]*|[0-9]+(ms|s|m))$")
CONSTANT = Pattern(r"^(vector\([0-9.]+\)|[0-9.]+)$")


def answer(survey: Survey) -> Answer:
    """Each objective with its query, target and window, on metrics that are there."""
    objectives = survey.monitoring.objectives
    if not objectives:
        return unknown(say("probes_5.no_objective"))
    flawed = {id(one): tuple(_flaws(one, survey)) for one in objectives}
    findings = tuple(dict.fromkeys(flaw for flaws in flawed.values() for flaw in flaws))[
        :MOST_TOLD
    ]
    remarks = tuple(
        seen(
            "probes_5.objective_is_complete",
            one.place,
            name=one.name,
            target=_target(one),
            window=one.window,
        )
        for one in objectives
        if not flawed[id(one)]
    )[:MOST_TOLD]
    idle = [one for one in objectives if not one.applied]
    if idle and len(idle) == len(objectives) and remarks:
        first = idle[0].place
        unread = gap("probes_5.objectives_not_applied", first, path=first.path)
        return partly(remarks, (unread, *findings)[:MOST_TOLD])
    if not findings:
        return holds(*remarks)
    return partly(remarks, findings) if remarks else fails(*findings)


def _flaws(one: Objective, survey: Survey) -> Iterator[Finding]:
    if one.missing:
        yield gap(
            "probes_5.objective_lacks", one.place, name=one.name, parts=words("part", one.missing)
        )
    if one.target is not None and one.target.value is not None and one.target.value <= LEAST:
        place = one.target.place or one.place
        yield lie("probes_5.objective_asks_nothing", place, name=one.name, target=_target(one))
    if TOO_SHORT.match(one.window.strip()):
        yield lie("probes_5.objective_too_short", one.place, name=one.name, window=one.window)
    if _always_met([" ".join(query.text.split()) for query in one.queries]):
        yield lie("probes_5.objective_always_met", one.queries[0].place, name=one.name)
    for query in one.queries:
        for name in dead_metrics(query, survey):
            yield lie("probes_5.objective_on_dead_metric", query.place, name=one.name, metric=name)


def _always_met(texts: list[str]) -> bool:
    """Good events are counted as all of them, or as a constant."""
    same = len(texts) > 1 and len(set(texts)) == 1
    return same or any(CONSTANT.match(text) for text in texts)


def _target(one: Objective) -> str:
    if one.target is None or one.target.value is None:
        return one.target.written if one.target else ""
    return f"{one.target.value * 100:g} %"
