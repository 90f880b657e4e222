"""Load tests and chaos experiments as they are kept in files."""

# ruff: noqa: E501 - patterns and vocabularies read best unbroken

from collections.abc import Iterator

from tenken.evidence import Answer, Finding
from tenken.pattern import Pattern
from tenken.readiness.answers import fails, gap, holds, lie, partly, seen, unknown
from tenken.readiness.facts.datasets import Experiment, LoadProfile
from tenken.readiness.facts.documents import Column, Statement
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.documents.scenarios import name_of, real_scenarios
from tenken.readiness.probes.documents.written import MOST_TOLD
from tenken.sentence import say

HEALTH = Pattern(r"(?i)^/?(health|healthz|ready|readyz|live|livez|ping|status)?/?$")
MOST_FAILED_PERCENT = 5.0
SHORTEST_LOAD_S = 600
SHORTEST_INPUT = 40


def load_test_has_a_profile(survey: Survey) -> Answer:
    """A load test runs ten minutes or more at the expected rate, with real inputs and a threshold."""
    profiles = survey.documents.load_profiles
    filed = tuple(_filed_as_success(survey))
    if not profiles:
        return fails(*filed) if filed else unknown(say("probes_3.no_load_test"))
    flaws = {one.place: tuple(_profile_flaws(one, survey)) for one in profiles}
    sound = [one for one in profiles if not flaws[one.place]]
    findings = (*filed, *(flaw for one in profiles for flaw in flaws[one.place]))[:MOST_TOLD]
    if not sound:
        return fails(*findings)
    remark = seen("probes_3.load_profile", sound[0].place, tool=sound[0].tool)
    return partly((remark,), filed) if filed else holds(remark)


def _filed_as_success(survey: Survey) -> Iterator[Finding]:
    for result in survey.documents.load_results:
        if result.says_passed and (result.failed_percent or 0) > MOST_FAILED_PERCENT:
            share = result.failed_percent or 0.0
            yield lie("probes_3.failures_filed_as_passed", result.place, percent=share)


def _profile_flaws(one: LoadProfile, survey: Survey) -> Iterator[Finding]:
    if one.paths and all(HEALTH.search(path) for path in one.paths):
        yield lie("probes_3.load_on_health_only", one.place, path=one.paths[0])
    if one.threshold is None:
        yield lie("probes_3.load_without_threshold", one.place, tool=one.tool)
    if one.seconds is not None and one.seconds < SHORTEST_LOAD_S:
        yield lie("probes_3.load_too_short", one.place, seconds=one.seconds)
    if one.seconds is None:
        yield gap("probes_3.load_length_unstated", one.place)
    if one.users is None and one.per_second is None:
        yield gap("probes_3.load_rate_unstated", one.place)
    if not one.reads_inputs and one.longest_input < SHORTEST_INPUT:
        yield gap("probes_3.load_inputs_too_short", one.place, longest=one.longest_input)
    needed = _needed_per_second(survey)
    if needed and one.per_second is not None and one.per_second < needed:
        yield lie("probes_3.load_below_forecast", one.place, rate=one.per_second, needed=needed)


def _needed_per_second(survey: Survey) -> float | None:
    application = survey.manifest.application if survey.manifest else None
    return application.capacity.needed_rps if application else None


def experiments_cover_the_scenarios(survey: Survey) -> Answer:
    """Experiments with a fault and a check of the alert reproduce the main scenarios."""
    experiments = survey.documents.experiments
    if not experiments:
        return unknown(say("probes_3.no_experiments"))
    findings = tuple(flaw for one in experiments if (flaw := _experiment_flaw(one)))
    sound = [one for one in experiments if not _experiment_flaw(one)]
    uncovered = tuple(_uncovered(real_scenarios(survey), sound))
    remarks = tuple(
        seen("probes_3.experiment", one.place, title=one.title, fault=one.faults[0])
        for one in sound
    )
    told = (*findings, *uncovered)[:MOST_TOLD]
    if not remarks:
        return fails(*told)
    return partly(remarks, told) if told else holds(*remarks)


def _experiment_flaw(one: Experiment) -> Finding | None:
    if not one.faults:
        return lie("probes_3.experiment_without_fault", one.place, title=one.title)
    if not one.hypothesis:
        return gap("probes_3.experiment_without_steady_state", one.place, title=one.title)
    if not one.checks_alert:
        return gap("probes_3.experiment_checks_no_alert", one.place, title=one.title)
    return None


def _uncovered(scenarios: tuple[Statement, ...], sound: list[Experiment]) -> Iterator[Finding]:
    named = {one.scenario.lower() for one in sound}
    text = " ".join(one.text for one in sound)
    for scenario in scenarios:
        id_ = scenario.text(Column.ID).lower()
        if id_ not in named and not (id_ and f" {id_} " in f" {text} "):
            yield gap(
                "probes_3.scenario_without_experiment", scenario.place, scenario=name_of(scenario)
            )
