"""Jenkins: the shell that the steps of a `Jenkinsfile` run; Groovy itself is not followed."""

from collections.abc import Iterator

from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.piece import Files, joined
from tenken.readiness.collectors.pipeline.systems.planned import Planned, Script, job_of
from tenken.readiness.facts.pipeline import (
    Blind,
    BlindSpot,
    Neutraliser,
    NeutraliserKind,
    Occasion,
    Pipeline,
    System,
)

NAME = "Jenkinsfile"
MAX_SIZE = 200_000
TOKEN = Pattern(
    r"//[^\n]*|(?s:/\*.*?\*/)|(?s:'''.*?''')|(?s:\"\"\".*?\"\"\")|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\""
    r"|[{}()\n]|[A-Za-z_][\w.]*|[^\s\w{}()'\"/]+|\S"
)
BRACES = ("{", "}")
QUOTES = ("'''", '"""', "'", '"')
ENDED = frozenset({"post", "failure", "always", "cleanup", "unstable", "aborted"})
"""What stands in them runs when everything is decided."""
SWALLOWED = frozenset({"catchError", "warnError", "try"})


def read_jenkins(files: Files) -> Iterator[Pipeline]:
    """Give the pipeline of each `Jenkinsfile`."""
    for entry in files.tree.entries:
        if not entry.name.startswith(NAME) or entry.size > MAX_SIZE:
            continue
        scripts = tuple(_scripts(entry.path, files.text(entry.path) or ""))
        if scripts:
            # What starts it is kept in Jenkins.
            spot = BlindSpot(
                because=Blind.TRIGGER_ELSEWHERE, place=Place(entry.path), detail=entry.path
            )
            planned = Planned(
                path=entry.path,
                name=entry.name,
                place=Place(entry.path, 1),
                scripts=scripts,
                perhaps=frozenset({Occasion.DEFAULT_BRANCH}),
                blind=(spot,),
            )
            job = job_of(planned, files)
            yield Pipeline(system=System.JENKINS, path=entry.path, name=entry.name, jobs=(job,))


def _scripts(path: str, text: str) -> Iterator[Script]:
    blocks: list[tuple[str, str]] = []
    line = 1
    head: list[str] = []
    """The words since the last line or brace: what opens a block, or calls a step."""
    for found in TOKEN.finditer(text):
        part = str(found[0])
        begun = line
        line += part.count("\n")
        if part.startswith(("//", "/*")):
            continue
        if part in BRACES:
            if part == "{":
                blocks.append(_block(head))
            elif blocks:
                blocks.pop()
            head = []
        elif part.isspace():
            head = head if "(" in head and ")" not in head else []
        else:
            after = text[found.end() : found.end() + 80].partition(")")[0]
            if part.startswith(QUOTES) and _is_shell(head) and "returnStatus" not in after:
                yield from _script(path, begun, part, blocks)
            head.append(part)


def _block(head: list[str]) -> tuple[str, str]:
    """`dir('app')` as its name and what it is given."""
    given = next((_unquoted(word) for word in head if word.startswith(QUOTES)), "")
    return (head[0] if head else "", given)


def _is_shell(head: list[str]) -> bool:
    """`sh '...'`, `sh('...')`, `sh(script: '...')`."""
    at = next((at for at, word in enumerate(head) if word == "sh"), None)
    return at is not None and {*head[at + 1 :]} <= {
        "(",
        "script",
        ":",
        "returnStdout",
        "true",
        ",",
    }


def _script(path: str, line: int, token: str, blocks: list[tuple[str, str]]) -> Iterator[Script]:
    names = {name for name, _ in blocks}
    if names & ENDED:
        return
    folders = [given for name, given in blocks if name == "dir"]
    folder = ""
    for one in folders:
        folder = "?" if "$" in one or folder == "?" else joined(folder, one.removeprefix("./"))
    place = Place(path, line + (1 if "\n" in token else 0))
    swallowed = next((name for name, _ in blocks if name in SWALLOWED), "")
    neutralisers = (
        (Neutraliser(kind=NeutraliserKind.CONTINUE_ON_ERROR, place=place, detail=swallowed),)
        if swallowed
        else ()
    )
    body = _unquoted(token)
    yield Script(
        text=body.removeprefix("\n"), place=place, folder=folder, neutralisers=neutralisers
    )


def _unquoted(token: str) -> str:
    quote = next(one for one in QUOTES if token.startswith(one))
    return token[len(quote) : -len(quote)]
