"""A baseline: how every item stood when somebody committed it. Nothing proved may be lost.

What was open then may stay open; what is open now and was not listed is told, and stops nothing.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec
from msgspec import Struct

from tenken.errors import Malformed, Problem
from tenken.place import Place
from tenken.readiness.catalogue import Catalogue
from tenken.readiness.verdict import Outcome, Verdict
from tenken.sentence import Sentence, say

SCHEMA: Literal["urn:tenken:baseline:v1"] = "urn:tenken:baseline:v1"
GradeName = Literal["none", "declared", "configured", "observed", "exercised"]


class Stood(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How an item stood."""

    outcome: Outcome
    grade: GradeName


class Baseline(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How every item stood, under which catalogue."""

    schema: Literal["urn:tenken:baseline:v1"]
    catalogue: str
    """The digest of the catalogue."""
    items: dict[str, Stood]


class Loss(Struct, frozen=True, kw_only=True):
    """Something proved that no longer is."""

    item: str
    before: Outcome
    after: Outcome | None
    """None where the catalogue no longer has the item."""


def baseline_of(catalogue: Catalogue, verdicts: Iterable[Verdict]) -> Baseline:
    """Note how every item stands."""
    return Baseline(
        schema=SCHEMA,
        catalogue=catalogue.digest,
        items={verdict.item: _stood(verdict) for verdict in verdicts},
    )


def encode(baseline: Baseline) -> str:
    """A file to commit: one item a line, in a fixed order, so that a diff reads well."""
    return (
        msgspec.json.format(msgspec.json.encode(baseline, order="sorted"), indent=1).decode()
        + "\n"
    )


def parse(content: bytes, *, file: str) -> Baseline:
    """Read a baseline; raises Malformed where it is none."""
    try:
        return msgspec.json.decode(content, type=Baseline)
    except (msgspec.DecodeError, RecursionError) as error:
        sentence = say("gate.bad_baseline", detail=str(error))
        raise Malformed((Problem(place=Place(file), key="", sentence=sentence),)) from error


def losses(baseline: Baseline, verdicts: Iterable[Verdict]) -> tuple[Loss, ...]:
    """What was proved and is not any more, not even where it is waived now."""
    now = {verdict.item: verdict.outcome for verdict in verdicts}
    return tuple(
        Loss(item=item, before=stood.outcome, after=now.get(item))
        for item, stood in sorted(baseline.items.items())
        if stood.outcome.passes and not _passes(item, now)
    )


def warnings(
    baseline: Baseline, catalogue: Catalogue, verdicts: Iterable[Verdict]
) -> tuple[Sentence, ...]:
    """What a person should know, and what stops nothing: new gaps, another catalogue."""
    told = [
        say("gate.new_gap", item=verdict.item)
        for verdict in verdicts
        if not verdict.outcome.passes and verdict.item not in baseline.items
    ]
    if baseline.catalogue != catalogue.digest:
        told.append(say("gate.other_catalogue"))
    return tuple(told)


def _stood(verdict: Verdict) -> Stood:
    grade = msgspec.convert(verdict.grade.name.lower(), GradeName)
    return Stood(outcome=verdict.outcome, grade=grade)


def _passes(item: str, now: Mapping[str, Outcome]) -> bool:
    outcome = now.get(item)
    return outcome is not None and outcome.passes
