"""Charts of the repository, rendered as far as their values go.

This is no template engine: conditions and plain values of `.Values` are worked out, everything
else becomes a word of its own, the same word for the same expression. A line keeps its number.
"""

import json
from collections.abc import Iterator

from msgspec import Struct

from tenken.config.node import ABSENT, Node
from tenken.config.yaml import YamlError, read_yaml
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.cluster.manifests import Manifest, merged
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.collectors.infrastructure.stages import stage_of
from tenken.readiness.facts.infrastructure import Source, Unseen, UnseenBecause
from tenken.readiness.facts.tree import Entry, Role, Tree, Unreadable

ACTION = Pattern(r"\{\{-?\s*(.*?)\s*-?\}\}")
CONTROL = Pattern(
    r"^\s*\{\{-?\s*(if|else if|else|end|range|with|define|block|template|/\*)\b?(.*?)-?\}\}\s*$"
)
VALUE = Pattern(r"^\.(Values|Chart|Release)((?:\.[A-Za-z_][\w-]*)+)$")
WORD = Pattern(r"[^A-Za-z0-9]+")
COMMENT = Pattern(r"^\s*\{\{-?\s*/\*.*\*/\s*-?\}\}\s*$")
MAX_LINES = 5_000
LONGEST_VALUE = 4_000
MAX_VARIANTS = 8
SHAPES = frozenset({
    "quote", "squote", "toString", "int", "trunc", "indent", "nindent", "trimSuffix", "b64enc",
})  # fmt: skip
"""Functions that change how a value is written, not what it is for us."""


class Values(Struct, frozen=True, kw_only=True):
    """What a chart is rendered with."""

    stage: str
    body: Node
    chart: Node


class Frame(Struct):
    """An open `if`, `with` or `range`."""

    shown: bool
    taken: bool
    dot: Node | None = None


def read_charts(tree: Tree, found: Found) -> list[Manifest]:
    """Render every chart, once for each file of values that somebody names."""
    named = (one for one in tree.entries if one.name == "Chart.yaml")
    charts = [one for one in named if one.role is Role.PRODUCTION]
    return [manifest for chart in charts for manifest in _chart(tree, chart, found)]


def _chart(tree: Tree, chart: Entry, found: Found) -> Iterator[Manifest]:
    folder = chart.path.rpartition("/")[0]
    templates = [
        one for one in tree.below(f"{folder}/templates" if folder else "templates")
        if one.suffix in {".yaml", ".yml"}
    ]  # fmt: skip
    for values in _variants(tree, folder, _read(tree, chart.path)):
        for template in templates:
            text = tree.text(template.path)
            if not isinstance(text, Unreadable):
                yield from _rendered(template.path, text, values, found)


def _read(tree: Tree, path: str) -> Node:
    text = tree.text(path)
    documents = YamlError(0, "") if isinstance(text, Unreadable) else read_yaml(text)
    return ABSENT if isinstance(documents, YamlError) or not documents else documents[0]


def _variants(tree: Tree, folder: str, chart: Node) -> Iterator[Values]:
    base_path = f"{folder}/values.yaml" if folder else "values.yaml"
    base = _read(tree, base_path)
    named = [
        one.path
        for one in tree.below(folder)
        if one.name.startswith(("values-", "values.", "values_")) and one.path != base_path
        and one.suffix in {".yaml", ".yml"}
    ]  # fmt: skip
    for path in named[:MAX_VARIANTS]:
        yield Values(stage=stage_of(path), body=merged(base, _read(tree, path)), chart=chart)
    if not named:
        yield Values(stage=stage_of(folder), body=base, chart=chart)


def _rendered(path: str, text: str, values: Values, found: Found) -> Iterator[Manifest]:
    documents = read_yaml(render(text, values))
    if isinstance(documents, YamlError):
        found.unseen.append(
            Unseen(because=UnseenBecause.TEMPLATE, place=Place(path, documents.line), detail=path)
        )
        return
    for document in documents:
        if document.at("kind").text and document.at("apiVersion").text:
            yield Manifest(path=path, body=document, stage=values.stage, source=Source.HELM)


