"""Ratings that come with an answer of Gemini are a verdict, and their absence is none."""

import json

import pytest

from tenken.journal.exchange import Outcome
from tests.gateway.screening.test_judging import answers_nothing, bench, body
from tests.gateway.screening.test_screening import Heard, text_of

pytestmark = pytest.mark.anyio
RATED = """
version: 1
tell: {ja: 停止, en: Stopped here}
rules:
  - risk: harm.hate
    action: block
    directions: [outward]
    threshold: 0.5
    fail: FAIL
    detectors: [ratings]
judges: [{name: ratings, kind: ratings}]
"""


def gemini(text: str, probability: str) -> dict[str, object]:
    rating = {"category": "HARM_CATEGORY_HATE_SPEECH", "probability": probability}
    return {
        "candidates": [
            {
                "content": {"role": "model", "parts": [{"text": text}]},
                "finishReason": "STOP",
                "safetyRatings": [rating] if probability else [],
            }
        ],
        "usageMetadata": {"promptTokenCount": 20, "candidatesTokenCount": 5},
    }


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("probability", "fail", "ends"),
    [
        ("HIGH", "open", (Outcome.BLOCKED, "harm.hate")),
        ("LOW", "closed", (Outcome.ANSWERED, "")),
        ("", "open", (Outcome.ANSWERED, "no_ratings")),
        ("", "closed", (Outcome.BLOCKED, "no_ratings")),
    ],
)
async def test_ratings_that_come_with_an_answer_are_a_verdict(
    stream: bool, probability: str, fail: str, ends: tuple[Outcome, str]
) -> None:
    """Nothing is asked for them; an answer without any follows the fail mode."""
    outcome, risk = ends
    said = gemini("what it says", probability)
    heard = Heard(said)
    if stream:
        heard = Heard(parts=(b"data: %b\r\n\r\n" % json.dumps(said).encode(),))
    policy = RATED.replace("FAIL", fail)
    async with bench(heard, answers_nothing, policy, side="gemini") as ground:
        got = await ground.post(body({"role": "user", "content": "hello"}, stream=stream))
        kept = ground.kept.exchanges[0]

    assert kept.outcome is outcome
    shown = text_of(got.body) if stream else got.body.decode()
    assert ("what it says" in shown) is (outcome is Outcome.ANSWERED)
    assert [one.risk for one in kept.matches] == ([risk] if risk else [])
    assert kept.judgings == ()


async def test_another_provider_s_answer_has_no_ratings() -> None:
    """Where a request goes elsewhere, nobody rated it: that is no good news."""
    async with bench(Heard(), answers_nothing, RATED.replace("FAIL", "closed")) as ground:
        await ground.post(body({"role": "user", "content": "hello"}))
        kept = ground.kept.exchanges[0]

    assert kept.outcome is Outcome.BLOCKED
    assert kept.matches[0].risk == "no_ratings"
