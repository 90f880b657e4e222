"""What the demonstration says of outcomes that it did not choose."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from tenken.cli.demonstrating import telling
from tenken.cli.demonstrating.play import Survived, Tried
from tenken.cli.demonstrating.stage import KEY, URL
from tenken.drills.prove.drill import Outcome
from tenken.drills.prove.proof import Proof, fails, gap, holds, no_effect, seen
from tenken.evidence import Answer
from tenken.journal.exchange import Attempt, Exchange, Identity, Timings
from tenken.journal.exchange import Outcome as Ended
from tenken.messages.speech import Language, Speech
from tenken.readiness.catalogue import shipped
from tenken.sentence import say
from tenken.wire.api import Api
from tenken.wire.failure import Failure
from tenken.wire.usage import Usage
from tests.drills.prove.making import driven

PROBE = "no_call_passed_an_open_breaker"
GOOD = holds(seen("prove.breaker_closed"))
BAD = fails(gap("prove.no_breaker", calls=30, requests=5), remarks=())
NOT_EXERCISED = no_effect(say("prove.fault_not_met", status=503))
VARIABLES = {URL: "http://127.0.0.1:1/v1", KEY: "tk-01234567-" + "8" * 64}


def found(*answers: Answer) -> dict[str, Outcome]:
    """An item with these answers."""
    proofs = tuple(Proof(probe=PROBE, subs=("c",), answer=one) for one in answers)
    return {"3-2-2": Outcome(proofs=proofs)}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("old", "new", "marks"),
    [
        pytest.param(BAD, GOOD, ("✗", "✓"), id="mended"),
        pytest.param(GOOD, BAD, ("✓", "✗"), id="broken by it"),
        pytest.param(BAD, NOT_EXERCISED, ("✗", "?"), id="not exercised"),
    ],
)
def test_what_became_of_it_is_told_either_way(
    language: Language, old: Answer, new: Answer, marks: tuple[str, str]
) -> None:
    """Nothing is called proved that was not; what does not hold has its reason."""
    lines = list(telling.compared(found(old), found(new), shipped(), Speech(language)))

    before, after = lines[1].split(" → ")
    assert (before.split()[0], after.split()[0]) == marks
    assert "3-2-2 c" in after
    assert len(lines) == (2 if new is GOOD else 3)


@pytest.mark.parametrize("language", Language)
def test_what_stays_needs_no_reason(language: Language) -> None:
    """One line for a question that holds as it did."""
    assert len(list(telling.compared(found(GOOD), found(GOOD), shipped(), Speech(language)))) == 2


@pytest.mark.parametrize("answers", [(GOOD, BAD), (BAD, GOOD)])
def test_one_question_that_does_not_hold_decides_on_the_item(answers: tuple[Answer, ...]) -> None:
    """The head says the worst."""
    tried = Tried(variables=VARIABLES, outcomes=found(*answers))
    lines = list(telling.before(tried, Speech(Language.EN)))

    assert lines[0].endswith("3-2-2 Not met")


def record(**more: object) -> Survived:
    """A request that was answered by the second target."""
    first = Attempt(
        target="first", provider="one", model="m", credential="one", failure=Failure.CONNECT
    )
    exchange = Exchange(
        id="req-1", at=1, trace="", span="", parent="", sampled=False,
        identity=Identity(caller="desk", route="r"), api=Api.CHAT, stream=False,
        outcome=Ended.ANSWERED, status=200,
        attempts=(first, replace(first, target="second", failure=None)),
        usage=Usage(input=300, output=3), cost=Decimal("0.000940"),
        timings=Timings(first_token=4_000, last=2_500_000),
    )  # fmt: skip
    return Survived(variables=VARIABLES, driven=driven(**more), exchange=exchange)  # type: ignore[arg-type]


def test_a_key_is_not_shown_and_the_record_is() -> None:
    """Two settings; every attempt, tokens and cost."""
    speech = Speech(Language.EN)
    old = Tried(variables={**VARIABLES, KEY: "any"}, outcomes={})

    settings = "\n".join(telling.two_lines(old, record(), speech))
    told = "\n".join(telling.survived(record(), speech))

    assert "8888" not in settings
    assert [line.split()[0] for line in settings.splitlines()[1:]] == ["-", "+"]
    assert settings.count(f" {URL}=") == settings.count(f" {KEY}=") == 2
    assert "first: no connection → second: answered" in told
    assert "300 in, 3 out" in told
    assert told.endswith("$0.00094")


def test_an_enquiry_that_was_not_answered_is_not_called_answered() -> None:
    """The application's apology is no answer."""
    told = next(iter(telling.survived(record(text="sorry"), Speech(Language.EN))))

    assert "not answered" in told
