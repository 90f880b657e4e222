"""Which Python files are read as syntax trees: those that matter, and those that lead to them.

A text search decides only what to read, never what is true.
"""

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from tenken.pattern import Pattern, escape
from tenken.place import Place
from tenken.readiness.collectors.code.models import libraries
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function, Module, Project
from tenken.readiness.collectors.python.parse import NoTree, called_names
from tenken.readiness.facts.code import Unjudged
from tenken.readiness.facts.tree import Entry, EntryKind, Role, Tree, Unreadable
from tenken.remembered import remembered

MODELS = (
    "openai", "anthropic", "genai", "generativeai", "vertexai", "bedrock", "litellm", "langchain",
    "langgraph", "llama_index", "ollama", "mistralai", "cohere", "groq", "together", "pydantic_ai",
    "huggingface_hub", "chat/completions", "generateContent", "from agents", "instructor",
    "azure.ai.inference", "promptflow", "google.adk", "semantic_kernel", "autogen", "crewai",
    "dspy", "haystack", "prompty", "from strands", "smolagents", "xai_sdk", "agent_framework",
    "deepagents", '"messages"', "'messages'",
)  # fmt: skip
MARKERS = (
    *MODELS,
    "fastapi", "starlette", "flask", "django", "ninja", "streamlit", "gradio", "chainlit",
    "aiohttp.web",
    "structlog", "jsonlogger", "loguru", "basicConfig", "dictConfig", "JSONFormatter",
    "setFormatter", "logging.Formatter", "lambda_powertools",
    "ddtrace", "opentelemetry", "langfuse", "langsmith", "mlflow", "traceloop", "openinference",
    "logfire", "sentry_sdk", "phoenix", "opik", "braintrust", "agentops", "correlation_id",
    "LANGCHAIN_TRACING", "azure.monitor",
    "llm_guard", "guardrails", "presidio", "lakera", "nemoguardrails", "modelarmor",
    "contentsafety",
    "ContentSafety", "detoxify", "google.cloud.dlp",
    "torch.load", "from_pretrained", "pickle", "joblib", "safetensors", "llama_cpp",
    "sentence_transformers", "fastembed", "onnxruntime", "vllm", "ctransformers", "load_model",
    "aiolimiter", "ratelimit", "pyrate_limiter", "pybreaker", "circuitbreaker", "tenacity",
    "CircuitBreaker", "failure_threshold",
    "prometheus_client", "statsd", "datadog", "get_prompt", "load_prompt", "hub.pull",
    "sqlalchemy", "psycopg", "asyncpg", "redis", "pymongo", "motor", "firestore", "bigquery",
    "boto3",
    "celery", "pubsub", "kafka", "pika", "elasticsearch", "opensearch", "pinecone", "qdrant",
    "chromadb",
    "weaviate", "pymilvus", "pgvector", "httpx", "requests", "sqlite3", "google.cloud", "azure.",
    "getenv", "os.environ", "BaseSettings", "jwt", "from_service_account",
    "ClientSecretCredential",
)  # fmt: skip
MARKED = Pattern("|".join(escape(marker) for marker in MARKERS))
MODEL_WORDS = Pattern("|".join(escape(marker) for marker in MODELS))
IMPORTS = Pattern(r"(?m)^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+)?import[ \t]+([^\n#]+)")
WORDS = Pattern(r"\w+")
EVALUATES = Pattern(r"(?i)(?:^|[/_])eval(?:s|uat\w*)?[/_.]")
MAX_TESTS = 3_000
OFFSTAGE = frozenset({
    "scripts", "script", ".github", "evals", "eval", "evaluation", "evaluations", "evaluators",
    "benchmark",
    "benchmarks", "bench", "loadtest", "loadtests", "load_tests", "load-tests", "locust", "dev",
    "hack",
    "experiments", "experiment", "notebooks", "research", "seeds", "fixtures",
})  # fmt: skip
"""Folders of tools that nobody serves: their calls count as EXAMPLE, not as production."""


class LibraryCall(NamedTuple):
    """A call, the function it stands in, and the names of a library that it may be of."""

    call: ast.Call
    scope: Function
    names: tuple[str, ...]


class Reading(Struct, frozen=True, eq=False):
    """The modules that were read, and what follows expressions through them."""

    tree: Tree
    follower: Follower
    production: tuple[Module, ...]
    testing: tuple[str, ...]
    """The files of tests, not read yet."""
    unjudged: tuple[Unjudged, ...]
    python_files: int
    named: dict[str, tuple[LibraryCall, ...]] = field(default_factory=dict)
    """The calls of libraries in each module that was asked about."""

    @property
    def nodes(self) -> int:
        """How many nodes of syntax trees are held; copies of a text share theirs."""
        shapes = {id(one.shape): one.shape for one in self.follower.project.loaded}
        return sum(len(shape.parents) for shape in shapes.values())

    def library_calls(self, module: Module) -> tuple[LibraryCall, ...]:
        """Give the calls of a module that may be of a library, followed once for all who ask."""
        if (known := self.named.get(module.path)) is None:
            known = self.named[module.path] = tuple(self._library_calls(module))
        return known

    def _library_calls(self, module: Module) -> Iterator[LibraryCall]:
        for call, scope in module.scopes.items():
            if isinstance(call, ast.Call) and (names := self.follower.dotted(call.func, scope)):
                yield LibraryCall(call, scope, names)


