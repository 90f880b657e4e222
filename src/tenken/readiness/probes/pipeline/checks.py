"""What the probes on CI share: does a kind of check run where it counts, with an effect."""

from collections.abc import Callable

from msgspec import Struct

from tenken.evidence import Answer, Finding, FindingKind, Holding, Remark
from tenken.readiness.answers import fails, gap, holds, lie, not_visible, partly, seen, unknown
from tenken.readiness.facts.code import Assertion
from tenken.readiness.facts.pipeline import (
    Blind,
    Job,
    Neutraliser,
    NeutraliserKind,
    Occasion,
    Purpose,
    Run,
)
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.tree import Role
from tenken.readiness.probes.pipeline.order import (
    Placed,
    Reach,
    blind_spots,
    covers,
    neutralisers,
    reach,
    runs_for,
)
from tenken.sentence import say, words

CODE = frozenset({".py", ".ts", ".tsx", ".js", ".jsx", ".go", ".java", ".rb", ".rs", ".kt", ".cs"})
SHOWN = 3
GATED = (Occasion.PULL_REQUEST, Occasion.DEFAULT_BRANCH)
END_TO_END = frozenset({"playwright test", "cypress run", "behave", "robot", "schemathesis run"})
"""Runners that drive a whole application: no unit tests."""


class Check(Struct, frozen=True, kw_only=True):
    """A kind of check that CI is to run."""

    purpose: Purpose
    word: str
    """The end of its message ids, such as `lint` in `pipeline.no_lint`."""
    hints: tuple[str, ...]
    """Words in the name of a remote action that may be such a check."""
    counts: Callable[[Run, Job], bool] = lambda _run, _job: True


class Coverage(Struct, frozen=True):
    """Where the runs with an effect happen."""

    pull_request: Placed | None
    default: Placed | None


def checked_in_ci(survey: Survey, check: Check) -> Answer:
    """Tell whether a check runs on pull requests and on the default branch, with an effect."""
    found = candidates(survey, check)
    if not found:
        return _nothing(survey, check)
    live = tuple(it for it in found if not neutralisers(it, survey.repository.remote))
    hollow = tuple(it for it in found if it not in live)
    if not live:
        return _hollow(survey, hollow)
    coverage = _coverage(survey, live)
    lies = tuple(hollow_finding(survey, it) for it in hollow[:SHOWN])
    if coverage.pull_request and coverage.default:
        both = (coverage.pull_request, coverage.default)
        return holds(*(ran(it) for it in both[: 1 + (both[0] is not both[1])]), notes=lies)
    if coverage.pull_request:
        return _half(coverage.pull_request, "default_branch", lies)
    if coverage.default:
        return _half(coverage.default, "pull_request", lies)
    return _elsewhere(live, check, lies)


def candidates(survey: Survey, check: Check) -> tuple[Placed, ...]:
    """The runs of a check."""
    runs = runs_for(survey.pipeline, check.purpose)
    return tuple(it for it in runs if check.counts(it.run, it.job))


def ran(placed: Placed) -> Remark:
    """`ruff check` runs in job lint."""
    return seen(
        "pipeline.runs",
        placed.run.place,
        command=placed.run.command,
        job=placed.job.name,
    )


def hollow_finding(survey: Survey, placed: Placed) -> Finding:
    """Which words take the effect from a run, where."""
    return neutralised(placed, neutralisers(placed, survey.repository.remote)[0])


def neutralised(placed: Placed, neutraliser: Neutraliser) -> Finding:
    """A lie: the step is there, and these words make it run for nothing."""
    return lie(
        f"pipeline.hollow_{neutraliser.kind}",
        neutraliser.place,
        command=placed.run.command,
        detail=neutraliser.detail,
    )


def _nothing(survey: Survey, check: Check) -> Answer:
    facts = survey.pipeline
    spots = tuple(blind_spots(facts, *check.hints))
    missing = say(f"pipeline.missing_{check.word}")
    if spots:
        notes = tuple(gap("pipeline.not_read", it.place, what=it.detail) for it in spots[:SHOWN])
        return not_visible(missing, *notes)
    if not any(pipeline.enabled for pipeline in facts.pipelines):
        return unknown(missing)
    files = len({pipeline.path for pipeline in facts.pipelines})
    return fails(gap(f"pipeline.no_{check.word}", files=files))


def _hollow(survey: Survey, hollow: tuple[Placed, ...]) -> Answer:
    """Nothing with an effect: a failure, unless only the name of this repository is unknown."""
    remote = survey.repository.remote
    if remote is None:
        only = [it for it in hollow if _depends_on_name(it)]
        if only:
            finding = hollow_finding(survey, only[0])
            return unknown(say("pipeline.needs_remote"), finding)
    open_ = [it for it in hollow if _is_open(it, remote)]
    if open_:
        finding = hollow_finding(survey, open_[0])
        return unknown(say("pipeline.condition_of_shell", detail=open_[0].run.command), finding)
    return fails(*(hollow_finding(survey, it) for it in hollow[:SHOWN]))


def _is_open(placed: Placed, remote: str | None) -> bool:
    """Only the outcome of a test in the shell is not known."""
    kinds = {it.kind for it in neutralisers(placed, remote)}
    return kinds == {NeutraliserKind.CONDITION}


def _depends_on_name(placed: Placed) -> bool:
    kinds = {it.kind.value for it in neutralisers(placed, None)}
    return kinds == {"other_repository"}


