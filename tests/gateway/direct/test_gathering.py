"""What comes in one turn is handed over together: each once, in order, none too many at once."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.gateway.direct.gathering import LOOK_EVERY, MOST, WORTH, Gathering

turns = st.lists(
    st.one_of(st.integers(0, 5), st.sampled_from([MOST - 1, MOST, MOST + 1, 3 * MOST])),
    max_size=60,
)
"""How many come in each."""


class Loop:
    """Turns, one after the other, and what was handed over in each."""

    def __init__(self) -> None:
        self.handed: list[list[int]] = []
        self.waited: set[int] = set()
        """Those that were put aside."""
        self.ends: list[Callable[[], None]] = []
        self.came = 0
        self.gathering = Gathering[int](self.handle, soon=self.soon)

    def soon(self, end: Callable[[], None]) -> None:
        self.ends.append(end)

    def handle(self, many: list[int]) -> None:
        self.handed.append(list(many))

    @property
    def all(self) -> list[int]:
        return [one for many in self.handed for one in many]

    def turn(self, count: int) -> list[list[int]]:
        """Have so many come in a turn; give what was handed over in it, and at its end."""
        before = len(self.handed)
        for one in range(self.came, self.came + count):
            if self.gathering.add(one):
                self.waited.add(one)
                assert not self.handed or self.handed[-1][-1] < one
            else:
                assert self.handed[-1] == [one]
        self.came += count
        ends, self.ends = self.ends, []
        assert len(ends) <= 1, "a turn ends once"
        for end in ends:
            end()
        return self.handed[before:]


@given(turns)
def test_each_is_handed_over_once_and_in_order(counts: list[int]) -> None:
    """At the end of its turn at the latest, and never more than can be held."""
    loop = Loop()
    for count in counts:
        loop.turn(count)
        assert loop.all == list(range(loop.came))

    assert max(map(len, loop.handed), default=0) <= MOST
    assert [] not in loop.handed


@given(turns)
def test_who_was_told_to_wait_waits_and_nobody_else_does(counts: list[int]) -> None:
    """All but those that were put aside were handed over alone, before `add` came back."""
    loop = Loop()
    for count in counts:
        loop.turn(count)

    alone = {many[0] for many in loop.handed if len(many) == 1}
    assert set(range(loop.came)) - loop.waited <= alone


@given(turns)
def test_many_in_a_turn_are_handed_over_in_as_few_steps_as_can_be(counts: list[int]) -> None:
    """Behind a turn that was worth it the next one is gathered whole, whatever it brings."""
    for before, count in pairwise(counts):
        loop = Loop()
        loop.turn(LOOK_EVERY - 1 + before)  # from the look on these are put aside
        handed = loop.turn(count)
        if before >= WORTH:
            assert len(handed) == -(-count // MOST)
            assert sum(map(len, handed)) == count


def test_what_comes_alone_waits_for_nobody_but_now_and_then() -> None:
    """One in so many is put aside for a turn, and handed over alone."""
    loop = Loop()
    for _ in range(10 * LOOK_EVERY):
        assert len(loop.turn(1)) == 1

    assert loop.waited == {at * LOOK_EVERY - 1 for at in range(1, 11)}


@given(st.lists(st.integers(1, WORTH - 1), min_size=1, max_size=200))
def test_few_in_a_turn_are_not_worth_it(counts: list[int]) -> None:
    """Each look puts aside what comes behind it in that turn, and nothing in the next one."""
    loop = Loop()
    for count in counts:
        loop.turn(count)

    assert len(loop.waited) <= (WORTH - 1) * -(-loop.came // LOOK_EVERY)


def test_a_look_that_finds_much_gathers_until_a_turn_brings_little() -> None:
    """The turn that brings little is the last one that is gathered."""
    loop = Loop()
    assert len(loop.turn(LOOK_EVERY + WORTH - 1)) == LOOK_EVERY  # alone, and the look
    assert [len(many) for many in loop.turn(WORTH)] == [WORTH]
    assert [len(many) for many in loop.turn(WORTH - 1)] == [WORTH - 1]
    assert [len(many) for many in loop.turn(WORTH)] == [1] * WORTH


def test_a_look_that_finds_less_than_is_worth_it_gathers_nothing() -> None:
    """One less than that is handled alone again in the next turn."""
    loop = Loop()
    assert len(loop.turn(LOOK_EVERY + WORTH - 2)) == LOOK_EVERY
    assert [len(many) for many in loop.turn(WORTH)] == [1] * WORTH


def test_a_turn_without_anything_ends_nothing() -> None:
    """Nobody is asked for the end of a turn in which nothing came."""
    loop = Loop()
    loop.turn(LOOK_EVERY + MOST)
    assert loop.turn(0) == []
    assert [len(many) for many in loop.turn(2 * MOST + 1)] == [MOST, MOST, 1]


@pytest.mark.parametrize("count", [1, WORTH, MOST, 2 * MOST])
def test_what_comes_while_others_are_handled_waits_for_the_next_turn(count: int) -> None:
    """It is neither lost nor handed over twice, nor put among those that are being handled."""
    ends, handed = list[Callable[[], None]](), list[list[int]]()

    def handle(many: list[int]) -> None:
        handed.append(many)
        for one in many:
            if 0 < one < 1_000:
                gathering.add(one + 1_000)

    gathering = Gathering[int](handle, soon=ends.append)
    for _ in range(LOOK_EVERY - 1):
        gathering.add(0)
    del handed[:]
    for one in range(1, count + 1):
        assert gathering.add(one)
    while ends:
        ends.pop(0)()

    first = [one for many in handed for one in many if one < 1_000]
    again = [one for many in handed for one in many if one > 1_000]
    assert first == list(range(1, count + 1))
    assert again == [one + 1_000 for one in first]
    assert max(map(len, handed)) <= MOST
