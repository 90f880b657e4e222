"""What guards stop and what users do, counted in an application's own log."""

import json
from datetime import timedelta

import pytest

from tenken.config.application import SignalDecision
from tenken.evidence import Holding
from tenken.readiness.collectors.observed.events import blocks_in, signals_in
from tenken.readiness.collectors.observed.logs import read_logs
from tenken.readiness.facts.observed.events import BlockFacts, GuardSeries
from tenken.readiness.facts.observed.records import Kept
from tenken.readiness.facts.observed.sent import Sent, SentFacts
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.probes.observed import events
from tests.readiness.applications import survey_of
from tests.readiness.observed.making import ABOUT, NOW, log_lines

HOLDS, FAILS, UNKNOWN = Holding.HOLDS, Holding.FAILS, Holding.UNKNOWN
NOTHING = survey_of({})
KEPT = Kept(latest=NOW, earliest=NOW)
RATED = SignalDecision(signal="feedback", adopt=True, reason="asked", event="answer_rated")
LEFT = SignalDecision(signal="incidental", adopt=False, reason="too few", event="page_left")


def sent(number: int, *, is_attack: bool) -> Sent:
    """A request that ended as its owner says."""
    return Sent(
        name="threat" if is_attack else "enquiry", at=NOW, trace=f"{number:032x}", span="a" * 16,
        request_id=f"tenken-{number}", mark="", served=True, is_attack=is_attack,
    )  # fmt: skip


ATTACKS = [sent(number, is_attack=True) for number in range(6)]
HARMLESS = [sent(number, is_attack=False) for number in range(10, 16)]


def line(one: Sent, message: str) -> str:
    """Its line of the log."""
    return log_lines(1, request_id=one.request_id, message=message)[0]


@pytest.mark.parametrize(
    ("recorded", "usual", "holding"),
    [
        (6, "answered", HOLDS),
        (5, "answered", FAILS),
        (0, "answered", FAILS),
        (6, "answered, guard passed; blocked: no; violation: no", FAILS),
    ],
    ids=["all", "sampled", "none", "every-line-speaks-of-guards"],
)
def test_stopped_attacks_have_a_record(recorded: int, usual: str, holding: Holding) -> None:
    """A word that every line has tells of no violation."""
    lines = [line(one, "violation blocked") for one in ATTACKS[:recorded]]
    lines += [line(one, usual) for one in [*ATTACKS[recorded:], *HARMLESS]]
    logs = read_logs([("log", "\n".join(lines))], ABOUT)
    blocks = blocks_in(SentFacts(kept=KEPT, sent=(*ATTACKS, *HARMLESS)), logs)
    sighting = Sighting(about=ABOUT, survey=NOTHING, blocks=blocks)

    assert events.blocked_answers_equal_violation_records(sighting).answer.holding is holding


def test_few_blocks_settle_nothing() -> None:
    """Where they are recorded."""
    blocks = BlockFacts(kept=KEPT, answers=2, recorded=2)
    sighting = Sighting(about=ABOUT, survey=NOTHING, blocks=blocks)

    assert events.blocked_answers_equal_violation_records(sighting).answer.holding is UNKNOWN


@pytest.mark.parametrize(
    ("n", "days", "name", "holding"),
    [
        (20, 1, "answer_rated", HOLDS),
        (2, 1, "answer_rated", UNKNOWN),
        (20, 9, "answer_rated", UNKNOWN),
        (20, 1, "page_left", UNKNOWN),
    ],
    ids=["arrives", "few", "long-ago", "not-adopted"],
)
def test_signals_arrive_this_week(n: int, days: int, name: str, holding: Holding) -> None:
    """Under the event's name that the application's file adopts."""
    lines = log_lines(n, now=NOW - timedelta(days=days), event=name)
    logs = read_logs([("log", "\n".join(lines))], ABOUT)
    sighting = Sighting(
        about=ABOUT, survey=NOTHING, signals=signals_in(logs, (RATED, LEFT), ABOUT)
    )

    assert events.feedback_events_arrived_this_week(sighting).answer.holding is holding
    assert events.incidental_events_arrived_this_week(sighting).answer.holding is UNKNOWN


def test_without_a_decision_nothing_is_counted() -> None:
    """A line that happens to be called so is no signal."""
    logs = read_logs([("log", json.dumps({"event": "answer_rated"}))], ABOUT)

    assert signals_in(logs, (), ABOUT) is None


@pytest.mark.parametrize(
    ("moved", "holding"),
    [(6, HOLDS), (8, HOLDS), (0, FAILS), (5, FAILS), (12, FAILS)],
    ids=["exact", "others-too", "still", "sampled", "counts-everything"],
)
def test_the_guard_panel_s_series_moves(moved: int, holding: Holding) -> None:
    """By as many as were stopped; somebody else's may be among them, harmless ones may not."""
    series = GuardSeries(kept=KEPT, name="guard_blocks_total", before=40.0, after=40.0 + moved,
                         attacks=6, harmless=6)  # fmt: skip
    sighting = Sighting(about=ABOUT, survey=NOTHING, guard_series=series)

    answer = events.guard_series_moves_by_the_number_of_probes(sighting).answer
    assert answer.holding is holding
