"""Lines break where a reader of either language expects it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tenken.readiness.report.wrap import NOT_FIRST, padded, shortened, wrapped

TEXT = st.text(alphabet="ab cd。、（）日本語かな ｱ`.,", max_size=120)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("one two three", ("one two", "three"), id="words stay whole"),
        pytest.param("日本語の文です", ("日本語の", "文です"), id="Japanese breaks anywhere"),
        pytest.param("あいうえ。お", ("あいう", "え。お"), id="no line begins with a full stop"),
        pytest.param("incomprehensible", ("incomprehensible",), id="a long word stays whole"),
        pytest.param("", (), id="nothing"),
    ],
)
def test_breaks(text: str, expected: tuple[str, ...]) -> None:
    """Latin words stay whole, Japanese breaks between characters."""
    assert wrapped(text, 8) == expected


@given(TEXT, st.integers(min_value=4, max_value=40))
def test_nothing_is_lost(text: str, width: int) -> None:
    """Broken lines hold the same characters in the same order."""
    assert "".join("".join(wrapped(text, width)).split()) == "".join(text.split())


@given(TEXT, st.integers(min_value=4, max_value=40))
def test_lines_are_no_longer_than_asked(text: str, width: int) -> None:
    """Only what must not be broken may stand out."""
    long = [line for line in wrapped(text, width) if cell_len(line) > width]

    assert [line for line in long if " " in line.strip() and not NOT_FIRST & set(line)] == []


def test_padding_counts_cells() -> None:
    """Columns stand straight under Japanese words."""
    assert cell_len(padded("数分", 8)) == cell_len(padded("hours", 8)) == 8


def test_a_cut_is_shown() -> None:
    """A reader sees that there is more."""
    assert shortened("Mend the gate. Then run it again.", 20) == "Mend the gate. …"
    assert shortened("short", 20) == "short"
