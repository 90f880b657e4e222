"""Calls of guards and of models, with the syntax that they were found in."""

import ast
from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct

from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.facts.calls import LlmCall
from tenken.readiness.facts.code import GuardStage, GuardTopic


class Called(Struct, frozen=True, eq=False):
    """A guard call, before it is known where it stands."""

    call: ast.Call
    scope: Function
    library: str
    topics: tuple[GuardTopic, ...]
    stage: GuardStage | None


class Known(Struct, frozen=True, eq=False):
    """A model call with its syntax."""

    call: ast.Call
    scope: Function
    fact: LlmCall


class Reached(NamedTuple):
    """A model call, and the line of the step towards it in each function that leads there."""

    known: Known
    steps: Mapping[Function, int]
