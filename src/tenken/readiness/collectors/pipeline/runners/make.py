"""Makefiles: which recipe lines a target runs, with the variables that are plain text."""

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.folders import entered
from tenken.readiness.collectors.pipeline.commands.launch import Start
from tenken.readiness.collectors.pipeline.commands.piece import (
    NOWHERE,
    Files,
    Followed,
    Piece,
    folder_of,
    joined,
)
from tenken.readiness.collectors.pipeline.commands.status import Mask, Options
from tenken.readiness.facts.pipeline import Blind, BlindSpot, NeutraliserKind

NAMES = ("GNUmakefile", "makefile", "Makefile")
MAX_INCLUDES = 20
MAX_TARGETS = 100
ASSIGNMENT = Pattern(r"^(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*(\?|:|::|\+)?=\s*(.*)$")
RULE = Pattern(r"^([^\t#:=][^:=]*?)\s*::?\s*([^=]*)$")
COMMENT = Pattern(r"(?:^|\s)#.*")
"""Words in a comment are no targets (`test: setup ## all that CI runs`)."""
ASKED = Pattern(r"^\$\((?:shell)\s+(.*)\)$")
"""A variable that a command line fills: `PYTHON := $(shell command -v python3 || echo python)`."""
NAMED = Pattern(r"(?:\becho|\bcommand -v|\bwhich)\s+((?:\$\([^)]*\)|[^\s;|&()])+)")
"""What such a line may print: a program by its name or its path."""
VARIABLE = Pattern(r"\$[({]([A-Za-z_][A-Za-z0-9_.-]*)[)}]")


class Line(Struct, frozen=True):
    """A line of a recipe, with its continuations."""

    text: str
    place: Place


class Makefile(Struct):
    """Targets and variables of a Makefile and what it includes."""

    variables: dict[str, str] = field(default_factory=dict)
    needs: dict[str, list[str]] = field(default_factory=dict)
    recipes: dict[str, list[Line]] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)

    def expanded(self, text: str) -> str:
        for _ in range(5):
            if "$" not in text or len(text) > 20_000:
                break
            found = {name for name in VARIABLE.findall(text) if name in self.variables}
            if not found:
                break
            for name in found:
                value = self.variables[name]
                text = text.replace(f"$({name})", value).replace(f"${{{name}}}", value)
        return text


def follow(start: Start, folder: str, files: Files) -> Followed:
    """Give the recipe lines behind `make -C app test`."""
    call = _call(start.words[1:])
    folder = entered(folder, call.folder) if call.folder else folder
    path = _path(call, folder, files)
    if path is None:
        return NOWHERE
    makefile = Makefile()
    _read(path, files, makefile, 0)
    makefile.variables.update(call.variables)
    targets = call.targets or tuple(makefile.order[:1])
    pieces = tuple(it for target in targets for it in _pieces(target, makefile, folder_of(path)))
    if not pieces and targets:
        place = Place(path)
        spot = BlindSpot(because=Blind.UNKNOWN_SCRIPT, place=place, detail=f"make {targets[0]}")
        return Followed(blind=(spot,))
    if call.ignores:
        masks = (Mask(NeutraliserKind.FLAG, 0, "make -i"),)
        pieces = tuple(_masked(piece, masks) for piece in pieces)
    return Followed(pieces=pieces)


def all_pieces(path: str, files: Files) -> Iterator[Piece]:
    """Every recipe line of a Makefile."""
    makefile = Makefile()
    _read(path, files, makefile, 0)
    for target, lines in makefile.recipes.items():
        for line in lines:
            yield _piece(line, target, makefile, folder_of(path))


def _masked(piece: Piece, masks: tuple[Mask, ...]) -> Piece:
    return Piece(
        text=piece.text,
        place=piece.place,
        key=piece.key,
        options=piece.options,
        masks=piece.masks + masks,
    )


class Call(Struct, frozen=True, kw_only=True):
    """The words after `make`."""

    targets: tuple[str, ...]
    folder: str
    file: str
    variables: Mapping[str, str]
    ignores: bool


def _call(words: tuple[str, ...]) -> Call:
    targets: list[str] = []
    values = {"-C": "", "-f": "", "-j": ""}
    variables: dict[str, str] = {}
    ignores = False
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if word in values:
            values[word] = next(rest, "")
        elif word.startswith("--") and equals:
            values[{"--directory": "-C", "--file": "-f"}.get(name, "-j")] = value
        elif word.startswith("-"):
            ignores = ignores or word in {"-i", "--ignore-errors"}
        elif equals:
            variables[name] = value
        else:
            targets.append(word)
    return Call(
        targets=tuple(targets),
        folder=values["-C"],
        file=values["-f"],
        variables=variables,
        ignores=ignores,
    )


