"""No piece of a value that a shipped detector sees leaves a stream, at any cut."""

import pytest

from tenken.guardrails.detectors import PII, SECRETS
from tenken.guardrails.guard import Guard
from tenken.guardrails.policy.loading import default_policy
from tests.guardrails.stream.test_window import streamed, whole

GUARD = Guard(default_policy(), [*PII, *SECRETS])
FASTER = Guard(default_policy(clauses=False), [*PII, *SECRETS])
LETTERS = "a1B2c3D4e5F6g7H8"
ARMOURED = "PRIVATE KEY-----"
RUNS = {
    "phone": "電話は090-1234-5678です。",
    "phone in words": "かけるなら０３の１２３４の５６７８までお願いします。",
    "phone abroad": "Please call +81 90-1234-5678 today.",
    "card": "カード番号は4111 1111 1111 1111、有効期限は12/28です。",
    "number named behind": "123456789018 が私のマイナンバーです。",
    "number named before": "マイナンバーは 123456789018 です。",
    "e-mail": "返信は taro.yamada@example.jp へ。",
    "e-mail spelt out": "write to taro at example dot jp please",
    "date of birth": "生年月日は昭和60年4月12日です。",
    "postal code": "〒100-0001 です。",
    "ssn": "My SSN is 536-22-1234 and that is it.",
    "account": "振込先は普通 1234567 です。",
    "key": f"鍵はghp_{LETTERS * 2}abcdを使う。",
    "key of a provider": f"API key: sk-proj-{LETTERS * 3} is mine",
    "password": "パスワードは hunter2X9 です。",
    "url": "接続先は postgres://app:s3cretPw9@db.example.jp/x です。",
    "armour": "\n".join(
        [f"-----BEGIN {ARMOURED}", *[LETTERS * 4] * 12, f"-----END {ARMOURED}", ""]
    ),
}
WORDS = {
    "name": "ご担当の山田太郎様からのご連絡です。",
    "address": "住所は大阪府大阪市北区梅田三丁目1番3号です。",
}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 40])
@pytest.mark.parametrize("name", [*RUNS, *WORDS])
def test_a_value_leaves_masked_or_not_at_all(name: str, size: int) -> None:
    """In pieces of any size, with other text around it, as when it is screened at once."""
    sample = f"お世話になっております。{(RUNS | WORDS)[name]}よろしくお願いします。"
    pieces = [sample[at : at + size] for at in range(0, len(sample), size)]
    expected = whole(GUARD, sample)

    assert streamed(GUARD, pieces) == expected
    assert "[" in expected.text


@pytest.mark.parametrize("name", RUNS)
def test_runs_need_no_clauses(name: str) -> None:
    """Cut in two at every offset."""
    sample = RUNS[name]
    expected = whole(FASTER, sample).text

    cut = [streamed(FASTER, [sample[:at], sample[at:]]).text for at in range(1, len(sample))]

    assert set(cut) == {expected}
