"""Surveys of repositories that hold documents, and what a probe's answer is worth."""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from tenken.config.application import Application
from tenken.config.manifest import Manifest
from tenken.config.yaml import YamlError, read_yaml
from tenken.evidence import Answer, Grade, Holding
from tenken.place import Place
from tenken.readiness.collectors.documents.collect import collect
from tenken.readiness.facts.calls import LlmCall, Origin, Stated
from tenken.readiness.facts.code import CodeFacts
from tenken.readiness.facts.infrastructure import InfrastructureFacts
from tenken.readiness.facts.monitoring import MonitoringFacts
from tenken.readiness.facts.pipeline import PipelineFacts
from tenken.readiness.facts.repository import RepositoryFacts
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.registry import Probe
from tests.readiness.trees import FakeTree

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
MANIFEST = "tenken.yaml"
Files = Mapping[str, str]


class Case(Struct, frozen=True, kw_only=True):
    """A repository that is right, one change that spoils it, and some that only look right."""

    id: str
    probe: Probe
    files: Files
    spoil: tuple[str, str]
    """A text of the files and what it becomes."""
    cheats: Mapping[str, Files] = field(default_factory=dict)
    code: CodeFacts = field(default_factory=CodeFacts)
    grade: Grade = Grade.CONFIGURED
    """What the right one is worth."""

    def spoiled(self) -> Files:
        """The files with the one change made."""
        old, new = self.spoil
        assert any(old in text for text in self.files.values()), f"{self.id}: nothing to spoil"
        return {path: text.replace(old, new) for path, text in self.files.items()}


def survey_of(files: Files, code: CodeFacts | None = None) -> Survey:
    """Survey documents in memory; what other collectors would find is given as facts."""
    tree = FakeTree(files)
    manifest = manifest_of(files[MANIFEST]) if MANIFEST in files else None
    return Survey(
        now=NOW,
        tree=tree,
        repository=RepositoryFacts(is_git=True),
        pipeline=PipelineFacts(),
        infrastructure=InfrastructureFacts(),
        monitoring=MonitoringFacts(),
        code=code or CodeFacts(),
        documents=collect(tree, manifest, ()),
        manifest=manifest,
    )


def manifest_of(text: str) -> Manifest:
    """Read a manifest that is known to be well formed."""
    documents = read_yaml(text)
    assert not isinstance(documents, YamlError), documents
    plain = documents[0].plain
    assert isinstance(plain, dict)
    named = {"application": {"name": "desk", "owner": "desk-team"}, **plain}
    application = msgspec.convert(named, Application, strict=False)
    return Manifest(application=application, file=MANIFEST, document=documents[0])


def worth(answer: Answer) -> float:
    """How much an answer says for the application: nothing, declared, partly or in effect."""
    if answer.holding is Holding.PARTLY:
        return Grade.DECLARED + 0.5
    return float(answer.grade) if answer.holding is Holding.HOLDS else 0.0


def calling(*models: str, provider: str = "openai", max_tokens: str = "") -> CodeFacts:
    """Code that calls these models."""
    cap = Stated(origin=Origin.LITERAL, value=max_tokens) if max_tokens else None
    calls = tuple(
        LlmCall(
            place=Place("app/llm.py", 10 + at),
            library="openai",
            provider=provider,
            function="app.llm.answer",
            model=Stated(origin=Origin.LITERAL, value=model),
        )
        for at, model in enumerate(models)
    )
    if cap is not None:
        calls = tuple(replace(call, max_tokens=cap) for call in calls)
    return CodeFacts(calls=calls)
