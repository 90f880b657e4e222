"""Section 6: quality: data sets, metrics, evaluation in production, automated tests."""

from collections.abc import Iterator

from tenken.evidence import Answer, Finding, FindingKind, Holding
from tenken.readiness.answers import fails, gap, holds, lie, not_visible, partly, seen, unknown
from tenken.readiness.facts.code import TestCase
from tenken.readiness.facts.datasets import Task
from tenken.readiness.facts.pipeline import Effect, Occasion, Purpose
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.code.judging import without_models
from tenken.readiness.probes.documents import datasets, metrics, signals
from tenken.readiness.probes.pipeline.checks import SHOWN, hollow_finding, ran
from tenken.readiness.probes.pipeline.order import (
    SHIPPING,
    Placed,
    blind_spots,
    happens,
    may_happen,
    neutralisers,
    runs_for,
)
from tenken.readiness.probes.pipeline.scoring import (
    holds_model_key,
    may_reach_model,
    missed_prompt,
    no_key,
    prompt_paths,
    weaknesses,
)
from tenken.sentence import say, words

REGULARLY = (Occasion.PULL_REQUEST, *sorted(SHIPPING), Occasion.SCHEDULE)
BLUNT = "pipeline.evaluation_without_threshold"
"""It runs, calls a model and scores: what is missing is that a bad score stops it."""
CHANGING = (Occasion.PULL_REQUEST, *sorted(SHIPPING))


def happy_path_with_model_runs_in_ci(survey: Survey) -> Answer:
    """CI runs a test that goes to a model, real or recorded, and looks at the answer."""
    absent = without_models(survey)
    if absent is not None:
        return absent
    answer = _by_tests(survey)
    told = answer.holding is Holding.HOLDS
    if told or any(it.kind is FindingKind.LIE for it in answer.findings):
        return answer
    return _by_journey(survey) or _by_evaluation(survey) or answer


def _by_tests(survey: Survey) -> Answer:
    tests = survey.code.tests
    with_model = [it for it in tests if it.calls_model and not it.mocks_model and not it.skipped]
    runs = _live(survey, Purpose.TEST, REGULARLY)
    if not with_model:
        return _no_model_test(tests)
    chosen = [(run, test) for run in runs for test in with_model if _selects(run, test)]
    if not chosen:
        return _not_run(survey, with_model[0])
    able = [
        (run, test)
        for run, test in chosen
        if not test.skipped_without_key or may_reach_model(survey, run)
    ]
    if not able:
        run, test = chosen[0]
        return fails(
            lie("pipeline.skips_without_key", test.place, name=test.name, job=run.job.name)
        )
    run, test = next((it for it in able if may_reach_model(survey, it[0])), able[0])
    if not may_reach_model(survey, run):
        return unknown(say("pipeline.missing_happy_path"), no_key(run))
    return holds(ran(run), seen("pipeline.test_with_model", test.place, name=test.name))


def _by_journey(survey: Survey) -> Answer | None:
    """A journey through the running application, in a job that holds the key of a model."""
    journeys = [it for it in survey.code.tests if it.drives_application and not it.skipped]
    for it in _live(survey, Purpose.TEST, REGULARLY):
        chosen = next((test for test in journeys if _selects(it, test)), None)
        if chosen is not None and holds_model_key(it):
            finding = gap("pipeline.path_by_journey", chosen.place, name=chosen.name)
            return partly((ran(it),), (finding,))
    return None


def _by_evaluation(survey: Survey) -> Answer | None:
    """Without a test of its own the path is walked in part by an evaluation."""
    for it in _live(survey, Purpose.EVALUATION, REGULARLY):
        judged = it.run.evaluation
        if judged is not None and judged.calls_model and may_reach_model(survey, it):
            place, command = it.run.place, it.run.command
            finding = gap("pipeline.path_only_in_evaluation", place, command=command)
            return partly((ran(it),), (finding,))
    return None


def _no_model_test(tests: tuple[TestCase, ...]) -> Answer:
    mocked = [it for it in tests if it.mocks_model]
    skipped = [it for it in tests if it.calls_model and it.skipped]
    if skipped:
        return fails(lie("pipeline.model_test_skipped", skipped[0].place, name=skipped[0].name))
    if mocked:
        return fails(gap("pipeline.model_always_replaced", mocked[0].place, count=len(mocked)))
    return unknown(say("pipeline.missing_happy_path"))


def _not_run(survey: Survey, test: TestCase) -> Answer:
    finding = gap("pipeline.model_test_not_run", test.place, name=test.name)
    hollow = [it for it in runs_for(survey.pipeline, Purpose.TEST) if _hollow(survey, it)]
    if hollow:
        return fails(hollow_finding(survey, hollow[0]), finding)
    if any(blind_spots(survey.pipeline, "test", "e2e")):
        return not_visible(say("pipeline.missing_happy_path"), finding)
    perhaps = _when_the_condition_holds(survey, test)
    if perhaps is not None:
        place = perhaps.job.place
        return unknown(say("pipeline.missing_happy_path"), gap("pipeline.condition_open", place))
    return (
        fails(finding)
        if survey.pipeline.pipelines
        else unknown(say("pipeline.missing_happy_path"), finding)
    )


