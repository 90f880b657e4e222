"""The guard's part of the demonstration: it is called held only where all of it held."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from tenken.cli.demonstrating.guarded import ENQUIRY, NAME, PHONE, PLANTED, Guarded, masked, told
from tenken.journal.exchange import Exchange, Identity, Match, Outcome
from tenken.messages.speech import Language, Speech
from tenken.wire.api import Api

EXAMPLE = Path(__file__).parents[3] / "examples" / "shift-desk"
STOPPED = Exchange(
    id="req-1", at=1, trace="", span="", parent="", sampled=False, identity=Identity(),
    api=Api.CHAT, stream=True, outcome=Outcome.BLOCKED, status=400,
    matches=(Match(rule="r", risk="injection.direct", action="block", stage="inward"),),
)  # fmt: skip
HELD = Guarded(
    sent="[氏名_1]と申します。",
    got=f"{NAME}様、{PHONE} に折り返します。",
    calls_of_order=0,
    streamed="鍵は[秘密情報]です。",
    pieces=9,
    records=(STOPPED,),
)


def test_what_held_is_told_with_its_records() -> None:
    """By risk and action."""
    lines = list(told(HELD, Speech(Language.EN)))

    assert HELD.holds
    assert "injection.direct block 1" in lines[-1]
    assert "LET SOMETHING THROUGH" not in lines[0]


@pytest.mark.parametrize(
    "spoiled",
    [
        pytest.param({"sent": ENQUIRY}, id="nothing was masked"),
        pytest.param({"got": HELD.sent}, id="nothing was put back"),
        pytest.param({"calls_of_order": 1}, id="the order reached the provider"),
        pytest.param({"records": ()}, id="nothing is on record"),
        pytest.param({"streamed": f"鍵は{PLANTED}です。"}, id="the key came through"),
        pytest.param({"pieces": 1}, id="it came in one piece"),
    ],
)
def test_anything_that_went_wrong_is_the_headline(spoiled: dict[str, object]) -> None:
    """In capitals."""
    found = replace(HELD, **spoiled)

    assert not found.holds
    assert "LET SOMETHING THROUGH" in next(told(found, Speech(Language.EN)))


def test_the_example_s_policy_masks_the_enquiry() -> None:
    """With labels of its language."""
    assert masked(EXAMPLE / "guard" / "policy.yaml").startswith("[氏名_1]と申します。")
