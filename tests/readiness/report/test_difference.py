"""What was lost and gained between two reports."""

from datetime import UTC, datetime

import pytest
from inline_snapshot import snapshot

from tenken.readiness.inspection import Lost
from tenken.readiness.report import changes
from tenken.readiness.report.difference import Stood, difference, stands_in, stood_in
from tenken.readiness.report.json_report import document
from tenken.readiness.verdict import Outcome
from tests.readiness.report.build import COMMIT, report
from tests.readiness.report.planted import EN, JA

DAY = datetime(2026, 11, 1, tzinfo=UTC)


def _stood(**outcomes: Outcome) -> Stood:
    return Stood(at=DAY, commit="c", outcomes=outcomes)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (Outcome.VERIFIED, Outcome.CONFIGURED, "lost"),
        (Outcome.VERIFIED, Outcome.WAIVED, "lost"),
        (Outcome.VERIFIED, Outcome.STALE, "lost"),
        (Outcome.UNKNOWN, Outcome.FAILED, "lost"),
        (Outcome.FAILED, Outcome.WAIVED, "gained"),
        (Outcome.UNKNOWN, Outcome.PARTIAL, "gained"),
        (Outcome.CONFIGURED, Outcome.VERIFIED, "gained"),
        (Outcome.NOT_VISIBLE, Outcome.UNKNOWN, ""),
        (Outcome.VERIFIED, Outcome.NOT_APPLICABLE, ""),
        (Outcome.FAILED, Outcome.FAILED, ""),
    ],
)
def test_which_way_an_item_moved(before: Outcome, after: Outcome, expected: str) -> None:
    """Nothing that stays as good is called a change."""
    found = difference(_stood(x=before), _stood(x=after))
    moved = (Lost(item="x", before=before, after=after),)

    assert found.lost == (moved if expected == "lost" else ())
    assert found.gained == (moved if expected == "gained" else ())


def test_every_outcome_has_a_rank() -> None:
    """No outcome is forgotten when one is added."""
    for one in Outcome:
        assert difference(_stood(x=one), _stood(x=one)).lost == ()


def test_items_that_came_and_went_are_named() -> None:
    """A longer checklist is not a better application."""
    found = difference(_stood(a=Outcome.FAILED), _stood(b=Outcome.VERIFIED))

    assert (found.new_items, found.gone_items) == (("b",), ("a",))
    assert (found.lost, found.gained) == ((), ())


def test_a_report_and_its_file_stand_the_same() -> None:
    """A baseline is compared with what it was made from."""
    made = report()

    assert stood_in(document(made, EN)) == stands_in(made)
    assert difference(stands_in(made), stands_in(made)).commit == COMMIT


def test_a_difference_reads_in_a_terminal() -> None:
    """What was lost comes first, with its title."""
    later = document(report(), JA)
    found = difference(
        Stood(at=DAY, commit=None, outcomes={"1-2-1": Outcome.VERIFIED, "9": Outcome.UNKNOWN}),
        Stood(at=DAY, commit=None, outcomes={"1-2-1": Outcome.FAILED, "5-1-1": Outcome.UNKNOWN}),
    )

    assert changes.render(found, later, JA).plain == snapshot("""\
2026-11-01 から: 改善 0 件、後退 1 件
  ▼ 1-2-1  CI での検査  実証済み → 未達
新しく加わった項目: 5-1-1
なくなった項目: 9
""")
