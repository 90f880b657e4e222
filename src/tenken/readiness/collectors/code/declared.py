"""Packages the application declares: requirements files, pyproject.toml, Pipfile, package.json."""

import json
import tomllib
from collections.abc import Iterator

import re2

from tenken.place import Place
from tenken.readiness.facts.code import Dependency
from tenken.readiness.facts.tree import Entry, EntryKind, Tree

NAME = re2.compile(
    r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*((?:[=<>!~^]=?|===)[^;#]*)?"
)
DASHES = re2.compile(r"[-_.]+")
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
    for number, line in enumerate(text.splitlines() if isinstance(text, str) else (), 1):
        if line.strip() and not line.lstrip().startswith(("#", "-", "http", "git+")):
            yield from _requirement(line, Place(entry.path, number), entry)


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
    for item in _toml_names(table):
        match = NAME.match(item)
        if match:
            place = Place(entry.path, _line_of(match.group(1), lines))
            yield from _requirement(item, place, entry)


def _toml_names(table: object) -> Iterator[str]:
    project = _at(table, "project")
    yield from _texts(_at(project, "dependencies"))
    for group in _values(_at(project, "optional-dependencies")):
        yield from _texts(group)
    for group in _values(_at(table, "dependency-groups")):
        yield from _texts(group)
    poetry = _at(table, "tool", "poetry")
    for names in (_at(poetry, "dependencies"), _at(table, "packages"),
                  *(_at(group, "dependencies") for group in _values(_at(poetry,
                      "group")))):  # fmt: skip
        yield from (
            name for name in (names if isinstance(names, dict) else {}) if name != "python"
        )


def _at(value: object, *path: str) -> object:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _values(value: object) -> list[object]:
    return list(value.values()) if isinstance(value, dict) else []


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
                name=str(name), place=place, ecosystem="npm", version=str(version), role=entry.role
            )


def _line_of(name: str, lines: list[str]) -> int:
    return next((number for number, line in enumerate(lines, 1) if name in line), 0)


def _normal(name: str) -> str:
    return str(DASHES.sub("-", name)).lower()
