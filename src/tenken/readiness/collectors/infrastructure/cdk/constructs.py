"""Constructs of an AWS CDK program in Python, found in its syntax tree: nothing is ever run."""

import ast
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from tenken.place import Place
from tenken.readiness.collectors.python.parse import NoTree, parse

MAX_BYTES = 400_000


class Construct(Struct, frozen=True, kw_only=True):
    """One call that makes a construct, or one of a construct's methods."""

    kind: str
    """The class or the method: `Bucket`, `auto_scale_task_count`."""
    place: Place
    name: str
    """Its id in the program; empty for a method."""
    variable: str
    """The variable that holds what the call gives, such as `service` or `self.service`."""
    owner: str
    """For a method: the variable at the root of what it is called on."""
    on: str = ""
    """For a method called straight on the result of another: that other method."""
    given: Mapping[str, ast.expr] = field(default_factory=dict)

    def line_of(self, key: str) -> Place:
        """Where an argument stands; the call itself where it is not given."""
        value = self.given.get(key)
        return self.place if value is None else Place(self.place.path, value.lineno)

    def says(self, key: str) -> str:
        """The last part of an argument as text: `True`, `2`, `S3_MANAGED`; empty if not given."""
        value = self.given.get(key)
        if isinstance(value, ast.Constant):
            return str(value.value)
        if isinstance(value, ast.Call):
            return _last(value.func)
        return _last(value) if value is not None else ""

    def number(self, key: str) -> float | None:
        """An argument that is a number."""
        value = self.given.get(key)
        if isinstance(value, ast.Constant) and isinstance(value.value, int | float):
            return float(value.value)
        return None


def constructs_of(path: str, text: str) -> tuple[Construct, ...]:
    """Every construct and every call on one, in the order of the file."""
    if "aws_cdk" not in text or len(text) > MAX_BYTES:
        return ()
    module = parse(text)
    if isinstance(module, NoTree):
        return ()
    known = _imported(module)
    held = {id(value): target for target, value in _assigned(module)}
    calls = (node for node in ast.walk(module) if isinstance(node, ast.Call))
    found = (_construct(path, node, known, held) for node in calls)
    return tuple(sorted((one for one in found if one), key=lambda one: one.place.line or 0))


def _imported(module: ast.Module) -> frozenset[str]:
    """Names that stand for the CDK's modules and classes."""
    names: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("aws_cdk"):
            names.update(one.asname or one.name for one in node.names)
        elif isinstance(node, ast.Import):
            own = (one for one in node.names if one.name.startswith("aws_cdk"))
            names.update(one.asname or "aws_cdk" for one in own)
    return frozenset(names)


def _assigned(module: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            yield ast.unparse(node.targets[0]), node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            yield ast.unparse(node.target), node.value


def _construct(
    path: str, node: ast.Call, known: frozenset[str], held: Mapping[int, str]
) -> Construct | None:
    kind = _last(node.func)
    if not kind:
        return None
    given = {one.arg: one.value for one in node.keywords if one.arg}
    is_class = kind[:1].isupper() and _root(node.func) in known
    return Construct(
        kind=kind,
        place=Place(path, node.lineno),
        name=_id(node, given) if is_class else "",
        variable=held.get(id(node), ""),
        owner="" if is_class else _owner(node.func),
        on="" if is_class else _called_on(node.func),
        given=given,
    )


def _id(node: ast.Call, given: Mapping[str, ast.expr]) -> str:
    second = node.args[1] if len(node.args) > 1 else given.get("id")
    return (
        second.value if isinstance(second, ast.Constant) and isinstance(second.value, str) else "*"
    )


def _last(node: ast.expr | None) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return node.id if isinstance(node, ast.Name) else ""


def _owner(node: ast.expr) -> str:
    """`service` for `service.service.auto_scale`, `self.service` for `self.service.auto_scale`."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        else:
            node = node.func
    root = node.id if isinstance(node, ast.Name) else ""
    return f"self.{parts[-1]}" if root == "self" and parts else root


def _called_on(node: ast.expr) -> str:
    inner = node.value if isinstance(node, ast.Attribute) else None
    return _last(inner.func) if isinstance(inner, ast.Call) else ""
