"""The few Terraform functions and operators whose results the inspection needs."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tenken.config.node import Node, Scalar
from tenken.pattern import Pattern

MAX_TEXT = 200_000
MAX_ELEMENTS = 2_000
WHOLE = Pattern(r"(?:var|local)\.\w+")
VERB = Pattern(r"%(?:%|[-+# 0]*[0-9]*(?:\.[0-9]+)?[a-zA-Z])")


def call(name: str, arguments: list[Node]) -> Node | None:
    """Give a function's result, or None where it is not ours to know."""
    if name in SAME and arguments:
        return arguments[0] if not arguments[0].tag else None
    function = FUNCTIONS.get(name)
    return function(arguments) if function and arguments else None


def operate(operator: str, sides: list[Node]) -> Node | None:
    """Give the result of an operator, or None where a side is not known."""
    if operator in {"==", "!="} and any(_is_null(side) for side in sides):
        return _against_null(operator, sides)
    if any(side.tag or not isinstance(side.value, str | int | float | bool) for side in sides):
        return _half_known(operator, sides)
    values: list[Scalar] = [
        side.value for side in sides if not isinstance(side.value, tuple | Mapping)
    ]
    match operator, values:
        case "!", [bool(value)]:
            return Node(not value, sides[0].line)
        case "==", [left, right]:
            return Node(_same(left, right), sides[0].line)
        case "!=", [left, right]:
            return Node(not _same(left, right), sides[0].line)
        case "&&", [bool(left), bool(right)]:
            return Node(left and right, sides[0].line)
        case "||", [bool(left), bool(right)]:
            return Node(left or right, sides[0].line)
        case _, [int() | float() as left, int() | float() as right]:
            return _count(operator, float(left), float(right), sides[0].line)
        case _:
            return None


def _same(left: Scalar, right: Scalar) -> bool:
    """`true == 1` is false: values of two types are never equal."""
    return isinstance(left, bool) is isinstance(right, bool) and left == right


def _is_null(side: Node) -> bool:
    return side.value is None and not side.tag


def _against_null(operator: str, sides: list[Node]) -> Node | None:
    """`x != null`, where it is known whether x is anything."""
    if any(side.tag for side in sides):
        return None
    equal = all(_is_null(side) for side in sides)
    return Node(equal is (operator == "=="), sides[0].line)


def _half_known(operator: str, sides: list[Node]) -> Node | None:
    decided = {"&&": False, "||": True}.get(operator)
    known = [side for side in sides if not side.tag and side.value is decided]
    return known[0] if decided is not None and known else None


def _count(operator: str, left: float, right: float, line: int) -> Node | None:
    match operator:
        case "+":
            value: float | bool = left + right
        case "-":
            value = left - right
        case "*":
            value = left * right
        case "/" if right:
            value = left / right
        case ">":
            value = left > right
        case "<":
            value = left < right
        case ">=":
            value = left >= right
        case "<=":
            value = left <= right
        case _:
            return None
    if isinstance(value, bool):
        return Node(value, line)
    return Node(int(value) if value.is_integer() and abs(value) < 1e15 else value, line)


def choose(parts: list[Node]) -> Node | None:
    """`condition ? then : else`; also where both ends are the same."""
    condition, then, other = parts
    if not condition.tag and isinstance(condition.value, bool):
        return then if condition.value else other
    same = not then.tag and not other.tag and then.plain == other.plain
    return then if same else None


def _all_known(arguments: list[Node]) -> bool:
    return not any(argument.tag for argument in arguments)


def _try(arguments: list[Node]) -> Node | None:
    for one in arguments:
        if one.tag == "!ref" and WHOLE.fullmatch(one.text):
            return None  # it is given by somebody, so it cannot fail: what follows is never tried
        if not one.tag and one:
            return one
    return None


def _coalesce(arguments: list[Node]) -> Node | None:
    for one in arguments:
        if one.tag:
            return None
        if one and one.text:
            return one
    return None


def _lookup(arguments: list[Node]) -> Node | None:
    if len(arguments) < 2 or not _all_known(arguments[:2]):
        return None
    found = arguments[0].mapping.get(arguments[1].text)
    return found or (arguments[2] if len(arguments) > 2 else None)


def _merge(arguments: list[Node]) -> Node | None:
    if not _all_known(arguments):
        return None
    values: dict[str, Node] = {}
    lines: dict[str, int] = {}
    for one in arguments:
        values.update(one.mapping)
        lines.update(one.key_lines)
    return Node(values, arguments[0].line, lines) if len(values) <= MAX_ELEMENTS else None


