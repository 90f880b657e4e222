"""Works out Terraform expressions inside one module, as far as the repository allows.

What cannot be known (a variable without a value, a data source, a function we do not have) stays
tagged, so that nobody takes it for a value. Nothing is executed; work is bounded by a budget that
all scopes of an inspection share.
"""

from collections.abc import Callable, Mapping

from tenken.config.node import ABSENT, Node
from tenken.pattern import Pattern
from tenken.readiness.collectors.infrastructure.hcl import LABELS
from tenken.readiness.collectors.infrastructure.terraform import functions
from tenken.readiness.collectors.infrastructure.terraform.modules import Block, Module
from tenken.remembered import remembered

MAX_DEPTH = 40
MAX_COPIES = 40
LONGEST_REFERENCE = 300
"""Each step further makes a reference longer: here one that leads to itself ends."""
STEPS = Pattern(r"[A-Za-z_][A-Za-z0-9_-]*|\[[^\]]*\]")
VARIABLE_KEY = Pattern(r"\[(?:var|local|each|module|data)\.[^\]]*\]")
NOTHING: Mapping[str, Node] = {}


class Budget:
    """How many values may still be worked out."""

    def __init__(self, steps: int = 2_000_000) -> None:
        self.left = steps

    def take(self, steps: int = 1) -> bool:
        """Take steps; False when there are none left."""
        self.left -= steps
        return self.left > 0


