"""Texts that would be stored without a key, or against what the platform allows."""

from collections.abc import Iterator

from tenken.config.application import Application
from tenken.config.consistency.floors import OF_A_VARIABLE
from tenken.config.manifest import Manifest
from tenken.config.node import Path
from tenken.config.overlays import every_route
from tenken.config.serving import KeyReference, Part
from tenken.errors import Problem
from tenken.sentence import say

TEXTS: Path = ("gateway", "texts")


def unstorable(manifest: Manifest) -> Iterator[Problem]:
    """Give what is wrong with what is to be stored of texts."""
    settings = manifest.application.gateway.texts
    asked = [path for path, parts in stored(manifest.application) if parts]
    if asked and settings.key is None:
        yield manifest.problem(asked[0], say("texts.no_key"))
    named: list[tuple[Path, KeyReference]] = [
        ((*TEXTS, "old_keys", at), one) for at, one in enumerate(settings.old_keys)
    ]
    named += [((*TEXTS, "key"), settings.key)] if settings.key else []
    for path, key in named:
        if key.kind == "env" and not set(key.name) <= OF_A_VARIABLE:
            yield manifest.problem((*path, "name"), say("config.not_a_reference"))
    for at, sink in enumerate(manifest.application.telemetry.traces):
        if sink.texts and not asked:
            path = ("telemetry", "traces", at, "texts")
            yield manifest.problem(path, say("texts.none_to_send", name=sink.name))
    yield from _too_much(manifest)


def stored(application: Application) -> Iterator[tuple[Path, tuple[Part, ...]]]:
    """Give each place that says which texts are stored, and which."""
    yield (*TEXTS, "store"), application.gateway.texts.store
    for route in every_route(application):
        texts = route.entry.texts
        if texts is not None and texts.store is not None:
            yield (*route.path, "texts", "store"), texts.store


def _too_much(manifest: Manifest) -> Iterator[Problem]:
    floor = manifest.platform.platform.floors.texts if manifest.platform else None
    if floor is None or manifest.platform is None:
        return
    at = str(manifest.platform.place("floors", "texts"))
    for path, parts in stored(manifest.application):
        beyond = ", ".join(one for one in parts if one not in floor.store)
        if beyond:
            yield manifest.problem(path, say("texts.not_allowed", parts=beyond, at=at))
    days = manifest.application.retention.texts_days
    if floor.days_max is not None and days > floor.days_max:
        sentence = say("config.looser", has=days, floor=floor.days_max, at=at)
        if any(parts for _, parts in stored(manifest.application)):
            yield manifest.problem(("retention", "texts_days"), sentence)
