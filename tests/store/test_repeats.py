"""Claims on keys: one asker serves, the others wait or get what was answered."""

import asyncio
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenken.store.repeats.machine import ROW, MachineRepeats
from tenken.store.repeats.memory import MemoryRepeats
from tenken.store.repeats.repeats import (
    Claim,
    Claimed,
    Done,
    Going,
    New,
    Other,
    Repeats,
    Unavailable,
)

pytestmark = pytest.mark.anyio
Make = Callable[[int], Repeats]
SIZE = 1 << 20


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Callable[[int], MachineRepeats]]:
    """Give a maker of stores that share a file, and close them."""
    with ExitStack() as stack:

        def opened(size: int) -> MachineRepeats:
            return stack.enter_context(closing(MachineRepeats(tmp_path / "repeats", size=size)))

        yield opened


@pytest.fixture(params=["memory", "machine"])
def make(request: pytest.FixtureRequest, machine: Callable[[int], MachineRepeats]) -> Make:
    """Give a maker of stores; those of a machine share a file."""
    return machine if request.param == "machine" else lambda size: MemoryRepeats(size=size)


def claim(key: bytes = b"k", request: bytes = b"r", *, now: int = 0, until: int = 100) -> Claim:
    return Claim(key=key, request=request, now=now, until=until)


async def test_a_key_is_claimed_once(make: Make) -> None:
    """While its request goes on, and when it is answered."""
    store = make(SIZE)

    assert await store.claim(claim()) == New()
    assert await store.claim(claim(now=1)) == Going()
    assert await store.claim(claim(request=b"x", now=1)) == Other()
    assert await store.claim(claim(b"other", now=1)) == New()
    await store.keep(claim(), b"answer", until=1000)
    assert await store.claim(claim(now=999)) == Done(b"answer")
    assert await store.claim(claim(request=b"x", now=999)) == Other()
    assert await store.claim(claim(request=b"x", now=1000, until=1100)) == New()


async def test_answers_make_room_and_claims_do_not(make: Make) -> None:
    """A claim that is dropped would let its request be served twice."""
    store = make(1000)
    assert await store.claim(claim(b"going")) == New()
    for number in range(200):
        one = claim(b"%d" % number)
        await store.claim(one)
        await store.keep(one, bytes(100), until=1000)

    assert await store.claim(claim(b"going", now=1)) == Going()
    assert await store.claim(claim(b"0", now=1)) == New()


async def test_what_failed_frees_its_key(make: Make) -> None:
    """And so does a claim whose worker is gone, when its request must be over."""
    store = make(SIZE)

    await store.claim(claim())
    await store.release(claim())
    assert await store.claim(claim(now=1)) == New()
    assert await store.claim(claim(now=100, until=200)) == New()


async def test_an_answer_without_words_was_too_large(make: Make) -> None:
    """It is not asked again."""
    store = make(SIZE)

    await store.claim(claim())
    await store.keep(claim(), b"", until=1000)
    assert await store.claim(claim(now=1)) == Done(b"")


async def test_what_is_kept_is_bounded(make: Make) -> None:
    """The oldest answers make room."""
    store = make(200_000)
    for number in range(300):
        one = claim(b"%d" % number, until=10_000)
        await store.claim(one)
        await store.keep(one, b"x" * 1000, until=10_000 + number)

    kept = [
        number
        for number in range(300)
        if isinstance(await store.claim(claim(b"%d" % number, now=1)), Done)
    ]
    assert 0 < len(kept) <= 264
    assert kept == list(range(300 - len(kept), 300))


def rows_in(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "repeats")) as base:
        [count] = base.execute("SELECT COUNT(*) FROM repeats").fetchone()
        return int(count)


async def test_claims_that_nobody_ended_go_when_they_are_over(
    machine: Callable[[int], MachineRepeats], tmp_path: Path
) -> None:
    """Also where no answer is ever kept: their workers died, each with many of them."""
    store = machine(SIZE)
    for number in range(400):
        await store.claim(claim(b"gone %d" % number, until=100))
    for number in range(60):
        await store.claim(claim(b"new %d" % number, now=200, until=300))

    assert rows_in(tmp_path) == 60