def _concat(arguments: list[Node]) -> Node | None:
    if not _all_known(arguments):
        return None
    items = tuple(item for one in arguments for item in one.items)
    return Node(items, arguments[0].line) if len(items) <= MAX_ELEMENTS else None


def _join(arguments: list[Node]) -> Node | None:
    if len(arguments) != 2 or not _all_known(arguments):
        return None
    pieces: list[Node] = []
    for item in arguments[1].items:
        pieces += [arguments[0], item]
    return _text(pieces[1:], arguments[0].line)


def _format(arguments: list[Node]) -> Node | None:
    head, *values = arguments
    if head.tag:
        return None
    unknown = Node("", head.line, {}, "!expr")
    given = iter(values)
    pieces: list[Node] = []
    end = 0
    for verb in VERB.finditer(head.text):
        pieces.append(Node(head.text[end : verb.start()], head.line))
        end = verb.end()
        if verb.group(0) == "%%":
            pieces.append(Node("%", head.line))
        else:
            value = next(given, unknown)
            # How a width or a precision writes a value is not worked out.
            pieces.append(value if verb.group(0) in {"%s", "%d", "%v"} else unknown)
    pieces.append(Node(head.text[end:], head.line))
    return _text(pieces, head.line)


def _text(pieces: list[Node], line: int) -> Node | None:
    if any(piece.tag for piece in pieces):
        return Node(tuple(pieces), line, {}, "!template")
    made = "".join(piece.text for piece in pieces)
    return Node(made, line) if len(made) <= MAX_TEXT else None


def _lower(arguments: list[Node]) -> Node | None:
    one = arguments[0]
    return None if one.tag else Node(one.text.lower(), one.line)


def _upper(arguments: list[Node]) -> Node | None:
    one = arguments[0]
    return None if one.tag else Node(one.text.upper(), one.line)


def _replace(arguments: list[Node]) -> Node | None:
    if len(arguments) != 3 or not _all_known(arguments):
        return None
    text, old, new = (argument.text for argument in arguments)
    is_pattern = len(old) > 1 and old.startswith("/") and old.endswith("/")
    if not old or is_pattern or text.count(old) * len(new) > MAX_TEXT:
        return None
    return Node(text.replace(old, new), arguments[0].line)


def _trimspace(arguments: list[Node]) -> Node | None:
    one = arguments[0]
    return None if one.tag else Node(one.text.strip(), one.line)


def _distinct(arguments: list[Node]) -> Node | None:
    one = arguments[0]
    if one.tag or any(item.tag for item in one.items):
        return None
    kept: list[Node] = []
    for item in one.items[:MAX_ELEMENTS]:
        if all(item.plain != other.plain for other in kept):
            kept.append(item)
    return Node(tuple(kept), one.line)


def _flatten(arguments: list[Node]) -> Node | None:
    one = arguments[0]
    flat: list[Node] = []
    pending = list(reversed(one.items))
    while pending and len(flat) <= MAX_ELEMENTS:
        item = pending.pop()
        if item.items:
            pending.extend(reversed(item.items))
        elif item.tag or item.value != ():
            flat.append(item)
    known = not one.tag and len(flat) <= MAX_ELEMENTS
    return Node(tuple(flat), one.line) if known else None


def _length(arguments: list[Node]) -> Node | None:
    one = arguments[0]
    if one.tag:
        return None
    return Node(len(one.items) or len(one.mapping) or len(one.text), one.line)


SAME = frozenset({
    "tostring", "tonumber", "tobool", "tolist", "tomap", "sensitive", "nonsensitive",
    "jsonencode", "yamlencode", "sort",
})  # fmt: skip
"""Functions whose result is, for our questions, what they are given: encoded or not."""
FUNCTIONS: Mapping[str, Callable[[list[Node]], Node | None]] = MappingProxyType(
    {
        "try": _try,
        "coalesce": _coalesce,
        "lookup": _lookup,
        "merge": _merge,
        "concat": _concat,
        "join": _join,
        "format": _format,
        "lower": _lower,
        "upper": _upper,
        "replace": _replace,
        "trimspace": _trimspace,
        "distinct": _distinct,
        "toset": _distinct,
        "flatten": _flatten,
        "length": _length,
    }
)
