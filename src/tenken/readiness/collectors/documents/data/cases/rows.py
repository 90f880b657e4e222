"""Reads the rows of a dataset from JSONL, CSV, JSON or YAML; a bad row never raises."""

# ruff: noqa: E501 - a vocabulary reads best with one meaning a line

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

import msgspec
from msgspec import Struct

from tenken.config.node import Node
from tenken.config.yaml import YamlError, read_yaml
from tenken.pattern import Pattern
from tenken.readiness.collectors.documents.data.cases.conversations import is_conversations, turns
from tenken.readiness.collectors.documents.data.cases.sorts import sort_of

MAX_ROWS = 50_000
LONGEST_VALUE = 4_000

INPUTS = (
    "input", "question", "query", "prompt", "user_input", "utterance", "enquiry", "inquiry", "message", "inputs",
    "messages", "text", "request", "入力", "質問", "問い合わせ", "vars",
)  # fmt: skip
EXPECTED = (
    "expected", "expected_output", "truth", "expected_answer", "ground_truth", "reference", "reference_answer",
    "answer", "ideal", "label", "target", "output", "outputs", "gold", "expected_behavior", "expected_behaviour",
    "expected_label", "rubric", "criteria", "assert", "must", "期待値", "期待", "正解", "期待する回答", "回答",
)  # fmt: skip
EXPECTED_START = (
    "expect", "must_", "should_", "gold_", "golden_", "reference_", "ground_truth", "correct_", "ideal_", "required_", "期待",
)  # fmt: skip
"""`expected_keywords`, `must_contain` and the like: whatever is said to be expected."""
INPUT_END = Pattern(
    r"(^|_)(text|input|question|query|prompt|message|utterance|turns?|instruction|transcript|conversation)$"
)
"""`user_message`, `input_text` and the like: what comes in, in a row that says what is expected."""
TAGS = (
    "use_case",
    "usecase",
    "use_cases",
    "tags",
    "tag",
    "task",
    "category",
    "route",
    "ユースケース",
    "タグ",
)
ORIGINS = ("incident", "incident_id", "origin", "ticket", "issue", "red_team", "red_team_id", "postmortem",
           "trace_id", "request_id", "from", "由来", "障害番号", "インシデント")  # fmt: skip
SOURCES = ("source", "provenance", "出典", "取得元")
DATES = (
    "date",
    "at",
    "added",
    "added_at",
    "created_at",
    "added_on",
    "sampled_at",
    "日付",
    "追加日",
)


CAMEL = Pattern(r"([a-z0-9])([A-Z])")


class Row(Struct, frozen=True):
    """A row as text by key, lower-cased keys, with what a tester's metadata nests laid beside."""

    line: int
    values: Mapping[str, str]

    def first(self, keys: tuple[str, ...]) -> str:
        """The first of these keys that says something."""
        return next((self.values[key] for key in keys if self.values.get(key)), "")

    @property
    def expected(self) -> str:
        """What is expected, under whichever of its usual names."""
        named = [
            value for key, value in self.values.items() if value and key.startswith(EXPECTED_START)
        ]
        return self.first(EXPECTED) or ", ".join(named)

    @property
    def sort(self) -> str:
        """`edge`, `failure`, `adversarial` and the like; empty where nothing tells it."""
        return sort_of(self.values)

    @property
    def says_expected(self) -> bool:
        """It has a place for what is expected, even an empty one."""
        return self.has(EXPECTED) or any(key.startswith(EXPECTED_START) for key in self.values)

    def has(self, keys: tuple[str, ...]) -> bool:
        """Whether one of these keys is there, even empty."""
        return any(key in self.values for key in keys)

    @property
    def tags(self) -> tuple[str, ...]:
        """Its use-case tags."""
        said = ",".join(self.values[key] for key in TAGS if self.values.get(key))
        return tuple(tag for part in said.split(",") if (tag := part.strip(" []\"'")))


def read_rows(text: str, format_: str) -> tuple[Row, ...] | None:
    """Give the rows; None where the text is not of that format."""
    rows = {"jsonl": _jsonl, "csv": _csv, "tsv": _tsv}.get(format_, _nodes)(text)
    if rows is None:
        return None
    return tuple(row for _, row in zip(range(MAX_ROWS), rows, strict=False))