def _path(call: Call, folder: str, files: Files) -> str | None:
    if folder == "?":
        return None
    names = (call.file,) if call.file else NAMES
    paths = (joined(folder, name) for name in names)
    return next((path for path in paths if files.tree.entry(path) is not None), None)


def _read(path: str, files: Files, makefile: Makefile, depth: int) -> None:
    current: list[str] = []
    for number, line in _logical(files.text(path) or ""):
        if line.startswith("\t"):
            for target in current:
                recipe = makefile.recipes.setdefault(target, [])
                recipe.append(Line(line[1:], Place(path, number)))
        elif line.strip() and not line.lstrip().startswith("#"):
            current = _statement(line.strip(), makefile, current)
            for name in _includes(line, makefile, depth):
                _read(entered(folder_of(path), name), files, makefile, depth + 1)


def _logical(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their continuations, each with the number of its first."""
    held, first = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        first = first or number
        if line.endswith("\\"):
            held += line + "\n"
            continue
        yield first, held + line
        held, first = "", 0
    if held:
        yield first, held


def _includes(line: str, makefile: Makefile, depth: int) -> tuple[str, ...]:
    word, *names = line.split() or [""]
    if word not in {"include", "-include", "sinclude"} or depth >= MAX_INCLUDES:
        return ()
    return tuple(makefile.expanded(name) for name in names)


def _statement(line: str, makefile: Makefile, current: list[str]) -> list[str]:
    """Read a variable or a rule; give the targets that the next recipe belongs to."""
    flat = COMMENT.sub("", line.replace("\\\n", " ")).rstrip()
    if assigned := ASSIGNMENT.match(flat):
        name, sign, value = assigned.groups()
        if sign != "?" or name not in makefile.variables:
            makefile.variables[name] = _printed(value.strip())
        return []
    rule = RULE.match(flat)
    if rule is None:
        return current  # ifeq, endif, include: they do not end a recipe
    targets, needs = rule.groups()
    needs, _, inline = needs.partition(";")
    names = makefile.expanded(targets).split()
    for name in names:
        if name in {".ONESHELL", ".IGNORE"}:
            makefile.flags.add(name)
        if not name.startswith("."):
            makefile.order.append(name)
            makefile.needs.setdefault(name, []).extend(makefile.expanded(needs).split())
            if inline.strip():
                makefile.recipes.setdefault(name, []).append(Line(inline.strip(), Place("")))
    return names


def _printed(value: str) -> str:
    """The program that a command line prints, where every one that it may print is the same."""
    asked = ASKED.match(value)
    if asked is None:
        return value
    named = [one.strip("\"'") for one in NAMED.findall(asked.group(1))]
    programs = {one.rpartition("/")[2].rstrip("0123456789.") for one in named}
    return named[-1].rpartition("/")[2] if len(programs) == 1 else value


def _pieces(target: str, makefile: Makefile, folder: str) -> Iterator[Piece]:
    """The recipe lines of a target, those it needs first, each target once."""
    for name in _ordered(target, makefile):
        lines = makefile.recipes.get(name, [])
        if ".ONESHELL" in makefile.flags and lines:
            text = "\n".join(line.text.lstrip("@+") for line in lines)
            lines = [Line(text, lines[0].place)]
        for line in lines:
            yield _piece(line, name, makefile, folder)


def _ordered(target: str, makefile: Makefile) -> list[str]:
    done: list[str] = []
    stack: list[tuple[str, bool]] = [(target, False)]
    seen: set[str] = set()
    while stack and len(done) < MAX_TARGETS:
        name, ready = stack.pop()
        if ready:
            done.append(name)
        elif name not in seen:
            seen.add(name)
            stack.append((name, True))
            stack.extend((need, False) for need in reversed(makefile.needs.get(name, [])))
    return done


def _piece(line: Line, target: str, makefile: Makefile, folder: str) -> Piece:
    body = line.text.lstrip("@+- \t")
    prefix = line.text[: len(line.text) - len(body)]
    masks: tuple[Mask, ...] = ()
    if "-" in prefix or ".IGNORE" in makefile.flags:
        masks = (Mask(NeutraliserKind.DASH, line.place.line, f"-{body[:50]}"),)
    text = makefile.expanded(body.replace("$(MAKE)", "make").replace("${MAKE}", "make"))
    return Piece(
        text=text.replace("$$", "$").replace("$@", target),
        place=line.place,
        key=f"{line.place}:{target}",
        options=Options(folder=folder),
        masks=masks,
    )
