"""Expressions that lead back to each other are followed to an end, and soon."""

import ast
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.settling import MAX_DEPTH, Settling
from tenken.readiness.collectors.python.values import UNKNOWN, Thing, Value

SCOPE = cast("Function", object())


class Leading(Settling):
    """Names that can be what other names are, and things of their own."""

    def __init__(self, leads: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__()
        self.nodes = {name: ast.Name(name) for name in leads}
        self.leads = leads
        self.things = frozenset(leads)
        self.steps = 0

    def of(self, name: str) -> set[Value]:
        return set(self.values(self.nodes[name], SCOPE))

    def _evaluate(self, node: ast.expr, scope: Function) -> Iterable[Value]:
        assert isinstance(node, ast.Name)
        self.steps += 1
        if node.id in self.things:
            yield Thing(node.id)
        for other in self.leads[node.id]:
            yield from self.values(self.nodes[other], scope)


NAMES = "abcdef"
GRAPHS = st.fixed_dictionaries(
    {name: st.lists(st.sampled_from(NAMES), max_size=3).map(tuple) for name in NAMES}
)


def reached(leads: Mapping[str, tuple[str, ...]], start: str) -> set[str]:
    found, waiting = set[str](), [start]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += leads[name]
    return found


@given(leads=GRAPHS, asked=st.lists(st.sampled_from(NAMES), min_size=1, max_size=8))
def test_answers_hold_nothing_that_cannot_be_reached(
    leads: Mapping[str, tuple[str, ...]], asked: list[str]
) -> None:
    """Whatever was asked before: only what a name leads to, itself always, and what is open."""
    leading = Leading(leads)
    for name in asked:
        told = leading.of(name)
        assert Thing(name) in told
        assert told - {UNKNOWN} <= {Thing(one) for one in reached(leads, name)}
        if UNKNOWN not in told:
            assert told == {Thing(one) for one in reached(leads, name)}


@given(leads=GRAPHS)
def test_without_circles_all_is_known(leads: Mapping[str, tuple[str, ...]]) -> None:
    forward = {name: tuple(to for to in leads[name] if to > name) for name in NAMES}
    leading = Leading(forward)
    for name in NAMES:
        assert leading.of(name) == {Thing(one) for one in reached(forward, name)}


def test_a_circle_of_many_ways_is_gone_through_once() -> None:
    """Each of twelve names leads to all: by every way there are more than 400 million steps."""
    names = "abcdefghijkl"
    leading = Leading(dict.fromkeys(names, tuple(names)))
    leading.things = frozenset()
    for name in names:
        leading.of(name)
    assert leading.steps <= len(names) ** 2


def test_what_leads_only_back_to_itself_is_kept_below_a_question() -> None:
    leading = Leading({"a": ("b",), "b": ("b",)})
    leading.of("a")
    assert leading.is_settled(leading.nodes["b"], SCOPE)


def test_what_waits_for_a_name_above_is_found_anew_from_elsewhere() -> None:
    """`b` stands in the circle of `a`: asked by itself it comes to all of the circle."""
    leading = Leading({"a": ("b", "c"), "b": ("a",), "c": ()})
    leading.of("a")
    assert not leading.is_settled(leading.nodes["b"], SCOPE)
    assert {Thing("a"), Thing("b"), Thing("c")} <= leading.of("b")


def test_too_deep_is_open() -> None:
    names = [f"n{number}" for number in range(MAX_DEPTH * 2)]
    leads = {name: (after,) for name, after in pairwise(names)}
    leading = Leading({**leads, names[-1]: ()})
    leading.things = frozenset(names[-1:])
    assert leading.of("n0") == {UNKNOWN}
    assert leading.of(names[-2]) == {Thing(names[-1])}


def test_a_crash_leaves_nothing_behind() -> None:
    leading = Leading({"a": ("b",), "b": ("gone",)})
    with pytest.raises(KeyError):
        leading.of("a")
    leading.leads = {"a": ("b",), "b": ()}
    assert leading.of("a") == {Thing("a"), Thing("b")}
