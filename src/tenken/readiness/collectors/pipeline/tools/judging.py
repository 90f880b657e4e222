"""Scripts that judge: does a bad evaluation or load test end in a failure, and of what.

Read from syntax trees and configuration files; what cannot be followed stays unknown.
"""

import ast
from collections.abc import Sequence

from msgspec import Struct, field

from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.piece import Files
from tenken.readiness.collectors.pipeline.commands.python_source import dotted
from tenken.readiness.collectors.pipeline.tools.coded import are_answered, holds_cases
from tenken.readiness.collectors.pipeline.tools.imported import called_files
from tenken.readiness.collectors.pipeline.tools.rehearsed import ASSERTING, can_fail
from tenken.readiness.collectors.pipeline.tools.statuses import (
    EXITS,
    Entry,
    Statuses,
    statuses,
    unwrapped,
)
from tenken.readiness.facts.pipeline import Effect, Evaluation

MODEL_LIBRARIES = frozenset({
    "openai", "anthropic", "google.genai", "google.generativeai", "vertexai", "litellm", "boto3",
    "langchain", "langchain_core", "langchain_openai", "langchain_anthropic", "langchain_aws",
    "langchain_google_vertexai", "langchain_google_genai", "langchain_community", "langgraph",
    "llama_index", "mistralai", "cohere", "groq", "ollama", "pydantic_ai", "dspy", "haystack",
    "deepeval", "ragas", "inspect_ai", "azure.ai", "promptflow", "semantic_kernel", "crewai",
    "agents", "smolagents", "instructor", "autogen", "strands", "google.adk", "transformers",
})  # fmt: skip
HTTP_LIBRARIES = frozenset({"httpx", "requests", "aiohttp", "urllib.request", "fastapi.testclient",
                            "starlette.testclient"})  # fmt: skip
PRODUCTION_SOURCES = frozenset({
    "langfuse", "langsmith", "google.cloud.bigquery", "google.cloud.logging", "datadog",
    "datadog_api_client", "phoenix", "mlflow", "boto3", "opensearchpy", "elasticsearch",
    "google.cloud.storage", "psycopg", "psycopg2", "sqlalchemy", "clickhouse_connect", "snowflake",
    "azure.monitor", "azure.kusto", "arize", "braintrust", "duckdb",
})  # fmt: skip
"""Where a script can take real traffic from."""
DATA_SUFFIXES = (".jsonl", ".json", ".csv", ".yaml", ".yml", ".parquet", ".tsv")
DATA_CALLS = frozenset({"load_dataset", "read_csv", "read_json", "read_parquet", "read_jsonl",
                        "get_dataset", "EvaluationDataset", "parametrize"})  # fmt: skip
WRITE_CALLS = frozenset({"write", "writelines", "write_text", "dump", "to_json", "to_csv",
                         "create_dataset_item", "create_examples", "create_example", "append_rows",
                         "to_parquet", "upload_from_string", "insert_rows_json"})  # fmt: skip
ASSERTING_CALLS = frozenset({"assert_test", "assert_all", "fail"})
ORDERINGS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
JUDGING_WORDS = ("fail", "pass", "regress", "score", "threshold", "below", "breach", "exceed",
                 "violat", "degrad", "problem", "gate")  # fmt: skip
LEAST_SHARE = 0.05
SHARES = ("score", "accuracy", "rate", "precision", "recall", "f1", "faithful", "relevan",
          "ground", "similar", "correct", "share", "passed")  # fmt: skip
CHANGES = ("gain", "drop", "delta", "diff", "change", "improve", "lift", "margin", "p_value",
           "worse", "better", "generat")  # fmt: skip
MIRRORED = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE}
MAX_FILES = 40
MAX_DEPTH = 3