def render(text: str, values: Values) -> str:
    """The text with its actions worked out, line for line."""
    frames: list[Frame] = []
    lines = []
    for line in text.split("\n")[:MAX_LINES]:
        control = CONTROL.match(line) if "{{" in line else None
        if control is not None:
            _control(control.group(1), control.group(2).strip(), frames, values)
            lines.append("")
        elif all(frame.shown for frame in frames):
            dot = next((frame.dot for frame in reversed(frames) if frame.dot is not None), None)
            lines.append(_line(line, values, dot))
        else:
            lines.append("")
    return "\n".join(lines)


def _control(word: str, rest: str, frames: list[Frame], values: Values) -> None:
    match word:
        case "if":
            holds = _holds(rest, values)
            frames.append(Frame(shown=holds, taken=holds))
        case "with":
            value = _value(rest, values, None)
            there = value is None or _is_true(value)
            frames.append(Frame(shown=there, taken=there, dot=value))
        case "range" | "define" | "block":
            frames.append(Frame(shown=False, taken=True))
        case "else if" if frames:
            frames[-1].shown = not frames[-1].taken and _holds(rest, values)
            frames[-1].taken = frames[-1].taken or frames[-1].shown
        case "else" if frames:
            frames[-1].shown = not frames[-1].taken
        case "end" if frames:
            frames.pop()
        case _:
            return


def _holds(condition: str, values: Values) -> bool:
    """A condition; what is not known counts as true, so that nothing is hidden."""
    if condition.startswith("not "):
        value = _value(condition[4:].strip(), values, None)
        return value is None or not _is_true(value)
    value = _value(condition, values, None)
    return value is None or _is_true(value)


def _is_true(value: Node) -> bool:
    if value.items or value.mapping:
        return True
    return bool(value) and value.text not in {"false", "0", ""}


def _line(line: str, values: Values, dot: Node | None) -> str:
    if "{{" not in line:
        return line
    whole = ACTION.fullmatch(line.strip())
    if whole is not None and "toYaml" not in whole.group(1):
        # An include on a line of its own gives labels or the like.
        return ""
    return ACTION.sub(lambda match: _shown(match.group(1), values, dot), line)


def _shown(expression: str, values: Values, dot: Node | None) -> str:
    value = _value(expression, values, dot)
    if value is None:
        return f"unknown-{WORD.sub('-', expression).strip('-').lower()}"[:120]
    if value.mapping or value.items:
        return json.dumps(value.plain, ensure_ascii=False)[:LONGEST_VALUE]
    text = value.text.replace("\n", " ")[:LONGEST_VALUE]
    return json.dumps(text, ensure_ascii=False) if "quote" in expression else text


def _value(expression: str, values: Values, dot: Node | None) -> Node | None:
    """What an expression gives; None where that is not known."""
    head, *pipes = [part.strip() for part in expression.split("|")]
    if head.startswith(("toYaml ", "quote ", "toString ")):
        head = head.partition(" ")[2].strip()
    value = dot if head == "." else _looked_up(head, values)
    for pipe in pipes:
        name, _, argument = pipe.partition(" ")
        if name == "default" and value is not None and not _is_true(value):
            value = _looked_up(argument.strip(), values)
        elif name not in SHAPES | {"default", "toYaml"}:
            return None
    return value


def _looked_up(word: str, values: Values) -> Node | None:
    if word.startswith('"') and word.endswith('"') and len(word) > 1:
        return Node(word[1:-1])
    if word.isdigit():
        return Node(int(word[:18]))
    match = VALUE.match(word)
    if match is None:
        return None
    root, path = match.group(1), match.group(2).strip(".").split(".")
    if root == "Values":
        return values.body.at(*path)
    if root == "Chart":
        return values.chart.at(*(part[:1].lower() + part[1:] for part in path))
    return Node("release") if path == ["Name"] else None
