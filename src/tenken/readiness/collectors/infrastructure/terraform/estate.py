"""Every Terraform resource of the repository, in each environment it is applied to.

A folder that no other folder calls is applied by itself. A `.tfvars` file that somebody names
(`prod.tfvars`) makes an environment of its own.
"""

import posixpath
from collections.abc import Iterator, Mapping

from msgspec import Struct

from tenken.config.node import Node
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.stages import stage_of
from tenken.readiness.collectors.infrastructure.terraform.handed import handed_in, inputs_of
from tenken.readiness.collectors.infrastructure.terraform.modules import (
    Block,
    Folders,
    Module,
    ValueFile,
    read_folders,
)
from tenken.readiness.collectors.infrastructure.terraform.scope import (
    Budget,
    Scope,
    elements_of,
)
from tenken.readiness.collectors.infrastructure.values import literal
from tenken.readiness.facts.infrastructure import Unseen, UnseenBecause
from tenken.readiness.facts.tree import CollectorProblem, Tree, Unreadable

MAX_MODULES_DEEP = 8
MAX_INSTANCES = 300
MAX_RESOURCES = 20_000
STAGE_VARIABLES = ("environment", "env", "stage", "environment_name", "env_name", "deploy_env")


class Resource(Struct, frozen=True, kw_only=True):
    """A resource in one environment; `body` works its values out when it is asked for."""

    kind: str
    name: str
    address: str
    """`google_service_account.desk`, with `module.x.` before it inside a called module."""
    stage: str
    block: Block
    scope: Scope
    each: Mapping[str, Node]
    certain: bool
    """False where `count` could be 0 and that is not known."""

    @property
    def path(self) -> str:
        """The file it stands in."""
        return self.block.path

    @property
    def place(self) -> Place:
        """Where its block begins."""
        return Place(self.block.path, self.block.body.line)

    def body(self) -> Node:
        """Its values, as far as they can be known."""
        return self.scope.work_out(self.block.body, self.each)


class RemoteCall(Struct, frozen=True, kw_only=True):
    """A module that is not in the repository, and what it is given."""

    source: str
    name: str
    path: str
    inputs: Node
    stage: str


class Estate(Struct, frozen=True, kw_only=True):
    """All resources, the modules that could not be followed, the files that could not be read."""

    resources: tuple[Resource, ...] = ()
    unmade: tuple[Resource, ...] = ()
    """Written down, with a `count` of 0 or a `for_each` over nothing."""
    unseen: tuple[Unseen, ...] = ()
    remote_calls: tuple[RemoteCall, ...] = ()
    problems: tuple[CollectorProblem, ...] = ()


def read_estate(tree: Tree) -> Estate:
    """Read all Terraform of a tree."""
    folders = read_folders(tree)
    if not folders.modules:
        return Estate(problems=folders.problems)
    builder = _Builder(tree, folders)
    resources = tuple(builder.resources())
    unseen = tuple(dict.fromkeys(builder.unseen))
    return Estate(
        resources=resources,
        unmade=tuple(builder.unmade),
        unseen=unseen,
        remote_calls=tuple(builder.remote_calls),
        problems=folders.problems,
    )


