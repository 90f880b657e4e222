"""Reads metrics that a script works out itself, and the figures it holds them against.

`report["faithfulness"] = total / count` measures something; `accuracy = 0.97` does not. A figure
is a threshold where the comparison decides over a failure, not where it chooses a colour.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from msgspec import Struct

from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.documents.data.measures import metric_name, task_of
from tenken.readiness.facts.datasets import EvaluationConfig, Judge, MetricUse, Task
from tenken.readiness.facts.words.models import is_pinned

TOOL = "script"
MEASURES = Pattern(r"(?i)\bmean\(|average\(|/ ?(len\(|max\(|n\b|total|count|num|[a-z_]+\b)")
GRADES = Pattern(
    r"(?i)\bscor(e|ing)\b|\brat(e|ing)s?\b|\bgrade\b|criteria|rubric|採点|評価(基準|します|せよ)"
)
AVERAGING = frozenset({"mean", "fmean", "average", "nanmean", "median"})
SHAPING = frozenset({"round", "float", "max", "min", "abs"})
WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
PREFIXES = re.compile(r"^(?:avg|average|mean|overall|total|macro|micro)_")
"""On identifiers of a syntax tree: short, and ours to split."""
ASKING = frozenset({"create", "acreate", "generate_content", "completion", "acompletion", "invoke",
    "ainvoke", "parse", "converse", "invoke_model"})  # fmt: skip
ASKING_WORDS = ("chat", "llm", "judge", "completion")
JUDGING = ("judge", "grade", "score", "eval", "rate")
EXITS = frozenset({"exit", "_exit", "abort", "fail"})
COLLECTING = frozenset({"append", "add", "extend"})
FAILING = ("fail", "error", "violation", "breach", "regress", "problem")
SHORTEST_PROMPT = 120
PROPERTY = Pattern(r"\b[a-z_]+(?:ness|ity|ence|ance|ancy|acy)\b")
"""What a judge grades is a property: `relevance`, `groundedness`."""
NO_QUALITY = re.compile(r"time|latenc|second|_ms$|cost|count|size|_with$|token")
_Scope = ast.FunctionDef | ast.AsyncFunctionDef


def may_measure(text: str) -> bool:
    """Whether a script is worth parsing: it divides, averages or speaks of grades."""
    return bool(MEASURES.search(text) or GRADES.search(text))


def measured_by_script(path: str, module: ast.Module) -> EvaluationConfig | None:
    """Give what a script of an evaluation measures itself; None where it measures nothing."""
    reading = _Reading(path, module)
    uses = (*reading.computed(), *reading.graded())
    return EvaluationConfig(path=path, tool=TOOL, metrics=uses) if uses else None


class _Named(Struct, frozen=True):
    """A value under a name: `name = value`, `{"name": value}`, `Call(name=value)`."""

    name: str
    value: ast.expr


class _Reading:
    """One script."""

    def __init__(self, path: str, module: ast.Module) -> None:
        self._path = path
        self._nodes = list(ast.walk(module))
        self._module = module
        self._constants = dict(_constants(module))

    def computed(self) -> tuple[MetricUse, ...]:
        """Metrics that are worked out from counts, each with the figure that decides."""
        found: dict[str, _Named] = {}
        for node, parts_of in _within(self._module, Task.UNKNOWN):
            for one in _named(node):
                metric = PREFIXES.sub("", metric_name(one.name))
                if NO_QUALITY.search(metric) or task_of(metric) is Task.UNKNOWN:
                    continue
                if parts_of in {Task.UNKNOWN, task_of(metric)} and _is_computation(one.value):
                    found.setdefault(metric, one)
        limits = self._limits()
        judge = self._judge() if found else None
        return tuple(
            MetricUse(
                place=Place(self._path, one.value.lineno),
                metric=metric,
                task=task_of(metric),
                threshold=limits.get(metric),
                judge=judge if task_of(metric) is Task.GENERATION else None,
            )
            for metric, one in found.items()
        )

    def _limits(self) -> Mapping[str, float]:
        """By metric, the number under or over which the script fails."""
        limits: dict[str, float] = {}
        for node in self._nodes:
            tests: tuple[ast.expr, ...] = ()
            if isinstance(node, ast.Assert) or (
                isinstance(node, ast.If) and _decides_failure(node)
            ):
                tests = (node.test,)
            for test in tests:
                for part in ast.walk(test):
                    if isinstance(part, ast.Compare):
                        limits.update(self._limit(part))
        return limits

    def _limit(self, node: ast.Compare) -> Iterator[tuple[str, float]]:
        for left, right in pairwise((node.left, *node.comparators)):
            for figure, limit in ((left, right), (right, left)):
                number = self._number(limit)
                metric = PREFIXES.sub("", metric_name(_last_word(figure)))
                if number is not None and metric:
                    yield metric, number

    def _number(self, node: ast.expr) -> float | None:
        value: object = node.value if isinstance(node, ast.Constant) else None
        if isinstance(node, ast.Name):
            value = self._constants.get(node.id)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return float(str(value)) if is_number else None

    # ------------------------------------------------------------- a model that judges

    def _judge(self) -> Judge | None:
        """The model that the script asks for a verdict, where its name is written in it."""
        for scope in self._nodes:
            if not isinstance(scope, _Scope) or not any(it in scope.name for it in JUDGING):
                continue
            for node in ast.walk(scope):
                if isinstance(node, ast.Call) and _last_word(node.func) in ASKING:
                    model = self._text(_given(node, "model"))
                    if model:
                        place = Place(self._path, node.lineno)
                        return Judge(
                            place=place, model=model, pinned=is_pinned(model), rubric=True
                        )
        return None

    def _text(self, node: ast.expr | None) -> str:
        value: object = node.value if isinstance(node, ast.Constant) else None
        if isinstance(node, ast.Name):
            value = self._constants.get(node.id)
        return value if isinstance(value, str) else ""

    def graded(self) -> tuple[MetricUse, ...]:
        """What a judge's prompt in the script asks a model to grade."""
        if not any(isinstance(node, ast.Call) and _asks(node) for node in self._nodes):
            return ()
        found: dict[str, MetricUse] = {}
        for node in self._sent():
            if not isinstance(node.value, str) or not GRADES.search(node.value):
                continue
            for metric in dict.fromkeys(PROPERTY.findall(node.value.lower())):
                if task_of(metric) is Task.GENERATION:
                    use = MetricUse(
                        place=Place(self._path, node.lineno), metric=metric, task=Task.GENERATION
                    )
                    found.setdefault(metric, use)
        return tuple(found.values())

    def _sent(self) -> Iterator[ast.Constant]:
        """Long texts that are given back, handed on, or bound to a name that is read."""
        read = {
            one.id
            for one in self._nodes
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)
        }
        for node in self._nodes:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if name not in read:
                    del value  # nothing reads it
                case ast.Assign(value=ast.expr() as value) | ast.Return(value=ast.expr() as value):
                    yield from (
                        part
                        for part in ast.walk(value)
                        if isinstance(part, ast.Constant)
                        and isinstance(part.value, str)
                        and len(part.value) >= SHORTEST_PROMPT
                    )
                case _:
                    pass


