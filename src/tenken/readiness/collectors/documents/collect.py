"""Reads documents and data files once and gives what they say as facts."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from msgspec import Struct, field
from msgspec.structs import replace

from tenken.config.manifest import Manifest
from tenken.config.yaml import YamlError, read_yaml
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.documents import diagrams
from tenken.readiness.collectors.documents.data.datasets import (
    Finder,
    find_dataset_manifests,
    find_datasets,
)
from tenken.readiness.collectors.documents.data.evaluation import (
    find_evaluations,
    find_run_records,
)
from tenken.readiness.collectors.documents.data.experiments import find_experiments
from tenken.readiness.collectors.documents.data.judging import find_judge_prompts
from tenken.readiness.collectors.documents.data.load import find_load_profiles, load_result_of
from tenken.readiness.collectors.documents.declared import from_manifest, gates_of, outside_of
from tenken.readiness.collectors.documents.kinds import kind_of
from tenken.readiness.collectors.documents.markdown import Part, read_markdown
from tenken.readiness.collectors.documents.maskers import find_maskers
from tenken.readiness.collectors.documents.mentions import find_mentions, promised_words
from tenken.readiness.collectors.documents.red_team import red_team_of
from tenken.readiness.collectors.documents.statements import (
    Context,
    defaults_of,
    from_data,
    from_part,
)
from tenken.readiness.collectors.documents.subjects import KEYS
from tenken.readiness.collectors.documents.texts import decision_of, document_of, postmortem_of
from tenken.readiness.facts.datasets import LoadResult
from tenken.readiness.facts.documents import (
    Decision,
    Diagram,
    Document,
    DocumentFacts,
    DocumentKind,
    Picture,
    Postmortem,
    Source,
    Statement,
    Subject,
)
from tenken.readiness.facts.mentions import Masker
from tenken.readiness.facts.repository import Change
from tenken.readiness.facts.tree import CollectorProblem, Entry, Role, Tree
from tenken.readiness.facts.words.figures import date_in
from tenken.sentence import say

TEXTS = frozenset({".md", ".mdx", ".markdown"})
DATA = frozenset({".yaml", ".yml", ".json"})
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".svg", ".gif", ".webp"})
ARCHITECTURE = Pattern(
    r"(?i)architect|diagram|system[-_ ]?(overview|design)|構成図|アーキテクチャ|全体像"
)
MARKED = Pattern(rf"(?m)^ {{0,4}}[\"']?({'|'.join(KEYS)})[\"']?\s*:")
# A document of no telling name is read where a heading, a table's head or a diagram is telling.
RELEVANT = Pattern(
    r"(?im)^#{1,4}\s.*(incident|outage|runbook|playbook|detect|symptom|roll ?back|escalat|failure"
    r"|scenario|goal|kpi|slo\b|sla\b|capacity|limits?\b|forecast|throughput|tokens?\b|risk|classif"
    r"|provider|model|post-?mortem|red[- ]?team|load test|evaluation|architecture|data use|owner"
    r"|mitigat|steps"
    r"|障害|手順|検知|対応|切り?戻し|復旧|目標|シナリオ|分類|リスク|モデル|上限|評価|構成|規約|指標|担当)"
    r"|^\|.*(tpm|rpm|baseline|retire|eol|severity|runbook|kpi|training|terms|tokens|sla\b"
    r"|現状|重大度|手順書|提供終了|採否|学習|可用性|トークン|上限).*\|"
    r"|^```\s?(mermaid|plantuml|puml|d2|dot|graphviz|structurizr)"
)
NOT_OURS = (".github/", "../", ".gitlab", ".circleci/", "charts/", "helm/", "k8s/", "terraform/")
ITEM = Pattern(r"^[0-9]-[0-9](-[0-9])?\b")
FEWEST_ITEMS = 2
"""Headings numbered like the items of a checklist; one alone may be anything."""
MAX_TEXT = 400_000
MAX_DATA = 300_000
REVIEWED = (
    "last reviewed",
    "reviewed",
    "最終確認",
    "最終レビュー",
    "レビュー日",
    "最終更新",
    "last updated",
)


class _Reading(Struct):
    """What has been read so far."""

    tree: Tree
    dates: Mapping[str, datetime]
    documents: list[Document] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    found: list[Diagram] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    postmortems: list[Postmortem] = field(default_factory=list)
    results: list[LoadResult] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    problems: list[CollectorProblem] = field(default_factory=list)


def collect(tree: Tree, manifest: Manifest | None, changes: tuple[Change, ...]) -> DocumentFacts:
    """Give what the documents and data files of a tree say."""
    reading = _Reading(tree, newest_changes(changes))
    if manifest is not None:
        reading.statements.extend(from_manifest(tree, manifest))
    for entry in tree.entries:
        if entry.role in {Role.PRODUCTION, Role.DOCUMENT}:
            _read(reading, entry, manifest.file if manifest else "tenken.yaml")
    return _facts(reading, manifest)


def newest_changes(changes: Iterable[Change]) -> Mapping[str, datetime]:
    """The newest commit of each path; changes come newest first."""
    dates: dict[str, datetime] = {}
    for change in changes:
        for path in change.paths:
            dates.setdefault(path, change.committed_at)
    return dates


def _facts(reading: _Reading, manifest: Manifest | None) -> DocumentFacts:
    tree = reading.tree
    gates = gates_of(manifest) if manifest else None
    declared = manifest.application.datasets if manifest else ()
    statements = tuple(reading.statements)
    return DocumentFacts(
        documents=tuple(reading.documents),
        statements=(*statements, *red_team_of(tree, tuple(reading.documents))),
        diagrams=tuple(reading.found),
        pictures=tuple(reading.pictures),
        decisions=tuple(reading.decisions),
        postmortems=tuple(reading.postmortems),
        outside=outside_of(tree, manifest) if manifest else (),
        datasets=find_datasets(Finder(tree=tree, dates=reading.dates, declared=declared)),
        dataset_manifests=find_dataset_manifests(tree),
        evaluations=(
            *((gates,) if gates else ()),
            *find_evaluations(tree),
            *find_judge_prompts(tree),
        ),
        run_records=find_run_records(tree),
        load_profiles=find_load_profiles(tree),
        load_results=tuple(reading.results),
        experiments=find_experiments(tree),
        mentions=find_mentions(tree, promised_words(statements)),
        maskers=_maskers(tree, statements),
        problems=tuple(reading.problems),
    )


def _maskers(tree: Tree, statements: tuple[Statement, ...]) -> tuple[Masker, ...]:
    asked = any(one.subject is Subject.DATA_TYPE for one in statements)
    return find_maskers(tree) if asked else ()


def _read(reading: _Reading, entry: Entry, manifest_file: str) -> None:
    if entry.suffix in TEXTS and entry.size <= MAX_TEXT:
        _read_text(reading, entry)
    elif entry.suffix in DATA and entry.size <= MAX_DATA and entry.path != manifest_file:
        _read_data(reading, entry)
    elif entry.suffix in diagrams.BY_SUFFIX and entry.size <= MAX_TEXT:
        _read_diagram(reading, entry)
    elif entry.suffix in PICTURES and ARCHITECTURE.search(entry.path):
        reading.pictures.append(Picture(path=entry.path, changed_at=reading.dates.get(entry.path)))


def _read_text(reading: _Reading, entry: Entry) -> None:
    text = reading.tree.text(entry.path)
    if not isinstance(text, str) or not text.strip():
        return
    if kind_of(entry.path, "") is DocumentKind.OTHER and not RELEVANT.search(text):
        reading.documents.append(_unread(reading, entry, text))
        return
    parts = read_markdown(text)
    document = document_of(reading.tree, entry.path, parts, reading.dates.get(entry.path))
    if _explains(parts):
        document = replace(document, kind=DocumentKind.OTHER)
    reading.documents.append(document)
    reading.found.extend(_fenced_diagrams(document, parts))
    if decision := decision_of(document, parts):
        reading.decisions.append(decision)
    if postmortem := postmortem_of(document, parts):
        reading.postmortems.append(postmortem)
    if result := load_result_of(document, parts):
        reading.results.append(result)
    if not document.is_template and document.kind is not DocumentKind.POSTMORTEM:
        reading.statements.extend(_stated(reading.tree, document, parts))


def _unread(reading: _Reading, entry: Entry, text: str) -> Document:
    """A document that speaks of nothing we ask about: kept by its title, its sections unread."""
    title = next((line.lstrip("# ") for line in text.splitlines() if line.startswith("# ")), "")
    return Document(
        path=entry.path,
        kind=DocumentKind.OTHER,
        title=title.strip(),
        changed_at=reading.dates.get(entry.path),
    )


def _explains(parts: tuple[Part, ...]) -> bool:
    """Whether it explains a checklist or reports on one: it speaks of goals and has none."""
    numbered = (part.title for part in parts if part.title[:1].isdigit())
    return sum(bool(ITEM.match(title)) for title in numbered) >= FEWEST_ITEMS


def _stated(tree: Tree, document: Document, parts: tuple[Part, ...]) -> Iterator[Statement]:
    context = Context(
        tree=tree,
        path=document.path,
        kind=document.kind,
        source=Source.TABLE,
        defaults=defaults_of(parts),
        explains=_explains(parts),
    )
    for part in parts:
        yield from from_part(part, context)


def _fenced_diagrams(document: Document, parts: tuple[Part, ...]) -> Iterator[Diagram]:
    reviewed = next(
        (day for key in REVIEWED if (day := date_in(document.fields.get(key, "")))), None
    )
    for part in parts:
        for fence in part.fences:
            format_ = diagrams.BY_FENCE.get(fence.language)
            if format_ is None:
                continue
            boxes = diagrams.read_diagram(format_, fence.text, document.path, fence.line)
            if boxes.nodes:
                yield Diagram(
                    place=Place(document.path, fence.line),
                    format=format_,
                    nodes=boxes.nodes,
                    edges=boxes.edges,
                    heading=part.heading,
                    changed_at=document.changed_at,
                    reviewed_on=reviewed,
                )


def _read_diagram(reading: _Reading, entry: Entry) -> None:
    text = reading.tree.text(entry.path)
    if not isinstance(text, str):
        return
    format_ = diagrams.BY_SUFFIX[entry.suffix]
    boxes = diagrams.read_diagram(format_, text, entry.path, 1)
    if boxes.nodes:
        reading.found.append(
            Diagram(
                place=Place(entry.path, 1),
                format=format_,
                nodes=boxes.nodes,
                edges=boxes.edges,
                changed_at=reading.dates.get(entry.path),
            )
        )


def _read_data(reading: _Reading, entry: Entry) -> None:
    if entry.path.startswith(NOT_OURS):
        return
    text = reading.tree.text(entry.path)
    if not isinstance(text, str) or not MARKED.search(text):
        return
    documents = read_yaml(text)
    if isinstance(documents, YamlError):
        sentence = say("documents.data_unreadable", reason=documents.detail or documents.reason)
        reading.problems.append(
            CollectorProblem(path=entry.path, line=documents.line, sentence=sentence)
        )
        return
    context = Context(
        tree=reading.tree, path=entry.path, kind=kind_of(entry.path, ""), source=Source.DATA
    )
    for document in documents:
        reading.statements.extend(from_data(document, context))
