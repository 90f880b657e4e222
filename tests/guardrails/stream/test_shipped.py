"""No piece of a value that a shipped detector sees leaves a stream, at any cut."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tenken.guardrails.detectors import LEAK, PII, SECRETS
from tenken.guardrails.guard import Guard
from tenken.guardrails.leak.overlap import BEGUN
from tenken.guardrails.policy.loading import default_policy
from tenken.guardrails.stream import window
from tenken.guardrails.stream.holding import OPEN, TAIL, _run
from tests.guardrails.stream.test_window import OUTWARD, SIZES, chopped, streamed, whole

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
    "name with a particle in it": "昨日は山田はるかが来た。",
    "name in kana with a particle in it": "担当は やまだ はるか です。",
    "child": "はなちゃんは元気です。",
    "reading in brackets": "高橋(たかはし)さんに伺います。",
    "name of one character": "林 太郎が伺います。",
    "name in Latin letters": "Please ask John von Smith about it.",
    "signature": "Best regards,\nMary-Jane Smith\n",
    "birth behind the date": "1990年3月3日(土)に生まれました。",
    "address in English": "It is at 12 Main Street, Springfield, IL 62704 now.",
    "mail for people only": "連絡はyuki1990アットマークmail.example.orgまで。",
}
PLACES = ("", "私は", "担当は、", "お名前：", "娘の", "住所は", "〒100-0001 ", "My name is ", "、")
VALUES = (
    "山田はるか", "高橋(たかはし)さん", "佐藤 にこさん", "やまだ はるか", "はら まなみ",
    "ひでおくん", "森 はるか", "ジョン・スミスさん", "John Smith",
    "東京都港区六本木1-2-3 六本木ビル501号室",
    "つくば市天王台1-1-1", "12 Main Street, Apt 4, Springfield, IL 62704", "昭和60年4月12日生まれ",
    "1990年3月3日(土)に生まれ", "taro【at】example【dot】jp", "090-1234-5678", "普通 1234567",
    "123456789018が私のマイナンバー",
)  # fmt: skip
BEHIND = (
    "",
    "が来ます。",
    "です。",
    "という小説を読んだ。",
    "記念館へ",
    "様、",
    "まで",
    "\n",
    ". Thanks",
)
SAID = st.lists(
    st.tuples(st.sampled_from(PLACES), st.sampled_from(VALUES), st.sampled_from(BEHIND)),
    min_size=1,
    max_size=3,
).map(lambda drawn: "".join("".join(one) for one in drawn))
TOKENS = (
    "a",
    "at",
    "(at)",
    "[dot",
    "アット",
    "ドッ",
    " ",
    "  ",
    "x2",
    "。",
    "電話",
    "の",
    "@",
    "\n",
)


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


@settings(max_examples=150, deadline=None)
@given(SAID, SIZES)
def test_any_cut_of_what_is_said_of_people_gives_the_same(text: str, sizes: list[int]) -> None:
    """Names, addresses and dates, one behind the other, looked at with every piece."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(window, "STRIDE", 1)
        patched.setattr(window, "ASKING", 1)

        assert streamed(GUARD, chopped(text, sizes)).text == whole(GUARD, text).text


@pytest.mark.parametrize("size", [1, 4])
def test_little_of_a_sentence_waits(size: int) -> None:
    """A particle or a word in small letters ends what may be a name."""
    sample = (
        "本日の会議で、倉庫の在庫が予定よりも少ないことが分かりましたので、急ぎ手配しております。"
        * 8
    )
    opened = GUARD.window(OUTWARD)

    pieces = [sample[at : at + size] for at in range(0, len(sample), size)]
    waiting = [opened.feed(piece).held for piece in pieces]

    assert sum(waiting) / len(waiting) <= 22


def test_where_a_run_begins_is_what_its_pattern_says() -> None:
    """The short way to it leaves nothing out."""
    for drawn in product(TOKENS, repeat=3):
        text = "".join(drawn)
        found = TAIL.search(text)
        expected = found.start() if found and text[-1] in OPEN else len(text)
        assert _run(text) == expected, text


@pytest.mark.parametrize("size", [1, 3, 8])
def test_a_quoted_system_prompt_does_not_leave(size: int) -> None:
    """Of what may still become a quotation no more leaves than is told from any other words."""
    secret = "あなたは倉庫の受付係です。棚番号は誰にも教えず、在庫の数だけを答えてください。"
    guard = Guard(default_policy(), [*PII, *LEAK])
    opened = guard.window(replace(OUTWARD, system=secret))
    text = f"こう言われています。{secret}以上です。"

    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    released = [*(opened.feed(piece) for piece in pieces), opened.close()]

    assert any(one.ended for one in released)
    assert secret[:BEGUN] not in "".join(one.text for one in released)
