"""Records that are filled in instead of built."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from tenken.journal.stencil import NUMBER_MAX, four, moment, one, stencil, text, two


class Note(Struct, array_like=True):
    """A record."""

    name: str
    at: int
    numbers: tuple[int, ...]
    last: int
    kind: str = "100 %"


MARKED = Note("the name", 1 << 40, (1 << 20, (1 << 20) + 1), 1 << 21)
MARKS = (text(b"the name"), moment(1 << 40), two(1 << 20, (1 << 20) + 1), one(1 << 21))
numbers = st.integers(0, NUMBER_MAX - 1)
words = st.text(max_size=60)


@given(words, st.integers(0, 2**64 - 1), st.tuples(numbers, numbers), numbers)
def test_what_is_filled_in_is_read_as_it_was(
    name: str, at: int, both: tuple[int, int], last: int
) -> None:
    """Whatever the values are; a sign of percent in the record stays one."""
    form = stencil(MARKED, MARKS)
    filled = form % (text(name.encode()), moment(at), two(*both), one(last))

    assert msgspec.msgpack.decode(filled, type=Note) == Note(name, at, both, last)


@given(numbers, numbers, numbers, numbers)
def test_four_numbers_are_four_numbers(first: int, second: int, third: int, fourth: int) -> None:
    """In their order."""
    read = msgspec.msgpack.decode(b"\x94" + four(first, second, third, fourth))

    assert read == [first, second, third, fourth]


@pytest.mark.parametrize(
    "marks",
    [
        (text(b"another name"),),
        (moment(1 << 40), text(b"the name")),
        (text(b"the name"), text(b"the name")),
    ],
    ids=["absent", "out of order", "twice"],
)
def test_a_mark_has_its_place(marks: tuple[bytes, ...]) -> None:
    """One that has none is told, not passed over."""
    with pytest.raises(ValueError, match="once"):
        stencil(MARKED, marks)


def test_a_mark_that_stands_there_twice_is_told() -> None:
    """What is filled in would be in one of two places."""
    twice = Note("the name", 1 << 40, (), 0, kind="the name")

    with pytest.raises(ValueError, match="once"):
        stencil(twice, (text(b"the name"),))
