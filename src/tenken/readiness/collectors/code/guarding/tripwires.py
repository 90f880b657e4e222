"""Guardrails of an agent library: functions that stop the run of the agents that list them."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tenken.readiness.collectors.code.guarding.found import Known
from tenken.readiness.collectors.code.guarding.known import HARM, INJECTION, OFF_TOPIC, PII
from tenken.readiness.collectors.code.guarding.refusing import records
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function, Module
from tenken.readiness.collectors.python.syntax import argument, last_name, written
from tenken.readiness.collectors.python.values import Made, Own, Value
from tenken.readiness.collectors.python.walking import walk
from tenken.readiness.facts.code import Guard, GuardStage, GuardTopic

DECORATORS: Mapping[str, tuple[GuardStage, str]] = {
    "input_guardrail": (GuardStage.INPUT, "input_guardrails"),
    "output_guardrail": (GuardStage.OUTPUT, "output_guardrails"),
}
"""The decorator, and the argument by which an agent lists what it decorates."""
LIBRARY = "openai-agents"
TOPICS: Mapping[GuardTopic, tuple[str, ...]] = {
    INJECTION: ("jailbreak", "injection"),
    OFF_TOPIC: ("relevan", "off_topic", "off-topic", "topic"),
    PII: ("pii", "personal"),
    HARM: ("toxic", "harm", "moderat"),
}


def _may_be_agent(call: ast.Call) -> bool:
    target = call.func.value if isinstance(call.func, ast.Subscript) else call.func
    return last_name(target) == "Agent"


class Tripwires:
    """Finds guardrail functions and the agents they stand before."""

    def __init__(self, follower: Follower, modules: Iterable[Module]) -> None:
        self._follower = follower
        self._modules = tuple(modules)

    def all(self, known: Sequence[Known]) -> Iterator[Guard]:
        """Give each guardrail; it stands on the calls only where every agent lists it."""
        rails = list(self._rails())
        inner = {function for function, _ in rails}
        runs = tuple(
            one.fact.place
            for one in known
            if one.fact.library == LIBRARY and one.scope not in inner
        )
        for function, name in rails:
            stage, keyword = DECORATORS[name]
            if function.node is not None and _can_stop(function):
                everywhere = self._listed_by_all(function, keyword, inner)
                yield Guard(
                    place=function.module.place(function.node), library=LIBRARY, stage=stage,
                    topics=tuple(_topics(function)), function=function.qualname,
                    calls=runs if everywhere else (), recorded=self._caught(),
                )  # fmt: skip

    def _rails(self) -> Iterator[tuple[Function, str]]:
        for module in self._modules:
            for function in module.functions:
                for decorator in function.decorators:
                    target = decorator.func if isinstance(decorator, ast.Call) else decorator
                    name = last_name(target)
                    if name in DECORATORS and _of_library(target, module):
                        yield function, name

    def _caught(self) -> bool:
        """Whoever catches the stop writes it down; a friendly answer to the user is no record."""
        return any(
            isinstance(node, ast.ExceptHandler) and _names_tripwire(node) and records(node.body)
            for module in self._modules
            if any(one.endswith("TripwireTriggered") for one in module.imports.values())
            for node in walk(module.tree)
        )

    def _listed_by_all(self, rail: Function, keyword: str, inner: set[Function]) -> bool:
        """Every agent that is not itself part of a guardrail lists it."""
        within = {call for one in inner for call in self._agents_of(one)}
        agents = [one for one in self._agents() if one[0] not in within]
        return bool(agents) and all(
            self._lists(argument(call, keyword), scope, rail) for call, scope in agents
        )

    def _agents(self) -> Iterator[tuple[ast.Call, Function]]:
        for module in self._modules:
            for call, scope in module.calls_that(_may_be_agent):
                if self._is_agent(call, scope):
                    yield call, scope

    @staticmethod
    def _is_agent(call: ast.Call, scope: Function) -> bool:
        target = call.func.value if isinstance(call.func, ast.Subscript) else call.func
        return last_name(target) == "Agent" and _of_library(target, scope.module)

    def _agents_of(self, rail: Function) -> Iterator[ast.Call]:
        """The agents that a guardrail asks."""
        for call in rail.calls:
            for node in call.args[:1]:
                for value in self._follower.values(node, rail):
                    if isinstance(value, Made):
                        yield value.call

    def _lists(self, node: ast.expr | None, scope: Function, rail: Function) -> bool:
        if not isinstance(node, ast.List | ast.Tuple):
            return False
        return any(self._is_rail(one, scope, rail) for one in node.elts)

    def _is_rail(self, node: ast.expr, scope: Function, rail: Function) -> bool:
        values: Iterable[Value] = self._follower.values(node, scope)
        return any(isinstance(one, Own) and one.function is rail for one in values)


def _of_library(node: ast.expr, module: Module) -> bool:
    """By the import as written: applications like to have a module `agents` of their own."""
    first = written(node).partition(".")[0]
    return module.imports.get(first, "").partition(".")[0] == "agents"


def _names_tripwire(handler: ast.ExceptHandler) -> bool:
    return handler.type is not None and any(
        isinstance(one, ast.Name | ast.Attribute) and last_name(one).endswith("TripwireTriggered")
        for one in walk(handler.type)
    )


def _can_stop(function: Function) -> bool:
    """What it gives back may trip: not a constant `False`."""
    tripped = [
        argument(node, "tripwire_triggered")
        for node in function.returns
        if isinstance(node, ast.Call)
    ]
    return any(
        one is not None and not (isinstance(one, ast.Constant) and not one.value)
        for one in tripped
    )


def _topics(function: Function) -> Iterator[GuardTopic]:
    name = function.name.lower()
    for topic, words in TOPICS.items():
        if any(word in name for word in words):
            yield topic
