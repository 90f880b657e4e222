"""From the texts of `tenken.yaml` and `platform.yaml` to a manifest, or every problem in them.

The order: YAML → JSON Schema → types → what the parts say of each other → the platform's floors →
the environment. Each step tells all its problems at once; a later one needs the earlier ones.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tenken import digest
from tenken.config.application import Application
from tenken.config.consistency.alerting import unheard
from tenken.config.consistency.availability import above_the_chain
from tenken.config.consistency.floors import contradictions, loosened
from tenken.config.consistency.kpis import unworkable
from tenken.config.consistency.objectives import unsound
from tenken.config.consistency.partial import path_of, without
from tenken.config.consistency.references import inconsistencies
from tenken.config.consistency.texts import unstorable
from tenken.config.manifest import NAMES, Manifest, PlatformFile
from tenken.config.node import Node
from tenken.config.overlays import resolved
from tenken.config.platform import Platform
from tenken.config.schema import dotted, line_at, parse, validate
from tenken.errors import Malformed, Problem
from tenken.place import Place
from tenken.sentence import Sentence, say

MANIFEST_NAMES = NAMES
Whole = TypeVar("Whole", bound=Struct)


class PlatformText(Struct, frozen=True, kw_only=True):
    """A platform file that was found."""

    file: str
    text: str


ReadPlatform = Callable[[str], PlatformText | None]
"""Gives the platform file at the path that an application extends (empty where it extends none);
None where there is none."""


Also = Callable[[Manifest], Iterable[Problem]]
"""Finds problems of settings that are well formed."""


def nothing(manifest: Manifest) -> Iterable[Problem]:  # noqa: ARG001 - an `Also`
    """Find nothing more."""
    return ()


def no_platform(path: str) -> None:  # noqa: ARG001 - a `ReadPlatform`
    """Stands in where no platform file can be read."""
    return


def load_manifest(
    text: str,
    *,
    file: str,
    platform: ReadPlatform = no_platform,
    environment: str = "",
    today: date | None = None,
    also: Also = nothing,
) -> Manifest:
    """Read an application file over its platform; raises Malformed with all their problems.

    `today` finds days of reading that lie in the future; without it they are not looked for.
    `also` is asked about settings that are well formed, so that all problems are told together.
    """
    document = parse(text, file=file)
    wrong = validate(document, application_schema(), file=file)
    problems = list(wrong)
    standard = _standard(document, file, platform, problems)
    # What is of a wrong form is left out, so that the rest can be told in the same run.
    rest = without(document, wrong) if wrong else None
    no_platform_read = standard is None and len(problems) > len(wrong)
    if no_platform_read or (wrong and rest is None):
        _raise(problems)
    manifest = Manifest(
        application=rest.application if rest else _typed(document, Application, file=file),
        file=file,
        document=document,
        platform=standard,
    )
    found = (*_inconsistent(manifest, today), *also(_there(manifest, environment)))
    _raise([*problems, *(one for one in found if rest is None or rest.tells(one))])
    if environment:
        manifest = resolved(manifest, environment)
    return replace(manifest, doubts=tuple(above_the_chain(manifest)))


def _inconsistent(manifest: Manifest, today: date | None) -> Iterator[Problem]:
    yield from inconsistencies(manifest, today=today)
    yield from unsound(manifest)
    yield from unworkable(manifest)
    yield from unheard(manifest)
    yield from loosened(manifest)
    yield from unstorable(manifest)


def _there(manifest: Manifest, environment: str) -> Manifest:
    """Give what an environment has; all of it where there is none of that name."""
    known = environment in manifest.application.environments
    return resolved(manifest, environment) if known else manifest


def load_platform(text: str, *, file: str) -> PlatformFile:
    """Read a platform file; raises Malformed with all its problems."""
    document = parse(text, file=file)
    _raise(list(validate(document, platform_schema(), file=file)))
    standard = PlatformFile(
        platform=_typed(document, Platform, file=file),
        file=file,
        document=document,
        digest=digest.of_bytes(text.encode()),
    )
    _raise(list(contradictions(standard)))
    return standard


def load_strictly(text: str, kind: type[Whole], *, file: str) -> Whole:
    """Read a file of ours as that type; unknown keys are refused, all problems told at once."""
    document = parse(text, file=file)
    _raise(list(validate(document, schema_of(kind), file=file)))
    return _typed(document, kind, file=file)


def schema_of(kind: type[Struct]) -> dict[str, Any]:
    """The JSON Schema of a file of ours, made from its type; unknown keys are refused."""
    return _strict(msgspec.json.schema(kind))


def application_schema() -> dict[str, Any]:
    """The JSON Schema of `tenken.yaml`, made from the types; unknown keys are refused."""
    return _strict(msgspec.json.schema(Application))


def platform_schema() -> dict[str, Any]:
    """The JSON Schema of `platform.yaml`, made from the types; unknown keys are refused."""
    return _strict(msgspec.json.schema(Platform))


def _standard(
    document: Node, file: str, read: ReadPlatform, problems: list[Problem]
) -> PlatformFile | None:
    """Read the platform that the document extends; its problems are told with the others."""
    extends = document.at("extends")
    path = extends.at("platform").text
    found = read(path)
    if found is None:
        if path:
            problems.append(_at(document, file, "platform", say("config.no_platform", path=path)))
        return None
    try:
        standard = load_platform(found.text, file=found.file)
    except Malformed as malformed:
        problems.extend(malformed.problems)
        return None
    problems.extend(_unpinned(document, file, standard) if path else ())
    return standard


def _unpinned(document: Node, file: str, standard: PlatformFile) -> list[Problem]:
    """Whether the platform file is the very one that the application was reviewed with."""
    extends = document.at("extends")
    version, has = extends.at("version").text, standard.platform.platform.version
    pinned = extends.at("sha256").text.removeprefix("sha256:")
    problems = []
    if version != has:
        sentence = say("config.other_version", path=standard.file, has=has, pinned=version)
        problems.append(_at(document, file, "version", sentence))
    if pinned and pinned != standard.digest.removeprefix("sha256:"):
        sentence = say("config.other_digest", path=standard.file, has=standard.digest)
        problems.append(_at(document, file, "sha256", sentence))
    return problems


def _at(document: Node, file: str, key: str, sentence: Sentence) -> Problem:
    place = Place(file, line_at(document, ("extends", key)))
    return Problem(place=place, key=f"extends.{key}", sentence=sentence)


def _raise(problems: list[Problem]) -> None:
    if problems:
        raise Malformed(tuple(sorted(set(problems), key=lambda one: (one.place, one.key))))


def _typed(document: Node, kind: type[Whole], *, file: str) -> Whole:
    """What the schema cannot tell is told here: `1.0` is no version, the year 0 no date."""
    try:
        return msgspec.convert(document.plain, kind, strict=False)
    except msgspec.ValidationError as error:
        detail, _, at = str(error).partition(" - at `$.")
        path = path_of(at)
        place = Place(file, line_at(document, path))
        problem = Problem(
            place=place, key=dotted(path), sentence=say("config.invalid", detail=detail)
        )
        raise Malformed((problem,)) from error


def _strict(schema: dict[str, Any]) -> dict[str, Any]:
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
