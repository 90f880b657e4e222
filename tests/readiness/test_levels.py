"""Levels: the weakest item, the weakest section, and the hard gates."""

import pytest
from msgspec.structs import replace

from tenken.evidence import Grade, Holding, Method
from tenken.readiness.catalogue import Catalogue, Section
from tenken.readiness.judge import Case, judge
from tenken.readiness.levels import levels
from tenken.readiness.verdict import Levels, Outcome, Verdict, Weighed
from tests.readiness.cases import NOW, TEXT, D, R, V, item, saw, waiver

CATALOGUE = Catalogue(
    sections=(
        Section(id="1", title=TEXT, items=(replace(item(R), id="1-1-1"),)),
        Section(
            id="2",
            title=TEXT,
            items=(replace(item(V), id="2-1-1"), replace(item(D), id="2-1-2")),
        ),
    ),
    digest="",
)
HOLDS = Holding.HOLDS
FILES, LOOKED, DRILLED = saw("r1", HOLDS), saw("v1", HOLDS), saw("d1", HOLDS)
TEXT_ONLY = saw("r1", HOLDS, Grade.DECLARED)


def _judged(found: dict[str, list[Weighed]], catalogue: Catalogue = CATALOGUE) -> Levels:
    return levels(catalogue, _verdicts(found, catalogue))


def _verdicts(found: dict[str, list[Weighed]], catalogue: Catalogue) -> dict[str, Verdict]:
    return {
        one.id: judge(Case(item=one, evidence=tuple(found.get(one.id, [])), now=NOW))
        for one in catalogue.items
    }


@pytest.mark.parametrize(
    ("drill_item", "expected"),
    [
        ([], {"1": 4, "2": 0}),
        ([TEXT_ONLY], {"1": 4, "2": 1}),
        ([FILES], {"1": 4, "2": 2}),
        ([LOOKED], {"1": 4, "2": 3}),
        ([DRILLED], {"1": 4, "2": 4}),
        ([saw("r1", Holding.NOT_APPLICABLE)], {"1": 4, "2": 4}),
        ([FILES, saw("d1", Holding.FAILS)], {"1": 4, "2": 0}),
    ],
)
def test_a_section_is_as_ready_as_its_weakest_item(
    drill_item: list[Weighed], expected: dict[str, int]
) -> None:
    """An item is asked for no more than the grade that it needs."""
    judged = _judged({"1-1-1": [FILES], "2-1-1": [LOOKED], "2-1-2": drill_item})

    assert judged.sections == expected
    assert judged.application == expected["2"]


def _with_hard_gate() -> Catalogue:
    gate = replace(item(D), id="2-1-2", hard_gate=True)
    second = replace(CATALOGUE.sections[1], items=(CATALOGUE.sections[1].items[0], gate))
    return replace(CATALOGUE, sections=(CATALOGUE.sections[0], second))


def test_an_open_hard_gate_caps_the_level() -> None:
    """However good the rest is."""
    found = {"1-1-1": [FILES], "2-1-1": [LOOKED], "2-1-2": [FILES]}
    capped = _judged(found, _with_hard_gate())
    proved = _judged({**found, "2-1-2": [DRILLED]}, _with_hard_gate())

    assert (capped.application, capped.capped_by) == (1, ("2-1-2",))
    assert (proved.application, proved.capped_by) == (4, ())


def test_a_waived_hard_gate_is_still_open() -> None:
    """A waiver lets the gate pass, never the level rise."""
    catalogue = _with_hard_gate()
    found = {"1-1-1": [FILES], "2-1-1": [LOOKED], "2-1-2": [FILES]}
    gate = catalogue.item("2-1-2")
    assert gate is not None
    waived = judge(Case(item=gate, evidence=(FILES,), waiver=waiver(), now=NOW))
    judged = levels(catalogue, {**_verdicts(found, catalogue), "2-1-2": waived})

    assert waived.outcome is Outcome.WAIVED
    assert (judged.application, judged.capped_by) == (1, ("2-1-2",))


def test_a_waived_failure_reaches_nothing() -> None:
    """What was seen to be false stays so underneath."""
    first = CATALOGUE.sections[0].items[0]
    failed = (saw("r1", Holding.FAILS),)
    waived = judge(Case(item=first, evidence=failed, waiver=waiver(), now=NOW))
    rest = _verdicts({"2-1-1": [LOOKED], "2-1-2": [DRILLED]}, CATALOGUE)

    assert levels(CATALOGUE, {**rest, "1-1-1": waived}).sections["1"] == 0
    assert first.decides is Method.REPOSITORY
