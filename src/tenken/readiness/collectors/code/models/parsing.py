"""Whether what a model answers is held against a schema, and whether that decides anything."""

import ast
from collections.abc import Iterator, Sequence

from msgspec import Struct

from tenken.place import Place
from tenken.readiness.collectors.code.models.clients import Used
from tenken.readiness.collectors.code.models.settings import Settings
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import argument, last_name, own_nodes
from tenken.readiness.collectors.python.values import (
    Chain,
    Display,
    Literal,
    Made,
    OwnClass,
    Thing,
    Value,
)
from tenken.readiness.collectors.python.walking import walk
from tenken.readiness.collectors.rehearsal.acting import How, Path, Rehearsal, TooManyPaths
from tenken.readiness.collectors.rehearsal.folding import Given
from tenken.readiness.collectors.rehearsal.values import OPEN, Answered, is_said
from tenken.readiness.facts.calls import Origin

SCHEMAS = frozenset({
    "response_format", "text_format", "response_schema", "response_model", "response_mime_type",
    "output_type", "output_config", "response_json_schema", "result_type", "schema", "tool_choice",
    "guided_json", "json_schema",
})  # fmt: skip
MIME = "response_mime_type"
BINDING = tuple(sorted(SCHEMAS - {MIME}))
PARSERS = frozenset({
    "model_validate_json", "model_validate", "validate_json", "parse_obj", "parse_raw",
    "validate_python", "PydanticOutputParser", "JsonOutputParser", "StructuredOutputParser",
})  # fmt: skip
LOADERS = frozenset({"loads", "parse_partial_json", "from_json"})
FREE = frozenset({"none", "auto", "text", "text/plain", "false"})
"""Values of these settings that leave the answer as free as it was."""
LOOSE = frozenset({"json_object", "application/json", "json"})
"""Values that ask for JSON of any shape: something has to be read out of it."""
MAX_ABOVE = 2
FAILED = Given(raises="ValidationError")


class Parsed(Struct, frozen=True):
    """What becomes of an answer."""

    structured: bool
    lost: Place | None = None
    """Where it is parsed and the result decides nothing."""


class Parsing:
    """Looks for schemas on a call, and for parsers of its answer."""

    def __init__(self, follower: Follower, settings: Settings) -> None:
        self._follower = follower
        self._settings = settings

    def of(self, used: Sequence[Used], call: ast.Call, scope: Function) -> Parsed:
        """Say whether the answer is held against a schema: asked for, or parsed afterwards."""
        if any(self._is_asked_for(one, call, scope) for one in used):
            return Parsed(structured=True)
        parsers = [
            one for one in scope.calls if last_name(one.func) in PARSERS and _takes_text(one)
        ]
        if not parsers:
            return Parsed(structured=self._is_parsed_above(scope, 0))
        lost = self._lost(parsers, call, scope)
        return Parsed(structured=lost is None, lost=lost)

    def _is_parsed_above(self, scope: Function, depth: int) -> bool:
        """Whoever calls the function hands what it gives back to a parser."""
        if scope.node is None or depth > MAX_ABOVE:
            return False
        mentions = self._follower.callers.of(scope)
        return bool(mentions) and all(
            one.call is not None and self._hands_on(one.call, one.scope, depth) for one in mentions
        )

    def _hands_on(self, call: ast.Call, scope: Function, depth: int) -> bool:
        names = _bound_to(call, scope)
        for one in scope.calls:
            if one is call or not any(_holds(given, call, names) for given in one.args):
                continue
            if last_name(one.func) in PARSERS and not _is_ignored(one, scope):
                return True
            if any(map(_parses_argument, self._follower.functions(one.func, scope))):
                return True
        given_back = any(_holds(node, call, names) for node in scope.returns)
        return given_back and self._is_parsed_above(scope, depth + 1)

    def _is_asked_for(self, used: Used, call: ast.Call, scope: Function) -> bool:
        if used.method.structured or self._states(call, scope):
            return True
        for step in used.steps:
            if step.dotted.endswith("with_structured_output") and not _takes_raw(step.call, scope):
                return True
        if used.built is not None and self._states(used.built.call, used.built.scope):
            return True
        if used.client.library == "dspy" and used.built is not None:
            return self._has_typed_fields(used.built)
        if any(keyword.arg in SCHEMAS for keyword in call.keywords):
            return _parses(used.wrapped_by)
        return self._is_nested(call, scope) or _parses(used.wrapped_by)

    def _has_typed_fields(self, module: Made) -> bool:
        """A signature of dspy holds answers to the types of its output fields; all are texts."""
        for value in (
            self._follower.values(module.call.args[0], module.scope)[:1]
            if (module.call.args)
            else ()
        ):
            for one in value.of.node.body if isinstance(value, OwnClass) else ():
                if isinstance(one, ast.AnnAssign) and isinstance(one.value, ast.Call):
                    is_output = last_name(one.value.func) == "OutputField"
                    if is_output and ast.unparse(one.annotation) != "str":
                        return True
        return False

    def _is_nested(self, call: ast.Call, scope: Function) -> bool:
        """A schema in a table of settings, or JSON of any shape that something is read from."""
        schema = self._settings.stated(BINDING, call, scope, nested=BINDING)
        if schema.origin is not Origin.ABSENT and schema.value not in FREE:
            return schema.value not in LOOSE or _reads_json(scope)
        shape = self._settings.stated((MIME,), call, scope, nested=(MIME,))
        return shape.value in LOOSE and _reads_json(scope)

    def _states(self, call: ast.Call, scope: Function) -> bool:
        """One of the keywords is given a value that binds the answer to a form."""
        for keyword in call.keywords:
            if keyword.arg in SCHEMAS:
                words = [self._word(one) for one in self._follower.values(keyword.value, scope)]
                free = bool(words) and all(word in FREE for word in words)
                loose = bool(words) and all(word in FREE | LOOSE for word in words)
                if not free and (not loose or _reads_json(scope)):
                    return True
        return False

    def _word(self, value: Value) -> str:
        """The value where it is a word, or the type that a table names."""
        match value:
            case Literal(value=known):
                return str(known).lower()
            case Display(node=ast.Dict(keys=keys, values=values)):
                named = {
                    key.value: entry.value
                    for key, entry in zip(keys, values, strict=True)
                    if isinstance(key, ast.Constant) and isinstance(entry, ast.Constant)
                }
                return str(named.get("type", ""))
            case _:
                return ""

    # ------------------------------------------------------ what a failure does

    def _lost(self, parsers: list[ast.Call], call: ast.Call, scope: Function) -> Place | None:
        """Where an answer that does not fit goes on all the same."""
        place = scope.module.place(parsers[0])
        if all(_is_ignored(one, scope) for one in parsers):
            return place
        node = scope.node
        if node is None or isinstance(node, ast.Lambda):
            return None
        try:
            paths = _rehearsed(parsers, call, scope, node.body)
        except TooManyPaths:
            return None
        asked = [one for one in paths if call in one.met]
        tried = [one for one in asked if any(parser in one.met for parser in parsers)]
        if asked and not tried:
            return place
        raw = [one for one in tried if one.how is How.RETURNS and is_said(one.value)]
        stopped = any(one.how is How.RAISES for one in tried)
        return place if raw and not stopped else None


