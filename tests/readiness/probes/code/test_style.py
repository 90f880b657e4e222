"""The style of the calls: what was decided, in a file or a record, against what the code does."""

from collections.abc import Mapping
from types import MappingProxyType

import pytest
from msgspec.structs import replace

from tenken.config.application import Application, CallStyle, Decisions
from tenken.evidence import Answer, FindingKind, Holding
from tenken.place import Place
from tenken.readiness.collectors.documents.collect import collect
from tenken.readiness.probes import resilience
from tests.readiness.applications import HONEST, described, survey_of
from tests.readiness.trees import FakeTree

LIE = FindingKind.LIE


@pytest.mark.parametrize(
    ("style", "holding"),
    [("sync", Holding.UNKNOWN), ("stream", Holding.FAILS), ("async", Holding.FAILS)],
)
def test_the_decision_on_the_call_style_is_compared(style: str, holding: Holding) -> None:
    """A record that says one thing while the code does another is a lie."""
    decided = CallStyle(style=style, reason="users wait")  # type: ignore[arg-type]
    application = described(decisions=Decisions(call_style=decided))

    answer = resilience.call_style_decision_matches_the_code(
        survey_of(HONEST, application=application)
    )

    assert answer.holding is (Holding.HOLDS if style == "sync" else holding)


def test_a_draft_does_not_weaken_what_a_record_decides() -> None:
    """`tenken init` writes what the code does, with a reason for somebody to write."""
    record = {"docs/adr/0001.md": RECORD.format(
        title="Answer later", status="accepted, 2026-03-11", field="- call_style: async\n",
        reason="everybody expects")}  # fmt: skip
    drafted = CallStyle(style="sync", reason="TODO: why callers wait this way")
    survey = survey_of(HONEST, application=described(decisions=Decisions(call_style=drafted)))
    documents = collect(FakeTree({**HONEST, **record}), None, ())

    answer = resilience.call_style_decision_matches_the_code(replace(survey, documents=documents))

    assert answer.holding is Holding.FAILS


def test_without_a_decision_the_call_style_is_unknown() -> None:
    """Code alone decides nothing."""
    assert (
        resilience.call_style_decision_matches_the_code(survey_of(HONEST)).holding
        is Holding.UNKNOWN
    )


RECORD = """# {title}

- Status: {status}
{field}
## Context
Users wait in front of the screen while the model answers in two seconds, as {reason}.
"""
FIELD = "- call_style: sync\n"


def recorded(
    *,
    title: str = "Answer while the user waits",
    status: str = "accepted, 2026-03-11",
    field: str = FIELD,
    reason: str = "everybody expects",
    others: Mapping[str, str] = MappingProxyType({}),
    application: Application | None = None,
) -> Answer:
    """What is told of the honest application beside a decision record."""
    text = RECORD.format(title=title, status=status, field=field, reason=reason)
    tree = FakeTree({"docs/adr/0001.md": text, **others})
    survey = survey_of(HONEST, application=application)
    survey = replace(survey, documents=collect(tree, None, ()))
    return resilience.call_style_decision_matches_the_code(survey)


def test_a_decision_record_is_compared_with_the_code() -> None:
    """And is what an architect signs: the remark points to it."""
    answer = recorded()

    assert answer.holding is Holding.HOLDS
    assert Place("docs/adr/0001.md", 4) in [one.place for one in answer.seen]


@pytest.mark.parametrize(
    "field",
    ["- call_style: async\n", "- Call style: Streaming\n", "- 呼び出し方式: 非同期（キュー）\n"],
)
def test_a_record_that_the_code_contradicts_is_a_lie(field: str) -> None:
    """The calls are made while the user waits."""
    answer = recorded(field=field)

    assert answer.holding is Holding.FAILS
    assert answer.findings[0].kind is LIE


@pytest.mark.parametrize(
    "title",
    [
        "Answer asynchronously through a queue",
        "Stream the transcript of the microphone in chunks",
        "Use async database sessions",
    ],
)
def test_a_title_alone_decides_nothing(title: str) -> None:
    """It may speak of a part of the application that has nothing to do with who waits."""
    answer = recorded(title=title, field="")

    assert (answer.holding, answer.findings) == (Holding.UNKNOWN, ())


@pytest.mark.parametrize(
    "status", ["superseded by 0002", "proposed", "rejected", "廃止", "提案中（2026-03-11）"]
)
def test_a_record_that_is_not_in_force_decides_nothing(status: str) -> None:
    """Neither for nor against."""
    assert recorded(status=status).holding is Holding.UNKNOWN
    assert recorded(status=status, field="- call_style: async\n").holding is Holding.UNKNOWN


def test_two_styles_leave_it_open_and_a_third_is_a_lie() -> None:
    """Nothing says which call is made in which; a call in neither is in none that was decided."""
    other = RECORD.format(
        title="Batch", status="accepted", field="- call_style: async", reason="x"
    )
    both = recorded(others={"docs/adr/0002.md": other})

    assert (both.holding, len(both.findings)) == (Holding.UNKNOWN, 2)
    neither = recorded(field="- call_style: stream\n", others={"docs/adr/0002.md": other})
    assert neither.holding is Holding.FAILS


def test_the_application_s_own_file_and_a_record_are_both_heard() -> None:
    """A record that says another thing than the file is not passed over."""
    decided = CallStyle(style="sync", reason="users wait")
    application = described(decisions=Decisions(call_style=decided))
    answer = recorded(field="- call_style: async\n", application=application)

    assert answer.holding is Holding.UNKNOWN
    assert len(answer.findings) == 2
