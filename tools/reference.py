"""The reference pages of the files that teams write: a table for every part of the file."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import yaml
from msgspec import Struct

from tools.schemas import File, Schema

JAPANESE = Path(__file__).with_name("reference_ja.yaml")
INTRODUCTIONS = {
    "tenken": """\
What an application is meant to be, as its team declares it. It stands at the root of the service;
`tenken init` writes a first one of what it finds, and `tenken check` works without it too.

- YAML 1.2: `no` and `on` are words. An unknown key is an error that names the nearest one.
- A text that begins with `TODO` (or `FIXME`, `TBD`, `未記入`, `要記入`) counts as nothing said.
- Names must meet: a route's use case, targets and guards, a gate's dataset and so on exist in the
  same file. All problems are told in one run, each with its line; where a part without which
  nothing else is known is missing or of another form, those of form come first.
- `extends` pins a version of [`platform.yaml`](platform-yaml.md), by `sha256` too if you like. Its
  floors can be tightened, never loosened. `tenken check --platform FILE` takes a file from
  elsewhere.
- `environments` replaces routes and SLOs by their names: `tenken check --environment prod`.
- The SLAs of a route's models are multiplied out, fallbacks included; an SLO above that is told
  with the arithmetic.
""",
    "platform": """\
What a platform team offers, approves and demands of every application. An application pins a
version of it in [`tenken.yaml`](tenken-yaml.md).

- Credentials are named here, never written.
- `models` and `regions` limit what applications may use; empty ones limit nothing.
- A floor is the least: a longer timeout, more attempts, a larger share of the limits, a weaker
  guard or a lower target is refused, with both values and both lines.
- Evidence of drills and of running systems counts when it is signed by one of `evidence_keys`.
""",
    "policy": """\
What the guardrails of a service do about each risk. A gateway screens where there is a
`guard/policy.yaml`; `tenken guard` takes the policy that ships where there is none. To write one:
[A guard policy](../guides/guard-policy.md).

- A rule takes the place of the one that ships for the same risk and direction. A rule for a family
  (`pii`) answers every risk below it (`pii.phone`) that has no rule of its own.
- All problems are told in one run, each with its line: a risk without a rule, a rule without a
  risk, an action that cannot work, a critical risk on `shadow` without a waiver, a type of data
  whose rules do less than its treatment says.
- Floors of [`platform.yaml`](platform-yaml.md) (`floors.guards`, with the id of a risk) can be
  tightened, never loosened: neither by the action, nor by a threshold, nor by looking away.