def _bound_to(call: ast.Call, scope: Function) -> set[str]:
    return {
        name
        for name, bound in scope.assigned.items()
        if any(part is call for one in bound for part in walk(one.value))
    }


def _holds(node: ast.expr, call: ast.Call, names: set[str]) -> bool:
    return any(
        part is call or (isinstance(part, ast.Name) and part.id in names) for part in walk(node)
    )


def _parses_argument(function: Function) -> bool:
    """It gives back what a parser makes of its argument, and an error where that fails."""
    parsers = [one for one in function.calls if last_name(one.func) in PARSERS]
    given = {one.arg for one in function.parameters}
    if not parsers or any(_is_ignored(one, function) for one in parsers):
        return False
    return not any(isinstance(one, ast.Name) and one.id in given for one in function.returns)


def _rehearsed(
    parsers: list[ast.Call], call: ast.Call, scope: Function, body: Sequence[ast.stmt]
) -> list[Path]:
    """Every path of a function whose model gives an answer that fits no schema."""

    def told(one: ast.Call, _path: Path) -> Sequence[Given]:
        if one is call:
            return (Given(Answered(), met=(one,)),)
        if one in parsers:
            return (Given(raises=FAILED.raises, met=(one,)),)
        return ()

    names: dict[str, object] = {one.arg: OPEN for one in scope.parameters}
    return Rehearsal(told).paths(body, names)


def _takes_text(parser: ast.Call) -> bool:
    """A table that the code fills itself fits its own schema, whatever stands in it."""
    return not (parser.args and isinstance(parser.args[0], ast.Dict))


def _is_ignored(parser: ast.Call, scope: Function) -> bool:
    """It is bound to a name that nobody reads, or is given a text of the code."""
    if parser.args and isinstance(parser.args[0], ast.Constant):
        return True
    for node in own_nodes(scope):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is parser:
                return not any(_reads(one, name) for one in own_nodes(scope))
            case _:
                pass
    return False


def _reads(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)


def _reads_json(scope: Function) -> bool:
    return any(last_name(one.func) in LOADERS | PARSERS for one in scope.calls)


def _takes_raw(step: ast.Call, scope: Function) -> bool:
    """`include_raw=True`, and then only `["raw"]` is read: a failed parse raises nothing."""
    raw = argument(step, "include_raw")
    keys = set(_keys(scope))
    return (
        isinstance(raw, ast.Constant)
        and bool(raw.value)
        and "raw" in keys
        and not keys & {"parsed", "parsing_error"}
    )


def _keys(scope: Function) -> Iterator[object]:
    for node in own_nodes(scope):
        match node:
            case ast.Subscript(slice=ast.Constant(value=key)):
                yield key
            case _:
                pass


def _parses(wrapped_by: Sequence[Made | Chain]) -> bool:
    parts: list[Value] = [
        part for outer in wrapped_by if isinstance(outer, Chain) for part in outer.parts
    ]
    return any(
        isinstance(part, Made | Thing) and part.dotted.rpartition(".")[2] in PARSERS
        for part in parts
    )
