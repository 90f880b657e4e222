"""Runs the probes of a catalogue over a survey; what comes out is evidence, even of a crash."""

import traceback
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

from msgspec import Struct

from tenken.evidence import Answer, Evidence, Finding, FindingKind, Grade, Holding, Method
from tenken.readiness.answers import unknown
from tenken.readiness.catalogue import Catalogue, Item, ProbeUse
from tenken.readiness.collectors.sharing import MANY_FILES, Job, Second
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.registry import VERSION, Probe
from tenken.sentence import say

SHARES = 24
"""In how many parts probes are asked."""


class Run(Struct, frozen=True, kw_only=True):
    """What the probes are run with."""

    catalogue: Catalogue
    probes: Mapping[str, Probe]
    subjects: Mapping[str, str]
    """Digests of what is inspected, such as `commit` and `service`."""
    told: Callable[[Item], None] = lambda _item: None
    """Called before each item, for a progress line."""


def run_probes(run: Run, survey: Survey, *, two: bool = False) -> tuple[Evidence, ...]:
    """Ask every repository probe of every item; a probe named twice is asked once.

    With `two` a second process asks some of them, where there is much to look at.
    """
    answers = _answers(run, survey, two=two and len(survey.tree.entries) >= MANY_FILES)
    evidence: list[Evidence] = []
    for item in run.catalogue.items:
        run.told(item)
        uses = item.probes.repository
        evidence += [
            _evidence(run, item, it, survey=survey, answer=answers[it.probe]) for it in uses
        ]
    return tuple(evidence)


def _answers(run: Run, survey: Survey, *, two: bool) -> Mapping[str, Answer]:
    uses = (use for item in run.catalogue.items for use in item.probes.repository)
    names = tuple(dict.fromkeys(use.probe for use in uses))
    shares = [
        Job(dict[str, Answer], partial(_all_asked, run, names[number::SHARES], survey))
        for number in range(SHARES)
    ]
    if two:
        Second(shares).finish()
    return {name: answer for share in shares for name, answer in share.result().items()}


def _all_asked(run: Run, names: Iterable[str], survey: Survey) -> dict[str, Answer]:
    return {name: _asked(run.probes.get(name), name, survey) for name in names}


def _asked(probe: Probe | None, name: str, survey: Survey) -> Answer:
    if probe is None:
        return unknown(say("judge.no_such_probe", probe=name))
    try:
        return probe(survey)
    except Exception as crash:  # noqa: BLE001 - the boundary: a crash in a probe is an answer, never a verdict
        return _crashed(name, crash)


def _crashed(name: str, crash: Exception) -> Answer:
    last = traceback.extract_tb(crash.__traceback__)[-1]
    sentence = say(
        "judge.probe_crashed",
        probe=name,
        error=type(crash).__name__,
        detail=str(crash)[:200],
        at=f"{Path(last.filename).name}:{last.lineno}",
    )
    finding = Finding(kind=FindingKind.NOTE, sentence=sentence)
    return Answer(holding=Holding.ERROR, grade=Grade.NONE, findings=(finding,), missing=sentence)


def _evidence(run: Run, item: Item, use: ProbeUse, *, survey: Survey, answer: Answer) -> Evidence:
    return Evidence(
        item=item.id,
        subs=use.subs,
        probe=use.probe,
        probe_version=VERSION,
        method=Method.REPOSITORY,
        answer=answer,
        subjects=run.subjects,
        observed_at=survey.now,
        expires_at=None,
        reproduce=f"tenken explain {item.id}",
    )