class Reading(Struct):
    """What the files of a script do, gathered on the way."""

    stops: list[Place] = field(default_factory=list)
    imports: set[str] = field(default_factory=set)
    reads_data: bool = False
    writes: bool = False
    named: list[str] = field(default_factory=list)
    """Data files that it names."""
    canned: bool = False
    """The answers to be judged are written beside the cases: no prompt has any part in them."""
    loads: bool = False
    """It takes data from elsewhere too."""
    mocks: bool = False
    """What stands for the model answers as it was told to."""
    files: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    unread: bool = False


def judge_python(paths: tuple[str, ...], files: Files) -> Evaluation | None:
    """Follow Python files and what they import from the repository."""
    if paths not in files.judged:
        reading = _read(paths, files)
        known = MODEL_LIBRARIES | HTTP_LIBRARIES
        files.judged[paths] = _evaluation(reading, known, files) if reading.files else None
    return files.judged[paths]


def judge_sampling(path: str, files: Files) -> Evaluation | None:
    """Follow a script that takes cases from production: it reaches a store, and it writes."""
    reading = _read((path,), files)
    if not reading.files:
        return None
    sources = bool(_known(reading.imports, PRODUCTION_SOURCES))
    return Evaluation(
        effect=Effect.UNKNOWN,
        calls_model=sources or (None if reading.unread else False),
        reads_data=reading.writes,
        files=tuple(reading.files),
    )


def _evaluation(reading: Reading, libraries: frozenset[str], files: Files) -> Evaluation:
    reaches = bool(_known(reading.imports, libraries)) and not reading.mocks
    effect = Effect.STOPS if reading.stops else Effect.NEVER_STOPS
    if reading.canned and not reading.named:
        effect = Effect.UNKNOWN
    return Evaluation(
        effect=Effect.UNKNOWN if reading.unread and not reading.stops else effect,
        threshold=next(iter(reading.stops), None),
        calls_model=reaches or (None if reading.unread else False),
        reads_data=reading.reads_data,
        without_rows=_without_rows(reading, files),
        files=tuple(reading.files),
        targets=tuple(dict.fromkeys(reading.urls))[:10],
    )


def _without_rows(reading: Reading, files: Files) -> str:
    """The data file it goes over where none of those that it names holds a row."""
    named = [name.lstrip("./") for name in reading.named]
    last_parts = {name.rpartition("/")[2] for name in named}
    paths = [
        entry.path
        for entry in files.tree.entries
        if entry.name in last_parts
        and any(f"/{entry.path}".endswith(f"/{name}") for name in named)
    ]
    if any(_has_rows(path, files) for path in paths) or reading.loads:
        return ""
    unsure = reading.unread or (not paths and reading.writes)
    return "" if unsure else next(iter(paths or reading.named), "")


def _has_rows(path: str, files: Files) -> bool:
    """More than one; data in binary or in a large file is not looked into."""
    text = files.text(path)
    if text is None:
        return True
    lines = sum(1 for line in text.splitlines() if line.strip())
    if path.endswith((".csv", ".tsv")):
        return lines > 2
    return lines > 1 if path.endswith(".jsonl") else text.strip() not in {"", "[]", "{}"}


def _known(imports: set[str], libraries: frozenset[str]) -> set[str]:
    return {name for name in imports
            if any(name == it or name.startswith(f"{it}.") for it in libraries)}  # fmt: skip


def _read(paths: tuple[str, ...], files: Files) -> Reading:
    reading = Reading()
    queue: list[tuple[str, int, tuple[Entry, ...]]] = [(path, 0, ()) for path in paths]
    while queue and len(reading.files) < MAX_FILES:
        path, depth, begun = queue.pop(0)
        text = files.text(path)
        if text is None or path in reading.files:
            continue
        reading.files.append(path)
        module = files.python(path)
        if module is None:
            reading.unread = True
            continue
        before = len(reading.stops)
        given = [it.name for it in begun if it.gives_status]
        _Visitor(path, reading, given, own=depth == 0 or bool(begun)).visit(module)
        lines = [it.line for it in reading.stops[before:]]
        if lines and can_fail(module, lines, [it.call for it in begun]) is False:
            del reading.stops[before:]
        if depth < MAX_DEPTH:
            own = depth == 0 or bool(begun)
            queue += [(it, depth + 1, told if own else ())
                      for it, told in called_files(module, path, files)]  # fmt: skip
    return reading


