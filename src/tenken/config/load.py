"""From the text of `tenken.yaml` to a manifest, with every problem of the file in one answer."""

from typing import Any

import msgspec

from tenken.config.application import Application
from tenken.config.manifest import Manifest
from tenken.config.schema import parse, validate
from tenken.errors import Malformed, Problem
from tenken.place import Place
from tenken.sentence import say

MANIFEST_NAMES = ("tenken.yaml", "tenken.yml")


def load_manifest(text: str, *, file: str) -> Manifest:
    """Read an application file; raises Malformed with all its problems."""
    document = parse(text, file=file)
    problems = validate(document, application_schema(), file=file)
    if problems:
        raise Malformed(problems)
    try:
        application = msgspec.convert(document.plain, Application, strict=False)
    except msgspec.ValidationError as error:
        problem = Problem(
            place=Place(file, document.line),
            key="",
            sentence=say("config.invalid", detail=str(error)),
        )
        raise Malformed((problem,)) from error
    return Manifest(application=application, file=file, document=document)


def application_schema() -> dict[str, Any]:
    """The JSON Schema of `tenken.yaml`, made from the types; unknown keys are refused."""
    schema = msgspec.json.schema(Application)
    for definition in schema["$defs"].values():
        if "properties" in definition:
            definition["additionalProperties"] = False
            definition["properties"] = {
                name: _without_null(field) for name, field in definition["properties"].items()
            }
    return schema


def _without_null(field: dict[str, Any]) -> dict[str, Any]:
    """An optional key is left out, never null: then a problem inside it can be told exactly."""
    options = [option for option in field.get("anyOf", ()) if option != {"type": "null"}]
    if len(options) != 1:
        return field
    return {**{key: value for key, value in field.items() if key != "anyOf"}, **options[0]}
