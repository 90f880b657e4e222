"""From a line of a workflow to the tools behind it, through every runner in between."""

from collections.abc import Callable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.conditions import holds_here
from tenken.readiness.collectors.pipeline.commands.folders import entered
from tenken.readiness.collectors.pipeline.commands.launch import Start, unwrapped
from tenken.readiness.collectors.pipeline.commands.piece import Files, Followed, Piece
from tenken.readiness.collectors.pipeline.commands.status import (
    Command,
    Mask,
    Options,
    commands_of,
)
from tenken.readiness.collectors.pipeline.runners import (
    builds,
    invoke,
    just,
    make,
    node,
    nox,
    precommit,
    project,
    scripts,
    tox,
)
from tenken.readiness.collectors.pipeline.tools.line import Line
from tenken.readiness.collectors.pipeline.tools.match import matched
from tenken.readiness.facts.pipeline import (
    Blind,
    BlindSpot,
    Neutraliser,
    NeutraliserKind,
    Purpose,
    Run,
)

MAX_DEPTH = 8
MAX_RUNS = 500
"""Of one job; a job with more repeats itself."""
SHOWN = 120
CHECKS = frozenset({Purpose.LINT, Purpose.TYPES, Purpose.TEST, Purpose.CODE_SCAN})
"""What must run in any case; a deployment may well ask which branch it is on."""

Runner = Callable[[Start, str, Files], Followed]
RUNNERS: Mapping[str, tuple[Runner, ...]] = {
    "make": (make.follow,), "gmake": (make.follow,),
    **dict.fromkeys((*node.PROGRAMS, *node.MANY), (node.follow,)),
    "tox": (tox.follow,), "nox": (nox.follow,),
    "invoke": (invoke.follow,), "inv": (invoke.follow,), "just": (just.follow,),
    "task": (project.follow, just.follow_task), "go-task": (just.follow_task,),
    "poe": (project.follow,), "poethepoet": (project.follow,),
    "gcloud": (builds.follow_submit,),
    "pre-commit": (precommit.follow,), "prek": (precommit.follow,),
}  # fmt: skip


class Origin(Struct, frozen=True, kw_only=True):
    """How a piece was reached."""

    through: tuple[Place, ...] = ()
    neutralisers: tuple[Neutraliser, ...] = ()
    trail: frozenset[str] = frozenset()
    in_container: bool = False


class Trace(Struct):
    """The runs of a job in their order, and what could not be followed."""

    files: Files
    follows: bool = True
    """Whether what a command starts is followed; its own tools are told in any case."""
    only: Purpose | None = None
    """The one purpose that is asked for; None for all of them."""
    runs: list[Run] = field(default_factory=list)
    blind: list[BlindSpot] = field(default_factory=list)

    def piece(self, piece: Piece, origin: Origin) -> None:
        """Follow a piece of shell text to its tools."""
        if piece.key in origin.trail or len(self.runs) >= MAX_RUNS:
            return
        if len(origin.trail) >= MAX_DEPTH:
            spot = BlindSpot(because=Blind.TOO_DEEP, place=piece.place, detail=piece.text[:SHOWN])
            self.blind.append(spot)
            return
        origin = replace(origin, trail=origin.trail | {piece.key})
        first = max(piece.place.line, 1)
        for command in commands_of(piece.text, piece.options, first):
            masks = (*command.masks, *piece.masks)
            self._command(command, masks, piece, origin)

    def _command(
        self, command: Command, masks: tuple[Mask, ...], piece: Piece, origin: Origin
    ) -> None:
        path = piece.place.path
        line = command.line if piece.place.line else 0
        place = Place(path, line)
        known = self._decided(masks, command.folder)
        own = tuple(neutralised(mask, path, line) for mask in reversed(known))
        here = replace(origin, neutralisers=own + origin.neutralisers)
        start = unwrapped(command.words)
        folder = entered(command.folder, start.folder) if start.folder else command.folder
        if start.script:
            options = Options(errexit=start.fails_early, folder=folder)
            key = f"{place}:{start.script[:SHOWN]}"
            inner = Piece(text=start.script, place=place, key=key, options=options)
            self.piece(inner, here)
            return
        self._start(start, folder, place, here)

    def _decided(self, masks: tuple[Mask, ...], folder: str) -> tuple[Mask, ...]:
        """Tests for files of the repository are answered here."""
        kept: list[Mask] = []
        for mask in masks:
            is_test = mask.kind is NeutraliserKind.CONDITION
            answer = holds_here(mask.detail, folder, self.files.tree) if is_test else None
            if answer is not True:
                kind = NeutraliserKind.NEVER if answer is False else mask.kind
                kept.append(replace(mask, kind=kind))
        return tuple(kept)

    def _start(self, start: Start, folder: str, place: Place, origin: Origin) -> None:
        found = tuple(matched(Line(start, folder, place, self.files), self.only))
        for run in found:
            neutralisers = tuple(
                it
                for it in run.neutralisers + origin.neutralisers
                if run.purpose in CHECKS or it.kind is not NeutraliserKind.CONDITION
            )
            shown = replace(run, neutralisers=neutralisers, through=origin.through)
            self.runs.append(replace(shown, order=len(self.runs)))
        followed = self._followed(start, folder)
        hollow = tuple(neutralised(mask, place.path, place.line) for mask in followed.hollow)
        below = replace(
            origin,
            through=(*origin.through, place),
            neutralisers=hollow + origin.neutralisers,
        )
        for piece in followed.pieces:
            self.piece(piece, below)
        if not found:
            self.blind += followed.blind

    def _followed(self, start: Start, folder: str) -> Followed:
        if not start.words or not self.follows:
            return Followed()
        for runner in (*RUNNERS.get(start.program, ()), project.follow, scripts.follow):
            followed: Followed = runner(start, folder, self.files)
            if followed != Followed():
                return followed
        return Followed()


def neutralised(mask: Mask, path: str, line: int = 0) -> Neutraliser:
    """A mask with its place."""
    return Neutraliser(kind=mask.kind, place=Place(path, mask.line or line), detail=mask.detail)
