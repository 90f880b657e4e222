"""Deploys that a person starts: in scripts, Makefiles and READMEs that no pipeline reaches."""

from collections.abc import Iterable, Iterator
from itertools import islice

from msgspec import Struct

from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.piece import Files, Piece
from tenken.readiness.collectors.pipeline.runners.make import NAMES, all_pieces
from tenken.readiness.collectors.pipeline.tools.follow import Origin, Trace
from tenken.readiness.collectors.pipeline.tools.match import may_deploy
from tenken.readiness.facts.pipeline import Pipeline, Purpose, Run
from tenken.readiness.facts.tree import Role

MAX_FILES = 200
MAX_BLOCKS = 100
SHELL_FENCE = Pattern(r"^[ ]*```[ ]*(?:sh|shell|bash|zsh|console)?[ ]*$")
README = Pattern(r"(?i)^readme[^/]*\.md$")
PROMPT = Pattern(r"(?m)^[ ]*\$ +")
SHELL = frozenset({".sh", ".bash", ".zsh"})


def deploys_by_hand(pipelines: Iterable[Pipeline], files: Files) -> tuple[Run, ...]:
    """Give each deploy command of such a file, once."""
    reached = {run.place for pipeline in pipelines for job in pipeline.jobs for run in job.runs}
    found: dict[Place, Run] = {}
    for piece in _pieces(files):
        if not may_deploy(piece.text):
            continue
        trace = Trace(files, follows=False, only=Purpose.DEPLOY)  # a script is a piece of its own
        trace.piece(piece, Origin())
        for run in trace.runs:
            if run.purpose is Purpose.DEPLOY and run.place not in reached:
                found.setdefault(run.place, run)
    return tuple(found.values())


def _pieces(files: Files) -> Iterator[Piece]:
    yield from _of_scripts(files)
    yield from _of_instructions(files)


def _of_instructions(files: Files) -> Iterator[Piece]:
    """Shell blocks of the README: whoever follows it deploys a working tree."""
    for entry in files.tree.entries:
        if entry.path[:6].lower() != "readme" or not README.match(entry.path):
            continue
        for block in islice(_blocks(files.text(entry.path) or ""), MAX_BLOCKS):
            place = Place(entry.path, block.line)
            yield Piece(text=block.text, place=place, key=str(place))


def _of_scripts(files: Files) -> Iterator[Piece]:
    entries = [
        it
        for it in files.tree.entries
        if it.role is Role.PRODUCTION and (it.suffix in SHELL or it.name in NAMES)
    ]
    for entry in entries[:MAX_FILES]:
        if entry.name in NAMES:
            yield from all_pieces(entry.path, files)
        elif text := files.text(entry.path):
            yield Piece(text=text, place=Place(entry.path, 1), key=entry.path)


class _Block(Struct, frozen=True):
    """The text between two fences."""

    line: int
    text: str


def _blocks(text: str) -> Iterator[_Block]:
    """Fenced blocks of shell text."""
    fence, first, held = "", 0, list[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.lstrip().startswith("```"):
            held.append(line)
        elif not fence:
            fence, first, held = line, number + 1, []
        else:
            if SHELL_FENCE.match(fence):
                yield _Block(first, PROMPT.sub("", "\n".join(held)))
            fence = ""
