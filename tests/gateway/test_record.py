"""What goes on record of a request."""

import pytest

from tenken.gateway.record import FINISHES, WORD_MAX


@pytest.mark.parametrize("word", sorted(FINISHES))
def test_a_known_end_is_a_word(word: str) -> None:
    """They go on record without being looked at: short, and nothing but letters."""
    assert len(word) <= WORD_MAX
    assert word.replace("_", "").isalpha() or not word
