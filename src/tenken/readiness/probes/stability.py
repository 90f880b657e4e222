"""Section 1: stability: versions, pipelines, releases and the choice of models."""

from tenken.evidence import Answer, Holding
from tenken.place import Place
from tenken.readiness.answers import (
    fails,
    gap,
    holds,
    lie,
    not_visible,
    note,
    partly,
    seen,
    unknown,
)
from tenken.readiness.facts.pipeline import Purpose
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.code import calls as of_calls
from tenken.readiness.probes.code import prompts
from tenken.readiness.probes.code.judging import with_embeddings, with_others
from tenken.readiness.probes.documents import models
from tenken.readiness.probes.gateways.made import over_made, with_made
from tenken.readiness.probes.pipeline.checks import (
    Check,
    checked_in_ci,
    checked_types,
    empty_tests,
    is_unit_test,
    lesser_scans,
    weakest,
)
from tenken.readiness.probes.pipeline.delivery import (
    automatic,
    deployed,
    deployed_by_hand,
    handed_over,
    idle_deploys,
    judged_canary,
    judged_environments,
    judged_traffic,
    live_deploys,
    no_deploy,
    production,
    runs_anyway,
    trigger_spot,
    undecided_environments,
)
from tenken.readiness.probes.pipeline.scoring import gates_merges_only, judged_gate
from tenken.sentence import say

CODE_SUFFIXES = (
    ".py", ".ts", ".tsx", ".js", ".go", ".java", ".rb", ".rs", ".tf", ".bicep", ".sql", ".prompt",
)  # fmt: skip

LINT = Check(purpose=Purpose.LINT, word="lint", hints=("lint", "quality", "check", "style"))
TESTS = Check(
    purpose=Purpose.TEST,
    word="tests",
    hints=("test", "check", "coverage"),
    counts=is_unit_test,
)
CODE_SCAN = Check(
    purpose=Purpose.CODE_SCAN,
    word="code_scan",
    hints=("security", "scan", "sast", "bandit", "semgrep", "codeql", "snyk"),
)


def code_is_under_version_control(survey: Survey) -> Answer:
    """Every file of the application's code is in git, and what is here is what was committed."""
    repository = survey.repository
    if not repository.is_git:
        if any(problem.sentence.id == "git.absent" for problem in repository.problems):
            return not_visible(say("probes_1.git_is_missing"))
        return fails(gap("probes_1.not_under_git"))
    if repository.commit is None:
        return fails(lie("probes_1.never_committed"))
    stray = tuple(path for path in repository.untracked if path.endswith(CODE_SUFFIXES))
    tracked = seen("probes_1.under_git", count=len(survey.tree.entries), commit=repository.commit)
    if stray:
        more = len(stray) - 1
        finding = lie("probes_1.code_outside_git", Place(stray[0]), more=more)
        return partly((tracked,), (finding,))
    changed = tuple(
        note("probes_1.not_committed_yet", Place(path)) for path in repository.dirty_paths[:3]
    )
    return holds(tracked, notes=changed)


def deploys_come_from_the_pipeline(survey: Survey) -> Answer:
    """What runs was brought there by the pipeline, from a commit."""
    missing = say("pipeline.missing_deploy")
    live = live_deploys(survey)
    controllers = [it for it in survey.pipeline.deliveries if it.automated]
    by_hand = deployed_by_hand(survey)
    if not live and not controllers:
        return unknown(missing, *by_hand) if by_hand else no_deploy(survey, missing)
    if not controllers and (idle := idle_deploys(survey)):
        return fails(*idle)
    remarks = [deployed(it) for it in live[:3]]
    remarks += [
        seen("pipeline.delivered", it.place, tool=it.tool, stage=it.target.stage.value)
        for it in controllers[:3]
    ]
    return partly(tuple(remarks), by_hand) if by_hand else holds(*remarks)


