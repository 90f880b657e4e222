"""Secrets longer than what a stream holds back do not leave it in pieces."""

import pytest

from tenken.guardrails.detectors import PII, SECRETS
from tenken.guardrails.guard import Guard
from tenken.guardrails.policy.loading import default_policy
from tenken.guardrails.text import Context, Direction, Origin
from tests.guardrails.secrets.drawing import drawn

ASKED = Context(direction=Direction.OUTWARD, origin=Origin.ASSISTANT)
DASHES = "-" * 5
LINES = "\n".join(drawn("[A-Za-z0-9+/]{64}", str(line)) for line in range(26))
LONG = {
    "block": f"{DASHES}BEGIN PRIVATE KEY{DASHES}\n{LINES}\n{DASHES}END PRIVATE KEY{DASHES}",
    "jwt": ".".join(
        (f"eyJ{drawn('[a-z]{60}', 'a')}", f"eyJ{drawn('[a-z]{700}', 'b')}", "c" * 300)
    ),
    "key": f"sk-proj-{drawn('[A-Za-z0-9]{150}', 'd')}",
    "password": "パスワードは" + drawn("[a-z]{6}[A-Z]{3}[0-9]{3}", "e"),
}


@pytest.mark.parametrize("name", LONG)
@pytest.mark.parametrize("size", [1, 7, 64])
def test_no_piece_of_a_long_secret_leaves(name: str, size: int) -> None:
    secret = LONG[name].removeprefix("パスワードは")
    text = f"次のとおりです。\n{LONG[name]}\n以上です。"
    window = Guard(default_policy("ja"), (*PII, *SECRETS)).window(ASKED)

    said = "".join(window.feed(text[at : at + size]).text for at in range(0, len(text), size))
    said += window.close().text

    assert [at for at in range(len(secret) - 8) if secret[at : at + 8] in said] == []
    assert said.endswith("以上です。")
