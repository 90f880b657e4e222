"""The gate and the baseline: what stops an application, and what only warns."""

from datetime import date

import pytest
from msgspec.structs import replace

from tenken.errors import Malformed, UsageError
from tenken.evidence import Grade
from tenken.readiness.catalogue import Catalogue, Section, Tier
from tenken.readiness.gating import baseline
from tenken.readiness.gating.baseline import Baseline, Loss
from tenken.readiness.gating.gate import DEFAULT, Condition, Judged, conditions, gate
from tenken.readiness.verdict import Outcome, Verdict
from tests.readiness.cases import NOW, TEXT, D, R, item, waiver

HARD = replace(item(D), id="4-2-2", hard_gate=True)
SOFT = replace(item(R), id="1-1-1")
CATALOGUE = Catalogue(
    sections=(Section(id="1", title=TEXT, items=(SOFT, HARD)),), digest="sha256:now"
)


def verdict(id_: str, outcome: Outcome, grade: Grade = Grade.NONE) -> Verdict:
    """A verdict without its story."""
    return Verdict(item=id_, outcome=outcome, grade=grade, needed=Grade.CONFIGURED, subs=())


def judged(soft: Verdict | None = None, hard: Verdict | None = None, tier: Tier = "B") -> Judged:
    """An inspection of both items; what is not given is verified."""
    return Judged(
        catalogue=CATALOGUE,
        verdicts=(
            soft or verdict("1-1-1", Outcome.VERIFIED, Grade.CONFIGURED),
            hard or verdict("4-2-2", Outcome.VERIFIED, Grade.EXERCISED),
        ),
        tier=tier,
        now=NOW,
    )


def ids(condition: Condition, inspected: Judged) -> list[str]:
    """What the gate says of one condition."""
    result = gate([condition], inspected)
    assert result.passed == (not result.stopped_by)
    assert result.asked == (condition.value,)
    return [sentence.id for sentence in result.stopped_by]


def test_a_proved_application_passes() -> None:
    """Whatever is asked."""
    assert gate(Condition, judged()).passed


@pytest.mark.parametrize(
    ("outcome", "grade", "tier", "stopped"),
    [
        (Outcome.UNKNOWN, Grade.NONE, "B", True),
        (Outcome.UNKNOWN, Grade.DECLARED, "C", False),
        (Outcome.CONFIGURED, Grade.CONFIGURED, "B", False),
        (Outcome.FAILED, Grade.NONE, "C", True),
        (Outcome.NOT_APPLICABLE, Grade.NONE, "A", False),
        (Outcome.WAIVED, Grade.NONE, "A", False),
        (Outcome.STALE, Grade.CONFIGURED, "B", False),
    ],
)
def test_the_tier_says_how_much_is_demanded(
    outcome: Outcome, grade: Grade, tier: Tier, *, stopped: bool
) -> None:
    """Of a hard gate, and of every item where that is asked."""
    hard = judged(hard=verdict("4-2-2", outcome, grade), tier=tier)
    soft = judged(soft=verdict("1-1-1", outcome, grade), tier=tier)

    demanded = "declared" if tier == "C" else "configured"

    assert ids(Condition.HARD_GATE, hard) == ([f"gate.hard_gate_{demanded}"] if stopped else [])
    assert ids(Condition.HARD_GATE, soft) == []
    assert ids(Condition.TIER, soft) == ([f"gate.tier_{demanded}"] if stopped else [])


@pytest.mark.parametrize("condition", [Condition.FAILED, Condition.ERROR])
def test_outcomes_stop(condition: Condition) -> None:
    """What was seen to be false, or could not be judged; waived, it is let through."""
    outcome = {Condition.FAILED: Outcome.FAILED, Condition.ERROR: Outcome.ERROR}[condition]

    assert ids(condition, judged(soft=verdict("1-1-1", outcome))) == [f"gate.{condition.value}"]
    assert ids(condition, judged(soft=verdict("1-1-1", Outcome.WAIVED))) == []


