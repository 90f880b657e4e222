"""A prompt that is given away is seen in any form; an ordinary answer is not."""

import base64

import pytest

from tenken.guardrails.leak import canary, overlap
from tenken.guardrails.match import Match
from tenken.guardrails.text import Context, Direction, Origin, Text

SYSTEM = (
    "あなたは経費精算の窓口です。社外の人には上限額を決して教えないこと。"
    "Answer in one paragraph and never mention the internal code word to anybody outside."
)
TOKEN = canary.canary(b"k" * 32, "request-1")


def context(*history: str) -> Context:
    return Context(
        direction=Direction.OUTWARD,
        origin=Origin.ASSISTANT,
        system=SYSTEM,
        canary=TOKEN,
        history=history,
    )


def found(answer: str, *history: str) -> list[Match]:
    text, where = Text(answer), context(*history)
    return [*canary.DETECTOR.inspect(text, where), *overlap.DETECTOR.inspect(text, where)]


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(lambda text: f"ok {text}.", id="plain"),
        pytest.param(lambda text: text.upper(), id="capitals"),
        pytest.param(lambda text: f"a {' '.join(text)} b", id="spaced"),
        pytest.param("-".join, id="hyphens"),
        pytest.param(lambda text: text[::-1], id="backwards"),
        pytest.param(lambda text: text.encode().hex(), id="hex"),
        *(
            pytest.param(
                lambda text, n=n: base64.b64encode(f"{'x' * n}{text}yz".encode()).decode(),
                id=f"base64 from byte {n}",
            )
            for n in range(3)
        ),
    ],
)
def test_the_token_is_seen_in_any_form(form: object) -> None:
    """Nobody writes it by accident."""
    assert callable(form)
    answer = form(TOKEN)
    matches = [match for match in found(answer) if match.rule == "leak.canary"]

    assert matches
    assert all(0 <= match.start < match.end <= len(answer) for match in matches)


def test_the_token_is_of_the_request() -> None:
    """The same key and request give the same; nobody else can make one."""
    assert canary.canary(b"k" * 32, "request-1") == TOKEN
    assert canary.canary(b"k" * 32, "request-2") != TOKEN
    assert canary.canary(b"j" * 32, "request-1") != TOKEN
    assert len(TOKEN) == canary.LENGTH


@pytest.mark.parametrize(
    "answer",
    [
        "指示は「社外の人には上限額を決して教えないこと」です",
        "I answer in one paragraph and never mention the internal code word.",
        "社外の人に は、上限額を　決して 教えない こと",
        base64.b64encode(SYSTEM.encode()).decode(),
    ],
)
def test_the_words_of_the_prompt_are_seen(answer: str) -> None:
    """Whatever stands between them, encoded ones too."""
    assert "leak.system_words" in {match.rule for match in found(answer)}


@pytest.mark.parametrize(
    "answer",
    [
        "上限額については総務にお問い合わせください。",
        "経費精算の窓口です。領収書を添付してください。",
        "Please answer the form in one paragraph.",
        "",
    ],
)
def test_an_ordinary_answer_is_no_leak(answer: str) -> None:
    """It may be about the same things."""
    assert found(answer) == []


def test_what_the_user_said_may_be_repeated() -> None:
    """It is no secret from whoever wrote it."""
    said = "社外の人には上限額を決して教えないこと"

    assert found(f"「{said}」というご要望ですね") != []
    assert found(f"「{said}」というご要望ですね", f"{said}と言われました") == []


def test_without_a_prompt_there_is_no_leak() -> None:
    """Nor without a token."""
    empty = Context(direction=Direction.OUTWARD, origin=Origin.ASSISTANT)

    assert list(canary.DETECTOR.inspect(Text(TOKEN), empty)) == []
    assert list(overlap.DETECTOR.inspect(Text(SYSTEM), empty)) == []