class _Visitor(ast.NodeVisitor):
    """Notes imports, data and what makes a script fail."""

    def __init__(
        self, path: str, reading: Reading, given: Sequence[str] = (), *, own: bool
    ) -> None:
        self._given = given
        self._path = path
        self._reading = reading
        self._own = own
        self._compared = 0
        self._constants: dict[str, object] = {}
        self._bound: dict[str, int] = {}
        self._swallowed = 0
        self._statuses = Statuses()
        self._function = ""
        self._let_go = False
        """Where the answers are good enough, the function has ended well already."""

    def visit_Module(self, node: ast.Module) -> None:
        if self._own:
            self._statuses = statuses(node, self._given)
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                self._bound[part.id] = self._bound.get(part.id, 0) + 1
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._inside(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._inside(node)

    def _inside(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        before = self._function, self._let_go
        self._function, self._let_go = node.name, False
        self.generic_visit(node)
        self._function, self._let_go = before

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None and self._function in self._statuses.functions:
            self._end(node.value)
        self.generic_visit(node)

    def _end(self, status: ast.expr) -> None:
        """The script ends with this, or will."""
        if isinstance(status, ast.Constant) and self._compared and not status.value:
            self._let_go = True
        if self._is_failure(unwrapped(status)):
            self._stop(status)

    def visit_Try(self, node: ast.Try) -> None:
        swallows = any(_takes_exits(handler) for handler in node.handlers)
        self._swallowed += swallows
        for part in node.body:
            self.visit(part)
        self._swallowed -= swallows
        for later in (*node.handlers, *node.orelse, *node.finalbody):
            self.visit(later)

    def visit_Import(self, node: ast.Import) -> None:
        self._reading.imports |= {it.name for it in node.names}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.module and not node.level:
            names = {f"{node.module}.{it.name}" for it in node.names}
            self._reading.imports |= {node.module, *names}

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name) and isinstance(node.value, ast.Constant):
                self._constants[target.id] = node.value.value
            if isinstance(target, ast.Name) and not self._function:
                self._coded(target.id, node.value)
            if isinstance(target, ast.Name) and self._holds_status(target.id):
                self._end(node.value)
            self._reading.mocks |= self._own and _is_mock(target, node.value)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if isinstance(node.target, ast.Name) and node.value is not None and not self._function:
            self._coded(node.target.id, node.value)
        self.generic_visit(node)

    def _coded(self, name: str, value: ast.expr) -> None:
        if holds_cases(name, value):
            self._reading.reads_data = True
            self._reading.canned |= are_answered(value)

    def visit_If(self, node: ast.If) -> None:
        decides = _judges(node.test) and not self._is_at_nothing(node.test, ast.Lt, ast.LtE)
        decides = decides and not self._is_settled(node.test)
        self.visit(node.test)
        self._compared += decides
        for part in (*node.body, *node.orelse):
            self.visit(part)
        self._compared -= decides

    def visit_Assert(self, node: ast.Assert) -> None:
        always = isinstance(node.test, ast.Constant) or self._is_at_nothing(
            node.test, ast.GtE, ast.Gt
        )
        always = always or self._is_settled(node.test)
        if not always:
            self._stop(node)
        self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        if self._compared and node.exc is not None:
            self._stop(node)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = dotted(node.func)
        last = name.rpartition(".")[2]
        asserts = last in ASSERTING_CALLS or name.endswith(ASSERTING)
        if asserts:
            self._stop(node)
        if name in EXITS and node.args:
            self._end(node.args[0])
        self._reading.reads_data |= last in DATA_CALLS and self._own
        self._reading.loads |= last in DATA_CALLS and last != "parametrize"
        self._reading.writes |= last in WRITE_CALLS
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and self._own:
            if node.value.endswith(DATA_SUFFIXES):
                self._reading.reads_data = True
                self._reading.named.append(node.value)
            if node.value.startswith(("http://", "https://")):
                self._reading.urls.append(node.value[:200])

    def _is_at_nothing(
        self, test: ast.expr, strict: type[ast.cmpop], wide: type[ast.cmpop]
    ) -> bool:
        """`score < 0` is never true, `score >= 0` always; anything reaches a share of 0.01."""
        match test:
            case ast.Compare(left=ast.Constant() as limit, ops=[operator], comparators=[one]):
                figure = one
                asked = MIRRORED.get(type(operator))
            case ast.Compare(left=figure, ops=[operator], comparators=[limit]):
                asked = type(operator)
            case _:
                return False
        value = self._figure(limit)
        if value is None or asked not in {strict, wide}:
            return False
        return (asked is strict and value <= 0) or (value <= LEAST_SHARE and _is_share(figure))

    def _figure(self, node: ast.expr) -> float | None:
        """A number that stands here, or under a name of this file."""
        value: object = node.value if isinstance(node, ast.Constant) else None
        if isinstance(node, ast.Name):
            value = self._constants.get(node.id)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return float(str(value)) if is_number else None

    def _is_settled(self, test: ast.expr) -> bool:
        """Both sides are written in the file: `rate = 0.97` has measured nothing."""
        match test:
            case ast.Compare(left=left, comparators=[right]):
                return all(
                    isinstance(one, ast.Constant)
                    or (
                        isinstance(one, ast.Name)
                        and one.id in self._constants
                        and self._bound.get(one.id) == 1
                    )
                    for one in (left, right)
                )
            case _:
                return False

    def _holds_status(self, name: str) -> bool:
        return (self._function, name) in self._statuses.names

    def _is_failure(self, status: ast.expr) -> bool:
        """`1` under a condition or behind a good end, `1 if failed else 0`, `rate < 0.9`."""
        if isinstance(status, ast.Constant):
            decided = bool(self._compared) or self._let_go
            return decided and status.value not in {0, None, ""}
        return isinstance(status, ast.IfExp | ast.Compare | ast.BoolOp | ast.UnaryOp)

    def _stop(self, node: ast.stmt | ast.expr) -> None:
        if self._own and not self._swallowed:
            self._reading.stops.append(Place(self._path, node.lineno))


def _is_mock(target: ast.expr, value: ast.expr) -> bool:
    """`client = MagicMock()`, `client.chat.completions.create = lambda ...`."""
    name = ast.unparse(target).lower()
    if not any(word in name for word in ("client", "model", "llm", "completion", "generate")):
        return False
    mock = isinstance(value, ast.Call) and dotted(value.func).endswith("Mock")
    return mock or (isinstance(target, ast.Attribute) and isinstance(value, ast.Lambda))


def _takes_exits(handler: ast.ExceptHandler) -> bool:
    """`except SystemExit: pass` turns a failed evaluation into a success."""
    kinds = "BaseException" if handler.type is None else ast.unparse(handler.type)
    inside = (it for part in handler.body for it in ast.walk(part))
    ends = any(isinstance(it, ast.Raise | ast.Call) for it in inside)
    return not ends and ("SystemExit" in kinds or "BaseException" in kinds)


def _is_share(node: ast.expr) -> bool:
    """Named as a part of what was right; what such a part has gained may well be small."""
    text = ast.unparse(node).lower()
    return any(word in text for word in SHARES) and not any(word in text for word in CHANGES)


def _judges(test: ast.expr) -> bool:
    """It compares a figure or asks for failures; `if key is None` only looks at the input."""
    for node in ast.walk(test):
        if isinstance(node, ast.Compare) and any(isinstance(it, ORDERINGS) for it in node.ops):
            return True
        name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
        if any(word in str(name).lower() for word in JUDGING_WORDS):
            return True
    return False
