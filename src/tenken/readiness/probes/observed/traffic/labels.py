"""Whether what guards find is what the taxonomy of risks names."""

from tenken.readiness.answers import lie, seen
from tenken.readiness.facts.documents import Column, Subject
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.probes.observed.said import Observed, fails, holds, share, unknown
from tenken.sentence import say

FEWEST_FOUND = 5
MOST_TOLD = 5


def guard_labels_are_in_the_taxonomy(sighting: Sighting) -> Observed:
    """Every risk that a guard reported is one of the taxonomy's."""
    risks = {
        _plain(name)
        for one in sighting.survey.documents.on(Subject.RISK)
        for name in (one.text(Column.ID), one.text(Column.NAME))
        if name
    }
    manifest = sighting.survey.manifest
    risks |= {_plain(one.id) for one in (manifest.application.safety.risks if manifest else ())}
    labels = sighting.labels.found if sighting.labels else {}
    n = sum(labels.values())
    if not risks:
        return unknown(say("observed.no_taxonomy"))
    strange = sorted(name for name in labels if _plain(name) not in risks)
    known = n - sum(labels[name] for name in strange)
    figures = (share("labels_in_the_taxonomy", known, n),)
    if strange:
        told = (lie("observed.label_in_no_taxonomy", label=one, n=labels[one])
                for one in strange[:MOST_TOLD])  # fmt: skip
        return fails(*told, figures=figures)
    if n < FEWEST_FOUND:
        return unknown(say("observed.too_few_labels", n=n, least=FEWEST_FOUND), figures=figures)
    return holds(seen("observed.labels_in_taxonomy", n=n, labels=", ".join(sorted(labels)[:5])),
                 figures=figures)  # fmt: skip


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
