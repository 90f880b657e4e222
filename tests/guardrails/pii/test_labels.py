"""The nearest word decides what a number is; what is merely spoken of decides nothing."""

import pytest

from tenken.guardrails.pii.labels import Kind, nearest

NUMBER = "0" * 12
CASES = [
    ("マイナンバーは{}です", Kind.MY_NUMBER),
    ("{}が私のマイナンバーです", Kind.MY_NUMBER),
    ("マイナンバーカードの番号は{}", Kind.MY_NUMBER),
    ("電話番号：{}", Kind.PHONE),
    ("お問い合わせ番号 {}", Kind.OTHER),
    ("注文の番号は{}", Kind.OTHER),
    ("order {}", Kind.OTHER),
    ("管理番号{}", Kind.OTHER),
    ("ご注文は{}", None),
    ("私の番号は{}", None),
    ("order by phone: {}", Kind.PHONE),
    ("マイナンバー、注文番号 {}", Kind.OTHER),
    ("cards: {}", Kind.CARD),
    ("scorecards {}", None),
    ("マイナンバー" + "あ" * 40 + "{}", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "kind"), CASES)
def test_the_nearest_word_decides(text: str, kind: Kind | None) -> None:
    start = text.find("{}")
    label = nearest(text.format(NUMBER), start, start + len(NUMBER))

    assert (label.kind if label else None) == kind
