"""The values of a rehearsal, and what Python's own operators and functions make of them.

Values are plain constants and small containers of them: texts, numbers, tuples (for every
sequence), dicts. What cannot be told is `OPEN`, and whatever is made of it stays so.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

MAX_ITEMS = 50


class Open:
    """A value that the text alone does not tell."""

    def __repr__(self) -> str:
        return "OPEN"


class Answered(Open):
    """What a model answered, or a part of it: nobody knows what it says."""

    def __repr__(self) -> str:
        return "ANSWERED"


class Measured(Open):
    """A share or a mean that was measured: open, but never below 0."""

    def __repr__(self) -> str:
        return "MEASURED"


OPEN = Open()


class Repeated(Struct, frozen=True):
    """A sequence of unknown length whose every element is the same."""

    value: object


COMPARED: Mapping[type[ast.cmpop], Callable[[Any, Any], object]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne,
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Is: operator.is_, ast.IsNot: operator.is_not,
}  # fmt: skip
"""Python's own comparisons; two values of kinds that cannot be ordered raise TypeError."""


class Fields(Struct, frozen=True):
    """An object whose attributes are known by name."""

    by_name: Mapping[str, object]


def truth_of(value: object) -> bool | None:
    """Give whether a value counts as true, or None where that is open."""
    if isinstance(value, Open | Repeated):
        return None
    return bool(value)


def is_said(value: object) -> bool:
    """A model's own words are in it."""
    if isinstance(value, dict):
        return any(is_said(one) for one in value.values())
    if isinstance(value, tuple):
        return any(is_said(one) for one in value)
    return isinstance(value, Answered)


def elements(value: object) -> tuple[object, ...] | None:
    """Give the elements that a loop goes over, or None where they are open."""
    if isinstance(value, dict):
        return tuple(value)
    return value if isinstance(value, tuple) and len(value) <= MAX_ITEMS else None


def unary(op: ast.unaryop, value: object) -> object:
    truth = truth_of(value)
    if isinstance(op, ast.Not):
        return OPEN if truth is None else not truth
    if isinstance(op, ast.USub) and isinstance(value, int | float):
        return -value
    return OPEN


def counted(left: object, op: ast.operator, right: object) -> object:
    """Sums and shares of plain numbers; the mean of equal values is the value."""
    if isinstance(left, Repeated) and isinstance(op, ast.Div):
        return left.value
    if not (isinstance(left, int | float) and isinstance(right, int | float)):
        return OPEN
    match op:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div() if right:
            return left / right
        case _:
            return OPEN


def is_same(left: object, right: object) -> bool:
    open_ = isinstance(left, Open) or isinstance(right, Open)
    return not open_ and type(left) is type(right) and left == right


def held_against(op: ast.cmpop, left: object, right: object) -> object:
    if isinstance(op, ast.In) and not isinstance(left, Open) and left == "":
        return True  # no text is without the empty one
    if isinstance(left, Measured) and isinstance(right, int | float) and right <= 0:
        return _of_measured(op, right)
    if isinstance(left, Open | Repeated) or isinstance(right, Open | Repeated):
        return OPEN
    if isinstance(op, ast.In | ast.NotIn):
        held = _holds(right, left)
        return OPEN if held is None else held is isinstance(op, ast.In)
    kinds = [isinstance(one, tuple | dict) for one in (left, right)]
    if all(kinds) and (left or right):
        return OPEN  # what stands for a set, a list and a tuple is the same here
    try:
        return bool(COMPARED[type(op)](left, right))
    except TypeError:
        return OPEN


def _of_measured(op: ast.cmpop, limit: float) -> object:
    match op:
        case ast.Lt():
            return False
        case ast.GtE():
            return True
        case ast.LtE() if limit < 0:
            return False
        case ast.Gt() if limit < 0:
            return True
        case _:
            return OPEN


def _holds(container: object, value: object) -> bool | None:
    if isinstance(container, str) and isinstance(value, str):
        return value in container
    items = elements(container)
    if items is None:
        return None
    if any(not isinstance(one, Open) and one == value for one in items):
        return True
    return None if any(isinstance(one, Open) for one in items) else False


def _every(arguments: list[object]) -> object:
    return _quantified(arguments, decisive=False)


def _some(arguments: list[object]) -> object:
    return _quantified(arguments, decisive=True)


def _quantified(arguments: list[object], *, decisive: bool) -> object:
    held = arguments[0] if len(arguments) == 1 else OPEN
    if isinstance(held, Repeated):
        return truth_of(held.value) if truth_of(held.value) is not decisive else OPEN
    items = elements(held)
    if items is None:
        return OPEN
    truths = [truth_of(one) for one in items]
    if decisive in truths:
        return decisive
    return OPEN if None in truths else not decisive


def _extreme(choose: Callable[..., object]) -> Callable[[list[object]], object]:
    def of(arguments: list[object]) -> object:
        items = elements(arguments[0]) if len(arguments) == 1 else tuple(arguments)
        numbers = [one for one in items or () if isinstance(one, int | float)]
        return choose(numbers) if items and len(numbers) == len(items) else OPEN

    return of


def _total(arguments: list[object]) -> object:
    """The sum of equal values stays told apart until it is shared among them."""
    held = arguments[0] if len(arguments) == 1 else OPEN
    if isinstance(held, Repeated):
        return held
    items = elements(held)
    numbers = [one for one in items or () if isinstance(one, int | float)]
    return sum(numbers) if items is not None and len(numbers) == len(items) else OPEN


def _mean(arguments: list[object]) -> object:
    total = _total(arguments)
    return total.value if isinstance(total, Repeated) else Measured()


def _length(arguments: list[object]) -> object:
    held = arguments[0] if len(arguments) == 1 else OPEN
    return len(held) if isinstance(held, str | tuple | dict) else OPEN


def _truth(arguments: list[object]) -> object:
    truth = truth_of(arguments[0]) if len(arguments) == 1 else None
    return OPEN if truth is None else truth


def _as_it_is(arguments: list[object]) -> object:
    return arguments[0] if len(arguments) == 1 else OPEN


def _text(arguments: list[object]) -> object:
    return arguments[0] if len(arguments) == 1 and isinstance(arguments[0], str) else OPEN


def _number(arguments: list[object]) -> object:
    match arguments:
        case [int() | float() as value]:
            return float(value)
        case [str() as text]:
            try:
                return float(text)
            except ValueError:
                return OPEN
        case _:
            return OPEN


BUILTINS: Mapping[str, Callable[[list[object]], object]] = {
    "all": _every, "any": _some, "max": _extreme(max), "min": _extreme(min), "len": _length,
    "bool": _truth, "list": _as_it_is, "tuple": _as_it_is, "set": _as_it_is, "sorted": _as_it_is,
    "dict": _as_it_is, "float": _number, "str": _text,
    "sum": _total, "mean": _mean, "fmean": _mean,
}  # fmt: skip


def of_method(base: object, method: str, arguments: list[object]) -> object:
    if isinstance(base, dict):
        match method:
            case "values":
                return tuple(base.values())
            case "keys":
                return tuple(base)
            case "items":
                return tuple(base.items())
            case "get" if arguments and isinstance(arguments[0], str | int):
                return base.get(arguments[0], OPEN)
    if isinstance(base, Answered):
        return base
    if isinstance(base, str) and not arguments and method in {"lower", "upper", "strip"}:
        return str(getattr(base, method)())
    return OPEN
