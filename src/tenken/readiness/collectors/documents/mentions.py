"""Looks for words that documents promise (events, ids, files) in code, evaluations and SLOs."""

import ast
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import chain

from tenken.pattern import Match, Pattern, escape
from tenken.place import Place
from tenken.readiness.collectors.python.parse import NoTree, parse
from tenken.readiness.collectors.python.walking import walk
from tenken.readiness.facts.documents import Column, Statement, Subject
from tenken.readiness.facts.mentions import Mention, Reader
from tenken.readiness.facts.tree import Entry, Role, Tree
from tenken.readiness.facts.words.events import events_in
from tenken.remembered import remembered

CODE = frozenset(
    {".py", ".ts", ".tsx", ".js", ".go", ".java", ".kt", ".rb", ".rs", ".cs", ".php", ".sql"}
)
DATA = frozenset({".yaml", ".yml", ".json", ".toml", ".tf"})
EVALUATION = Pattern(
    r"(?i)((^|[/_.-])evals?([/_.-]|$)|evaluat|promptfoo|deepeval|quality[-_]?gate)"
)
SLO = Pattern(r"(?i)(^|[/_.-])slos?([/_.-]|$)|openslo|sloth|pyrra")
SLO_TEXT = Pattern(
    r"(?m)openslo|kind:\s*(SLO|ServiceLevelObjective)|_slo\"|service_level_objective"
)
MAX_WORDS = 400
MAX_SIZE = 500_000
SHORTEST = 3


def promised_words(statements: Iterable[Statement]) -> tuple[str, ...]:
    """Events of KPIs and signals, ids of risks, files that hold targets, rules and lists."""
    words: dict[str, None] = {}
    for statement in statements:
        for word in _words(statement):
            if len(word) >= SHORTEST:
                words[word] = None
    return tuple(words)[:MAX_WORDS]


def _words(statement: Statement) -> Iterator[str]:
    file = statement.place.path.rpartition("/")[2]
    match statement.subject:
        case Subject.KPI:
            yield from events_in(statement)
        case Subject.SIGNAL:
            yield from events_in(statement)
        case Subject.RISK | Subject.GUARD_RULE:
            yield statement.text(Column.ID, Column.NAME)
            yield file
        case Subject.TARGET | Subject.ALLOWED_MODEL | Subject.MODEL:
            yield file
        case _:
            return


def find_mentions(tree: Tree, words: tuple[str, ...]) -> tuple[Mention, ...]:
    """Where each word stands whole, once per kind of reader and file."""
    if not words:
        return ()
    escaped = "|".join(escape(word) for word in sorted(words, key=len, reverse=True))
    # What follows is looked at afterwards: consumed here, it could not begin the next word.
    pattern = Pattern(f"(?:^|[^A-Za-z0-9_-])({escaped})")
    found: list[Mention] = []
    for entry in tree.entries:
        reader = _reader(entry)
        text = tree.text(entry.path) if reader else ""
        if reader and isinstance(text, str) and pattern.search(text):
            found.extend(_mentioned(entry.path, text, pattern, reader))
    return tuple(found)


def _reader(entry: Entry) -> Reader | None:
    known = entry.suffix in CODE or entry.suffix in DATA
    if not known or entry.size > MAX_SIZE or entry.role is Role.EXAMPLE:
        return None
    if EVALUATION.search(entry.path):
        return Reader.EVALUATION
    if entry.role is Role.TEST:
        return None
    if SLO.search(entry.path):
        return Reader.SLO
    if entry.suffix in CODE:
        return Reader.CODE
    return Reader.MONITORING if entry.role is Role.PRODUCTION else None


def _mentioned(path: str, text: str, pattern: Pattern, reader: Reader) -> Iterator[Mention]:
    if reader is Reader.MONITORING and SLO_TEXT.search(text):
        reader = Reader.SLO
    in_code = path.endswith(tuple(CODE))
    seen: set[str] = set()
    live = _used_texts(text) if path.endswith(".py") else None
    for at, line in _touched(text, pattern):
        if (live is not None and at not in live) or line.lstrip().startswith(("#", "//", "--")):
            continue
        for found in pattern.finditer(line[:2_000]):
            word = found.group(1)
            if word not in seen and _stands_whole(line, found, in_code=in_code):
                seen.add(word)
                yield Mention(word=word, reader=reader, place=Place(path, at))


def _touched(text: str, pattern: Pattern) -> Iterator[tuple[int, str]]:
    """The lines in which a word may stand, with their numbers: mostly a few of many."""
    starts = [found.start(1) for found in pattern.finditer(text)]
    begin = passed = 0
    for at, line in enumerate(text.splitlines(keepends=True), 1):
        if passed == len(starts):
            return
        begin += len(line)
        if starts[passed] < begin:
            passed = bisect_left(starts, begin, passed)
            yield at, line.splitlines()[0]


@remembered
def _used_texts(text: str) -> frozenset[int] | None:
    """Lines of texts that the code uses; a docstring or a comment is handed to nobody."""
    tree = parse(text)
    if isinstance(tree, NoTree):
        return None
    stated: set[int] = set()
    texts: list[ast.Constant] = []
    for node in walk(tree):
        if isinstance(node, ast.Expr):
            stated.add(id(node.value))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.append(node)
    used = (node for node in texts if id(node) not in stated)
    spans = (range(node.lineno, (node.end_lineno or node.lineno) + 1) for node in used)
    return frozenset(chain.from_iterable(spans))


def _stands_whole(line: str, found: Match, *, in_code: bool) -> bool:
    before, after = line[: found.start(1)][-1:], line[found.end(1) : found.end(1) + 1]
    if after.isalnum() or after == "_":
        return False
    # In code a word counts as a string, not as prose in a docstring.
    return not in_code or before in {'"', "'", "`", "/"}
