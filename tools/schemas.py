"""The JSON Schemas of the files that teams write, with the notes that stand in the types.

The program makes the same schemas from the same types; these files are for editors and for people.
"""

import ast
import inspect
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from tenken.config import application, platform, safety, serving
from tenken.config.load import application_schema, platform_schema, schema_of
from tenken.config.operating import (
    alerting,
    console,
    impact,
    objectives,
    proving,
    retention,
    spikes,
    telemetry,
)
from tenken.guardrails.policy import written as policy
from tenken.guardrails.policy.written import PolicyFile

Schema = dict[str, Any]
TYPES = (
    *(application, serving, safety, platform, policy),
    *(alerting, console, impact, objectives, proving, retention, spikes, telemetry),
)
"""The modules in which the types of the files stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that teams write, and the schema of it."""

    name: str
    root: str
    """The type of the whole."""
    schema: Schema


def files() -> tuple[File, ...]:
    """All of them."""
    return (
        File(name="tenken", root="Application", schema=_noted(application_schema())),
        File(name="platform", root="Platform", schema=_noted(platform_schema())),
        File(name="policy", root="PolicyFile", schema=_noted(schema_of(PolicyFile))),
    )


def written(file: File) -> str:
    """The schema as it stands in its file."""
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:tenken:schema:{file.name}:1",
        "title": f"{file.name}.yaml",
    }
    return json.dumps(head | file.schema, indent=2, ensure_ascii=False) + "\n"


def _noted(schema: Schema) -> Schema:
    for name, definition in schema["$defs"].items():
        for key, field in definition.get("properties", {}).items():
            if note := notes().get((name, key)):
                field["description"] = note
    return schema


@cache
def notes() -> Mapping[tuple[str, str], str]:
    """What is written under an attribute: (class, attribute) → text.

    A class is named twice: a schema tells two of one name apart by their modules.
    """
    found: dict[tuple[str, str], str] = {}
    for module in TYPES:
        inside = _notes_in(module)
        found.update(inside)
        found.update({(f"{module.__name__}.{one}", key): inside[one, key] for one, key in inside})
    return found


def _notes_in(module: ModuleType) -> dict[tuple[str, str], str]:
    tree = ast.parse(inspect.getsource(module))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    return {
        (one.name, statement.target.id): " ".join(note.value.value.split())
        for one in classes
        for statement, note in zip(one.body, one.body[1:], strict=False)
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
        if isinstance(note, ast.Expr) and isinstance(note.value, ast.Constant)
        if isinstance(note.value.value, str)
    }
