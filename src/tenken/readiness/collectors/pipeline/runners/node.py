"""Scripts of package.json behind npm, yarn, pnpm, bun and their helpers for many packages."""

from collections.abc import Iterator

from msgspec.structs import replace

from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.folders import entered
from tenken.readiness.collectors.pipeline.commands.launch import FOLDER_OPTIONS, Start
from tenken.readiness.collectors.pipeline.commands.piece import (
    NOWHERE,
    Files,
    Followed,
    Piece,
    folder_of,
)
from tenken.readiness.collectors.pipeline.commands.status import Options
from tenken.readiness.facts.pipeline import Blind, BlindSpot
from tenken.readiness.facts.tree import Role

PROGRAMS = frozenset({"npm", "yarn", "pnpm", "bun"})
MANY = frozenset({"turbo", "run-s", "run-p", "npm-run-all", "lerna", "wireit"})
SHORT = frozenset({"test", "t", "start", "stop", "restart"})
OWN = frozenset({
    "install", "i", "ci", "add", "remove", "audit", "exec", "dlx", "publish", "pack", "init",
    "config", "cache", "version", "login", "link", "why", "outdated", "update", "up", "set",
    "create", "store", "dedupe", "workspaces", "npm", "plugin", "info", "view", "x", "pm",
})  # fmt: skip
"""Commands of the package managers themselves."""
EVERYWHERE = frozenset({
    "-r", "--recursive", "-ws", "--workspaces", "--filter", "-F", "-w", "--workspace", "workspace",
})  # fmt: skip
VALUED = FOLDER_OPTIONS | {"--filter", "-F", "-w", "--workspace"}
MAX_PACKAGES = 30


def follow(start: Start, folder: str, files: Files) -> Followed:
    """Give the scripts behind `npm run lint`, `pnpm -r test`, `turbo run lint test`."""
    words = start.words[1:]
    own, _, extra = _parted(words)
    everywhere = start.program in {"turbo", "lerna"} or bool(EVERYWHERE & set(own))
    names = _names(start.program, own)
    if not names:
        return NOWHERE
    inside = _option(own)
    folder = entered(folder, inside) if inside else folder
    nearest = files.upwards(folder, "package.json")
    paths = _packages(files) if everywhere else tuple(filter(None, (nearest,)))
    pieces = tuple(
        piece for name in names for path in paths for piece in _pieces(name, path, files, extra)
    )
    if not pieces:
        place = Place(nearest or "package.json")
        spot = BlindSpot(because=Blind.UNKNOWN_SCRIPT, place=place, detail=" ".join(start.words))
        return Followed(blind=(spot,))
    return Followed(pieces=pieces)


def _parted(words: tuple[str, ...]) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    if "--" not in words:
        return words, "", ()
    at = words.index("--")
    return words[:at], "--", words[at + 1 :]


def _names(program: str, words: tuple[str, ...]) -> tuple[str, ...]:
    plain = _plain(words)
    if program in MANY:
        return tuple(word for word in plain if word != "run")
    if plain[:1] in {("run",), ("run-script",)}:
        return plain[1:2]
    if plain[:1] == ("workspace",):  # yarn workspace app test
        return tuple(word for word in plain[2:4] if word != "run")[:1]
    if program in {"npm", "bun"} and plain[:1] and plain[0] not in SHORT:
        return ()
    if plain[:1] and plain[0] not in OWN:
        return ("test",) if plain[0] == "t" else plain[:1]
    return ()


def _plain(words: tuple[str, ...]) -> tuple[str, ...]:
    """Words that are neither options nor the values of options."""
    plain: list[str] = []
    before = ""
    for word in words:
        if not word.startswith("-") and before not in VALUED:
            plain.append(word)
        before = word
    return tuple(plain)


def _option(words: tuple[str, ...]) -> str:
    for index, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in FOLDER_OPTIONS - {"-w"}:
            return value if equals else "".join(words[index + 1 : index + 2])
    return ""


def _packages(files: Files) -> tuple[str, ...]:
    paths = (
        entry.path
        for entry in files.tree.entries
        if entry.name == "package.json" and entry.role is Role.PRODUCTION
    )
    return tuple(paths)[:MAX_PACKAGES]


def _pieces(name: str, path: str, files: Files, extra: tuple[str, ...]) -> Iterator[Piece]:
    scripts = files.yaml(path).at("scripts")
    for script in (f"pre{name}", name, f"post{name}"):
        node = scripts.at(script)
        if not node.text:
            continue
        piece = Piece(
            text=node.text,
            place=Place(path, scripts.line_of(script)),
            key=f"{path}:{script}",
            options=Options(folder=folder_of(path)),
        )
        more = " ".join(extra) if script == name else ""
        yield replace(piece, text=f"{piece.text} {more}".rstrip())
