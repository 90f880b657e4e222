"""Which texts are stored on which route, and whether the guard's policy lets that be."""

from collections.abc import Iterator

from msgspec import Struct

from tenken.config.application import Application
from tenken.config.application import Route as RouteEntry
from tenken.config.manifest import Manifest
from tenken.config.node import Path
from tenken.config.serving import Part
from tenken.errors import Problem
from tenken.gateway.plan import RouteTexts, TextPlan
from tenken.guardrails.guard import Guard
from tenken.guardrails.policy.storing import storing, unmasked
from tenken.guardrails.text import Direction
from tenken.sentence import say

WAYS = {"request": Direction.INWARD, "answer": Direction.OUTWARD}


def texts_of(app: Application, guard: Guard | None) -> TextPlan | None:
    """Give what is stored of texts; None where nothing is."""
    settings = app.gateway.texts
    others = RouteTexts(
        request="request" in settings.store,
        answer="answer" in settings.store,
        sample=settings.sample,
    )
    routes = {route.name: _of_route(app, route) for route in app.routes}
    if guard is None or not any(one.any for one in (others, *routes.values())):
        return None
    return TextPlan(
        routes=routes,
        others=others,
        guard=guard.under(storing(guard.policy)),
        characters_max=settings.characters_max,
    )


def unmaskable(manifest: Manifest, guard: Guard | None) -> Iterator[Problem]:
    """Give every place that asks for texts which nothing would mask."""
    for path, asked in _asked(manifest.application):
        if guard is None:
            yield manifest.problem(path, say("texts.no_guard"))
            continue
        for part in asked.parts:
            risks = unmasked(guard.policy, WAYS[part], asked.use_case)
            if risks:
                sentence = say(
                    "texts.not_masked",
                    risks=", ".join(risks),
                    way=f"wording.texts_way_{WAYS[part].value}",
                    route=asked.route,
                    part=f"wording.texts_part_{part}",
                )
                yield manifest.problem(path, sentence)


class _Asked(Struct, frozen=True):
    """Texts that are to be stored of one route."""

    route: str
    use_case: str
    parts: tuple[Part, ...]


def _asked(app: Application) -> Iterator[tuple[Path, _Asked]]:
    """Give the place that asks for each route's texts; of models called by name, too."""
    above: Path = ("gateway", "texts", "store")
    if store := app.gateway.texts.store:
        yield above, _Asked("*", "", store)
    for at, route in enumerate(app.routes):
        own = route.texts.store if route.texts is not None else None
        parts = app.gateway.texts.store if own is None else own
        if parts:
            path = above if own is None else ("routes", at, "texts", "store")
            yield path, _Asked(route.name, route.use_case, parts)


def _of_route(app: Application, route: RouteEntry) -> RouteTexts:
    settings, own = app.gateway.texts, route.texts
    store = settings.store if own is None or own.store is None else own.store
    sample = settings.sample if own is None or own.sample is None else own.sample
    return RouteTexts(request="request" in store, answer="answer" in store, sample=sample)