def test_what_ran_out_stops() -> None:
    """A stale proof, and a waiver on the day after its last."""
    ended = replace(waiver(expires_on=date(2026, 11, 21)), path="waivers.yaml", line=3)
    stale = judged(soft=verdict("1-1-1", Outcome.STALE))

    assert ids(Condition.EXPIRED, stale) == ["gate.stale"]
    assert ids(Condition.EXPIRED, replace(judged(), waivers={"1-1-1": ended})) == [
        "gate.waiver_expired"
    ]
    assert ids(Condition.EXPIRED, replace(judged(), waivers={"1-1-1": waiver()})) == []


def test_what_was_proved_may_not_be_lost() -> None:
    """Not even into a waiver; what was open may stay open."""
    before = baseline.baseline_of(CATALOGUE, judged().verdicts)
    open_before = baseline.baseline_of(
        CATALOGUE, judged(soft=verdict("1-1-1", Outcome.UNKNOWN)).verdicts
    )
    for outcome in (Outcome.CONFIGURED, Outcome.WAIVED, Outcome.STALE, Outcome.FAILED):
        now = judged(soft=verdict("1-1-1", outcome))

        assert ids(Condition.REGRESSION, replace(now, baseline=before)) == ["gate.lost"]
        assert ids(Condition.REGRESSION, replace(now, baseline=open_before)) == []
        assert ids(Condition.REGRESSION, now) == []


def test_an_item_that_is_gone_is_lost() -> None:
    """A list that drops what it proved is no progress."""
    before = baseline.baseline_of(CATALOGUE, judged().verdicts)
    only = Catalogue(sections=(Section(id="1", title=TEXT, items=(SOFT,)),), digest="sha256:less")
    now = replace(judged(), catalogue=only, verdicts=judged().verdicts[:1], baseline=before)

    assert ids(Condition.REGRESSION, now) == ["gate.lost_item"]
    assert baseline.losses(before, now.verdicts) == (
        Loss(item="4-2-2", before=Outcome.VERIFIED, after=None),
    )


def test_new_gaps_only_warn() -> None:
    """An item that the baseline did not know, and another checklist, are told."""
    before = replace_items(baseline.baseline_of(CATALOGUE, judged().verdicts))
    now = judged(hard=verdict("4-2-2", Outcome.UNKNOWN))
    told = baseline.warnings(before, CATALOGUE, now.verdicts)

    assert [sentence.id for sentence in told] == ["gate.new_gap", "gate.other_catalogue"]
    assert ids(Condition.REGRESSION, replace(now, baseline=before)) == []


def replace_items(before: Baseline) -> Baseline:
    """A baseline of an older checklist, without the hard gate."""
    items = {"1-1-1": before.items["1-1-1"]}
    return Baseline(schema=before.schema, catalogue="sha256:old", items=items)


def test_a_baseline_survives_its_file() -> None:
    """What is committed is read as it was written."""
    before = baseline.baseline_of(CATALOGUE, judged().verdicts)
    text = baseline.encode(before)

    assert baseline.parse(text.encode(), file="baseline.json") == before
    assert text.count("\n") > len(before.items)
    assert baseline.warnings(before, CATALOGUE, judged().verdicts) == ()


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"schema": "urn:tenken:baseline:v2"}', b"[" * 100_000, b"\xff"],
)
def test_a_malformed_baseline_is_refused(content: bytes) -> None:
    """A baseline that cannot be read would let everything be lost."""
    with pytest.raises(Malformed):
        baseline.parse(content, file="baseline.json")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", DEFAULT),
        ("none", ()),
        ("failed", (Condition.FAILED,)),
        ("tier, error,tier", (Condition.TIER, Condition.ERROR)),
    ],
)
def test_conditions_are_named(text: str, expected: tuple[Condition, ...]) -> None:
    """Separated by commas."""
    assert conditions(text) == expected


@pytest.mark.parametrize("text", ["warn", "failed,none", "hard_gate"])
def test_an_unknown_condition_is_refused(text: str) -> None:
    """No silent default in a gate."""
    with pytest.raises(UsageError):
        conditions(text)
