"""Arithmetic over what is counted of requests: how a KPI is worked out. Pure; nothing is run.

    feedback.thumbs.good / feedback.thumbs.count
    (answered - feedback.rejected.count) / requests
    impact.JPY - cost.USD * 150

Numbers, names, `+ - * /` and parentheses; nothing else, so that nothing else can be written into
a file that somebody reviews.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from math import isfinite

import re2
from msgspec import Struct

from tenken.sentence import Sentence, say

COUNTED = (
    "requests", "answered", "refused", "blocked", "failed", "interrupted", "cancelled", "unknown",
    "fallbacks", "retries", "cached", "matches",
    "tokens.read", "tokens.written", "cost.USD",
)  # fmt: skip
KINDS = (
    "thumbs",
    "rating",
    "copied",
    "accepted",
    "edited",
    "executed",
    "rejected",
    "functional",
)
"""Of feedback; each has `count`, `good`, `bad` and `value`, the sum of its values."""
PARTS = ("count", "good", "bad", "value")
DIGITS = "0123456789"
LONGEST = 400
DEEPEST = 24
TOKEN = re2.compile(
    r"\s*(?:([0-9]+(?:\.[0-9]+)?)|([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z%][A-Za-z0-9_%/-]*)*)|(.))"
)
UNIT = re2.compile(r"[A-Za-z%][A-Za-z0-9_%/-]{0,15}")

Operand = float | str
Step = Operand | tuple[str]
"""A number, a name, or an operator in a tuple: steps in reverse Polish order."""


class Unreadable(Exception):
    """An expression that is none."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.id)
        self.sentence = sentence


class Expression(Struct, frozen=True):
    """What is worked out."""

    steps: tuple[Step, ...]

    @property
    def names(self) -> frozenset[str]:
        """What it counts."""
        return frozenset(one for one in self.steps if isinstance(one, str))

    def of(self, values: Mapping[str, float]) -> float | None:
        """Work it out; None where it divides by nothing, or by what was never counted."""
        stack: list[float] = []
        for step in self.steps:
            match step:
                case str():
                    stack.append(values.get(step, 0.0))
                case float():
                    stack.append(step)
                case (operator,):
                    second, first = stack.pop(), stack.pop()
                    if operator == "/" and not second:
                        return None
                    stack.append(_done(operator, first, second))
        return stack[0] if isfinite(stack[0]) else None


def read_expression(text: str) -> Expression:
    """Read an expression; raises Unreadable."""
    if len(text) > LONGEST:
        raise Unreadable(say("kpi.too_long", most=LONGEST))
    reader = _Reader(list(_tokens(text)))
    steps = tuple(reader.sum(0))
    reader.end()
    return Expression(steps)


def known(name: str) -> bool:
    """Tell whether a name is counted."""
    first, _, rest = name.partition(".")
    match first:
        case "feedback":
            kind, _, part = rest.partition(".")
            return kind in KINDS and part in PARTS
        case "impact":
            return bool(UNIT.fullmatch(rest))
        case _:
            return name in COUNTED


class _Reader:
    """Reads sums of products, by recursive descent."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def sum(self, depth: int) -> Iterator[Step]:
        """Read what is added up."""
        if depth > DEEPEST:
            raise Unreadable(say("kpi.too_deep", most=DEEPEST))
        yield from self._product(depth)
        while (operator := self._next("+", "-")) is not None:
            yield from self._product(depth)
            yield (operator,)

    def end(self) -> None:
        """See that nothing follows; raises Unreadable."""
        if self._at < len(self._tokens):
            raise Unreadable(say("kpi.unexpected", found=self._tokens[self._at]))

    def _product(self, depth: int) -> Iterator[Step]:
        yield from self._operand(depth)
        while (operator := self._next("*", "/")) is not None:
            yield from self._operand(depth)
            yield (operator,)

    def _operand(self, depth: int) -> Iterator[Step]:
        if self._at >= len(self._tokens):
            raise Unreadable(say("kpi.ends_early"))
        found = self._tokens[self._at]
        self._at += 1
        if found == "(":
            yield from self.sum(depth + 1)
            if self._next(")") is None:
                raise Unreadable(say("kpi.not_closed"))
        elif found[0] in DIGITS:
            yield float(found)
        elif len(found) > 1 or (found.isascii() and found.isalpha()):
            yield _name(found)
        else:
            raise Unreadable(say("kpi.unexpected", found=found))

    def _next(self, *wanted: str) -> str | None:
        if self._at < len(self._tokens) and self._tokens[self._at] in wanted:
            self._at += 1
            return self._tokens[self._at - 1]
        return None


def _tokens(text: str) -> Iterator[str]:
    for found in TOKEN.finditer(text.strip()):
        yield found.group(1) or found.group(2) or found.group(3)


def _name(name: str) -> str:
    if not known(name):
        every = (*COUNTED, *(f"feedback.{kind}.{part}" for kind in KINDS for part in PARTS))
        near = get_close_matches(name, (*every, "impact.JPY"), 1, 0.4)
        raise Unreadable(say("kpi.unknown_name", name=name, near=near[0] if near else "requests"))
    return name


def _done(operator: str, first: float, second: float) -> float:
    match operator:
        case "+":
            return first + second
        case "-":
            return first - second
        case "*":
            return first * second
        case _:
            return first / second
