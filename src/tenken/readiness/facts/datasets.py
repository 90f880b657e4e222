"""Evaluation data, its configuration and its results; load and chaos tests; as found in files."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct, field

from tenken.place import Place


class DatasetState(StrEnum):
    """Whether the rows of a dataset could be looked at."""

    READ = "read"
    POINTER = "pointer"
    """Kept by Git LFS or DVC: the digest is here, the rows are not."""
    TOO_LARGE = "too_large"
    ABSENT = "absent"
    MALFORMED = "malformed"


class Twin(Struct, frozen=True, kw_only=True):
    """A row that says what an earlier one says, but for width, case and punctuation."""

    place: Place
    first: Place


class Case(Struct, frozen=True, kw_only=True):
    """A row that is more than a typical input: it has a kind, a source or an origin."""

    place: Place
    kind: str
    """Normalised: `edge`, `failure`, `adversarial`, `regression`; empty where the row has none."""
    input: str
    """The beginning of the input."""
    origin: str = ""
    """The incident, ticket or red-team run it came from."""
    source: str = ""
    dated: date | None = None
    is_usable: bool = True
    """Has an input and says what is expected."""


class Dataset(Struct, frozen=True, kw_only=True):
    """A file of examples that evaluation runs on."""

    path: str
    place: Place
    format: str
    """`jsonl`, `json`, `csv`, `yaml`."""
    state: DatasetState = DatasetState.READ
    rows: int = 0
    unique: int = 0
    """Rows whose inputs differ after normalising."""
    usable: int = 0
    """Unique rows that have an input and a non-empty expected result."""
    twins: tuple[Twin, ...] = ()
    without_expected: tuple[Place, ...] = ()
    echoes: tuple[Place, ...] = ()
    """Rows that expect their own input back."""
    answers: int = 0
    """How many different results the usable rows expect."""
    greetings: tuple[Place, ...] = ()
    """Rows whose whole input is a greeting or a test word."""
    tags: Mapping[str, int] = field(default_factory=dict)
    """Use-case tags, and how many usable rows carry each."""
    cases: tuple[Case, ...] = ()
    """Rows with a kind, a source or an origin, in the file's order, bounded."""
    kind: str = ""
    """What its name or the manifest says it is: `golden`, `edge`, `adversarial` ..."""
    owner: str = ""
    rules: str = ""
    described: Place | None = None
    """The heading of a document that tells how the set is made or changed."""
    sha256: str = ""
    """64 hex digits of the content; for a pointer the digest it names."""
    declared_sha256: str = ""
    """What `tenken.yaml` says it is."""
    changed_at: datetime | None = None


class DatasetManifest(Struct, frozen=True, kw_only=True):
    """A file that says which content a dataset's version is."""

    place: Place
    file: str
    """The dataset it speaks of, below the inspected root."""
    version: str = ""
    owner: str = ""
    rules: str = ""
    sha256: str = ""
    matches: bool | None = None
    """None where the content is not here to be compared."""


class Task(StrEnum):
    """What kind of answer a metric judges."""

    CLASSIFICATION = "classification"
    GENERATION = "generation"
    SAFETY = "safety"
    UNKNOWN = "unknown"


class Judge(Struct, frozen=True, kw_only=True):
    """A model that judges."""

    place: Place
    model: str
    """Empty where the tool's own default judges."""
    pinned: bool
    rubric: bool = False
    agreement: str = ""
    """What is written of its agreement with people."""


class MetricUse(Struct, frozen=True, kw_only=True):
    """A metric that an evaluation computes."""

    place: Place
    metric: str
    """As written, in lower case with underscores."""
    task: Task
    """What the file says the task is, else what the metric is made for."""
    use_case: str = ""
    threshold: float | None = None
    judge: Judge | None = None
    """Set for a metric that a model judges."""


class EvaluationConfig(Struct, frozen=True, kw_only=True):
    """What an evaluation measures."""

    path: str
    tool: str
    """`promptfoo`, `deepeval`, `ragas`, `own`, `tenken`."""
    metrics: tuple[MetricUse, ...] = ()
    datasets: tuple[str, ...] = ()
    """Paths below the inspected root, where they could be resolved."""


class RunRecord(Struct, frozen=True, kw_only=True):
    """The result of one evaluation run, or the code or schema that writes it."""

    place: Place
    prompt: str = ""
    model: str = ""
    dataset: str = ""
    parameters: bool = False
    result: bool = False


class LoadProfile(Struct, frozen=True, kw_only=True):
    """What a load test sends, and what would make it fail."""

    place: Place
    tool: str
    """`locust`, `k6`, `artillery`, `vegeta`, `jmeter`, `gatling`."""
    users: float | None = None
    per_second: float | None = None
    seconds: float | None = None
    threshold: Place | None = None
    paths: tuple[str, ...] = ()
    """The paths of the application that it calls."""
    longest_input: int = 0
    """Characters of the longest text it sends, where that is in the file."""
    reads_inputs: bool = False
    """It takes its inputs from a file or a dataset."""


class LoadResult(Struct, frozen=True, kw_only=True):
    """What a load test is said to have given."""

    place: Place
    users: float | None = None
    seconds: float | None = None
    failed_percent: float | None = None
    says_passed: bool = False


class Experiment(Struct, frozen=True, kw_only=True):
    """A chaos experiment."""

    place: Place
    tool: str
    """`chaostoolkit`, `litmus`, `chaos-mesh`, `fis`, `toxiproxy`, `tenken`."""
    title: str
    faults: tuple[str, ...] = ()
    """What it breaks; empty where its method only watches."""
    hypothesis: bool = False
    checks_alert: bool = False
    """It waits for an alert at a receiver."""
    scenario: str = ""
    """The id of the scenario it names."""
    text: str = ""
    """Title, description and tags in lower case, to find a scenario by."""