async def test_answers_without_words_take_room_too(
    machine: Callable[[int], MachineRepeats], tmp_path: Path
) -> None:
    """A row is not nothing: many of them would fill a disk."""
    first, second = machine(100 * ROW), machine(100 * ROW)
    for number in range(300):
        store = (first, second)[number % 2]
        one = claim(b"%d" % number, until=10_000)
        await store.claim(one)
        await store.keep(one, b"", until=10_000)

    assert rows_in(tmp_path) <= 100


async def test_what_was_kept_by_an_earlier_life_is_counted(
    machine: Callable[[int], MachineRepeats], tmp_path: Path
) -> None:
    """The file stays, its size is smaller now."""
    before = machine(SIZE)
    for number in range(50):
        one = claim(b"%d" % number, until=10_000)
        await before.claim(one)
        await before.keep(one, b"x" * 1000, until=10_000 + number)

    after = machine(10_000)
    await after.keep(claim(b"last"), b"x" * 1000, until=20_000)

    assert rows_in(tmp_path) <= 8
    assert await after.claim(claim(b"last", now=1)) == Done(b"x" * 1000)


@given(steps=st.lists(st.tuples(st.booleans(), st.sampled_from("cekrt")), max_size=20))
@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_two_workers_say_the_same_as_one_store(
    steps: list[tuple[bool, str]], tmp_path: Path
) -> None:
    """Whoever asks, the answers are those of a single store in memory."""
    path = tmp_path / "repeats"
    path.unlink(missing_ok=True)
    with (
        closing(MachineRepeats(path, size=SIZE)) as first,
        closing(MachineRepeats(path, size=SIZE)) as second,
    ):
        asyncio.run(_walk(steps, [first, second]))


async def _walk(steps: list[tuple[bool, str]], workers: list[MachineRepeats]) -> None:
    model = MemoryRepeats(size=SIZE)
    now = 0
    for second, step in steps:
        if step == "t":
            now += 60
            continue
        found = await _stepped(workers[second], step, now)
        assert found == await _stepped(model, step, now)


async def _stepped(store: Repeats, step: str, now: int) -> Claimed | None:
    one = claim(request=b"x" if step == "e" else b"r", now=now, until=now + 100)
    match step:
        case "c" | "e":
            return await store.claim(one)
        case "k":
            await store.keep(one, b"answer", until=now + 150)
        case _:
            await store.release(one)
    return None


async def test_workers_of_a_machine_share_claims(
    machine: Callable[[int], MachineRepeats],
) -> None:
    """And answers, also after both are gone."""
    first, second = machine(SIZE), machine(SIZE)

    assert await first.claim(claim()) == New()
    assert await second.claim(claim(now=1)) == Going()
    await first.keep(claim(), b"answer", until=1000)
    assert await second.claim(claim(now=2)) == Done(b"answer")
    first.close()
    second.close()
    assert await machine(SIZE).claim(claim(now=3)) == Done(b"answer")


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from tenken.store.repeats.machine import MachineRepeats
from tenken.store.repeats.repeats import Claim

async def main():
    store = MachineRepeats(Path(sys.argv[1]), size=1 << 20)
    for number in range(200):
        claim = Claim(key=b"%d" % number, request=b"r", now=0, until=100)
        await store.claim(claim)
        await store.keep(claim, b"answer", until=1000)
    await store.claim(Claim(key=b"going", request=b"r", now=0, until=100))
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_answers_survive_kill_9(
    tmp_path: Path, machine: Callable[[int], MachineRepeats]
) -> None:
    """Every one that was kept; what went on is not asked again before it must be over."""
    path = tmp_path / "repeats"
    died = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, str(path))
    assert await died.wait() == -signal.SIGKILL

    store = machine(SIZE)
    found = [await store.claim(claim(b"%d" % number, now=1)) for number in range(200)]
    assert found == [Done(b"answer")] * 200
    assert await store.claim(claim(b"going", now=99)) == Going()
    assert await store.claim(claim(b"going", now=100, until=200)) == New()


async def test_a_file_that_cannot_be_written_is_told(
    machine: Callable[[int], MachineRepeats],
) -> None:
    """Nobody takes it for a new key."""
    store, other = machine(SIZE), machine(SIZE)
    other._base.execute("BEGIN IMMEDIATE")

    with pytest.raises(Unavailable):
        await store.claim(claim())
    other._base.execute("COMMIT")
    assert await store.claim(claim()) == New()