def lint_runs_in_ci(survey: Survey) -> Answer:
    """A linter runs on pull requests and on the default branch, and its findings stop the run."""
    answer = checked_in_ci(survey, LINT)
    return checked_types(survey, answer) if answer.holding is Holding.FAILS else answer


def unit_tests_run_in_ci(survey: Survey) -> Answer:
    """Tests that assert something run on pull requests and on the default branch."""
    answer = checked_in_ci(survey, TESTS)
    if answer.holding not in {Holding.HOLDS, Holding.PARTLY}:
        return answer
    empty = empty_tests(survey)
    return fails(*empty, remarks=answer.seen) if empty else answer


def security_scan_runs_in_ci(survey: Survey) -> Answer:
    """A static security scan of the code runs on pull requests and on the default branch."""
    answer = checked_in_ci(survey, CODE_SCAN)
    if answer.holding is not Holding.FAILS:
        return answer
    return lesser_scans(survey, answer)


def environments_are_deployed_by_cd(survey: Survey) -> Answer:
    """A push or a tag deploys to dev, staging and production, production after staging."""
    if idle := idle_deploys(survey):
        return fails(*idle)
    if (
        automatic(survey)
        or handed_over(survey)
        or any(it.automated for it in survey.pipeline.deliveries)
    ):
        return judged_environments(survey)
    missing = say("pipeline.missing_environments")
    spot = trigger_spot(survey)
    if spot is not None:
        return not_visible(say("pipeline.trigger_elsewhere", path=spot.detail))
    if (perhaps := undecided_environments(survey)) is not None:
        return perhaps
    by_hand = [it for it in live_deploys(survey) if it.job.manual]
    if by_hand:
        first = by_hand[0]
        place, command = first.job.place, first.run.command
        return fails(lie("pipeline.manual_only", place, command=command, when="manual"))
    return no_deploy(survey, missing)


def evaluation_gates_production(survey: Survey) -> Answer:
    """A change of prompt or model reaches production only past an evaluation in staging."""
    reaching = production(survey)
    if not reaching:
        return gates_merges_only(survey) or no_deploy(survey, say("pipeline.missing_gate"))
    anyway = tuple(it for it in map(runs_anyway, reaching) if it)
    if anyway:
        return fails(*anyway)
    return weakest(tuple(judged_gate(survey, it) for it in reaching))


def canary_watches_errors_accuracy_and_cost(survey: Survey) -> Answer:
    """A release goes out in steps that look at errors, accuracy and cost."""
    canaries = survey.pipeline.canaries
    if not canaries:
        return judged_traffic(survey)
    return weakest(tuple(judged_canary(it) for it in canaries))


def prompts_are_versioned(survey: Survey) -> Answer:
    """Every prompt that is sent is kept where its changes can be followed."""
    return prompts.versioned(survey)


def fallback_target_is_set_on_every_call(survey: Survey) -> Answer:
    """Every model call has another target, and goes there when it raises."""
    return with_others(with_made(survey), over_made(survey, of_calls.fallback), of_calls.fallback)


def retry_policy_is_stated_on_every_call(survey: Survey) -> Answer:
    """Every model call states whether and how often it is tried again."""
    return with_embeddings(with_made(survey), over_made(survey, of_calls.retry), of_calls.retry)


def timeout_is_stated_on_every_call(survey: Survey) -> Answer:
    """Every model call states how long it waits."""
    answer = with_others(with_made(survey), over_made(survey, of_calls.timeout), of_calls.timeout)
    return with_embeddings(with_made(survey), answer, of_calls.timeout)


def model_sla_is_recorded(survey: Survey) -> Answer:
    """Each model in use has an SLA figure with its source and the date it was read."""
    return models.sla_is_recorded(survey)


def models_are_registered_with_retirement_dates(survey: Survey) -> Answer:
    """Every model in use stands in a register with a retirement date, checked lately."""
    return models.registered_with_retirement(survey)