def read(tree: Tree) -> Reading:
    """Read the production modules that matter, and the examples that mention models."""
    entries = [
        entry if is_served(entry.path) else replace(entry, role=_offstage(entry.role))
        for entry in tree.entries
        if entry.suffix == ".py" and entry.kind is EntryKind.FILE
    ]
    production = [entry for entry in entries if entry.role is Role.PRODUCTION]
    others = [entry for entry in entries if entry.role in {Role.TEST, Role.EXAMPLE}]
    testing = {entry.path for entry in entries if entry.role is Role.TEST}
    project = Project(tree, entries)
    found, refused = _load(project, _wanted(tree, production), tree)
    elsewhere = _tests(tree, others)
    _load(project, [path for path in elsewhere if path not in testing], tree)
    return Reading(
        tree=tree, follower=Follower(project), production=found,
        testing=tuple(path for path in elsewhere if path in testing), unjudged=refused,
        python_files=len(production),
    )  # fmt: skip


def test_modules(reading: Reading, files: Iterable[str]) -> Iterator[Module]:
    """Read modules of tests, one after the other."""
    for path in files:
        found = reading.follower.project.module(path)
        if isinstance(found, Module):
            yield found


def is_served(path: str) -> bool:
    """Tell whether a production file can be on the path of a request."""
    return not OFFSTAGE & set(path.lower().split("/")[:-1])


def _offstage(role: Role) -> Role:
    return Role.EXAMPLE if role is Role.PRODUCTION else role


def _wanted(tree: Tree, entries: Iterable[Entry]) -> list[str]:
    """Files with a marker, and files that import them, as far up as it goes."""
    imported: dict[str, frozenset[str]] = {}
    wanted: dict[str, None] = {}
    for entry in entries:
        text = tree.text(entry.path)
        if isinstance(text, Unreadable):
            wanted.setdefault(entry.path)  # said as unjudged, with its reason
            continue
        if _is_marked(text) or EVALUATES.search(entry.path):
            wanted.setdefault(entry.path)
        else:
            imported[entry.path] = _imported_words(text)
    names = {_stem(path) for path in wanted}
    while leading := [path for path, words in imported.items() if words & names]:
        for path in leading:
            wanted.setdefault(path)
            del imported[path]
        names = {_stem(path) for path in leading}
    return sorted(wanted)


@remembered
def _is_marked(text: str) -> bool:
    return bool(MARKED.search(text))


@remembered
def _imported_words(text: str) -> frozenset[str]:
    if "import" not in text:
        return frozenset()
    found = IMPORTS.findall(text)
    return frozenset([one for told in found for one in WORDS.findall(" ".join(told))])


def _stem(path: str) -> str:
    folder, _, name = path.rpartition("/")
    return folder.rpartition("/")[2] if name == "__init__.py" else name.removesuffix(".py")


def _tests(tree: Tree, entries: Iterable[Entry]) -> list[str]:
    found: list[str] = []
    for entry in entries:
        if len(found) >= MAX_TESTS:
            break
        text = tree.text(entry.path)
        if isinstance(text, str) and _may_matter(entry, text):
            found.append(entry.path)
    return found


def _may_matter(entry: Entry, text: str) -> bool:
    return "def test" in text or _is_marked(text) or bool(EVALUATES.search(entry.path))


def _load(
    project: Project, paths: Iterable[str], tree: Tree
) -> tuple[tuple[Module, ...], tuple[Unjudged, ...]]:
    modules: list[Module] = []
    refused: list[Unjudged] = []
    for path in paths:
        found = project.module(path)
        if isinstance(found, Module):
            modules.append(found)
        else:
            refused += _refused(path, found, tree)
    return tuple(modules), tuple(refused)


def _refused(path: str, why: NoTree, tree: Tree) -> list[Unjudged]:
    """A file without a syntax tree matters where it speaks of models."""
    text = tree.text(path)
    if isinstance(text, Unreadable):
        return [Unjudged(place=Place(path), reason=why.reason)]
    if not MODEL_WORDS.search(text):
        return []
    last_names = (name for name in called_names(text))
    line = next(
        (one.line for one in last_names if one.name.rpartition(".")[2] in libraries.METHOD_NAMES),
        why.line,
    )
    return [Unjudged(place=Place(path, line), reason=why.reason)]
