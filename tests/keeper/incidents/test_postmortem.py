"""A draft says what is on record, in either language, and what people have to finish."""

import re
from decimal import Decimal

import pytest

from tenken.keeper.incidents.postmortem import draft, plain
from tenken.keeper.incidents.reading import Impact, Story
from tenken.keeper.incidents.timeline import Line
from tenken.messages.speech import Language, Speech
from tenken.sentence import say
from tenken.store.rollups.totals import Share, Totals
from tenken.store.watch.incidents import FollowUp, Incident

AT = 1_795_000_000_000_000
MINUTE = 60_000_000
ONE = Incident(
    id="i1", title="Slow | <answers>", severity="page", opened_by="tenken", opened_at=AT,
    lead="hana",
)  # fmt: skip
FAILS = say("incidents.target_fails", target="a", failed=9, calls=10, failure="5xx")


def story(*, requests: int = 200, follow_ups: tuple[FollowUp, ...] = ()) -> Story:
    totals = Totals(
        requests=requests, answered=150, refused=37, failed=10, blocked=3, status_5xx=40,
        cost=Decimal("1.25"),
    )  # fmt: skip
    callers = tuple(Share(f"app-{number}", totals) for number in range(12))
    return Story(
        incident=ONE,
        until=AT + 42 * MINUTE,
        lines=(Line(at=AT - MINUTE, source="target", what=FAILS),),
        impact=Impact(totals=totals, before=Totals(requests=190, status_5xx=1), callers=callers),
        factors=("no *fallback*",),
        causes=(Line(at=AT - MINUTE, source="target", what=FAILS),),
        follow_ups=follow_ups,
    )


@pytest.mark.parametrize("language", list(Language))
def test_it_is_whole_in_either_language(language: Language) -> None:
    """Every part has its heading, and no field is left open."""
    said = draft(story(), Speech(language))

    assert len(re.findall(r"^## ", said, re.MULTILINE)) == 6
    assert "{" not in said
    assert "TODO: " in said
    assert "incidents." not in said


def test_it_says_what_it_cost() -> None:
    """Requests, callers, money; and what was usual just before."""
    said = draft(story(), Speech(Language.EN))

    assert "200 requests, of which 40 failed (20 %), 3 were blocked by a guard, 7 refused" in said
    assert "just before: 190 requests, 1 failed" in said
    assert "1.25 USD" in said
    assert "blocked or refused: 12" in said
    assert said.count("app-") == 10
    assert "42 min" in said


def test_a_time_without_requests_is_no_time_without_failures() -> None:
    """It is told that nothing is on record."""
    said = draft(story(requests=0), Speech(Language.EN))

    assert "No request is on record" in said
    assert "0 %" not in said


def test_actions_have_owners() -> None:
    """Where there are none, somebody has to name one."""
    to_do = FollowUp(incident="i1", what="add a target", owner="ken", due="2026-12-01", number=1)

    assert "| 1 | add a target | ken | 2026-12-01 | - |" in draft(
        story(follow_ups=(to_do,)), Speech(Language.EN)
    )
    assert "TODO: At least one action" in draft(story(), Speech(Language.EN))


def test_what_people_wrote_is_shown_as_it_is() -> None:
    """No text of a person or an upstream makes a table, a link or a tag."""
    said = draft(story(), Speech(Language.EN))

    assert said.startswith("# Postmortem: Slow \\| &lt;answers&gt;\n")
    assert "no \\*fallback\\*" in said
    assert plain("a\n| b") == "a \\| b"
