"""Guards on the path of model calls: what they look for, and whether they stop anything."""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from msgspec.structs import replace

from tenken.readiness.collectors.code.guarding import bedrock
from tenken.readiness.collectors.code.guarding.candidates import is_own, may_guard, own_topics
from tenken.readiness.collectors.code.guarding.found import Called, Known, Reached
from tenken.readiness.collectors.code.guarding.known import (
    ENGINE_METHODS,
    ENGINES,
    HOSTS,
    OWN,
    RECORDERS,
    SCANNERS,
    judged_by,
)
from tenken.readiness.collectors.code.guarding.refusing import (
    comes_after,
    is_deaf,
    left_before,
    lets_in,
    logs,
    mentions,
    mentions_inside,
    never,
    parameters,
    records,
    refuses,
)
from tenken.readiness.collectors.code.guarding.seeing import seen_less
from tenken.readiness.collectors.code.guarding.trial import Trial
from tenken.readiness.collectors.code.guarding.verdicts import LIBRARY as VERDICTS
from tenken.readiness.collectors.code.guarding.verdicts import Elsewhere, Verdicts
from tenken.readiness.collectors.code.guarding.ways import (
    Ways,
    relations,
    sees_constants,
    stands_beside,
)
from tenken.readiness.collectors.code.models.calls import Calls
from tenken.readiness.collectors.code.needed import needed
from tenken.readiness.collectors.code.reading import Reading
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import last_name, own_nodes
from tenken.readiness.collectors.python.values import (
    Display,
    Environment,
    Literal,
    Made,
    Member,
    Thing,
    Value,
)
from tenken.readiness.collectors.python.walking import walk
from tenken.readiness.facts.code import Guard, GuardStage, GuardTopic, GuardWeakness


