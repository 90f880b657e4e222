"""Findings and actions come in the order in which a person should read them."""

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from tenken.evidence import Finding, FindingKind, Grade
from tenken.place import Place
from tenken.readiness.catalogue import EFFORTS, Both, Catalogue, Item, Remedy
from tenken.readiness.inspection import Report
from tenken.readiness.report.actions import next_actions, remedy_for
from tenken.readiness.report.telling import because, lies, once, told
from tenken.readiness.verdict import Outcome
from tests.readiness.report.build import catalogue, finding, report, verdict

LIE = finding("planted.neutralised", Place("a.yml", 1), step="x", how="y")
GAP = finding("planted.no_timeout", Place("b.py", 2), FindingKind.GAP)
NOTE = finding("planted.console", None, FindingKind.NOTE)


def _with(findings: Mapping[str, tuple[Finding, ...]]) -> Report:
    judged = tuple(
        verdict(item, Outcome.FAILED, findings=findings.get(item.id, ()))
        for item in catalogue().items
    )
    return report(verdicts=judged)


def test_lies_come_before_gaps_and_gaps_before_notes() -> None:
    """What looks done and is not is the headline."""
    shown = told(_with({"0-1-2": (NOTE, GAP, LIE)}))

    assert [one.finding.kind for one in shown] == [LIE.kind, GAP.kind, NOTE.kind]
    assert [one.finding for one in lies(shown)] == [LIE]


def test_a_hard_gate_comes_first() -> None:
    """What holds the level back is read before the rest."""
    other = replace(LIE, place=Place("z.yml", 9))
    shown = told(_with({"0-1-2": (LIE,), "1-2-1": (other,)}))

    assert [one.items for one in shown] == [("1-2-1",), ("0-1-2",)]


def test_what_outsiders_can_abuse_comes_first_among_equals() -> None:
    """An open route is read before a retry that is missing."""
    *others, last = catalogue().sections
    first, *rest = last.items
    last = replace(last, items=(replace(first, id="7-3-1"), *rest))
    secured = replace(catalogue(), sections=(*others, last))
    places = {"0-1-2": "app/a.py", "1-1-1": "app/b.py", "7-3-1": "app/c.py"}
    judged = tuple(
        verdict(item, Outcome.FAILED, findings=(replace(GAP, place=Place(places[item.id], 1)),))
        for item in secured.items
        if item.id in places
    )
    shown = told(report(catalogue=secured, verdicts=judged))

    assert [one.items[0] for one in shown] == ["7-3-1", "0-1-2", "1-1-1"]


def test_the_same_finding_is_told_once() -> None:
    """A fault that several items share names them all."""
    (one,) = told(_with({"0-1-2": (LIE,), "1-1-1": (LIE,), "5-2-1": (LIE,)}))

    assert one.items == ("0-1-2", "1-1-1", "5-2-1")


def test_one_item_does_not_fill_the_screen() -> None:
    """The second finding of an item comes after the first ones of the others."""
    many = tuple(replace(LIE, place=Place("a.yml", line)) for line in (1, 2, 3))
    other = replace(LIE, place=Place("c.yml", 1))
    shown = told(_with({"1-2-1": many, "0-1-2": (other,)}))

    assert [one.items[0] for one in shown] == ["1-2-1", "0-1-2", "1-2-1", "1-2-1"]


def test_one_part_of_the_repository_does_not_fill_the_screen() -> None:
    """Code, pipeline and infrastructure are all heard; a hard gate still goes before the rest."""
    paths = {"0-1-1": "infra/a.tf", "0-1-2": "infra/b.tf", "1-1-1": "app/c.py", "1-2-1": "infra/d"}
    planted = {id_: (replace(LIE, place=Place(path, 1)),) for id_, path in paths.items()}
    shown = told(_with(planted))

    assert [one.items[0] for one in shown] == ["1-2-1", "0-1-1", "1-1-1", "0-1-2"]


def test_what_is_written_follows_what_runs() -> None:
    """A diagram that has drifted is read after a pipeline that cannot fail."""
    paths = {
        "0-1-1": "docs/drawn.drawio",
        "0-1-2": "README.md",
        "1-1-1": "app/c.py",
        "5-2-1": "app/d",
    }
    planted = {id_: (replace(LIE, place=Place(path, 1)),) for id_, path in paths.items()}
    shown = told(_with(planted))

    assert [one.items[0] for one in shown] == ["1-1-1", "5-2-1", "0-1-1", "0-1-2"]


def test_the_same_of_several_places_is_said_once() -> None:
    """A judge that four tests name is one thing to mend, at four places."""
    many = tuple(replace(LIE, place=Place("a.yml", line)) for line in (1, 2, 3))
    other = finding("planted.neutralised", Place("b.yml", 1), step="another", how="y")
    shown = once(told(_with({"1-2-1": many, "0-1-2": (*many, other)})))

    assert [(one.items, one.finding.place, one.elsewhere) for one in shown] == [
        (("0-1-2", "1-2-1"), Place("a.yml", 1), 2),
        (("0-1-2",), Place("b.yml", 1), 0),
    ]


