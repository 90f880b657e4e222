"""Deploys that a person starts: in scripts and Makefiles that no pipeline reaches."""

from collections.abc import Iterable, Iterator

from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.piece import Files, Piece
from tenken.readiness.collectors.pipeline.runners.make import NAMES, all_pieces
from tenken.readiness.collectors.pipeline.tools.follow import Origin, Trace
from tenken.readiness.facts.pipeline import Pipeline, Purpose, Run
from tenken.readiness.facts.tree import Role

MAX_FILES = 200
SHELL = frozenset({".sh", ".bash", ".zsh"})


def deploys_by_hand(pipelines: Iterable[Pipeline], files: Files) -> tuple[Run, ...]:
    """Give each deploy command of such a file, once."""
    reached = {run.place for pipeline in pipelines for job in pipeline.jobs for run in job.runs}
    found: dict[Place, Run] = {}
    for piece in _pieces(files):
        trace = Trace(files)
        trace.piece(piece, Origin())
        for run in trace.runs:
            if run.purpose is Purpose.DEPLOY and run.place not in reached and not run.through:
                found.setdefault(run.place, run)
    return tuple(found.values())


def _pieces(files: Files) -> Iterator[Piece]:
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
