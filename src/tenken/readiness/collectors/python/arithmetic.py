"""Products and sums of constants, such as `60 * 5`."""

import ast
from collections.abc import Callable

from tenken.readiness.collectors.python.values import Literal, Value

HIGHEST = 1e9
"""Figures beyond are no settings, and hostile ones would cost memory."""


def number(node: ast.expr, values: Callable[[ast.expr], tuple[Value, ...]]) -> float | None:
    """Give a product or sum of two constants, such as `60 * 5`, or a negative number."""
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return -number
        case ast.BinOp(left=left, op=ast.Mult() | ast.Add() as how, right=right):
            first, second = _one_number(values(left)), _one_number(values(right))
            if first is None or second is None:
                return None
            return first * second if isinstance(how, ast.Mult) else first + second
        case _:
            return None


def _one_number(values: tuple[Value, ...]) -> float | None:
    if len(values) == 1 and isinstance(values[0], Literal):
        number = values[0].value
        if isinstance(number, int | float) and not isinstance(number, bool):
            return float(number) if abs(number) < HIGHEST else None
    return None
