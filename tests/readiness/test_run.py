"""Running the probes: every answer becomes evidence, even a crash."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from tenken.evidence import Answer, Grade, Holding, Method, Remark
from tenken.readiness.catalogue import Catalogue, Item, Section
from tenken.readiness.facts.code import CodeFacts
from tenken.readiness.facts.documents import DocumentFacts
from tenken.readiness.facts.infrastructure import InfrastructureFacts
from tenken.readiness.facts.monitoring import MonitoringFacts
from tenken.readiness.facts.pipeline import PipelineFacts
from tenken.readiness.facts.repository import RepositoryFacts
from tenken.readiness.facts.survey import Survey
from tenken.readiness.inspection import weigh_own
from tenken.readiness.judge import Case, judge
from tenken.readiness.probes.registry import VERSION, Probe
from tenken.readiness.run import Run, run_probes
from tenken.readiness.verdict import Outcome
from tenken.sentence import say
from tests.readiness.cases import NOW, TEXT, R, item
from tests.readiness.trees import FakeTree

HELD = Answer(
    holding=Holding.HOLDS, seen=(Remark(sentence=say("judge.no_such_probe", probe="x")),)
)


@pytest.fixture
def survey() -> Survey:
    """Give a survey of an empty repository."""
    return Survey(
        now=datetime(2026, 11, 22, tzinfo=UTC),
        tree=FakeTree({}),
        repository=RepositoryFacts(is_git=False),
        pipeline=PipelineFacts(),
        infrastructure=InfrastructureFacts(),
        monitoring=MonitoringFacts(),
        code=CodeFacts(),
        documents=DocumentFacts(),
        manifest=None,
    )


def _run(items: tuple[Item, ...], probes: Mapping[str, Probe]) -> Run:
    catalogue = Catalogue(sections=(Section(id="1", title=TEXT, items=items),), digest="")
    return Run(catalogue=catalogue, probes=probes, subjects={"commit": "c"})


def test_an_answer_becomes_evidence(survey: Survey) -> None:
    """It is bound to what was inspected, and says how to see it again."""
    (one,) = run_probes(_run((item(R),), {"r1": lambda _: HELD}), survey)

    assert (one.item, one.probe, one.method) == ("1-1-1", "r1", Method.REPOSITORY)
    assert (one.answer, one.subjects) == (HELD, {"commit": "c"})
    assert (one.observed_at, one.expires_at, one.probe_version) == (survey.now, None, VERSION)
    assert one.reproduce == "tenken explain 1-1-1"


def test_a_probe_is_asked_once(survey: Survey) -> None:
    """However many items and sub-criteria name it."""
    asked = []

    def r1(given: Survey) -> Answer:
        asked.append(given)
        return HELD

    both = item(R, repository=("r1:a", "r1:b"), subs=(("a", R), ("b", R)))
    evidence = run_probes(_run((both, item(R)), {"r1": r1}), survey)

    assert asked == [survey]
    assert [one.subs for one in evidence] == [("a",), ("b",), ()]


def _crash(_survey: Survey) -> Answer:
    detail = "nothing here " * 100
    raise LookupError(detail)


def test_a_crash_is_an_error_with_its_cause(survey: Survey) -> None:
    """It counts neither for nor against, and says where it happened."""
    (one,) = evidence = run_probes(_run((item(R),), {"r1": _crash}), survey)
    verdict = judge(Case(item=item(R), evidence=weigh_own(evidence), now=NOW))

    assert (one.answer.holding, one.answer.grade) == (Holding.ERROR, Grade.NONE)
    assert one.answer.missing is not None
    fields = one.answer.missing.fields
    assert fields["error"] == "LookupError"
    assert str(fields["at"]).startswith("test_run.py:")
    assert len(str(fields["detail"])) <= 200
    assert verdict.outcome is Outcome.ERROR


def test_a_probe_that_is_not_built_is_unknown(survey: Survey) -> None:
    """The catalogue may name what is still to come."""
    (one,) = run_probes(_run((item(R),), {}), survey)

    assert one.answer.holding is Holding.UNKNOWN
    assert one.answer.missing == say("judge.no_such_probe", probe="r1")


def test_progress_is_told_by_item(survey: Survey) -> None:
    """A person sees where it is."""
    told: list[str] = []
    run = _run((item(R),), {"r1": lambda _: HELD})
    run_probes(
        Run(
            catalogue=run.catalogue,
            probes=run.probes,
            subjects={},
            told=lambda i: told.append(i.id),
        ),
        survey,
    )

    assert told == ["1-1-1"]
