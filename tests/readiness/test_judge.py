"""The judge: every rule of its docstring, as a table."""

from datetime import date

import pytest

from tenken.evidence import Grade, Holding, Method
from tenken.readiness.judge import Case, judge
from tenken.readiness.verdict import (
    Outcome,
    Standing,
    Waiver,
    Weighed,
)
from tests.readiness.cases import NOW, D, P, R, V, item, saw, waiver

HOLDS, PARTLY, FAILS = Holding.HOLDS, Holding.PARTLY, Holding.FAILS
UNKNOWN, UNSEEN, NOT_HERE = Holding.UNKNOWN, Holding.NOT_VISIBLE, Holding.NOT_APPLICABLE
ERROR = Holding.ERROR
DECLARED = Grade.DECLARED
STALE, REJECTED = Standing.STALE, Standing.REJECTED
BY_HAND = Standing.DECLARED_ONLY

Row = tuple[str, Method, list[Weighed], Outcome, Grade]

PLAIN: list[Row] = [
    ("nothing at all", R, [], Outcome.UNKNOWN, Grade.NONE),
    ("files decide", R, [saw("r1", HOLDS)], Outcome.VERIFIED, Grade.CONFIGURED),
    ("a text is not in effect", R, [saw("r1", HOLDS, DECLARED)], Outcome.UNKNOWN, DECLARED),
    ("files are not a look", V, [saw("r1", HOLDS)], Outcome.CONFIGURED, Grade.CONFIGURED),
    ("files are not a drill", D, [saw("r1", HOLDS)], Outcome.CONFIGURED, Grade.CONFIGURED),
    ("a look decides", V, [saw("v1", HOLDS)], Outcome.VERIFIED, Grade.OBSERVED),
    ("a look is not a drill", D, [saw("v1", HOLDS)], Outcome.CONFIGURED, Grade.OBSERVED),
    ("a drill decides", D, [saw("d1", HOLDS)], Outcome.VERIFIED, Grade.EXERCISED),
    ("a drill is more than files", R, [saw("d1", HOLDS)], Outcome.VERIFIED, Grade.EXERCISED),
    ("seen to be false", R, [saw("r1", FAILS)], Outcome.FAILED, Grade.NONE),
    ("false below the deciding grade", D, [saw("r1", FAILS)], Outcome.UNKNOWN, Grade.NONE),
    (
        "a failed drill beats good files",
        D,
        [saw("r1", HOLDS), saw("d1", FAILS)],
        Outcome.FAILED,
        Grade.NONE,
    ),
    (
        "a failed drill beats an earlier good one, and a later one",
        D,
        [saw("d1", HOLDS, minutes=-5), saw("d1", FAILS), saw("d1", HOLDS, minutes=5)],
        Outcome.FAILED,
        Grade.NONE,
    ),
    (
        "a failed look beats good files that would decide",
        R,
        [saw("r1", HOLDS), saw("v1", FAILS)],
        Outcome.FAILED,
        Grade.NONE,
    ),
    (
        "bad files beat a good look where files decide",
        R,
        [saw("r1", FAILS), saw("v1", HOLDS)],
        Outcome.FAILED,
        Grade.NONE,
    ),
    (
        "bad files are a finding where a look decides",
        V,
        [saw("r1", FAILS), saw("v1", HOLDS)],
        Outcome.VERIFIED,
        Grade.OBSERVED,
    ),
    (
        "a failure that ran out is no longer one",
        D,
        [saw("r1", HOLDS), saw("d1", FAILS, standing=STALE)],
        Outcome.CONFIGURED,
        Grade.CONFIGURED,
    ),
    (
        "an unsigned failure is a finding",
        D,
        [saw("r1", HOLDS), saw("d1", FAILS, standing=BY_HAND)],
        Outcome.CONFIGURED,
        Grade.CONFIGURED,
    ),
    ("true in places", R, [saw("r1", PARTLY)], Outcome.PARTIAL, DECLARED),
    (
        "a drill that held in places beats files",
        D,
        [saw("r1", HOLDS), saw("d1", PARTLY)],
        Outcome.PARTIAL,
        DECLARED,
    ),
    ("written by hand", D, [saw("d1", HOLDS, standing=BY_HAND)], Outcome.UNKNOWN, DECLARED),
    ("another service's", D, [saw("d1", HOLDS, standing=REJECTED)], Outcome.UNKNOWN, Grade.NONE),
    ("ran out", D, [saw("d1", HOLDS, standing=STALE)], Outcome.STALE, Grade.NONE),
    (
        "ran out, over good files",
        D,
        [saw("r1", HOLDS), saw("d1", HOLDS, standing=STALE)],
        Outcome.STALE,
        Grade.CONFIGURED,
    ),
    (
        "what ran out was no more than said",
        D,
        [saw("d1", HOLDS, DECLARED, standing=STALE)],
        Outcome.UNKNOWN,
        Grade.NONE,
    ),
    ("the probe crashed", R, [saw("r1", ERROR)], Outcome.ERROR, Grade.NONE),
    (
        "a drill stands though a probe of files crashed",
        D,
        [saw("r1", ERROR), saw("d1", HOLDS)],
        Outcome.VERIFIED,
        Grade.EXERCISED,
    ),
    ("kept elsewhere", R, [saw("r1", UNSEEN)], Outcome.NOT_VISIBLE, Grade.NONE),
    ("proved not to apply", R, [saw("r1", NOT_HERE)], Outcome.NOT_APPLICABLE, Grade.CONFIGURED),
    (
        "files can prove that nothing is there to be drilled",
        D,
        [saw("r1", NOT_HERE)],
        Outcome.NOT_APPLICABLE,
        Grade.EXERCISED,
    ),
    (
        "what was seen at work does apply",
        V,
        [saw("r1", NOT_HERE), saw("v1", HOLDS)],
        Outcome.VERIFIED,
        Grade.OBSERVED,
    ),
    (
        "what failed at work does apply",
        V,
        [saw("r1", NOT_HERE), saw("v1", FAILS)],
        Outcome.FAILED,
        Grade.NONE,
    ),
    (
        "a new look that could not tell leaves the old one behind",
        V,
        [saw("v1", HOLDS, minutes=-5), saw("v1", UNKNOWN)],
        Outcome.PARTIAL,
        DECLARED,
    ),
    (
        "a probe that the item does not name says nothing",
        D,
        [saw("d9", HOLDS)],
        Outcome.UNKNOWN,
        Grade.NONE,
    ),
    (
        "files never observe, whatever they claim",
        D,
        [saw("r1", HOLDS, Grade.EXERCISED)],
        Outcome.CONFIGURED,
        Grade.CONFIGURED,
    ),
]