def test_a_gap_and_a_lie_of_the_same_words_stay_apart() -> None:
    """How grave it is belongs to what is said."""
    graver = replace(GAP, kind=FindingKind.LIE)

    assert len(once(told(_with({"1-1-1": (GAP, graver)})))) == 2


def test_an_action_says_what_was_seen_unless_it_stands_above() -> None:
    """What to mend has a line; a note asks for nothing, and nobody reads the same twice."""
    every = once(told(_with({"1-1-1": (GAP,), "1-2-1": (LIE, GAP), "5-2-1": (NOTE,)})))
    seen = because(every, ("1-1-1", "1-3-1"))

    assert seen is not None
    assert seen.finding == GAP
    assert because(every, ("1-2-1",), lies(every)) is None
    assert because(every, ("5-2-1",)) is None


def _remedied(remedies: dict[str, tuple[str, str | None]]) -> Catalogue:
    """Give the small checklist with an effort and a command for each item named."""
    plain = catalogue()

    def mended(item: Item) -> Item:
        effort, command = remedies.get(item.id, ("weeks", None))
        assert effort in EFFORTS
        remedy = Remedy(effort=effort, text=Both(ja=item.id, en=item.id), command=command)
        return replace(item, remedies={"failed": remedy, "unknown": remedy, "configured": remedy})

    sections = tuple(
        replace(section, items=tuple(mended(item) for item in section.items))
        for section in plain.sections
    )
    return replace(plain, sections=sections)


def test_the_quickest_comes_first() -> None:
    """Minutes before hours before days."""
    changed = _remedied({"5-2-1": ("minutes", None), "1-1-1": ("hours", None)})
    every = next_actions(replace(_with({}), catalogue=changed))

    assert [action.items[0] for action in every[:2]] == ["5-2-1", "1-1-1"]


def test_among_equals_gates_then_lies() -> None:
    """What holds the level back, then what is not true."""
    changed = replace(_with({"5-2-1": (LIE,)}), catalogue=_remedied({}))
    every = next_actions(changed)

    assert [action.items[0] for action in every[:3]] == ["1-2-1", "5-2-3", "5-2-1"]


def test_what_is_untrue_at_a_hard_gate_comes_before_quick_wins() -> None:
    """A signature that takes minutes is no reason to leave a gate that only looks shut."""
    remedies: dict[str, tuple[str, str | None]] = {
        "0-1-2": ("minutes", "tenken sign 0-1-2"),
        "1-1-1": ("minutes", None),
        "1-2-1": ("hours", None),
        "5-2-3": ("days", None),
    }
    lying = _with({"1-2-1": (LIE,), "5-2-3": (LIE,)})
    every = next_actions(replace(lying, catalogue=_remedied(remedies)))

    assert [action.items[0] for action in every[:4]] == ["1-2-1", "1-1-1", "0-1-2", "5-2-3"]


def test_one_command_for_several_items_is_one_action() -> None:
    """Nobody is sent to the same command five times."""
    command = ("hours", "tenken init")
    every = next_actions(
        replace(_with({}), catalogue=_remedied({"0-1-1": command, "0-1-2": command}))
    )

    assert [action.items for action in every if action.command] == [("0-1-1", "0-1-2")]


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome.FAILED, "failed"),
        (Outcome.PARTIAL, "failed"),
        (Outcome.UNKNOWN, "unknown"),
        (Outcome.NOT_VISIBLE, "unknown"),
        (Outcome.CONFIGURED, "configured"),
        (Outcome.STALE, "configured"),
        (Outcome.VERIFIED, None),
        (Outcome.NOT_APPLICABLE, None),
        (Outcome.ERROR, None),
    ],
)
def test_the_remedy_follows_from_the_outcome(outcome: Outcome, expected: str | None) -> None:
    """An outcome without a remedy of its own has the nearest one."""
    (item, *_) = catalogue().items
    texts = {
        name: Remedy(effort="hours", text=Both(ja=name, en=name))
        for name in ("failed", "unknown", "configured")
    }
    remedy = remedy_for(replace(item, remedies=texts), verdict(item, outcome))

    assert (remedy and remedy.text.en) == expected


def test_a_waived_item_is_no_next_action() -> None:
    """Somebody accepted it; its remedy is still shown with the item."""
    (item, *_) = catalogue().items
    waived = verdict(item, Outcome.WAIVED, Grade.NONE, underlying=Outcome.FAILED)
    rest = tuple(
        verdict(other, Outcome.VERIFIED, Grade.EXERCISED)
        for other in catalogue().items
        if other.id != item.id
    )

    assert next_actions(report(verdicts=(waived, *rest))) == ()
    assert remedy_for(item, waived) is not None