def _constants(module: ast.Module) -> Iterator[tuple[str, object]]:
    """Names of the module that are bound once, to a constant."""
    bound: dict[str, int] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound[node.id] = bound.get(node.id, 0) + 1
    for node in module.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=value))
            ) if bound[name] == 1:
                yield name, value
            case _:
                pass


def _within(node: ast.AST, task: Task) -> Iterator[tuple[ast.AST, Task]]:
    """Every node, with what the function or class around it measures by its name.

    The precision and recall within a ROUGE score are steps to it, and classify nothing.
    """
    if isinstance(node, _Scope | ast.ClassDef):
        own = task_of(metric_name(WORDS.sub("_", node.name)))
        task = task if own is Task.UNKNOWN else own
    yield node, task
    for inner in ast.iter_child_nodes(node):
        yield from _within(inner, task)


def _named(node: ast.AST) -> Iterator[_Named]:
    match node:
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield _Named(key.value, value)
        case ast.Assign(targets=[target], value=value):
            if word := _last_word(target):
                yield _Named(word, value)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield _Named(_last_word(target), value)
        case ast.Call(keywords=keywords):
            yield from (_Named(one.arg, one.value) for one in keywords if one.arg)
        case _:
            pass


def _is_computation(node: ast.expr) -> bool:
    """A quotient or an average of something that is not written there."""
    match node:
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return not (_is_fixed(left) or _is_text(right) or _is_path(left))
        case ast.BinOp(left=left, right=right):
            return _is_computation(left) or _is_computation(right)
        case ast.Call(args=[first, *_]) if _last_word(node.func) in AVERAGING:
            return not _is_fixed(first)
        case ast.Call(args=[first, *_]) if _last_word(node.func) in SHAPING:
            return _is_computation(first)
        case ast.IfExp(body=body, orelse=orelse):
            return _is_computation(body) or _is_computation(orelse)
        case _:
            return False


def _is_path(node: ast.expr) -> bool:
    """`FOLDER / "data" / name` joins a path."""
    match node:
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _is_text(right) or _is_path(left)
        case _:
            return _is_text(node)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _is_fixed(node: ast.expr) -> bool:
    return not any(
        isinstance(part, ast.Name | ast.Attribute | ast.Subscript) for part in ast.walk(node)
    )


def _decides_failure(node: ast.If) -> bool:
    """The branch ends the script badly, or notes a failure."""
    for part in (one for body in (node.body, node.orelse) for it in body for one in ast.walk(it)):
        match part:
            case ast.Raise():
                return True
            case ast.Return(value=ast.Constant(value=value)) if value is False or value == 1:
                return True
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=bool())):
                if any(word in name.lower() for word in (*FAILING, "pass", "ok")):
                    return True
            case ast.Call(func=ast.Attribute(value=holder, attr=name)) if name in COLLECTING:
                if any(word in _last_word(holder).lower() for word in FAILING):
                    return True
            case ast.Call() if _last_word(part.func) in EXITS:
                return True
            case _:
                pass
    return False


def _asks(node: ast.Call) -> bool:
    """Somebody is asked who may be a model."""
    name = _last_word(node.func).lower()
    return name in ASKING or any(word in name for word in ASKING_WORDS)


def _given(node: ast.Call, name: str) -> ast.expr | None:
    return next((one.value for one in node.keywords if one.arg == name), None)


def _last_word(node: ast.expr) -> str:
    """`score` of `score`, `report.score`, `report["score"]`, `report.get("score", 0)`."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str() as name)):
            return name
        case ast.Call(
            func=ast.Attribute(attr="get"), args=[ast.Constant(value=str() as name), *_]
        ):
            return name
        case _:
            return ""