@pytest.mark.parametrize("row", PLAIN, ids=lambda row: row[0])
def test_evidence_decides(row: Row) -> None:
    """One sub-criterion, one probe of each method."""
    _, decides, evidence, outcome, grade = row
    verdict = judge(Case(item=item(decides), evidence=tuple(evidence), now=NOW))

    assert (verdict.outcome, verdict.grade) == (outcome, grade)


SUPPORTING: list[Row] = [
    ("alone it proves nothing", R, [saw("v1", HOLDS)], Outcome.UNKNOWN, Grade.NONE),
    ("nor where files are elsewhere", R, [saw("r1", UNSEEN), saw("v1", HOLDS)],
     Outcome.NOT_VISIBLE, Grade.NONE),
    ("nor what a person decides", P, [saw("v1", HOLDS)], Outcome.UNKNOWN, Grade.NONE),
    ("nor that it ran out", R, [saw("v1", HOLDS, standing=STALE)], Outcome.UNKNOWN, Grade.NONE),
    ("it takes nothing from files", R, [saw("r1", HOLDS), saw("v1", UNKNOWN)],
     Outcome.VERIFIED, Grade.CONFIGURED),
    ("it refutes them", R, [saw("r1", HOLDS), saw("v1", FAILS)], Outcome.FAILED, Grade.NONE),
    ("it softens no other failure", R, [saw("r1", FAILS), saw("v1", HOLDS)],
     Outcome.FAILED, Grade.NONE),
]  # fmt: skip


@pytest.mark.parametrize("row", SUPPORTING, ids=lambda row: row[0])
def test_a_supporting_look_refutes_and_proves_nothing(row: Row) -> None:
    """That the last run was green says nothing of what ran."""
    _, decides, evidence, outcome, grade = row
    asked = item(decides, runtime=("v1+",))
    verdict = judge(Case(item=asked, evidence=tuple(evidence), now=NOW))

    assert (verdict.outcome, verdict.grade) == (outcome, grade)


SEVERAL: list[Row] = [
    ("all hold", R, [saw("r1", HOLDS), saw("r2", HOLDS)], Outcome.VERIFIED, Grade.CONFIGURED),
    (
        "the weakest counts",
        R,
        [saw("r1", HOLDS), saw("r2", HOLDS, DECLARED)],
        Outcome.PARTIAL,
        DECLARED,
    ),
    ("one fails", R, [saw("r1", HOLDS), saw("r2", FAILS)], Outcome.PARTIAL, DECLARED),
    ("both fail", R, [saw("r1", FAILS), saw("r2", FAILS)], Outcome.FAILED, Grade.NONE),
    (
        "one is a mere text, one fails",
        R,
        [saw("r1", HOLDS, DECLARED), saw("r2", FAILS)],
        Outcome.FAILED,
        Grade.NONE,
    ),
    ("one is missing", R, [saw("r1", HOLDS)], Outcome.PARTIAL, DECLARED),
    ("one is unknown", R, [saw("r1", HOLDS), saw("r2", UNKNOWN)], Outcome.PARTIAL, DECLARED),
    (
        "one does not apply",
        R,
        [saw("r1", HOLDS), saw("r2", NOT_HERE)],
        Outcome.VERIFIED,
        Grade.CONFIGURED,
    ),
    (
        "one is elsewhere",
        R,
        [saw("r1", NOT_HERE), saw("r2", UNSEEN)],
        Outcome.NOT_VISIBLE,
        Grade.NONE,
    ),
    ("one crashed", R, [saw("r1", HOLDS), saw("r2", ERROR)], Outcome.ERROR, DECLARED),
    (
        "a failed drill is not softened by mixed files",
        D,
        [saw("r1", HOLDS), saw("r2", FAILS), saw("d1", FAILS)],
        Outcome.FAILED,
        Grade.NONE,
    ),
]


