"""Models that the application itself asks for a verdict on a text, and what the verdict decides.

A prompt that asks for one of a few words is a guard where a bad word keeps the answer from being
asked for, or from being given: the verdict is followed from the call to the branch that refuses.
"""

import ast
from collections.abc import Container, Iterator, Mapping, Sequence

from tenken.pattern import Pattern
from tenken.readiness.collectors.code.guarding.refusing import (
    comes_after,
    lets_in,
    mentions,
    never,
    parameters,
)
from tenken.readiness.collectors.code.models.raising import Raising
from tenken.readiness.collectors.code.models.retrying.around import Link
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import own_nodes
from tenken.readiness.collectors.python.values import Literal
from tenken.readiness.collectors.python.walking import walk
from tenken.readiness.facts.code import GuardTopic

LIBRARY = "model-verdict"
ASKED = Pattern(
    r"(?is)\b(only|exactly|either|one of|single word|must be|true or false|yes or no)\b.{0,160}"
    r"\b(safe|unsafe|yes|no|true|false|allow(ed)?|block(ed)?|valid|invalid|pass|fail|injection"
    r"|relevant|irrelevant|grounded|ungrounded)\b"
    r"|(のみ|だけ).{0,40}(回答|出力|返)|(SAFE|UNSAFE|安全|危険).{0,40}(のいずれか|のどちらか)"
)
"""A verdict is asked for: one of a few words and nothing else."""
TOPICS: Mapping[GuardTopic, Pattern] = {
    GuardTopic.INJECTION: Pattern(
        r"(?i)injection|jailbreak|ignore (all )?(previous|prior)|override (the )?instructions"
        r"|インジェクション|脱獄"
    ),
    GuardTopic.OFF_TOPIC: Pattern(
        r"(?i)off[- ]topic|unrelated to|irrelevant|out of scope|relevant to|対象外|無関係"
    ),
    GuardTopic.HARM: Pattern(
        r"(?i)harmful|toxic|offensive|hate speech|self[- ]harm|violen(t|ce)|有害|暴力"
    ),
    GuardTopic.GROUNDING: Pattern(
        r"(?i)hallucinat|grounded in|supported by the (context|documents|sources)|根拠"
    ),
}
LONGEST = 8_000
SHORTEST = 40
ROUNDS = 3
Leaving = ast.Return | ast.Raise | ast.Continue


class Elsewhere:
    """The functions that lead to model calls other than one."""

    def __init__(self, ways: Mapping[Function, int], own: Container[Function]) -> None:
        self._ways = ways
        self._own = own

    def __contains__(self, function: object) -> bool:
        ways = self._ways.get(function, 0) if isinstance(function, Function) else 0
        return ways > (function in self._own)


class Verdicts:
    """Looks at calls that generate, for those that only judge."""

    def __init__(self, follower: Follower, raising: Raising) -> None:
        self._follower = follower
        self._raising = raising

    def topics(
        self, call: ast.Call, links: Sequence[Link], homes: Container[Function]
    ) -> tuple[GuardTopic, ...]:
        """What the call judges; nothing where its verdict is not asked for or decides nothing."""
        scope = links[0].scope if links else None
        if scope is None or scope.node is None:
            return ()
        text = " ".join(self._texts(scope))[:LONGEST]
        topics = tuple(topic for topic, words in TOPICS.items() if words.search(text))
        if not topics or not ASKED.search(text):
            return ()
        if self._raising.swallowed_at(call, scope) is not None:
            return ()  # what an error comes to is not known here
        return topics if _decides(links, homes) else ()

    def _texts(self, scope: Function) -> Iterator[str]:
        """What stands in the function, and the longer texts that it names."""
        for node in own_nodes(scope):
            match node:
                case ast.Constant(value=str() as text):
                    yield text
                case ast.Name(ctx=ast.Load()) | ast.Attribute(ctx=ast.Load()):
                    for value in self._follower.values(node, scope):
                        if isinstance(value, Literal) and isinstance(value.value, str):
                            yield value.value if len(value.value) >= SHORTEST else ""
                case _:
                    pass


def _decides(links: Sequence[Link], homes: Container[Function]) -> bool:
    """From the call outwards: each function gives the verdict on, until one refuses by it."""
    carrying: set[Function] = set()
    for at, link in enumerate(links):
        if at and (link.below is None or link.below.scope not in carrying):
            continue
        names = _bound(link)
        branches = [one for one in own_nodes(link.scope) if _asks(one, link.node, names)]
        if any(_leaves(one, ast.Raise) for one in branches):
            return True
        passed = parameters(link.scope)
        if link.scope in homes and any(_refuses(one, passed) for one in branches):
            return True
        if branches or any(_gives(one, link.node, names) for one in own_nodes(link.scope)):
            carrying.add(link.scope)
    return False


def _bound(link: Link) -> set[str]:
    """Names that hold the verdict, and what is made of it in the same function."""
    names: set[str] = set()
    for _ in range(ROUNDS):
        for name, assigned in link.scope.assigned.items():
            for one in assigned:
                inside = any(part is link.node for part in walk(one.value))
                if inside or (names and mentions(one.value, names)):
                    names.add(name)
    return names


def _asks(node: ast.AST, call: ast.AST, names: set[str]) -> bool:
    """A branch by the verdict, behind the call."""
    if not isinstance(node, ast.If) or never(node.test):
        return False
    if any(part is call for part in walk(node.test)):
        return True
    behind = not isinstance(call, ast.Call) or comes_after(node, call)
    return behind and mentions(node.test, names)


def _gives(node: ast.AST, call: ast.AST, names: set[str]) -> bool:
    if not isinstance(node, ast.Return) or node.value is None:
        return False
    return mentions(node, names) or any(part is call for part in walk(node))


def _leaves(node: ast.AST, kind: type[ast.stmt]) -> bool:
    body = node.body if isinstance(node, ast.If) else []
    return any(isinstance(one, kind) for part in body for one in walk(part))


def _refuses(node: ast.AST, passed: frozenset[str]) -> bool:
    """The branch ends the function with something else than what it was given."""
    body = node.body if isinstance(node, ast.If) else []
    last = body[-1] if body else None
    return isinstance(last, Leaving) and not (
        isinstance(last, ast.Return) and lets_in(last, passed)
    )
