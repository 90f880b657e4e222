"""The reference pages of the files that teams write: a table for every part of the file."""

from collections.abc import Iterator
from typing import Any

from tools.schemas import File, Schema

INTRODUCTIONS = {
    "tenken": """\
What an application is meant to be, as its team declares it. It stands at the root of the service;
`tenken init` writes a first one of what it finds, and `tenken check` works without it too.

- YAML 1.2: `no` and `on` are words. An unknown key is an error that names the nearest one.
- A text that begins with `TODO` (or `FIXME`, `TBD`, `未記入`, `要記入`) counts as nothing said.
- Names must meet: a route's use case, targets and guards, a gate's dataset and so on exist in the
  same file. All problems are told in one run, each with its line.
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


def page(file: File) -> str:
    """The whole page."""
    lines = [f"# {file.name}.yaml", "", INTRODUCTIONS[file.name]]
    schema = f"src/tenken/config/schemas/{file.name}.schema.json"
    lines.append(f"JSON Schema for editors: `{schema}`.\n")
    for heading, name in _parts(file):
        lines.extend(_part(heading, name, file.schema["$defs"]))
    return "\n".join(lines)


def _parts(file: File) -> Iterator[tuple[str, str]]:
    """Every type once, under the first key that leads to it, in the order of the file."""
    waiting, seen = [("", file.root)], set()
    while waiting:
        path, name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        yield path or "The whole file", name
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


def _part(heading: str, name: str, definitions: Schema) -> Iterator[str]:
    definition = definitions[name]
    title = heading if heading == "The whole file" else f"`{heading}`"
    yield f"## {title}\n"
    yield f"{definition['description']}\n"
    yield "| Key | Value | Default | Meaning |"
    yield "|---|---|---|---|"
    for key, field in definition["properties"].items():
        default = "required" if key in definition.get("required", ()) else _default(field)
        above = definitions.get(_leads_to(field)[0], {})
        meaning = field.get("description") or above.get("description", "")
        yield f"| `{key}` | {_value(field)} | {default} | {meaning} |"
    yield ""


def _default(field: Schema) -> str:
    value = field.get("default")
    return f"`{value}`" if isinstance(value, str | int | float) and value != "" else ""


def _value(field: Schema) -> str:
    if _leads_to(field)[0]:
        many = {"array": "list of parts", "object": "parts by name"}
        return many.get(str(field.get("type")), "part")
    if "enum" in field:
        return ", ".join(f"`{one}`" for one in field["enum"])
    if field.get("type") == "array":
        return f"list of {_value(field['items'])}"
    if "format" in field:
        return "date"
    if "pattern" in field:
        return PATTERNS.get(str(field["pattern"]), "text")
    return _bounded(field)


PATTERNS = {
    "^[a-z0-9][a-z0-9_.-]{0,62}$": "name (`a-z 0-9 _ . -`)",
    r"^https?://[^\s]+$": "URL",
    "^(sha256:)?[0-9a-f]{64}$": "SHA-256",
    "^[A-Za-z0-9+/]{43}=$": "base64 of 32 bytes",
}


def _bounded(field: dict[str, Any]) -> str:
    words = {"number": "number", "integer": "whole number", "boolean": "`true` or `false`"}
    bounds = {
        "exclusiveMinimum": "> ",
        "minimum": "≥ ",
        "maximum": "≤ ",
    }
    kind = words.get(str(field.get("type")), "text")
    told = [f"{sign}{field[key]:g}" for key, sign in bounds.items() if key in field]
    return " ".join([kind, *told])
