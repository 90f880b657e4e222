"""Reads load tests and what is said of their results: Locust, k6, Artillery."""

import ast
from collections.abc import Iterator

from msgspec.structs import replace

from tenken.config.node import Node
from tenken.config.yaml import YamlError, read_yaml
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.documents.data.evaluation import parsed
from tenken.readiness.collectors.documents.markdown import Part
from tenken.readiness.collectors.documents.moving import NOWHERE, moved
from tenken.readiness.facts.datasets import LoadProfile, LoadResult
from tenken.readiness.facts.documents import Document, DocumentKind
from tenken.readiness.facts.tree import Entry, Role, Tree
from tenken.readiness.facts.words.figures import number_in, plain
from tenken.remembered import remembered

USERS = Pattern(r"(?:\s-u|--users|--vus|-c)[\s=]+[\"']?([0-9]+)")
SECONDS = Pattern(r"(?:\s-t|--run-time|--duration|-d)[\s=]+[\"']?([0-9]+)\s?(ms|s|m|h)?")
DURATION = Pattern(r"([0-9]+(?:\.[0-9]+)?)\s*(ms|s|m|h)")
SCALE = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "": 1.0}
THRESHOLDS = Pattern(
    r"process_exit_code|fail_ratio|check_fail_ratio|check_avg_response_time|assert\s"
)
VERBS = frozenset({"get", "post", "put", "patch", "delete", "request"})
READS = Pattern(r"(?i)open\(|read_text|\.jsonl|\.csv|SharedArray|papaparse|load_dataset")
K6_NUMBER = Pattern(r"\b(vus|rate|target|maxVUs|preAllocatedVUs)\s*:\s*([0-9]+)")
K6_DURATION = Pattern(r"\bduration\s*:\s*['\"]([0-9a-z.]+)['\"]")
K6_URL = Pattern(
    r"http\.(?:get|post|put|request)\(\s*[`'\"](?:\$\{[^}]*\}|https?://[^/`'\"]+)?([^`'\"]*)"
)
STRINGS = Pattern(r"['\"`]([^'\"`\n]{5,})['\"`]")
LINE_TOOLS = Pattern(r"(?m)^.*\b(?:locust|k6 run)\b.*$")
RUNNERS = (".yml", ".yaml", ".sh", ".mk", ".toml", ".json", ".conf")
MAX_SIZE = 300_000

FAILED = Pattern(
    r"(?i)(?:fail|error|失敗|エラー)[^|.。\n]{0,40}?([0-9]+(?:\.[0-9]+)?)\s?%|([0-9]+(?:\.[0-9]+)?)\s?%[^|.。\n]{0,12}(?:fail|error|失敗|エラー)"
)
PASSED = Pattern(r"(?i)\bpass(ed)?\b|\bok\b|success|合格|成功|問題なし|基準を満た")
SAID_USERS = Pattern(
    r"(?i)([0-9,]+)\s?(?:users|vus|concurrent|ユーザー|同時接続)|ユーザー数?\s?[:：]?\s?([0-9,]+)"
)
SAID_TIME = Pattern(r"(?i)([0-9]+)\s?(s|sec|seconds|min|minutes|h|hours|秒|分|時間)(?:\b|[^a-z])")
TIME_SCALE = {
    "s": 1,
    "sec": 1,
    "seconds": 1,
    "秒": 1,
    "min": 60,
    "minutes": 60,
    "分": 60,
    "h": 3600,
    "hours": 3600,
    "時間": 3600,
}


def find_load_profiles(tree: Tree) -> tuple[LoadProfile, ...]:
    """Every load test, with the users and length that the command lines give it."""
    found = [profile for entry in tree.entries if (profile := _profile(tree, entry))]
    if not any(one.users is None or one.seconds is None for one in found):
        return tuple(found)
    users, seconds = _from_command_lines(tree)
    return tuple(
        replace(
            one,
            users=one.users if one.users is not None else users,
            seconds=one.seconds if one.seconds is not None else seconds,
        )
        for one in found
    )


def _profile(tree: Tree, entry: Entry) -> LoadProfile | None:
    if entry.role is Role.EXAMPLE or entry.size > MAX_SIZE:
        return None
    path = entry.path.lower()
    likely = (
        "load" in path or "locust" in path or "k6" in path or "perf" in path or "stress" in path
    )
    if not likely or entry.suffix not in {".py", ".js", ".ts", ".yaml", ".yml"}:
        return None
    text = tree.text(entry.path)
    if not isinstance(text, str):
        return None
    if entry.suffix == ".py":
        return moved(_locust(text), entry.path) if "locust" in text else None
    if entry.suffix in {".js", ".ts"}:
        return _k6(entry.path, text) if "k6/http" in text else None
    return _artillery(entry.path, text) if "arrivalRate" in text or "phases:" in text else None


@remembered
def _locust(text: str) -> LoadProfile | None:
    tree = parsed(text)
    if tree is None or "User" not in text:
        return None
    strings = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    threshold = next(
        (at for at, line in enumerate(text.splitlines(), 1) if THRESHOLDS.search(line)), 0
    )
    paths = tuple(dict.fromkeys(_called_paths(tree)))
    said = [one for one in strings if one not in paths]
    return LoadProfile(
        place=Place(NOWHERE, 1),
        tool="locust",
        threshold=Place(NOWHERE, threshold) if threshold else None,
        paths=paths,
        longest_input=max((len(one) for one in said), default=0),
        reads_inputs=bool(READS.search(text)),
    )


