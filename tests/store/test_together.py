"""Limits of several requests in one step: what is counted is what one after the other would be."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tenken.store.counters.cell_grip import CellGrip
from tenken.store.counters.counters import Held, Kind, Want
from tenken.store.counters.grip import Amounts, Taken
from tenken.store.counters.machine import MachineCounters
from tests.store.scripted import DAY_S, LIMITS, START

Batch = list[tuple[int, int]]
TAKE = st.tuples(
    st.just("take"),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 90)), min_size=1, max_size=5),
)
SETTLE = st.tuples(
    st.just("settle"),
    st.lists(st.tuples(st.integers(0, 80), st.integers(0, 120)), min_size=1, max_size=5),
)
STEPS = st.lists(st.tuples(TAKE | SETTLE, st.floats(0, 40)), min_size=1, max_size=25)


@given(STEPS, st.sets(st.sampled_from(Kind), min_size=1), st.booleans())
@example([(("take", [(1, 1), (2, 2)]), 0.0), (("settle", [(1, 1), (9, 0)]), 0.0)], {*Kind}, True)
@example([(("take", [(50, 0), (51, 0)]), 0.0), (("settle", [(1, 1)]), 0.0)], {Kind.TOKENS}, True)
@example(
    [(("take", [(5, 5)]), 0.0), (("take", [(5, 5)]), 1.0), (("settle", [(1, 1)] * 2), 0.0)],
    {*Kind},
    True,
)
@settings(max_examples=150)
def test_several_in_one_step_count_as_one_after_the_other(
    steps: list[tuple[tuple[str, Batch], float]], kinds: set[Kind], alone: bool
) -> None:
    """Whoever finds room, finds it; and behind each step the same is used of each limit."""
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        assert played(steps, kinds, Path(one), alone=alone, together=True) == played(
            steps, kinds, Path(other), alone=alone, together=False
        )


def played(
    steps: list[tuple[tuple[str, Batch], float]],
    kinds: set[Kind],
    folder: Path,
    *,
    alone: bool,
    together: bool,
) -> list[object]:
    """Give who was let in, and what the file holds, step by step."""
    counters, now, open_, seen = MachineCounters(folder), START, list[Taken](), list[object]()
    if alone:
        counters.keep()
    wants = [Want(kind, "a", 1, LIMITS[kind]) for kind in Kind if kind in kinds]
    grip = counters.grip((*wants,), ())
    for (what, batch), later in steps:
        now += later
        if what == "take":
            asked = [((tokens,) * (Kind.TOKENS in kinds), nano) for tokens, nano in batch]
            found = let_in(grip, asked, now, together=together)
            seen.append([one is not None for one in found])
            open_ += [one for one in found if one is not None]
        else:
            done = [(open_.pop(), tokens, nano) for tokens, nano in batch[: len(open_)]]
            if together:
                grip.settle_all(done, now)
            for taken, tokens, nano in () if together else done:
                taken.settle(tokens, nano, served=True, now=now)
        by_name = [asyncio.run(counters.reserve((want,), now=now)) for want in nothing(kinds)]
        seen.append([one.used for one in by_name if isinstance(one, Held)])
    counters.close()
    return seen


def nothing(kinds: set[Kind]) -> tuple[Want, ...]:
    """Ask for nothing of each limit: the answer tells what is used."""
    return tuple([Want(kind, "a", 0, LIMITS[kind], int(START // DAY_S)) for kind in kinds])


def let_in(
    grip: CellGrip, asked: list[Amounts], now: float, *, together: bool
) -> list[Taken | None]:
    """Take for all, or for as many as there is room for."""
    day = int(now // DAY_S)
    if together and (found := grip.all_at_once(asked, day, now)) is not None:
        assert len({one.left for one in found}) == 1
        return [*found]
    return [grip.at_once(tokens, nano, day, now) for tokens, nano in asked]
