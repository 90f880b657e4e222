"""Start commands that put a launcher of a tracing library before the application.

Only what a platform runs counts: prose, labels, comments and what is echoed name a launcher too.
"""

import json
from collections.abc import Iterable, Iterator, Sequence

from tenken.config.node import Node
from tenken.config.yaml import YamlError, read_yaml
from tenken.pattern import Pattern
from tenken.readiness.collectors.pipeline.commands.launch import unwrapped
from tenken.readiness.collectors.shell import lex
from tenken.readiness.facts.tree import Entry

COMMAND_KEYS = ("entrypoint", "command", "cmd", "args", "startCommand", "dockerCommand")
GIVEN = Pattern(
    r"(?i)\b(?:command|args|entry_?point|start_?command|startup_?command|cmd)\b[\"']?\s*[=:]\s*"
    r"(\[[^\]]*\]|\"[^\"]*\"|'[^']*')"
)
QUOTED = Pattern(r"\"([^\"]*)\"|'([^']*)'")
COMMENT = Pattern(r"(?m)^\s*(?:#|//).*$")
FROM, STARTS = "FROM", ("ENTRYPOINT", "CMD")
PROGRAM = "program"
"""Stands where the launcher does, which would be peeled off as a wrapper."""
MAX_DEPTH = 3
Command = tuple[int, tuple[str, ...]]
"""The line of a command, and its words."""


def launched(entry: Entry, text: str, launcher: str) -> int:
    """Give the line on which a launcher starts something, or 0."""
    return next((line for line, words in _commands(entry, text) if _starts(words, launcher)), 0)


def _starts(words: Sequence[str], launcher: str, depth: int = 0) -> bool:
    """The launcher is the program, however it is wrapped; elsewhere it is a mere word."""
    names = [one.rpartition("/")[2] for one in words]
    if launcher in names:
        before = tuple(words[: names.index(launcher)])
        return unwrapped((*before, PROGRAM)).program == PROGRAM
    inner = unwrapped(tuple(words)).script if depth < MAX_DEPTH else ""
    return any(_starts(one, launcher, depth + 1) for _, one in _of_shell(inner, 0))


def _commands(entry: Entry, text: str) -> Iterator[Command]:
    """Give the commands that a file has something run."""
    name = entry.name.lower()
    if "dockerfile" in name or name == "containerfile":
        yield from _of_image(text)
    elif name == "procfile":
        yield from _of_lines(line.partition(":")[2] for line in text.splitlines())
    elif name == "makefile":
        recipes = (line if line.startswith("\t") else "" for line in text.splitlines())
        yield from _of_lines(line.lstrip("\t@-") for line in recipes)
    elif entry.suffix == ".sh":
        yield from _of_shell(text, 1)
    elif entry.suffix in {".yaml", ".yml"}:
        documents = read_yaml(text)
        for document in () if isinstance(documents, YamlError) else documents:
            yield from _of_node(document)
    else:
        yield from _of_settings(text)


def _of_lines(lines: Iterable[str]) -> Iterator[Command]:
    for at, line in enumerate(lines, 1):
        yield from _of_shell(line, at)


def _of_shell(text: str, first: int) -> Iterator[Command]:
    words: list[str] = []
    line = first
    for token in lex(text):
        if token.is_operator:
            if words:
                yield line, tuple(words)
            words = []
            continue
        line = line if words else first + token.line - 1
        words.append(token.text)
    if words:
        yield line, tuple(words)


def _of_image(text: str) -> Iterator[Command]:
    """The last stage's entry point and command, which are run as one."""
    given: dict[str, tuple[int, str]] = {}
    joined = text.replace("\\\n", "  ")
    for at, line in enumerate(joined.splitlines(), 1):
        word, _, rest = line.strip().partition(" ")
        if word.upper() == FROM:
            given = {}
        elif word.upper() in STARTS:
            given[word.upper()] = (at, rest.strip())
    words: tuple[str, ...] = ()
    for kind in STARTS:
        if kind in given:
            at, rest = given[kind]
            told = _listed(rest)
            if told is None:
                yield from ((at, one) for _, one in _of_shell(rest, at))
            else:
                words = (*words, *told)
                yield at, words


def _listed(text: str) -> tuple[str, ...] | None:
    """`["ddtrace-run", "uvicorn"]`; None where it is a line for the shell."""
    try:
        found = json.loads(text) if text.startswith("[") else None
    except ValueError:
        return None
    return tuple(str(one) for one in found) if isinstance(found, list) else None


def _of_node(node: Node) -> Iterator[Command]:
    stack = [node]
    while stack:
        one = stack.pop()
        words: tuple[str, ...] = ()
        for key in COMMAND_KEYS:
            given = one.at(key)
            if given.items:
                words = (*words, *(item.text for item in given.items))
                yield one.key_lines.get(key, given.line), words
            elif given.text:
                at = one.key_lines.get(key, given.line)
                yield from ((at, words) for _, words in _of_shell(given.text, at))
        stack += [*one.mapping.values(), *one.items]


def _of_settings(text: str) -> Iterator[Command]:
    """`command = [...]` of Terraform, `"command": [...]` of a task definition, and the like."""
    bare = COMMENT.sub("", text)
    for match in GIVEN.finditer(bare):
        at = bare.count("\n", 0, match.start()) + 1
        given = match.group(1)
        words = [one or other for one, other in QUOTED.findall(given)]
        if given.startswith("["):
            yield at, tuple(words)
        else:
            yield from ((at, found) for word in words for _, found in _of_shell(word, at))
