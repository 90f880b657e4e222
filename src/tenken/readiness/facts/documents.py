"""What documents, data files and the manifest say, before anybody judges it.

Whatever a team writes its goals, limits or scenarios in (a Markdown table, a YAML list, the
manifest), each becomes a `Statement` with the same columns, so a probe reads one shape.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct, field

from tenken.place import Place
from tenken.readiness.facts.datasets import (
    Dataset,
    DatasetManifest,
    EvaluationConfig,
    Experiment,
    LoadProfile,
    LoadResult,
    RunRecord,
)
from tenken.readiness.facts.mentions import Masker, Mention, Reader
from tenken.readiness.facts.tree import CollectorProblem

NOT_IN_FORCE = (
    "superseded", "rejected", "deprecated", "draft", "proposed", "廃止", "却下", "提案", "草案",
)  # fmt: skip


class DocumentKind(StrEnum):
    """What a document is for, told from its place, its name and its title."""

    RUNBOOK = "runbook"
    POSTMORTEM = "postmortem"
    INCIDENT_PROCESS = "incident_process"
    DECISION = "decision"
    ARCHITECTURE = "architecture"
    SCENARIOS = "scenarios"
    LONG_OUTAGE = "long_outage"
    RED_TEAM = "red_team"
    CAPACITY = "capacity"
    GOALS = "goals"
    KPI = "kpi"
    LOAD_TEST = "load_test"
    CLASSIFICATION = "classification"
    DATA_USE = "data_use"
    ONLINE_EVALUATION = "online_evaluation"
    DATASET_RULES = "dataset_rules"
    OTHER = "other"


class Aspect(StrEnum):
    """What a section of a runbook, a process or a postmortem is about."""

    DETECT = "detect"
    ACT = "act"
    VERIFY = "verify"
    ROLL_BACK = "roll_back"
    OWNER = "owner"
    ESCALATE = "escalate"
    EMERGENCY = "emergency"
    CAUSE = "cause"
    IMPACT = "impact"
    TIMELINE = "timeline"
    ACTIONS = "actions"
    LONG_OUTAGE = "long_outage"


class Link(Struct, frozen=True, kw_only=True):
    """A link in a document; `path` is below the inspected root for links into the repository."""

    target: str
    place: Place
    path: str = ""
    resolves: bool | None = None
    """None for an address outside the repository: nobody looked."""


class Section(Struct, frozen=True, kw_only=True):
    """A heading with what stands under it, up to the next heading."""

    title: str
    level: int
    """0 for what stands before the first heading."""
    place: Place
    text: str = ""
    """The body without placeholders, shortened; empty for a mere heading."""
    commands: tuple[str, ...] = ()
    """Lines that can be typed, from code blocks and code spans."""
    links: tuple[Link, ...] = ()
    aspect: Aspect | None = None


class Document(Struct, frozen=True, kw_only=True):
    """A text document that says something about an item."""

    path: str
    kind: DocumentKind
    title: str
    sections: tuple[Section, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    """`Status: accepted` and the like, from front matter and bullets; keys in lower case."""
    changed_at: datetime | None = None
    dated: date | None = None
    """The date it gives itself, in its name or its text."""
    is_template: bool = False
    """A form to copy, not a case: named template, or full of blanks."""

    def about(self, aspect: Aspect) -> tuple[Section, ...]:
        """The sections of one aspect that hold a text."""
        return tuple(one for one in self.sections if one.aspect is aspect and one.text)


class Subject(StrEnum):
    """What a statement is about."""

    GOAL = "goal"
    KPI = "kpi"
    TARGET = "target"
    MODEL = "model"
    SLA = "sla"
    LIMIT = "limit"
    FORECAST = "forecast"
    THROUGHPUT = "throughput"
    TOKENS = "tokens"
    SCENARIO = "scenario"
    LONG_OUTAGE = "long_outage"
    RISK = "risk"
    GUARD_RULE = "guard_rule"
    RED_TEAM = "red_team"
    SIGNAL = "signal"
    DATA_TYPE = "data_type"
    DATA_USE = "data_use"
    ALLOWED_MODEL = "allowed_model"


class Source(StrEnum):
    """What kind of file a statement was read from."""

    MANIFEST = "manifest"
    DATA = "data"
    """YAML or JSON."""
    TABLE = "table"
    TEXT = "text"
    """Bullets of the form `Metric: ...`, or a sentence with figures."""


class Column(StrEnum):
    """What a cell says; Japanese and English headings come to the same column."""

    ID = "id"
    NAME = "name"
    METRIC = "metric"
    UNIT = "unit"
    BASELINE = "baseline"
    TARGET = "target"
    DUE = "due"
    OWNER = "owner"
    FORMULA = "formula"
    EVENT = "event"
    SOURCE = "source"
    USE_CASE = "use_case"
    QUALITY = "quality"
    LATENCY = "latency"
    PROVIDER = "provider"
    MODEL = "model"
    REGION = "region"
    PLAN = "plan"
    RETIRES = "retires"
    CHECKED = "checked"
    SLA = "sla"
    TPM = "tpm"
    RPM = "rpm"
    REQUESTS = "requests"
    GROWTH = "growth"
    HORIZON = "horizon"
    NEEDED = "needed"
    MAXIMUM = "maximum"
    HEADROOM = "headroom"
    BASIS = "basis"
    ROUTE = "route"
    INPUT_TOKENS = "input_tokens"
    OUTPUT_TOKENS = "output_tokens"
    CLASS = "class"
    WHAT = "what"
    DEPENDENCY = "dependency"
    USERS = "users"
    COST = "cost"
    IMPACT = "impact"
    RUNBOOK = "runbook"
    AFTER = "after"
    MODE = "mode"
    DECIDER = "decider"
    SEVERITY = "severity"
    EXAMPLE = "example"
    RISKS = "risks"
    ACTION = "action"
    STAGE = "stage"
    TESTS = "tests"
    SIGNAL = "signal"
    ADOPT = "adopt"
    REASON = "reason"
    TREATMENT = "treatment"
    TERMS = "terms"
    TRAINING = "training"
    OPT_OUT = "opt_out"
    ALLOWED = "allowed"
    WAIVED = "waived"
    """The day until which somebody accepts it."""


class Statement(Struct, frozen=True, kw_only=True):
    """One row of what a team has written down; placeholders are left out, as if never written."""

    subject: Subject
    source: Source
    place: Place
    cells: Mapping[Column, str]
    units: Mapping[Column, str] = field(default_factory=dict)
    """What the heading of a column says of its unit, such as `s` in `p95 (s)`."""
    links: tuple[Link, ...] = ()
    heading: str = ""
    """The headings above it, joined: often they say what the table does not."""
    blanks: tuple[Column, ...] = ()
    """Columns that are there and empty, or hold a placeholder."""
    is_sure: bool = True
    """Its place or its columns leave no doubt that it is meant as this; else only what is complete
    in it counts, and nothing is held against it."""

    def text(self, *columns: Column) -> str:
        """The first of these columns that says something."""
        for one in columns:
            if said := self.cells.get(one):
                return said
        return ""


class DiagramFormat(StrEnum):
    """How a diagram is written."""

    MERMAID = "mermaid"
    PLANTUML = "plantuml"
    STRUCTURIZR = "structurizr"
    D2 = "d2"
    DRAWIO = "drawio"
    GRAPHVIZ = "graphviz"


class DiagramNode(Struct, frozen=True, kw_only=True):
    """A box of a diagram."""

    id: str
    label: str
    """What a reader sees, line breaks as spaces; the id where it has no label."""
    place: Place
    is_group: bool = False
    """A frame around other boxes."""


class Diagram(Struct, frozen=True, kw_only=True):
    """An architecture diagram as text; sequence, state and class diagrams are left out."""

    place: Place
    format: DiagramFormat
    nodes: tuple[DiagramNode, ...]
    edges: int = 0
    heading: str = ""
    changed_at: datetime | None = None
    """The newest commit of its file, where git could tell."""
    reviewed_on: date | None = None
    """What the document says of its last review."""


class Picture(Struct, frozen=True, kw_only=True):
    """A diagram as an image: nobody can compare it with anything."""

    path: str
    changed_at: datetime | None = None


class Decision(Struct, frozen=True, kw_only=True):
    """An architecture decision record."""

    place: Place
    title: str
    status: str = ""
    """As written, in lower case (`accepted`, `superseded`, `承認済み`)."""
    call_style: str = ""
    """`sync`, `stream` or `async` where it decides how callers wait."""
    call_style_place: Place | None = None
    reason: str = ""
    """The body of its context and decision, shortened."""

    @property
    def is_in_force(self) -> bool:
        """Neither superseded, nor rejected, nor still a proposal."""
        return not any(word in self.status for word in NOT_IN_FORCE)


class ActionItem(Struct, frozen=True, kw_only=True):
    """What a postmortem promises."""

    place: Place
    text: str
    closed: bool | None
    """None where the text does not say."""
    owner: str = ""
    due: date | None = None


class Postmortem(Struct, frozen=True, kw_only=True):
    """The record of an incident or a drill."""

    document: Document
    happened_on: date | None
    actions: tuple[ActionItem, ...] = ()

    @property
    def place(self) -> Place:
        """Its file."""
        return Place(self.document.path)


class CopyState(StrEnum):
    """Whether the copy of a document kept elsewhere is what was reviewed."""

    MATCHES = "matches"
    DIFFERS = "differs"
    """Its content is not what the manifest names: edited after the review."""
    MISSING = "missing"
    """The manifest names a file that is not there."""
    UNPINNED = "unpinned"
    """A copy without a digest: nobody can tell what was reviewed."""
    NO_COPY = "no_copy"
    """Only an address."""


class OutsideCopy(Struct, frozen=True, kw_only=True):
    """A document kept elsewhere that the manifest names."""

    kind: str
    title: str
    place: Place
    export: str
    state: CopyState
    reviewed_by: str = ""
    reviewed_on: date | None = None


class DocumentFacts(Struct, frozen=True, kw_only=True):
    """What documents, data files and the manifest say."""

    documents: tuple[Document, ...] = ()
    statements: tuple[Statement, ...] = ()
    diagrams: tuple[Diagram, ...] = ()
    pictures: tuple[Picture, ...] = ()
    decisions: tuple[Decision, ...] = ()
    postmortems: tuple[Postmortem, ...] = ()
    outside: tuple[OutsideCopy, ...] = ()
    datasets: tuple[Dataset, ...] = ()
    dataset_manifests: tuple[DatasetManifest, ...] = ()
    evaluations: tuple[EvaluationConfig, ...] = ()
    run_records: tuple[RunRecord, ...] = ()
    load_profiles: tuple[LoadProfile, ...] = ()
    load_results: tuple[LoadResult, ...] = ()
    experiments: tuple[Experiment, ...] = ()
    mentions: tuple[Mention, ...] = ()
    """Where words that these documents promise stand in code, evaluations and SLOs."""
    maskers: tuple[Masker, ...] = ()
    problems: tuple[CollectorProblem, ...] = ()

    def on(self, subject: Subject) -> tuple[Statement, ...]:
        """What is said on a subject, the manifest first."""
        said = [one for one in self.statements if one.subject is subject]
        return tuple(sorted(said, key=lambda one: one.source is not Source.MANIFEST))

    def of(self, *kinds: DocumentKind) -> Iterator[Document]:
        """The documents of these kinds."""
        return (one for one in self.documents if one.kind in kinds)

    def mentioned(self, word: str, *readers: Reader) -> tuple[Mention, ...]:
        """Where such a reader names the word."""
        return tuple(one for one in self.mentions if one.word == word and one.reader in readers)