def _when_the_condition_holds(survey: Survey, test: TestCase) -> Placed | None:
    """A run of this test on an occasion that no file decides."""
    runs = runs_for(survey.pipeline, Purpose.TEST)
    return next((it for it in runs if may_happen(it, REGULARLY) and _selects(it, test)), None)


def _selects(placed: Placed, test: TestCase) -> bool:
    """The paths and marks on the command line let this test in."""
    if not placed.run.tool.startswith(("pytest", "py.test", "unittest")):
        return False
    words = placed.run.selects
    paths = [it.partition("::")[0].strip("./") for it in words if not it.startswith("-")]
    paths = [it for it in paths if "/" in it or it.endswith(".py") or it.startswith("test")]
    inside = not paths or any(f"/{it}" in f"/{test.place.path}" for it in paths)
    return inside and _marks_let_in(words, test.marks)


def _marks_let_in(words: tuple[str, ...], marks: tuple[str, ...]) -> bool:
    """`-m unit` wants the mark, `-m "not slow"` refuses it."""
    if "-m" not in words[:-1]:
        return True
    wanted = words[words.index("-m") + 1]
    if "not " in wanted:
        return not any(f"not {mark}" in wanted for mark in marks)
    return any(mark in wanted for mark in marks)


def _hollow(survey: Survey, placed: Placed) -> bool:
    return bool(neutralisers(placed, survey.repository.remote))


def _live(survey: Survey, purpose: Purpose, occasions: tuple[Occasion, ...]) -> list[Placed]:
    return [
        it
        for it in runs_for(survey.pipeline, purpose)
        if not _hollow(survey, it) and happens(it, occasions)
    ]


def prompt_change_triggers_evaluation(survey: Survey) -> Answer:
    """A change of a prompt or a model starts an evaluation that calls a model and can fail."""
    found = runs_for(survey.pipeline, Purpose.EVALUATION)
    missing = say("pipeline.missing_evaluation")
    if not found:
        if any(blind_spots(survey.pipeline, "eval", "promptfoo", "regression")):
            return not_visible(missing)
        return unknown(missing)
    by_itself = [it for it in found if not it.job.manual]
    started = [it for it in by_itself if happens(it, CHANGING)]
    if started:
        return _judged(survey, started)
    perhaps = [it for it in by_itself if may_happen(it, CHANGING)]
    return _perhaps(survey, perhaps) if perhaps else fails(_elsewhere(found[0]))


def _perhaps(survey: Survey, open_: list[Placed]) -> Answer:
    """A condition decides that no file decides: only what is hollow in any case is told."""
    judged = _judged(survey, open_)
    if judged.holding is Holding.FAILS:
        return judged
    missing = say("pipeline.missing_evaluation")
    return unknown(missing, gap("pipeline.condition_open", open_[0].job.place))


def _elsewhere(placed: Placed) -> Finding:
    when = words("occasion", sorted(placed.job.occasions)) or "-"
    return lie("pipeline.runs_elsewhere", placed.job.place, command=placed.run.command, when=when)


def _judged(survey: Survey, started: list[Placed]) -> Answer:
    weak = {it.run.place: tuple(_weak(survey, it)) for it in started}
    sound = [it for it in started if not weak[it.run.place]]
    blunt = [it for it in started if [one.sentence.id for one in weak[it.run.place]] == [BLUNT]]
    if not sound and blunt and may_reach_model(survey, blunt[0]):
        return partly((ran(blunt[0]),), weak[blunt[0].run.place])
    if not sound:
        return fails(*[finding for found in weak.values() for finding in found][:SHOWN])
    known = [it for it in sound if _stops(it)]
    if not known:
        finding = gap("pipeline.effect_unknown", sound[0].run.place)
        return unknown(say("pipeline.missing_threshold"), finding)
    able = [it for it in known if may_reach_model(survey, it)]
    if not able:
        return unknown(say("pipeline.missing_evaluation"), no_key(known[0]))
    return holds(ran(able[0]), seen("pipeline.covers_prompts", count=len(prompt_paths(survey))))


def _weak(survey: Survey, placed: Placed) -> Iterator[Finding]:
    yield from weaknesses(survey, placed)
    missed = missed_prompt(survey, placed)
    if missed is not None:
        yield missed


