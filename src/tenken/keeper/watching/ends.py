"""Watches what ends on a day that is known: models in use, sign-offs, keys."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct

from tenken.config.application import Application, Model
from tenken.keeper.alerts.signal import Severity, Signal, Subject
from tenken.models.check import models_end
from tenken.models.known import Models
from tenken.models.own import row_of
from tenken.sentence import Sentence, say

URGENT_DAYS = 14
"""A model that is used and ends sooner than this wakes somebody."""


class Ending(Struct, frozen=True, kw_only=True):
    """Something that is good until a day."""

    kind: str
    """`key` or `sign_off`."""
    name: str
    day: date


def watch_expiry(several: Sequence[Ending], *, days: int, today: date) -> tuple[Signal, ...]:
    """Say of each whether it expires soon."""
    return tuple(_expiry(one, days, today) for one in several) if days else ()


def _expiry(one: Ending, days: int, today: date) -> Signal:
    left = (one.day - today).days
    firing = left <= days
    calm = say("alerts.expiry_calm", name=one.name, day=one.day.isoformat())
    soon = say(f"alerts.expiry_{one.kind}", name=one.name, days=left, day=one.day.isoformat())
    return Signal(
        key=f"expiry/{one.kind}/{one.name}",
        kind="expiry",
        severity="ticket",
        firing=firing,
        what=soon if firing else calm,
        value=float(left),
        threshold=float(days),
        unit="d",
    )


def watch_models(
    app: Application, *, vendors: Mapping[str, str], known: Models, days: int, today: date
) -> tuple[Signal, ...]:
    """Say of each model that a route calls whether it ends soon, and what takes its place."""
    if not days:
        return ()
    ends = {model.id: _end(model, vendors, known) for model in app.models}
    return tuple(_retirements(app, ends, days=days, today=today))


def _end(model: Model, vendors: Mapping[str, str], known: Models) -> date | None:
    return models_end(model, row_of(model, vendors, known))


def _retirements(
    app: Application, ends: Mapping[str, date | None], *, days: int, today: date
) -> Iterator[Signal]:
    for model in app.models:
        day = ends[model.id]
        routes = [
            route for route in app.routes if model.id in (*route.targets, *route.larger_context)
        ]
        if day is None or not routes:
            continue
        left = (day - today).days
        staying = [
            name
            for route in routes
            for name in route.targets
            if (end := ends.get(name)) is None or (end - today).days > days
        ]
        yield Signal(
            key=f"retirement/{model.id}",
            kind="retirement",
            severity=_urgency(left),
            firing=left <= days,
            what=_retirement(model, day, left, [route.name for route in routes]),
            subject=Subject(model=model.model, provider=model.provider, target=model.id),
            value=float(left),
            threshold=float(days),
            unit="d",
            cause=_replacement(model, staying),
        )


def _urgency(left: int) -> Severity:
    return "page" if left <= URGENT_DAYS else "ticket"


def _retirement(model: Model, day: date, left: int, routes: Sequence[str]) -> Sentence:
    said = {"model": model.model, "provider": model.provider, "day": day.isoformat()}
    named = ", ".join(routes)
    if left < 0:
        return say("alerts.retirement_past", **said, routes=named)
    return say("alerts.retirement", **said, days=left, routes=named)


def _replacement(model: Model, staying: Sequence[str]) -> Sentence:
    """No table tells what a vendor names in a model's place: the file does, or its own routes."""
    if model.replacement:
        return say("alerts.replacement_stated", replacement=model.replacement)
    named = ", ".join(dict.fromkeys(staying))
    return say("alerts.replacement", replacement=named) if named else say("alerts.no_replacement")