def _called_paths(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in VERBS
        ):
            for one in node.args:
                if isinstance(one, ast.Constant) and str(one.value).startswith("/"):
                    yield str(one.value)


def _k6(path: str, text: str) -> LoadProfile:
    numbers: dict[str, float] = {}
    for name, value in K6_NUMBER.findall(text):
        numbers[name] = max(numbers.get(name, 0.0), float(value))
    lengths = [seconds_in(one) for one in K6_DURATION.findall(text)]
    at = next((n for n, line in enumerate(text.splitlines(), 1) if "thresholds" in line), 0)
    urls = tuple(dict.fromkeys(one for one in K6_URL.findall(text) if one))
    said = [one for one in STRINGS.findall(text) if not one.startswith(("/", "http", "k6"))]
    return LoadProfile(
        place=Place(path, 1),
        tool="k6",
        users=numbers.get("vus") or numbers.get("maxVUs") or numbers.get("target"),
        per_second=numbers.get("rate"),
        seconds=sum(lengths) if lengths else None,
        threshold=Place(path, at) if at else None,
        paths=urls,
        longest_input=max((len(one) for one in said), default=0),
        reads_inputs=bool(READS.search(text)),
    )


def _artillery(path: str, text: str) -> LoadProfile | None:
    documents = read_yaml(text)
    if (
        isinstance(documents, YamlError)
        or not documents
        or not documents[0].at("config", "phases").items
    ):
        return None
    document = documents[0]
    phases = document.at("config", "phases").items
    ensure = document.at("config", "ensure")
    rates = [
        rate for one in phases if (rate := one.at("arrivalRate").number or one.at("rampTo").number)
    ]
    return LoadProfile(
        place=Place(path, document.line),
        tool="artillery",
        per_second=max(rates, default=None),
        seconds=sum(_phase_seconds(one) for one in phases),
        threshold=Place(path, ensure.line) if ensure else None,
        paths=tuple(
            node.at("url").text for node in document.at("scenarios").walk() if node.at("url").text
        ),
        longest_input=max((len(one.text) for one in document.at("scenarios").walk()), default=0),
        reads_inputs=bool(document.at("config", "payload")),
    )


def _phase_seconds(phase: Node) -> float:
    said = phase.at("duration")
    return said.number if said.number is not None else seconds_in(said.text)


def seconds_in(text: str) -> float:
    """`1m30s` is 90."""
    return sum(float(value) * SCALE[unit] for value, unit in DURATION.findall(text))


def _from_command_lines(tree: Tree) -> tuple[float | None, float | None]:
    users: float | None = None
    seconds: float | None = None
    for entry in tree.entries:
        runs = entry.suffix in RUNNERS or entry.name in {"Makefile", "justfile"}
        if not runs or entry.size > MAX_SIZE or entry.role is Role.EXAMPLE:
            continue
        text = tree.text(entry.path)
        if not isinstance(text, str) or ("locust" not in text and "k6" not in text):
            continue
        joined = text.replace("\\\n", " ")
        for line in [found.group(0) for found in LINE_TOOLS.finditer(joined)]:
            if given := USERS.search(line):
                users = float(given.group(1))
            if given := SECONDS.search(line):
                seconds = float(given.group(1)) * SCALE[given.group(2) or "s"]
    return users, seconds


def load_result_of(document: Document, parts: tuple[Part, ...]) -> LoadResult | None:
    """What a document says a load test gave; None where it gives no figure."""
    if document.kind is not DocumentKind.LOAD_TEST or document.is_template:
        return None
    said = plain(
        " ".join(part.title + " " + part.body for part in parts)[:8_000].replace("\n", " ")
    )
    if number_in(said) is None:
        return None
    percents = [float(a or b) for a, b in FAILED.findall(said)]
    users = SAID_USERS.search(said)
    lengths = [float(value) * TIME_SCALE[unit.lower()] for value, unit in SAID_TIME.findall(said)]
    result = next((part for part in parts if "失敗" in part.body or "ail" in part.body), parts[0])
    return LoadResult(
        place=Place(document.path, result.line),
        users=float((users.group(1) or users.group(2)).replace(",", "")) if users else None,
        seconds=max(lengths, default=None),
        failed_percent=max(percents, default=_table_share(parts)),
        says_passed=bool(PASSED.search(said)),
    )


def _table_share(parts: tuple[Part, ...]) -> float | None:
    for part in parts:
        for table in part.tables:
            heads = [plain(one).lower() for one in table.columns]
            at = next(
                (
                    n
                    for n, one in enumerate(heads)
                    if "fail" in one or "error" in one or "失敗" in one
                ),
                -1,
            )
            for row in table.rows:
                said = row.cells[at] if 0 <= at < len(row.cells) else ""
                if "%" in said:
                    return number_in(said.rpartition("(")[2])
    return None