def _coverage(survey: Survey, live: tuple[Placed, ...]) -> Coverage:
    code = [it.path for it in survey.tree.entries
            if it.role is Role.PRODUCTION and it.suffix in CODE]  # fmt: skip
    on = {
        occasion: next((it for it in live if _runs_for_code(it, occasion, code)), None)
        for occasion in (Occasion.PULL_REQUEST, Occasion.DEFAULT_BRANCH, Occasion.BRANCH)
    }
    default = on[Occasion.DEFAULT_BRANCH]
    branch = on[Occasion.BRANCH]
    if default is None and branch and survey.repository.branch in branch.job.branches:
        default = branch
    return Coverage(on[Occasion.PULL_REQUEST], default)


def _runs_for_code(placed: Placed, occasion: Occasion, code: list[str]) -> bool:
    if reach(placed, occasion) is not Reach.SURELY or placed.job.manual:
        return False
    paths = placed.job.occasions[occasion]
    return not code or any(covers(paths, path) for path in code)


def _half(there: Placed, absent: str, lies: tuple[Finding, ...]) -> Answer:
    finding = gap(f"pipeline.not_on_{absent}", there.job.place, job=there.job.name)
    return partly((ran(there),), (finding, *lies))


def _elsewhere(live: tuple[Placed, ...], check: Check, lies: tuple[Finding, ...]) -> Answer:
    """It is there, and runs neither on pull requests nor on the default branch for code."""
    missing = say(f"pipeline.missing_{check.word}")
    if any(spot.because is Blind.TRIGGER_ELSEWHERE for it in live for spot in it.job.blind_spots):
        place = live[0].job.place
        if any(reach(it, Occasion.DEFAULT_BRANCH) is Reach.PERHAPS for it in live):
            started = gap("pipeline.started_elsewhere", place, path=place.path)
            return partly(tuple(ran(it) for it in live[:1]), (started, *lies))
        return not_visible(say("pipeline.trigger_elsewhere", path=place.path), *lies)
    perhaps = (Occasion.PULL_REQUEST, Occasion.DEFAULT_BRANCH)
    if any(reach(it, occasion) is Reach.PERHAPS for it in live for occasion in perhaps):
        return unknown(missing, gap("pipeline.condition_open", live[0].job.place))
    first = live[0]
    occasions = words("occasion", sorted(first.job.occasions)) or "-"
    kind = "manual_only" if first.job.manual else "runs_elsewhere"
    finding = lie(f"pipeline.{kind}", first.job.place, command=first.run.command, when=occasions)
    return fails(finding, *lies)


# ---------------------------------------------------------------------- tests and scans

ORDER = (
    Holding.ERROR, Holding.FAILS, Holding.NOT_VISIBLE, Holding.UNKNOWN, Holding.PARTLY,
    Holding.NOT_APPLICABLE, Holding.HOLDS,
)  # fmt: skip
"""From the answer that weighs most to the one that needs every other to agree."""


def weakest(answers: tuple[Answer, ...]) -> Answer:
    """Of several answers to one question the worst counts."""
    return min(answers, key=lambda it: ORDER.index(it.holding))


def is_unit_test(run: Run, job: Job) -> bool:
    """Neither a whole application in a browser, nor an evaluation run by a test runner."""
    evaluates = any(
        it.purpose is Purpose.EVALUATION and (it.place, it.command) == (run.place, run.command)
        for it in job.runs
    )
    return run.tool not in END_TO_END and not evaluates


def empty_tests(survey: Survey) -> tuple[Finding, ...]:
    """Tests that cannot fail, and reports in which none ran."""
    settings = " ".join(it for job in survey.pipeline.jobs for it in job.settings)
    tests = [
        it for it in survey.code.tests if not it.skipped and (not it.needs or it.needs in settings)
    ]
    real = [it for it in tests if it.assertion is Assertion.REAL]
    found: list[Finding] = []
    if survey.code.tests and not real:
        first = next(iter(tests or survey.code.tests))
        count = len(survey.code.tests)
        found.append(lie("pipeline.tests_assert_nothing", first.place, count=count))
    idle = (it for it in survey.pipeline.test_reports if it.tests <= it.skipped)
    found += (lie("pipeline.no_test_ran", it.place, count=it.tests) for it in idle)
    return tuple(found)


def lesser_scans(survey: Survey, answer: Answer) -> Answer:
    """Scans that only report, or only look at dependencies and secrets, are part of it."""
    kinds = (Purpose.CODE_SCAN, Purpose.DEPENDENCY_SCAN, Purpose.SECRET_SCAN)
    partial = _gated(survey, frozenset({NeutraliserKind.REPORT_ONLY}), *kinds)
    return partly(tuple(ran(it) for it in partial[:SHOWN]), answer.findings) if partial else answer


def checked_types(survey: Survey, answer: Answer) -> Answer:
    """A type checker finds part of what a linter finds."""
    if any(it.kind is FindingKind.LIE for it in answer.findings):
        return answer
    partial = _gated(survey, frozenset(), Purpose.TYPES)
    return partly(tuple(ran(it) for it in partial[:SHOWN]), answer.findings) if partial else answer


def _gated(
    survey: Survey, harmless: frozenset[NeutraliserKind], *purposes: Purpose
) -> tuple[Placed, ...]:
    """Runs on pull requests or on the default branch from which nothing else takes the effect."""
    remote = survey.repository.remote
    return tuple(
        it
        for it in runs_for(survey.pipeline, *purposes)
        if {found.kind for found in neutralisers(it, remote)} <= harmless
        and not it.job.manual
        and any(reach(it, occasion) is Reach.SURELY for occasion in GATED)
    )
