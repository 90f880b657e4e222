"""Asks what can be asked of a sighting, and binds the answers to what was seen and when."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from tenken.evidence import Evidence, Holding, Method
from tenken.readiness.catalogue import Catalogue, Item, ProbeUse
from tenken.readiness.facts.observed.records import Kept
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.probes.observed.registry import QUESTIONS, VERSION, Held, Question
from tenken.readiness.probes.observed.said import unknown
from tenken.sentence import say


class Bound(Struct, frozen=True, kw_only=True):
    """What the evidence is about, and how long it holds."""

    service: str
    """The digest by which evidence names the service."""
    declared: Mapping[Held, str]
    """The digests of what a running system is held to; without its own, a question is not put."""
    life: timedelta
    reproduce: str


def observe(catalogue: Catalogue, sighting: Sighting, bound: Bound) -> tuple[Evidence, ...]:
    """Ask every runtime question of every item whose sources were all looked at."""
    return tuple(
        _evidence(item, use, sighting, bound)
        for item in catalogue.items
        for use in item.probes.runtime
        if (asked := QUESTIONS.get(use.probe)) and _can_be_put(asked, sighting, bound)
    )


def settled(seen: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """What goes on record: a look that settles nothing takes nothing from an earlier one."""
    return tuple(one for one in seen if one.answer.holding is not Holding.UNKNOWN)


def _can_be_put(question: Question, sighting: Sighting, bound: Bound) -> bool:
    is_held = question.held is Held.TO_NOTHING or question.held in bound.declared
    return is_held and question.sources <= sighting.kept.keys()


def _evidence(item: Item, use: ProbeUse, sighting: Sighting, bound: Bound) -> Evidence:
    question = QUESTIONS[use.probe]
    kept = tuple(_kept(question, sighting))
    observed = question.ask(sighting)
    at = _seen_at(kept)
    if at is None and observed.answer.holding is not Holding.UNKNOWN:
        observed = unknown(say("observed.no_time", probe=use.probe))
    at = at or sighting.about.now
    return Evidence(
        item=item.id,
        subs=use.subs,
        probe=use.probe,
        probe_version=VERSION,
        method=Method.RUNTIME,
        answer=observed.answer,
        subjects={"service": bound.service, **_commit(kept), **_held(question, bound)},
        observed_at=at,
        expires_at=at + bound.life,
        measurements=observed.measurements,
        reproduce=bound.reproduce,
    )


def _kept(question: Question, sighting: Sighting) -> Iterator[Kept]:
    return (sighting.kept[source] for source in sorted(question.sources))


def _seen_at(kept: tuple[Kept, ...]) -> datetime | None:
    """As old as the oldest of what it rests on; None where something has no time at all."""
    times = [one.latest for one in kept]
    known = [one for one in times if one is not None]
    return min(known) if len(known) == len(times) else None


def _held(question: Question, bound: Bound) -> Mapping[str, str]:
    if question.held is Held.TO_NOTHING:
        return {}
    return {question.held.value: bound.declared[question.held]}


def _commit(kept: tuple[Kept, ...]) -> Mapping[str, str]:
    """The commit, where every source names it: what nobody said of itself is not claimed."""
    revisions = {one.revision for one in kept}
    (revision, *others) = revisions
    return {} if others or not revision else {"commit": revision}
