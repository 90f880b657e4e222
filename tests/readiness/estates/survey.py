"""Surveys of an application in memory; tests spoil one thing in it at a time."""

from collections.abc import Mapping
from datetime import UTC, datetime

from tenken.place import Place
from tenken.readiness.collectors.documents.collect import collect as collect_documents
from tenken.readiness.collectors.infrastructure.collect import collect as collect_infrastructure
from tenken.readiness.collectors.monitoring.collect import collect as collect_monitoring
from tenken.readiness.collectors.pipeline.collect import collect as collect_pipeline
from tenken.readiness.facts.calls import LlmCall
from tenken.readiness.facts.code import CodeFacts, Metric
from tenken.readiness.facts.repository import RepositoryFacts
from tenken.readiness.facts.survey import Survey
from tests.readiness.trees import FakeTree

Files = Mapping[str, str]
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
EMITTED = (
    "desk.requests", "desk.request.duration", "desk.llm.tokens", "desk.guard.violation",
    "desk.enquiry.resolved",
)  # fmt: skip


def code(*, provider: str = "vertex", metrics: tuple[str, ...] = EMITTED) -> CodeFacts:
    """The application's code: one model call, and the metrics it emits."""
    place = Place("app/llm.py", 8)
    call = LlmCall(place=place, library="google-genai", provider=provider, function="app.llm.ask")
    emitted = tuple(Metric(name=name, place=place, library="datadog") for name in metrics)
    return CodeFacts(calls=(call,), metrics=emitted)


def survey_of(files: Files, facts: CodeFacts | None = None) -> Survey:
    """Everything the collectors find in the files, beside the given code."""
    tree = FakeTree(files)
    pipeline = collect_pipeline(tree)
    infrastructure = collect_infrastructure(tree, pipeline)
    return Survey(
        now=NOW,
        tree=tree,
        repository=RepositoryFacts(is_git=True),
        pipeline=pipeline,
        infrastructure=infrastructure,
        monitoring=collect_monitoring(tree, infrastructure),
        code=facts if facts is not None else code(),
        documents=collect_documents(tree, None, ()),
        manifest=None,
    )


def changed(files: Files, old: str, new: str) -> dict[str, str]:
    """The files with one text replaced wherever it stands; it must stand somewhere."""
    assert any(old in text for text in files.values()), f"{old!r} is nowhere"
    return {path: text.replace(old, new) for path, text in files.items()}
