"""Terraform folders as modules: their variables, locals, resources and calls of other modules."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from tenken.config.node import ABSENT, Node
from tenken.readiness.collectors.infrastructure.hcl import LABELS, HclError, read_hcl
from tenken.readiness.facts.tree import (
    CollectorProblem,
    Entry,
    Role,
    Tree,
    Unreadable,
    UnreadableBecause,
)
from tenken.sentence import say

MAX_FILES = 3_000


class Block(Struct, frozen=True, kw_only=True):
    """A labelled block, and the file it stands in."""

    labels: tuple[str, ...]
    path: str
    body: Node


class Module(Struct, frozen=True, kw_only=True):
    """Everything one folder says."""

    folder: str
    variables: Mapping[str, Node]
    """The defaults; ABSENT where there is none."""
    locals: Mapping[str, Node]
    outputs: Mapping[str, Node]
    resources: tuple[Block, ...]
    calls: tuple[Block, ...]
    values: Mapping[str, Node]
    """`terraform.tfvars` and `*.auto.tfvars`: taken without being named."""


class ValueFile(Struct, frozen=True, kw_only=True):
    """A `.tfvars` file that somebody has to name."""

    path: str
    values: Mapping[str, Node]


class Folders(Struct, frozen=True, kw_only=True):
    """Every Terraform folder of a tree."""

    modules: Mapping[str, Module]
    value_files: tuple[ValueFile, ...]
    problems: tuple[CollectorProblem, ...]


def read_folders(tree: Tree) -> Folders:
    """Read every Terraform file that speaks of production."""
    bodies: dict[str, list[tuple[str, Node]]] = {}
    automatic: dict[str, dict[str, Node]] = {}
    named: list[ValueFile] = []
    problems: list[CollectorProblem] = []
    for entry in _files(tree):
        body = _read(tree, entry, problems)
        folder = entry.path.rpartition("/")[0]
        if entry.suffix == ".tf":
            bodies.setdefault(folder, []).append((entry.path, body))
        elif entry.name == "terraform.tfvars" or entry.name.endswith(".auto.tfvars"):
            automatic.setdefault(folder, {}).update(body.mapping)
        else:
            named.append(ValueFile(path=entry.path, values=body.mapping))
    # A `terraform.tfvars` in a folder without Terraform is one that somebody names.
    named.extend(
        ValueFile(path=f"{folder}/terraform.tfvars", values=automatic[folder])
        for folder in sorted(set(automatic) - set(bodies))
    )
    modules = {
        folder: _module(folder, files, automatic.get(folder, {}))
        for folder, files in bodies.items()
    }
    return Folders(modules=modules, value_files=tuple(named), problems=tuple(problems))


def _files(tree: Tree) -> Iterator[Entry]:
    found = (entry for entry in tree.entries if entry.suffix in {".tf", ".tfvars"})
    for count, entry in enumerate(found):
        if count >= MAX_FILES:
            return
        if entry.role is Role.PRODUCTION:
            yield entry


def _read(tree: Tree, entry: Entry, problems: list[CollectorProblem]) -> Node:
    text = tree.text(entry.path)
    if isinstance(text, Unreadable):
        if text.because is UnreadableBecause.TOO_LARGE:
            problems.append(_problem(entry.path, HclError(0, "hcl_too_large")))
        return Node({}, 0)
    file = read_hcl(text)
    problems.extend(_problem(entry.path, error) for error in file.errors)
    return file.body


def _problem(path: str, error: HclError) -> CollectorProblem:
    return CollectorProblem(
        path=path, line=error.line, sentence=say(f"infrastructure.{error.reason}")
    )


def _module(folder: str, files: list[tuple[str, Node]], values: Mapping[str, Node]) -> Module:
    return Module(
        folder=folder,
        variables={b.labels[0]: b.body.at("default") for b in _labelled(files, "variable", 1)},
        locals={
            name: value
            for _, body in files
            for block in body.at("locals").items
            for name, value in block.mapping.items()
        },
        outputs={b.labels[0]: b.body.at("value") for b in _labelled(files, "output", 1)},
        resources=tuple(_labelled(files, "resource", 2)),
        calls=tuple(_labelled(files, "module", 1)),
        values=values,
    )


def _labelled(files: list[tuple[str, Node]], kind: str, labels: int) -> Iterator[Block]:
    for path, body in files:
        for block in body.at(kind).items:
            words = tuple(label.text for label in block.mapping.get(LABELS, ABSENT).items)
            if len(words) == labels:
                yield Block(labels=words, path=path, body=block)