def read_row(text: str) -> Row | None:
    """Give a document that is one case; None where it is a list or no document."""
    documents = read_yaml(text)
    if isinstance(documents, YamlError) or len(documents) != 1 or not documents[0].mapping:
        return None
    return _row(documents[0])


def normalised(text: str) -> str:
    """What two rows are compared by: width, case, punctuation and white space make no difference."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum())


def _jsonl(text: str) -> Iterator[Row] | None:
    lines = [(at, line) for at, line in enumerate(text.splitlines(), 1) if line.strip()]
    rows = [_decoded(at, line) for at, line in lines[:MAX_ROWS]]
    read = [row for row in rows if row is not None]
    return iter(read) if read or not lines else None


def _decoded(line: int, text: str) -> Row | None:
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    return Row(line, _flat(value)) if isinstance(value, dict) else None


def _flat(value: Mapping[str, object]) -> dict[str, str]:
    flat = {_key(key): _as_text(one) for key, one in value.items()}
    for nested in ("metadata", "meta", "vars"):
        inner = value.get(nested)
        if isinstance(inner, dict):
            for key, one in inner.items():
                flat.setdefault(_key(str(key)), _as_text(one))
    return _with_input(flat)


@lru_cache(maxsize=4096)
def _key(written: str) -> str:
    """`expectedAnswer` and `Expected Answer` as `expected_answer`; `ID` stays one word."""
    apart = CAMEL.sub(lambda found: f"{found[1]}_{found[2]}", written)
    return apart.lower().replace(" ", "_").replace("-", "_")


def _with_input(values: dict[str, str]) -> dict[str, str]:
    """A row that says what is expected, with what comes in under the usual name."""
    if any(key in values for key in INPUTS):
        return values
    named = (key for key, said in values.items() if said and _is_input(key))
    key = next(named, "")
    told = key and any(one in EXPECTED or one.startswith(EXPECTED_START) for one in values)
    return {**values, INPUTS[0]: values[key]} if told else values


@lru_cache(maxsize=4096)
def _is_input(key: str) -> bool:
    return not key.startswith(EXPECTED_START) and bool(INPUT_END.search(key))


def _as_text(value: object) -> str:
    if value is None or value in ([], {}):
        return ""
    if isinstance(value, str):
        return value.strip()[:LONGEST_VALUE]
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ",".join(value)[:LONGEST_VALUE]
    try:
        return msgspec.json.encode(value).decode()[:LONGEST_VALUE]
    except (TypeError, ValueError, RecursionError):
        return ""


def _csv(text: str, delimiter: str = ",") -> Iterator[Row] | None:
    reader = csv.DictReader(io.StringIO(text.replace("\0", "")), delimiter=delimiter)
    rows: list[Row] = []
    try:
        for values in reader:
            named = {
                _key(str(key)): str(value or "").strip() for key, value in values.items() if key
            }
            rows.append(Row(reader.line_num, _with_input(named)))
    except csv.Error:
        return iter(rows) if rows else None
    return iter(rows)


def _tsv(text: str) -> Iterator[Row] | None:
    return _csv(text, "\t")


def _nodes(text: str) -> Iterator[Row] | None:
    documents = read_yaml(text)
    if isinstance(documents, YamlError) or not documents:
        return None
    if is_conversations(documents[0]):
        return (Row(line, values) for line, values in turns(documents[0]))
    listed = _list_of(documents[0])
    rows = [_row(node) for node in listed if node.mapping]
    return iter(rows) if rows else None


def _list_of(document: Node) -> tuple[Node, ...]:
    if document.items:
        return document.items
    keys = (
        "cases",
        "examples",
        "tests",
        "rows",
        "data",
        "items",
        "samples",
        "dataset",
        "questions",
    )
    named = next((document.at(key).items for key in keys if document.at(key).items), ())
    return named or max(map(_cases, document.mapping.values()), key=len, default=())


def _cases(node: Node) -> tuple[Node, ...]:
    """A list under any name, where each entry asks something and most say what is expected."""
    rows = [_row(one) for one in node.items]
    asked = bool(rows) and all(one.first(INPUTS) for one in rows)
    told = sum(bool(one.expected) for one in rows)
    return node.items if asked and told * 2 > len(rows) else ()


def _row(node: Node) -> Row:
    plain = node.plain
    return Row(node.line, _flat(plain) if isinstance(plain, dict) else {})