class Guards:
    """Finds guards and places them before or after model calls."""

    def __init__(self, reading: Reading, calls: Calls) -> None:
        self._follower = reading.follower
        self._modules = reading.production
        self._calls = calls
        self._ways = Ways(calls.around, calls.raising)
        self._trial = Trial(reading.follower)
        self._verdicts = Verdicts(reading.follower, calls.raising)
        self._rules = cache(lambda: bedrock.rules(reading.tree))

    def all(self, known: Sequence[Known]) -> Iterator[Guard]:
        """Give the guards of production modules."""
        generations = [one for one in known if one.fact.operation.value == "generate"]
        made = [Reached(one, self._steps(one.call, one.scope)) for one in generations]
        through: dict[Function, list[int]] = defaultdict(list)
        for number, (_, steps) in enumerate(made):
            for function in steps:
                through[function].append(number)
        for found in (*self._called(known), *self._judged(made)):
            above = self._steps(found.call, found.scope)
            # Most calls are made elsewhere: only those count that share a function with it.
            met = sorted({number for function in above for number in through.get(function, ())})
            yield from self._placed(found, above, [made[number] for number in met])
        for one in generations:
            yield from self._built_in(one)

    # ----------------------------------------------------------- detection

    def _called(self, known: Sequence[Known]) -> Iterator[Called]:
        for one in known:
            if one.fact.operation.value == "moderate":
                topic = judged_by(one.fact.model.value)
                yield Called(
                    one.call, one.scope, f"{one.fact.library} moderations", (topic,), None
                )
        for module in self._modules:
            for call, scope in module.calls_that(may_guard):
                yield from self._engine(call, scope)

    def _judged(self, made: Sequence[Reached]) -> Iterator[Called]:
        """Calls that ask a model whether another may be made, or its answer given."""
        ways = Counter(scope for one in made for scope in one.steps)
        for known, steps in made if len(made) > 1 else ():
            links = self._calls.around.links(known.call, known.scope)
            if topics := self._verdicts.topics(known.call, links, Elsewhere(ways, steps)):
                yield Called(known.call, known.scope, VERDICTS, topics, None)

    def _own(self, call: ast.Call, scope: Function) -> Iterator[Called]:
        """A check of the repository's own, by its name and by what it looks for."""
        if not is_own(call.func):
            return
        for function in self._follower.functions(call.func, scope):
            if function.node is None or function is scope or function.module is scope.module:
                continue
            if topics := function.module.shape.answer(own_topics):
                yield Called(call, scope, OWN, topics, None)
                return

    def _engine(self, call: ast.Call, scope: Function) -> Iterator[Called]:
        name = last_name(call.func)
        yield from self._own(call, scope)
        if name in {"post", "request"}:
            yield from self._posted(call, scope)
        if name not in ENGINE_METHODS and name not in SCANNERS:
            return
        for value in self._follower.values(call.func, scope):
            dotted = value.dotted if isinstance(value, Thing | Member) else ""
            for prefix, library, topics, stage in ENGINES:
                if dotted.startswith(prefix) and name in ENGINE_METHODS:
                    known = (*topics, *self._configured(value, call, scope))
                    yield Called(
                        call,
                        scope,
                        library,
                        tuple(dict.fromkeys(known)),
                        stage or self._named(dotted),
                    )
                    return
            if name == "scan" and dotted.startswith("llm_guard"):
                topics = tuple(SCANNERS[part] for part in dotted.split(".") if part in SCANNERS)
                stage = GuardStage.INPUT if "input_scanners" in dotted else GuardStage.OUTPUT
                yield Called(call, scope, "llm-guard", topics, stage)
                return

    def _named(self, dotted: str) -> GuardStage | None:
        if "user_prompt" in dotted:
            return GuardStage.INPUT
        return GuardStage.OUTPUT if "model_response" in dotted else None

    def _posted(self, call: ast.Call, scope: Function) -> Iterator[Called]:
        for node in call.args[:2]:
            text = ast.unparse(node)
            for value in self._follower.values(node, scope):
                text += str(value.value) if isinstance(value, Literal) else ""
            for host, (library, topics) in HOSTS.items():
                if host in text:
                    yield Called(call, scope, library, topics, None)
                    return

    def _configured(self, value: Value, call: ast.Call, scope: Function) -> Iterator[GuardTopic]:
        """What scanners or validators an engine was given."""
        nodes: list[tuple[ast.expr, Function]] = [(node, scope) for node in call.args]
        base: Value | None = value.base if isinstance(value, Member) else None
        while isinstance(base, Made):
            nodes += [
                (node, base.scope)
                for node in (*base.call.args, *(one.value for one in base.call.keywords))
            ]
            base = base.base
        for node, home in nodes:
            yield from self._scanners(node, home, 0)

    def _scanners(self, node: ast.expr, scope: Function, depth: int) -> Iterator[GuardTopic]:
        if depth > 3:
            return
        for value in self._follower.values(node, scope):
            match value:
                case Made(call=scanner) if is_deaf(scanner):
                    continue
                case Made(dotted) | Thing(dotted) if dotted.rpartition(".")[2] in SCANNERS:
                    yield SCANNERS[dotted.rpartition(".")[2]]
                case Display(node=display, scope=home):
                    elements = display.values if isinstance(display, ast.Dict) else display.elts
                    for element in elements:
                        yield from self._scanners(element, home, depth + 1)
                case _:
                    pass

    def _built_in(self, one: Known) -> Iterator[Guard]:
        """Guards that are settings of the call itself."""
        if not bedrock.is_attached(one.call, one.scope, self._follower):
            return
        kept = self._rules()
        for stage in (GuardStage.INPUT, GuardStage.OUTPUT) if kept else (GuardStage.BOTH,):
            topics = kept.at(stage) if kept else ()
            if topics or not kept:
                yield Guard(
                    place=one.fact.place, library=bedrock.LIBRARY, stage=stage, topics=topics,
                    function=one.scope.qualname, calls=(one.fact.place,),
                    in_part=tuple(sorted(kept.in_part)) if kept else (),
                )  # fmt: skip

    # ------------------------------------------------------------ placement

    def _placed(
        self, found: Called, above: Mapping[Function, int], met: Sequence[Reached]
    ) -> Iterator[Guard]:
        stages: dict[GuardStage, list[Reached]] = {}
        links = self._calls.around.links(found.call, found.scope)
        for one in met:
            known = one.known
            if known.call is found.call and known.scope is found.scope:
                continue
            at = relations(links, one.steps)
            if found.stage is GuardStage.INPUT and at == {GuardStage.OUTPUT}:
                continue  # it looks at what went in only after the model has answered
            if found.stage is GuardStage.BOTH and (at or known.scope is found.scope):
                at = {GuardStage.BOTH}
            for stage in dict.fromkeys(found.stage or it for it in sorted(at)):
                stages.setdefault(stage, []).append(one)
        for stage, guarded in stages.items():
            swallowed = any(self._ways.swallowed(links, one.steps) for one in guarded)
            weakness = GuardWeakness.FAILS_OPEN if swallowed else self._weakness(found)
            guard = Guard(
                place=found.scope.module.place(found.call), library=found.library, stage=stage,
                topics=found.topics, function=found.scope.qualname,
                calls=tuple(one.known.fact.place for one in guarded), weakness=weakness,
                recorded=self._recorded(found),
                bypassed=tuple(
                    known.fact.place for known, way in guarded
                    if known.fact.routes and self._ways.past(way, above, known.scope)
                ),
            )  # fmt: skip
            yield from (guard,) if weakness else self._tried(guard, found, guarded[0].known)
        if not stages:
            yield Guard(
                place=found.scope.module.place(found.call), library=found.library,
                stage=found.stage or GuardStage.INPUT, topics=found.topics,
                    function=found.scope.qualname,
                weakness=self._weakness(found), recorded=self._recorded(found),
            )  # fmt: skip

    def _steps(self, call: ast.AST, scope: Function) -> Mapping[Function, int]:
        """Give the line, in each function above, of the step that leads down to a call."""
        lines: dict[Function, int] = {}
        for link in self._calls.around.links(call, scope):
            lines.setdefault(link.scope, getattr(link.node, "lineno", 0))
        return lines

    # ------------------------------------------------------------- weakness

    def _weakness(self, found: Called) -> GuardWeakness | None:
        handler = self._calls.raising.swallowed_at(found.call, found.scope)
        if handler is not None and not refuses(handler.body, parameters(found.scope)):
            return GuardWeakness.FAILS_OPEN
        links = self._calls.around.links(found.call, found.scope)
        if stands_beside(links) or sees_constants(links):
            return GuardWeakness.RESULT_UNUSED
        if (less := seen_less(links)) is not None:
            return less
        if found.library == OWN and self._opens_inside(found):
            return GuardWeakness.FAILS_OPEN
        if self._off_by_default(found) or left_before(found.call, found.scope, self._follower):
            return GuardWeakness.OFF_BY_DEFAULT
        if found.library in {"guardrails", "nemoguardrails", OWN}:
            return None  # raises, or answers in the model's place
        return self._result(found)

    def _tried(self, guard: Guard, found: Called, known: Known) -> Iterator[Guard]:
        """The guard with what a rehearsal of its answer shows; a text it cleaned is no lie."""
        links = self._calls.around.links
        before = guard.stage is GuardStage.INPUT
        ways = links(found.call, found.scope), links(known.call, known.scope)
        weakness = (
            None
            if found.library in {"guardrails", "nemoguardrails", OWN}
            else self._trial.weakness(*ways, before=before)
        )
        cleaned = {GuardTopic.PII} if weakness and self._trial.cleans(*ways) else set()
        for topics, why in ((cleaned, None), (set(guard.topics) - cleaned, weakness)):
            if topics or not guard.topics:
                kept = tuple(one for one in guard.topics if one in topics)
                yield replace(guard, topics=kept, weakness=why)

    def _opens_inside(self, found: Called) -> bool:
        """The application's own check swallows its own errors and lets the request pass."""
        for function in self._follower.functions(found.call.func, found.scope):
            for node in own_nodes(function):
                if isinstance(node, ast.ExceptHandler) and self._calls.raising.is_broad(node):
                    last = node.body[-1]
                    if isinstance(last, ast.Pass) or (
                        isinstance(last, ast.Return) and lets_in(last)
                    ):
                        return True
        return False

    def _off_by_default(self, found: Called) -> bool:
        module = found.scope.module
        for above in module.above(found.call):
            if above is found.scope.node:
                break
            if isinstance(above, ast.If) and isinstance(above.test, ast.Name | ast.Attribute):
                values = self._follower.values(above.test, found.scope)
                if any(
                    isinstance(one, Environment) or (isinstance(one, Literal) and not one.value)
                    for one in values
                ):
                    return True
        return needed(found.call, found.scope, self._follower) is not None

    def _result(self, found: Called) -> GuardWeakness | None:
        """A result must decide something: an `if` that leaves, a raise, a return to a caller."""
        statement = self._statement(found)
        if isinstance(statement, ast.Return):
            return None
        if isinstance(statement, ast.If) and not isinstance(statement.test, ast.Constant):
            return _of_branch(statement)
        names = self._bound(found)
        return self._of_names(found, names) if names else GuardWeakness.RESULT_UNUSED

    def _of_names(self, found: Called, names: set[str]) -> GuardWeakness | None:
        """What is done with the names that hold the result, below the guard."""
        verdict: GuardWeakness | None = GuardWeakness.RESULT_UNUSED
        for node in own_nodes(found.scope):
            if not (comes_after(node, found.call) and mentions_inside(node, names)):
                continue
            if isinstance(node, ast.IfExp | ast.Return | ast.Raise):
                return None
            if isinstance(node, ast.If):
                verdict = _of_branch(node)
                if verdict is None or never(node.test):
                    return verdict
            elif verdict is GuardWeakness.RESULT_UNUSED and not logs(node):
                verdict = None
        return verdict

    def _bound(self, found: Called) -> set[str]:
        """Names that hold the result, and what is derived from it in the same function."""
        names: set[str] = set()
        for _ in range(3):
            for name, assigned in found.scope.assigned.items():
                for one in assigned:
                    inside = any(part is found.call for part in walk(one.value))
                    if inside or (names and mentions(one.value, names)):
                        names.add(name)
        return names

    def _statement(self, found: Called) -> ast.stmt | None:
        for above in found.scope.module.above(found.call):
            if isinstance(above, ast.stmt):
                return above
        return None

    def _recorded(self, found: Called) -> bool:
        """Something is written where the guard decides, here or where its error is handled."""
        if found.library == OWN:
            inside = self._follower.functions(found.call.func, found.scope)
            return any(
                last_name(one.func) in RECORDERS for function in inside for one in function.calls
            )
        names = self._bound(found)
        for node in own_nodes(found.scope):
            if (
                isinstance(node, ast.If)
                and mentions(node.test, names | {"_"})
                and records(node.body)
            ):
                return True
        for around in self._calls.raising.tries_around(found.call, found.scope):
            if any(records(handler.body) for handler in around.handlers):
                return True
        return False


def _of_branch(node: ast.If) -> GuardWeakness | None:
    stops = refuses(node.body) or refuses(node.orelse)
    return None if stops and not never(node.test) else GuardWeakness.LOGS_ONLY