@pytest.mark.parametrize("row", SEVERAL, ids=lambda row: row[0])
def test_several_probes_hold_together(row: Row) -> None:
    """Two probes of files, one of each other method."""
    _, decides, evidence, outcome, grade = row
    asked = item(decides, repository=("r1", "r2"))
    verdict = judge(Case(item=asked, evidence=tuple(evidence), now=NOW))

    assert (verdict.outcome, verdict.grade) == (outcome, grade)


SUBS = (("a", R), ("b", D))
WITH_SUBS = item(D, repository=("r1:a", "r2:b"), runtime=(), drill=("d1:b",), subs=SUBS)
BY_SUB: list[tuple[str, list[Weighed], Outcome, Grade]] = [
    (
        "each by its own method",
        [saw("r1", HOLDS), saw("d1", HOLDS)],
        Outcome.VERIFIED,
        Grade.CONFIGURED,
    ),
    (
        "one verified, one configured",
        [saw("r1", HOLDS), saw("r2", HOLDS)],
        Outcome.CONFIGURED,
        Grade.CONFIGURED,
    ),
    ("one verified, one unknown", [saw("r1", HOLDS)], Outcome.PARTIAL, Grade.NONE),
    (
        "one verified, one failed",
        [saw("r1", HOLDS), saw("d1", FAILS)],
        Outcome.PARTIAL,
        Grade.NONE,
    ),
    ("one failed, one unknown", [saw("r1", FAILS)], Outcome.FAILED, Grade.NONE),
    ("one stale, one unknown", [saw("d1", HOLDS, standing=STALE)], Outcome.STALE, Grade.NONE),
    (
        "one does not apply, one holds",
        [saw("r1", NOT_HERE), saw("d1", HOLDS)],
        Outcome.VERIFIED,
        Grade.CONFIGURED,
    ),
    ("one does not apply, one is unknown", [saw("r1", NOT_HERE)], Outcome.UNKNOWN, Grade.NONE),
    (
        "neither applies",
        [saw("r1", NOT_HERE), saw("r2", NOT_HERE)],
        Outcome.NOT_APPLICABLE,
        Grade.CONFIGURED,
    ),
    ("one crashed", [saw("r1", HOLDS), saw("r2", ERROR)], Outcome.ERROR, Grade.NONE),
]


@pytest.mark.parametrize("row", BY_SUB, ids=lambda row: row[0])
def test_an_item_is_as_good_as_its_weakest_part(
    row: tuple[str, list[Weighed], Outcome, Grade],
) -> None:
    """Files decide (a), a drill decides (b)."""
    _, evidence, outcome, grade = row
    verdict = judge(Case(item=WITH_SUBS, evidence=tuple(evidence), now=NOW))

    assert (verdict.outcome, verdict.grade) == (outcome, grade)


Waived = tuple[list[Weighed], Waiver, Outcome, Outcome | None]
WAIVED: list[Waived] = [
    ([], waiver(), Outcome.WAIVED, Outcome.UNKNOWN),
    ([saw("r1", FAILS)], waiver(), Outcome.WAIVED, Outcome.FAILED),
    ([saw("r1", HOLDS)], waiver(), Outcome.VERIFIED, None),
    ([saw("r1", NOT_HERE)], waiver(), Outcome.NOT_APPLICABLE, None),
    ([saw("r1", FAILS)], waiver(expires_on=date(2026, 11, 22)), Outcome.WAIVED, Outcome.FAILED),
    ([saw("r1", FAILS)], waiver(expires_on=date(2026, 11, 21)), Outcome.FAILED, None),
]


@pytest.mark.parametrize("row", WAIVED)
def test_a_waiver_accepts_a_gap_for_a_time(row: Waived) -> None:
    """It keeps what the item would be without it, and hides no proof."""
    evidence, accepted, outcome, underlying = row
    verdict = judge(Case(item=item(R), evidence=tuple(evidence), waiver=accepted, now=NOW))

    assert (verdict.outcome, verdict.underlying) == (outcome, underlying)


def test_what_is_rejected_supports_nothing() -> None:
    """The remarks of evidence that does not count are not shown as reasons for a green."""
    rejected = saw("d1", HOLDS, standing=REJECTED)
    verdict = judge(Case(item=item(D), evidence=(rejected,), now=NOW))

    assert verdict.seen == ()
    assert verdict.evidence == (rejected,)
