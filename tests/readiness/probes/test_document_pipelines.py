"""What is written counts in full only when something puts it in effect."""

import pytest
from msgspec.structs import replace

from tenken.evidence import Grade, Holding
from tenken.place import Place
from tenken.readiness.facts.pipeline import (
    Effect,
    Evaluation,
    Job,
    Neutraliser,
    NeutraliserKind,
    Occasion,
    PathFilter,
    Pipeline,
    PipelineFacts,
    Purpose,
    Run,
    System,
)
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes import goals, organisation, quality, safety
from tests.readiness.probes.cases_organisation import PM_PATH, POSTMORTEM_EN
from tests.readiness.probes.cases_purpose import GATE, SLO, TARGETS
from tests.readiness.probes.cases_quality import GOLDEN
from tests.readiness.written import Files, survey_of

CI = Place(".github/workflows/ci.yml", 12)
OR_TRUE = Neutraliser(kind=NeutraliserKind.OR_TRUE, place=CI, detail="|| true")
RED_TEAM = """prompts: [file://p.txt]
redteam:
  plugins: [indirect-prompt-injection, pii]
  strategies: [jailbreak, crescendo]
"""


def with_run(survey: Survey, run: Run, occasion: Occasion = Occasion.PULL_REQUEST) -> Survey:
    """The survey, with a pipeline that runs this."""
    job = Job(
        key="ci#j",
        name="j",
        place=CI,
        pipeline=CI.path,
        occasions={occasion: PathFilter()},
        runs=(run,),
    )
    pipeline = Pipeline(system=System.GITHUB, path=CI.path, name="ci", jobs=(job,))
    return replace(survey, pipeline=PipelineFacts(pipelines=(pipeline,)))


def evaluates(command: str, *files: str, neutralisers: tuple[Neutraliser, ...] = ()) -> Run:
    """A step that evaluates."""
    effect = Evaluation(effect=Effect.STOPS, files=files)
    return Run(
        purpose=Purpose.EVALUATION, tool="python", command=command, place=CI, evaluation=effect,
        neutralisers=neutralisers,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("run", "grade"),
    [
        pytest.param(
            evaluates("python evals/gate.py", "evals/gate.py"), Grade.CONFIGURED, id="in effect"
        ),
        pytest.param(
            evaluates("x", "evals/gate.py", neutralisers=(OR_TRUE,)), Grade.DECLARED, id="or true"
        ),
        pytest.param(
            evaluates("python evals/other.py", "evals/other.py"), Grade.DECLARED, id="another gate"
        ),
    ],
)
def test_targets_are_in_effect_when_their_gate_runs(run: Run, grade: Grade) -> None:
    """A gate that reads the targets and never runs, or cannot fail, sets nothing."""
    files = {"config/targets.yaml": TARGETS, "evals/gate.py": GATE, "slo/desk.yaml": SLO}
    answer = goals.use_case_targets_are_read_by_gate_and_slo(with_run(survey_of(files), run))

    assert (answer.holding, answer.grade) == (Holding.HOLDS, grade)


@pytest.mark.parametrize(
    ("occasion", "grade"),
    [(Occasion.SCHEDULE, Grade.CONFIGURED), (Occasion.MANUAL, Grade.DECLARED)],
)
def test_a_red_team_tool_counts_when_it_runs_by_itself(occasion: Occasion, grade: Grade) -> None:
    """A configuration that somebody may start one day is a plan, no more."""
    run = Run(
        purpose=Purpose.EVALUATION, tool="promptfoo", command="promptfoo redteam run", place=CI
    )
    survey = with_run(survey_of({"evals/promptfoo-redteam.yaml": RED_TEAM}), run, occasion)
    probes = (
        safety.red_team_plan_covers_jailbreak, safety.red_team_plan_covers_injection,
        safety.red_team_plan_covers_multi_turn,
    )  # fmt: skip

    assert [probe(survey).grade for probe in probes] == [grade] * 3


@pytest.mark.parametrize(
    ("digest", "holding"),
    [
        pytest.param(
            "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
            Holding.HOLDS,
            id="right",
        ),
        pytest.param("0" * 64, Holding.PARTLY, id="edited since"),
    ],
)
def test_a_process_kept_elsewhere_counts_while_its_copy_is_the_reviewed_one(
    digest: str, holding: Holding
) -> None:
    """The copy of the incident process must be what was reviewed."""
    manifest = (
        "documents:\n  - {kind: incident_process, title: p, url: https://example.com/p, "
        "export: docs/p.txt, "
        f"sha256: {digest}}}\n"
    )
    files: Files = {"tenken.yaml": manifest, "docs/p.txt": "hello", PM_PATH: POSTMORTEM_EN}

    assert organisation.postmortems_have_closed_actions(survey_of(files)).holding is holding


def test_a_digest_in_the_manifest_that_is_wrong_is_a_lie() -> None:
    """The manifest pins another content than the one that is there."""
    manifest = f"datasets:\n  - {{name: golden, path: evals/golden.jsonl, sha256: {'0' * 64}}}\n"
    answer = quality.evaluation_sets_are_versioned(
        survey_of({"evals/golden.jsonl": GOLDEN, "tenken.yaml": manifest})
    )

    assert [finding.sentence.id for finding in answer.findings] == [
        "probes_6.manifest_digest_differs"
    ]


def test_a_set_kept_by_a_pointer_is_not_visible() -> None:
    """Rows that are elsewhere are neither there nor missing."""
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "c" * 64 + "\nsize 9\n"
    answer = quality.golden_set_covers_the_use_cases(survey_of({"evals/golden.jsonl": pointer}))

    assert answer.holding is Holding.NOT_VISIBLE
