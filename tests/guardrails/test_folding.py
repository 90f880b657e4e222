"""A place in the folded text is the same place in the original."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tenken.guardrails.folding import REPLACEMENT, fold, lower

ANY = st.text(st.characters(codec=None, exclude_categories=()))


@given(ANY)
def test_nothing_moves(text: str) -> None:
    """Folded and lowered texts have the length of the original, and can be written."""
    folded = fold(text)

    assert len(lower(folded)) == len(folded) == len(text)
    assert folded.encode().decode() == folded


def test_every_character_folds_as_nfkc_does_where_that_is_one_character() -> None:
    """No code point was forgotten, and none folds into more than one character."""
    wrong = [
        hex(code)
        for code in range(0x80, 0x110000)
        if not unicodedata.is_normalized("NFKC", character := chr(code))
        and fold(character) != _expected(character)
    ]

    assert wrong == []


def test_half_a_character_becomes_a_replacement() -> None:
    """What a broken escape leaves can still be screened."""
    assert fold("a\ud83dあ") == f"a{REPLACEMENT}あ"


def test_no_letter_becomes_two_when_it_becomes_small() -> None:
    """The one that would is known."""
    assert [code for code in range(0x110000) if len(chr(code).lower()) != 1] == [ord("İ")]


def test_full_width_and_styled_forms_become_plain() -> None:
    """As people type numbers in Japanese, and as somebody writes to get past a filter."""
    assert fold("ＴＥＬ：０９０−１２３４−５６７８ｶﾞ") == "TEL:090−1234−5678カ\u3099"
    assert lower(fold("𝐈𝐠𝐧𝐨𝐫𝐞")) == "ignore"


def _expected(character: str) -> str:
    made = unicodedata.normalize("NFKC", character)
    return made if len(made) == 1 else character
