"""Which calls may be guards, told from how they are written: the others are not followed."""

import ast

from tenken.readiness.collectors.code.guarding.known import (
    ENGINE_METHODS,
    OWN_TOPICS,
    SCANNERS,
    is_own_name,
)
from tenken.readiness.collectors.python.syntax import last_name, written
from tenken.readiness.collectors.python.walking import Shape, walk
from tenken.readiness.facts.code import GuardTopic


def may_guard(call: ast.Call) -> bool:
    """Told from how it is written, so that most calls need not be followed."""
    name = last_name(call.func)
    asks = name in {"post", "request"} or name in ENGINE_METHODS or name in SCANNERS
    return asks or is_own(call.func)


def is_own(node: ast.expr) -> bool:
    """Tell whether what is called is named as a check of the repository's own."""
    named = isinstance(node, ast.Attribute | ast.Name)
    return named and is_own_name(written(node) or ast.unparse(node))


def own_topics(shape: Shape) -> tuple[GuardTopic, ...]:
    """What a module of the repository looks for, by its texts and the names of its functions."""
    texts = [str(one.value) for one in walk(shape.tree) if isinstance(one, ast.Constant)]
    text = " ".join([*texts, *(one.name for one in shape.functions)]).lower()
    return tuple(topic for topic, words in OWN_TOPICS.items() if any(it in text for it in words))