def load_test_is_automated_with_a_threshold(survey: Survey) -> Answer:
    """A pipeline runs a load test whose threshold stops it."""
    found = runs_for(survey.pipeline, Purpose.LOAD_TEST)
    missing = say("pipeline.missing_load_test")
    if not found:
        if any(blind_spots(survey.pipeline, "load", "k6", "locust", "perf")):
            return not_visible(missing)
        return unknown(missing)
    live = [it for it in found if not _hollow(survey, it)]
    if not live:
        return fails(*(hollow_finding(survey, it) for it in found[:SHOWN]))
    stopping = [
        it for it in live if it.run.evaluation and it.run.evaluation.effect is Effect.STOPS
    ]
    if not stopping:
        return _without_threshold(live[0])
    first = next((it for it in stopping if happens(it, REGULARLY)), None)
    if first is None:
        started = stopping[0]
        return partly(
            (ran(started),),
            (gap("pipeline.load_test_by_hand", started.job.place, job=started.job.name),),
        )
    judged = first.run.evaluation
    place = judged.threshold if judged else None
    return holds(ran(first), seen("pipeline.threshold", place, command=first.run.command))


def _stops(placed: Placed) -> bool:
    return placed.run.evaluation is not None and placed.run.evaluation.effect is Effect.STOPS


def _without_threshold(placed: Placed) -> Answer:
    judged = placed.run.evaluation
    place, command = placed.run.place, placed.run.command
    if judged is None or judged.effect is Effect.UNKNOWN:
        return unknown(say("pipeline.missing_threshold"), gap("pipeline.effect_unknown", place))
    return fails(lie("pipeline.load_test_without_threshold", place, command=command))


def production_sampling_job_exists(survey: Survey) -> Answer:
    """A job that runs by itself takes cases from production into a data set."""
    found = runs_for(survey.pipeline, Purpose.SAMPLING)
    missing = say("pipeline.missing_sampling")
    if not found:
        return unknown(missing)
    live = [it for it in found if not _hollow(survey, it)]
    if not live:
        return fails(*(hollow_finding(survey, it) for it in found[:SHOWN]))
    scheduled = [it for it in live if happens(it, REGULARLY)]
    if not scheduled:
        place, command = live[0].job.place, live[0].run.command
        return fails(lie("pipeline.manual_only", place, command=command, when="manual"))
    judged = scheduled[0].run.evaluation
    if judged is None or judged.calls_model is None:
        return unknown(missing, gap("pipeline.effect_unknown", scheduled[0].run.place))
    if not judged.calls_model or not judged.reads_data:
        place, command = scheduled[0].run.place, scheduled[0].run.command
        return fails(lie("pipeline.sampling_takes_nothing", place, command=command))
    return holds(ran(scheduled[0]))


def golden_set_covers_the_use_cases(survey: Survey) -> Answer:
    """The golden set has enough unique rows with an expected result for every use case."""
    return datasets.golden_covers_the_use_cases(survey)


def golden_set_has_an_owner_and_a_place(survey: Survey) -> Answer:
    """Where the golden set lives, whose it is and how it changes is written and true."""
    return datasets.golden_has_an_owner_and_a_place(survey)


def edge_and_failure_cases_exist(survey: Survey) -> Answer:
    """Edge, failure and adversarial cases are kept with their origin."""
    return datasets.hard_cases_exist(survey)


def classification_metrics_fit(survey: Survey) -> Answer:
    """Metrics of classification fit it, and something computes them."""
    return metrics.metrics_fit(survey, Task.CLASSIFICATION)


def generation_metrics_fit(survey: Survey) -> Answer:
    """Metrics of free text fit it, and a judging model is pinned."""
    return metrics.metrics_fit(survey, Task.GENERATION)


def safety_metrics_fit(survey: Survey) -> Answer:
    """Refusals and violations are measured."""
    return metrics.metrics_fit(survey, Task.SAFETY)


def online_feedback_is_decided(survey: Survey) -> Answer:
    """It is decided whether explicit feedback is used; if so, its event is sent."""
    return signals.signal_is_decided(survey, "feedback")


def online_functional_signal_is_decided(survey: Survey) -> Answer:
    """It is decided whether functional success is used; if so, its event is sent."""
    return signals.signal_is_decided(survey, "functional")


def online_acceptance_is_decided(survey: Survey) -> Answer:
    """It is decided whether acceptance is used; if so, its event is sent."""
    return signals.signal_is_decided(survey, "acceptance")


def online_business_impact_is_decided(survey: Survey) -> Answer:
    """It is decided whether business impact is used; if so, its event is sent."""
    return signals.signal_is_decided(survey, "business_impact")


def online_incidental_signal_is_decided(survey: Survey) -> Answer:
    """It is decided whether incidental behaviour is used; if so, its event is sent."""
    return signals.signal_is_decided(survey, "incidental")


def failure_cases_are_added(survey: Survey) -> Answer:
    """Failures of production or drills have become cases, lately and with their origin."""
    return datasets.failure_cases_are_added(survey)


def evaluation_sets_are_versioned(survey: Survey) -> Answer:
    """Every evaluation set is identified by a digest that leads to exactly its content."""
    return datasets.sets_are_versioned(survey)


def evaluation_runs_record_the_unit(survey: Survey) -> Answer:
    """A record of a run holds prompt, model, dataset, parameters and result together."""
    return datasets.runs_record_the_unit(survey)
