"""Packages the application declares: requirements files, pyproject.toml, Pipfile, package.json."""

import json
import tomllib
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.facts.code import Dependency
from tenken.readiness.facts.tree import Entry, EntryKind, Tree

NAME = Pattern(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*((?:[=<>!~^]=?|===)[^;#]*)?")
DASHES = Pattern(r"[-_.]+")
WORDS = Pattern(r"[a-z0-9]+")
ASIDE = frozenset({"dev", "test", "tests", "testing", "docs", "lint", "ci", "eval", "evals"})
"""In the name of a requirements file: not what runs in production."""
MAX_BYTES = 1_000_000


def dependencies(tree: Tree) -> Iterator[Dependency]:
    """Give every declared package, in the order of its files."""
    for entry in tree.entries:
        if entry.kind is not EntryKind.FILE or entry.size > MAX_BYTES:
            continue
        name = entry.name.lower()
        if name.endswith(".txt") and (
            "requirements" in name or entry.path.lower().split("/")[-2:-1] == ["requirements"]
        ):
            yield from _requirements(entry, tree)
        elif name in {"pyproject.toml", "pipfile"}:
            yield from _toml(entry, tree)
        elif name == "package.json":
            yield from _package_json(entry, tree)


def _requirements(entry: Entry, tree: Tree) -> Iterator[Dependency]:
    text = tree.text(entry.path)
    group = " ".join(sorted(ASIDE & set(WORDS.findall(entry.name.lower()))))
    for number, line in enumerate(text.splitlines() if isinstance(text, str) else (), 1):
        if line.strip() and not line.lstrip().startswith(("#", "-", "http", "git+")):
            for one in _requirement(line, Place(entry.path, number), entry):
                yield replace(one, group=group)


def _requirement(line: str, place: Place, entry: Entry) -> Iterator[Dependency]:
    match = NAME.match(line)
    if match:
        yield Dependency(name=_normal(match.group(1)), place=place, ecosystem="pypi",
                         version=(match.group(2) or "").strip(), role=entry.role)  # fmt: skip


def _toml(entry: Entry, tree: Tree) -> Iterator[Dependency]:
    text = tree.text(entry.path)
    if not isinstance(text, str):
        return
    try:
        table: object = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return  # the reader of project files says what is wrong with it
    lines = text.splitlines()
    for named in _toml_names(table):
        match = NAME.match(named.text)
        if match:
            place = Place(entry.path, _line_of(match.group(1), lines))
            for one in _requirement(named.text, place, entry):
                yield replace(one, group=named.group)


class _Named(Struct, frozen=True):
    """A requirement as written, and the extra or group it stands in."""

    text: str
    group: str = ""


def _toml_names(table: object) -> Iterator[_Named]:
    project = _at(table, "project")
    yield from _in_group(_at(project, "dependencies"), "")
    for groups in (_at(project, "optional-dependencies"), _at(table, "dependency-groups")):
        for group, names in _items(groups):
            yield from _in_group(names, group)
    poetry = _at(table, "tool", "poetry")
    yield from _keys(_at(poetry, "dependencies"), "")
    yield from _keys(_at(table, "packages"), "")
    for group, inner in _items(_at(poetry, "group")):
        yield from _keys(_at(inner, "dependencies"), group)


def _in_group(names: object, group: str) -> Iterator[_Named]:
    return (_Named(text, group) for text in _texts(names))


def _keys(names: object, group: str) -> Iterator[_Named]:
    """Poetry and Pipfile: the names are keys; `optional = true` belongs to an extra."""
    for name, value in _items(names):
        if name != "python":
            yield _Named(name, group or ("extra" if _at(value, "optional") is True else ""))


def _at(value: object, *path: str) -> object:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _items(value: object) -> list[tuple[str, object]]:
    return [(str(key), one) for key, one in value.items()] if isinstance(value, dict) else []


def _texts(value: object) -> Iterator[str]:
    return (one for one in value if isinstance(one, str)) if isinstance(value, list) else iter(())


def _package_json(entry: Entry, tree: Tree) -> Iterator[Dependency]:
    text = tree.text(entry.path)
    if not isinstance(text, str):
        return
    try:
        table: object = json.loads(text)
    except (ValueError, RecursionError):
        return
    lines = text.splitlines()
    for key in ("dependencies", "devDependencies"):
        names = _at(table, key)
        for name, version in (names if isinstance(names, dict) else {}).items():
            place = Place(entry.path, _line_of(f'"{name}"', lines))
            yield Dependency(
                name=str(name), place=place, ecosystem="npm", version=str(version),
                role=entry.role, group=key if key != "dependencies" else "",
            )  # fmt: skip


def _line_of(name: str, lines: list[str]) -> int:
    return next((number for number, line in enumerate(lines, 1) if name in line), 0)


def _normal(name: str) -> str:
    return DASHES.sub("-", name).lower()