class Scope:
    """The values of one module as it is called in one place."""

    def __init__(
        self,
        module: Module,
        inputs: Mapping[str, Node],
        *,
        address: str = "",
        budget: Budget,
        read: Callable[[str], str | None] = lambda _path: None,
    ) -> None:
        self.module = module
        self.address = address
        self.children: dict[str, Scope] = {}
        self._inputs = {**module.values, **inputs}
        self._read = read
        self._budget = budget
        self._known: dict[str, tuple[Node, int]] = {}
        self._busy: set[str] = set()
        self._resources: dict[str, Block] = {
            ".".join(block.labels): block for block in module.resources
        }

    def is_given(self, name: str) -> bool:
        """A variable has a value from outside, not only its default."""
        return name in self._inputs

    def has(self, resource: str) -> bool:
        """A resource of this type and name is declared here."""
        return resource in self._resources

    def work_out(self, node: Node, each: Mapping[str, Node] = NOTHING, depth: int = 0) -> Node:
        """Give the value with everything in it resolved that can be."""
        if depth > MAX_DEPTH or not self._budget.take():
            return Node("", node.line, {}, "!expr")
        if not node.tag:
            return self._inside(node, each, depth)
        match node.tag:
            case "!ref":
                return self._reference(node, each, depth)
            case "!template":
                return self._template(node, each, depth)
            case "!call":
                return self._call(node, each, depth)
            case "!if" | "!op":
                return self._choice(node, each, depth)
            case "!expr":
                return node
            case _:
                return self._inside(node, each, depth)

    def _inside(self, node: Node, each: Mapping[str, Node], depth: int) -> Node:
        value = node.value
        if type(value) is str:  # most of what is written
            return node
        if isinstance(value, tuple):
            made = [copy for item in value for copy in self._copies(item, each, depth)]
            return Node(tuple(made), node.line, {}, node.tag)
        if node.mapping:
            values = {
                key: inner if key == LABELS else self.work_out(inner, each, depth + 1)
                for key, inner in node.mapping.items()
            }
            return Node(values, node.line, node.key_lines, node.tag)
        return node

    def _copies(self, item: Node, each: Mapping[str, Node], depth: int) -> list[Node]:
        """A `dynamic` block once for each element, or once with its element unknown."""
        if item.tag != "!dynamic":
            return [self.work_out(item, each, depth + 1)]
        content = item.at("content").items
        if not content:
            return []
        iterator = item.at("iterator").text
        elements = elements_of(self.work_out(item.at("for_each"), each, depth + 1))
        if elements is None:
            return [self.work_out(content[0], each, depth + 1)]
        return [
            self.work_out(content[0], {**each, **_named(iterator, key, value)}, depth + 1)
            for key, value in elements
        ]

    def _template(self, node: Node, each: Mapping[str, Node], depth: int) -> Node:
        pieces = tuple(self.work_out(piece, each, depth + 1) for piece in node.items)
        if any(piece.tag or not isinstance(piece.value, str | int | float) for piece in pieces):
            return Node(pieces, node.line, {}, "!template")
        return Node("".join(piece.text for piece in pieces), node.line)

    def _call(self, node: Node, each: Mapping[str, Node], depth: int) -> Node:
        name = node.items[0].text
        arguments = [self.work_out(item, each, depth + 1) for item in node.items[1:]]
        if name in {"file", "templatefile"} and arguments:
            return self._file(arguments[0], node)
        made = functions.call(name, arguments)
        return Node((node.items[0], *arguments), node.line, {}, "!call") if made is None else made

    def _file(self, path: Node, node: Node) -> Node:
        name = path.text if not path.tag else ""
        text = self._read(name) if name else None
        if text is None:
            return Node((Node("file"), path), node.line, {}, "!call")
        # The tag `file:<path>` says that lines are counted in that file, not in this one.
        return Node(text, 1, {}, f"file:{name}")

    def _choice(self, node: Node, each: Mapping[str, Node], depth: int) -> Node:
        parts = [self.work_out(item, each, depth + 1) for item in node.items]
        if node.tag == "!op":
            made = functions.operate(parts[0].text, parts[1:])
        else:
            made = functions.choose(parts)
        return Node(tuple(parts), node.line, {}, node.tag) if made is None else made

    def _reference(self, node: Node, each: Mapping[str, Node], depth: int) -> Node:
        match _steps(node.text):
            case ["var", name, *rest]:
                return self._input(name, rest, node, depth)
            case ["local", name, *rest] if name in self.module.locals:
                return self._into(
                    self._once(f"local.{name}", self.module.locals[name], depth), rest, node
                )
            case ["path", _]:
                return Node(self.module.folder or ".", node.line)
            case ["each" | "count" as kind, name, *rest] if f"{kind}.{name}" in each:
                return self._into(each[f"{kind}.{name}"], rest, node)
            case ["module", name, *rest] if name in self.children:
                own = rest[1:] if rest and rest[0][0] == "[" else rest  # one of several instances
                return self._output(name, own, node)
            case [iterator, "value" | "key" as side, *rest] if f"{iterator}.{side}" in each:
                return self._into(each[f"{iterator}.{side}"], rest, node)
            case [kind, name, *rest] if block := self._resources.get(f"{kind}.{name}"):
                return self._attribute(block, rest, node, depth)
            case _:
                return Node(self.address + node.text, node.line, {}, "!ref")

    def _input(self, name: str, rest: list[str], node: Node, depth: int) -> Node:
        value = self._inputs.get(name, ABSENT)
        if value is ABSENT:
            value = self.module.variables.get(name, ABSENT)
        is_root = not self.address  # whoever applies it may give what is null here
        if value is ABSENT or (is_root and not value):
            return Node(node.text, node.line, {}, "!ref")
        return self._into(self._once(f"var.{name}", value, depth), rest, node)

    def _output(self, name: str, steps: list[str], node: Node) -> Node:
        child = self.children[name]
        if not steps:  # all of its outputs, handed on as one value
            made = {key: child.work_out(one) for key, one in child.module.outputs.items()}
            return Node(made, node.line)
        value = child.module.outputs.get(steps[0], ABSENT)
        if not value:
            return Node(node.text, node.line, {}, "!ref")
        return self._into(child.work_out(value), steps[1:], node)

    def _attribute(self, block: Block, rest: list[str], node: Node, depth: int) -> Node:
        steps = [step for step in rest if step[0] != "["]
        symbol = Node(".".join([*block.labels, *steps]), node.line, {}, "!ref")
        symbol = Node(self.address + symbol.text, node.line, {}, "!ref")
        if len(steps) != 1 or steps[0] not in block.body.mapping:
            return symbol
        name = f"{'.'.join(block.labels)}.{steps[0]}"
        value = self._once(name, block.body.at(steps[0]), depth)
        return symbol if value.tag in {"!ref", "!expr", "!call"} else value

    def _once(self, name: str, value: Node, depth: int) -> Node:
        """Work a named value out once; a later use costs what the value is big."""
        if name in self._busy:
            return Node(name, value.line, {}, "!ref")
        if name in self._known:
            found, size = self._known[name]
            return found if self._budget.take(size) else Node(name, value.line, {}, "!ref")
        self._busy.add(name)
        before = self._budget.left
        found = self.work_out(value, NOTHING, depth + 1)
        self._known[name] = (found, before - self._budget.left)
        self._busy.discard(name)
        return found

    def _into(self, value: Node, steps: list[str], node: Node) -> Node:
        for at, step in enumerate(steps):
            if value.tag:
                return self._further(value, steps[at:], node)
            if (same := self._whichever(value, steps[at:], node)) is not None:
                return same
            key = step.strip('[]"')
            if key.isdigit() and value.items:
                value = value.items[int(key)] if int(key) < len(value.items) else ABSENT
            else:
                value = value.at(key)
            if value is ABSENT:
                return Node(self.address + node.text, node.line, {}, "!ref")
        return value

    def _further(self, value: Node, steps: list[str], node: Node) -> Node:
        """Steps below an entry whose key is not known may lead to what every entry says."""
        text = value.text.removeprefix(self.address)
        followed = len(text) <= LONGEST_REFERENCE and self._budget.take()
        if value.tag == "!ref" and followed and VARIABLE_KEY.search(text):
            below = "".join(step if step[0] == "[" else f".{step}" for step in steps)
            return self._reference(Node(text + below, node.line, {}, "!ref"), NOTHING, 0)
        return Node(self.address + node.text, node.line, {}, "!ref")

    def _whichever(self, value: Node, steps: list[str], node: Node) -> Node | None:
        """Behind a key that is not known, what every entry of a mapping says."""
        if not VARIABLE_KEY.fullmatch(steps[0]) or not value.mapping:
            return None
        found = [self._into(one, steps[1:], node) for one in value.mapping.values()]
        first = found[0]
        known = not any(below.tag for below in first.walk())
        return first if known and all(one.plain == first.plain for one in found) else None


@remembered
def _steps(reference: str) -> tuple[str, ...]:
    return tuple(STEPS.findall(reference))


def elements_of(node: Node) -> list[tuple[Node, Node]] | None:
    """Keys and values of what `for_each` goes over; None where that is not known."""
    if node.tag or not node:
        return None
    if isinstance(node.value, tuple):
        pairs = [(Node(item.text or str(at)), item) for at, item in enumerate(node.items)]
    elif isinstance(node.value, Mapping):
        pairs = [(Node(key, value.line), value) for key, value in node.mapping.items()]
    else:
        return None
    return pairs[:MAX_COPIES]


def _named(iterator: str, key: Node, value: Node) -> dict[str, Node]:
    return {f"{iterator}.key": key, f"{iterator}.value": value}
