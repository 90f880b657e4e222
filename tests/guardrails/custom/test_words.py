"""Words and patterns of a policy are found as people write them."""

import pytest

from tenken.guardrails.custom.words import Words
from tenken.guardrails.match import Match
from tenken.guardrails.policy.policy import Terms
from tenken.guardrails.text import Text
from tests.guardrails.detecting import context


def found(text: str, *keywords: str, patterns: tuple[str, ...] = ()) -> list[Match]:
    """Ask a list about a text."""
    terms = Terms(
        name="own", risk="topic.competitor", keywords=keywords, patterns=patterns, score=0.9
    )
    return list(Words(terms).inspect(Text(text), context()))


@pytest.mark.parametrize(
    ("text", "span"),
    [("ＡＣＭＥの製品", (0, 4)), ("弊社とAcmeを比較", (3, 7)), ("see acme.", (4, 8))],
)
def test_a_word_is_found_in_any_width_and_case(text: str, span: tuple[int, int]) -> None:
    """Beside Japanese characters too."""
    assert [(one.start, one.end) for one in found(text, "Acme")] == [span]


def test_a_latin_word_is_a_whole_word() -> None:
    """`ace` is not in `place`; a Japanese word may be anywhere."""
    assert found("a place in the race", "ace") == []
    assert len(found("新エース社員", "エース")) == 1


def test_a_pattern_has_an_id_of_its_own() -> None:
    """Records and allow lists name it."""
    (match,) = found("社員番号 E-１２３４", patterns=("e-[0-9]{4}",))

    assert (match.rule, match.start, match.end) == ("own.pattern_1", 5, 11)


def test_places_between_characters_are_no_matches() -> None:
    """A lone boundary says nothing."""
    assert found("a b", patterns=(r"\b",)) == []
