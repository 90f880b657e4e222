"""The nearest word decides what a number is; what is merely spoken of decides nothing."""

import pytest

from tenken.guardrails.pii.labels import _GENERAL, _KINDS, Kind, nearest

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
    ("not {}", None),
    ("Now, {}", None),
    ("nos {}", None),
    ("access codes {}", Kind.OTHER),
    ("order ids {}", Kind.OTHER),
    ("phone nos {}", Kind.PHONE),
    ("phone no. {}", Kind.PHONE),
    ("not by phone {}", Kind.PHONE),
]


@pytest.mark.parametrize("end", ["", "s", "es", "t", "w", "."])
def test_whatever_word_stands_near_a_number_it_is_read(end: str) -> None:
    """Plurals, and words that only begin as a label does: `no.` is no `not`."""
    for word in (*_KINDS, *_GENERAL):
        text = f"{word}{end} {NUMBER} {word}{end}"
        start = text.find(NUMBER)
        label = nearest(text, start, start + len(NUMBER))

        assert label is None or isinstance(label.kind, Kind), text


@pytest.mark.parametrize(("text", "kind"), CASES)
def test_the_nearest_word_decides(text: str, kind: Kind | None) -> None:
    start = text.find("{}")
    label = nearest(text.format(NUMBER), start, start + len(NUMBER))

    assert (label.kind if label else None) == kind