class _Builder:
    """Walks from the folders that are applied into the modules they call."""

    def __init__(self, tree: Tree, folders: Folders) -> None:
        self._tree = tree
        self._folders = folders
        self._budget = Budget()
        self._instances = 0
        self._made = 0
        self._given: Mapping[str, Node] | None = None
        self.unseen: list[Unseen] = []
        self.unmade: list[Resource] = []
        self.remote_calls: list[RemoteCall] = []

    def resources(self) -> Iterator[Resource]:
        called = {
            target
            for module in self._folders.modules.values()
            for call in module.calls
            if (target := _local_target(module.folder, call)) != module.folder
        }
        for folder, module in sorted(self._folders.modules.items()):
            if folder not in called:
                yield from self._root(module)

    def _root(self, module: Module) -> Iterator[Resource]:
        variants = self._variants(module.folder)
        if not variants:
            scope = self._scope(module, self._handed(module), "")
            yield from self._inside(scope, stage_in(scope, stage_of(module.folder)), 0)
        for file in variants:
            scope = self._scope(module, {**self._handed(module), **file.values}, "")
            stage = stage_of(file.path[len(module.folder) :]) or stage_of(module.folder)
            yield from self._inside(scope, stage_in(scope, stage), 0)

    def _handed(self, module: Module) -> dict[str, Node]:
        if self._given is None:
            self._given = handed_in(self._tree, self._folders.modules)
        return inputs_of(module, self._given)

    def _variants(self, folder: str) -> list[ValueFile]:
        prefix = f"{folder}/" if folder else ""
        known = set(self._folders.modules) - {folder}
        return [
            file
            for file in self._folders.value_files
            if file.path.startswith(prefix) and not _parents(file.path, folder) & known
        ]

    def _scope(self, module: Module, inputs: Mapping[str, Node], address: str) -> Scope:
        self._instances += 1
        return Scope(
            module,
            inputs,
            address=address,
            budget=self._budget,
            read=lambda path: self._text(module.folder, path),
        )

    def _text(self, folder: str, path: str) -> str | None:
        candidates = [posixpath.normpath(path), posixpath.normpath(posixpath.join(folder, path))]
        for candidate in candidates:
            if self._tree.entry(candidate) is not None:
                text = self._tree.text(candidate)
                return None if isinstance(text, Unreadable) else text
        return None

    def _inside(self, scope: Scope, stage: str, depth: int) -> Iterator[Resource]:
        for call in scope.module.calls:
            yield from self._called(scope, call, stage, depth)
        for block in scope.module.resources:
            instances = list(_instances(scope, block))
            if not instances:
                self.unmade.append(_resource(scope, block, stage, ({}, True)))
            for instance in instances:
                if self._made >= MAX_RESOURCES:
                    return
                self._made += 1
                yield _resource(scope, block, stage, instance)

    def _called(self, scope: Scope, call: Block, stage: str, depth: int) -> Iterator[Resource]:
        name = call.labels[0]
        target = _local_target(scope.module.folder, call)
        module = self._folders.modules.get(target) if target is not None else None
        if module is None:
            self.unseen.append(_unfollowed(call, target))
            self.remote_calls.append(
                RemoteCall(
                    source=literal(call.body.at("source")) or "",
                    name=name,
                    path=call.path,
                    inputs=scope.work_out(call.body),
                    stage=stage,
                )
            )
            return
        if depth >= MAX_MODULES_DEEP or self._instances >= MAX_INSTANCES:
            return
        for each, _ in _instances(scope, call):
            inputs = scope.work_out(call.body, each).mapping
            known = {
                key: value
                for key, value in inputs.items()
                if not value.tag or key in module.variables
            }
            child = self._scope(module, known, f"{scope.address}module.{name}.")
            scope.children[name] = child
            handed_on = {key for key in known if call.body.at(key).text.startswith("var.")}
            told = stage if handed_on & {*STAGE_VARIABLES} else stage_in(child, stage)
            yield from self._inside(child, told, depth + 1)


def _resource(
    scope: Scope, block: Block, stage: str, instance: tuple[Mapping[str, Node], bool]
) -> Resource:
    kind, name = block.labels
    return Resource(
        kind=kind,
        name=name,
        address=f"{scope.address}{kind}.{name}",
        stage=stage,
        block=block,
        scope=scope,
        each=instance[0],
        certain=instance[1],
    )


def stage_in(scope: Scope, otherwise: str) -> str:
    """The environment that a variable is given; a default stands for whichever is applied."""
    for name in STAGE_VARIABLES:
        if name in scope.module.variables and scope.is_given(name):
            value = literal(scope.work_out(Node(f"var.{name}", 0, {}, "!ref")))
            if value and stage_of(value):
                return stage_of(value)
    return otherwise


def _local_target(folder: str, call: Block) -> str | None:
    source = literal(call.body.at("source")) or ""
    if not source.startswith(("./", "../")):
        return None
    return posixpath.normpath(posixpath.join(folder, source)).removeprefix("./")


def _unfollowed(call: Block, target: str | None) -> Unseen:
    remote = target is None
    return Unseen(
        because=UnseenBecause.REMOTE_MODULE if remote else UnseenBecause.ABSENT,
        place=Place(call.path, call.body.line),
        detail=(literal(call.body.at("source")) or call.labels[0])[:120],
    )


def _parents(path: str, below: str) -> set[str]:
    parts = path.split("/")[:-1]
    found = {"/".join(parts[:depth]) for depth in range(1, len(parts) + 1)}
    return {folder for folder in found if len(folder) > len(below)}


def _instances(scope: Scope, block: Block) -> Iterator[tuple[Mapping[str, Node], bool]]:
    """One for each element of `for_each` or `count`; none where `count` is 0."""
    if over := block.body.at("for_each"):
        elements = elements_of(scope.work_out(over))
        if elements is None:
            yield {}, True
        for key, value in elements or ():
            yield {"each.key": key, "each.value": value}, True
        return
    count = block.body.at("count")
    if not count:
        yield {}, True
        return
    value = scope.work_out(count)
    if value.tag or value.number is None:
        yield {}, False
    elif value.number > 0:
        yield {"count.index": Node(0, count.line)}, True
