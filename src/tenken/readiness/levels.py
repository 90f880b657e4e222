"""Levels: a section is as ready as its weakest item, an application as its weakest section."""

from collections.abc import Mapping

from tenken.evidence import Grade
from tenken.readiness.catalogue import Catalogue, Section
from tenken.readiness.verdict import Levels, Outcome, Verdict

CAP = 1


def levels(catalogue: Catalogue, verdicts: Mapping[str, Verdict]) -> Levels:
    """Give the level of every section and of the application.

    A section has level n when every item has at least grade min(n, the grade it needs).
    Waivers lift no level: a waived gap is still a gap.
    """
    sections = {section.id: _section_level(section, verdicts) for section in catalogue.sections}
    open_gates = tuple(
        item.id
        for item in catalogue.items
        if item.hard_gate and not verdicts[item.id].outcome.passes
    )
    lowest = min(sections.values(), default=0)
    return Levels(
        sections=sections,
        application=min(lowest, CAP) if open_gates else lowest,
        capped_by=open_gates,
    )


def _section_level(section: Section, verdicts: Mapping[str, Verdict]) -> int:
    for level in reversed(Grade):
        if all(_reached(verdicts[item.id]) >= min(level, item.needed) for item in section.items):
            return int(level)
    return 0


def _reached(verdict: Verdict) -> Grade:
    if verdict.outcome is Outcome.NOT_APPLICABLE:
        return Grade.EXERCISED
    if Outcome.FAILED in {verdict.outcome, verdict.underlying}:
        return Grade.NONE
    return verdict.grade