- Patterns are RE2: no look-around, no back references, linear time on any text.
""",
}


class Words(Struct, frozen=True, kw_only=True):
    """What the page says around what stands in the schema, in one language."""

    introductions: Mapping[str, str]
    schema: str
    whole: str
    table: str
    required: str
    part: str
    parts: str
    by_name: str
    listed: str
    kinds: Mapping[str, str]
    patterns: Mapping[str, str]
    bounds: Mapping[str, str]
    said: Mapping[str, str]
    """A text of the schema, in this language; what is missing stays as it is."""


EN = Words(
    introductions=INTRODUCTIONS,
    schema="JSON Schema for editors: `{path}`.\n",
    whole="The whole file",
    table="| Key | Value | Default | Meaning |",
    required="required",
    part="part",
    parts="list of parts",
    by_name="parts by name",
    listed="list of {value}",
    kinds={
        "number": "number",
        "integer": "whole number",
        "boolean": "`true` or `false`",
        "string": "text",
        "date": "date",
    },
    patterns={
        "^[a-z0-9][a-z0-9_.-]{0,62}$": "name (`a-z 0-9 _ . -`)",
        r"^https?://[^\s]+$": "URL",
        "^(sha256:)?[0-9a-f]{64}$": "SHA-256",
        "^[A-Za-z0-9+/]{43}=$": "base64 of 32 bytes",
    },
    bounds={"exclusiveMinimum": "> {:g}", "minimum": "≥ {:g}", "maximum": "≤ {:g}"},
    said={},
)


@cache
def japanese() -> Words:
    """The same in Japanese."""
    written = yaml.safe_load(JAPANESE.read_text("utf-8"))
    return Words(
        introductions=written["introductions"],
        schema="エディター用の JSON Schema: `{path}`\n",
        whole="ファイル全体",
        table="| キー | 値 | 既定値 | 意味 |",
        required="必須",
        part="セクション",
        parts="セクションのリスト",
        by_name="名前ごとのセクション",
        listed="{value}のリスト",
        kinds={
            "number": "数値",
            "integer": "整数",
            "boolean": "`true` か `false`",
            "string": "文字列",
            "date": "日付",
        },
        patterns=dict(zip(EN.patterns, written["patterns"], strict=True)),
        bounds={"exclusiveMinimum": "{:g} 超", "minimum": "{:g} 以上", "maximum": "{:g} 以下"},
        said=written["said"],
    )


def page(file: File, words: Words = EN) -> str:
    """The whole page."""
    lines = [f"# {file.name}.yaml", "", words.introductions[file.name]]
    path = f"src/tenken/config/schemas/{file.name}.schema.json"
    lines.append(words.schema.format(path=path))
    for heading, name in _parts(file):
        lines.extend(_part(heading, name, file.schema["$defs"], words))
    return "\n".join(lines)


def descriptions(file: File) -> Iterator[str]:
    """Every text of a schema that a page shows, on one line each."""
    for definition in file.schema["$defs"].values():
        for part in (definition, *definition["properties"].values()):
            if text := _flat(part):
                yield text


def _parts(file: File) -> Iterator[tuple[str, str]]:
    """Every type once, under the first key that leads to it, in the order of the file."""
    waiting, seen = [("", file.root)], set()
    while waiting:
        path, name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        yield path, name
        inner = []
        for key, field in file.schema["$defs"][name]["properties"].items():
            target, ending = _leads_to(field)
            if target:
                inner.append((f"{path}.{key}".lstrip(".") + ending, target))
        waiting = inner + waiting


def _leads_to(field: Schema) -> tuple[str, str]:
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2], ""
    for key, ending in (("items", "[]"), ("additionalProperties", ".<name>")):
        inner = field.get(key)
        if isinstance(inner, dict) and "$ref" in inner:
            return str(inner["$ref"]).rpartition("/")[2], ending
    return "", ""


def _part(heading: str, name: str, definitions: Schema, words: Words) -> Iterator[str]:
    definition = definitions[name]
    yield f"## `{heading}`\n" if heading else f"## {words.whole}\n"
    yield f"{_said(definition, words)}\n"
    yield words.table
    yield "|---|---|---|---|"
    for key, field in definition["properties"].items():
        default = words.required if key in definition.get("required", ()) else _default(field)
        meaning = _said(field, words) or _said(definitions.get(_leads_to(field)[0], {}), words)
        yield f"| `{key}` | {_value(field, words)} | {default} | {meaning} |"
    yield ""


def _said(part: Schema, words: Words) -> str:
    text = _flat(part)
    return words.said.get(text, text)


def _flat(part: Schema) -> str:
    return " ".join(str(part.get("description", "")).split())


def _default(field: Schema) -> str:
    value = field.get("default")
    return f"`{value}`" if isinstance(value, str | int | float) and value != "" else ""


def _value(field: Schema, words: Words) -> str:
    if _leads_to(field)[0]:
        many = {"array": words.parts, "object": words.by_name}
        return many.get(str(field.get("type")), words.part)
    if "enum" in field:
        return ", ".join(f"`{one}`" for one in field["enum"])
    if field.get("type") == "array":
        return words.listed.format(value=_value(field["items"], words))
    if "format" in field:
        return words.kinds["date"]
    text = words.kinds["string"]
    if "pattern" in field:
        return words.patterns.get(str(field["pattern"]), text)
    told = [words.bounds[key].format(field[key]) for key in words.bounds if key in field]
    return " ".join([words.kinds.get(str(field.get("type")), text), *told])
