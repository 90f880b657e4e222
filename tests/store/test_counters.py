"""Limits hold whoever counts: all or nothing, exact across processes, nothing kept by the dead."""

import asyncio
import errno
import signal
import subprocess
import sys
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tenken.store.counters.counters import Counters, Held, Kind, Over, Want
from tenken.store.counters.machine import MachineCounters
from tenken.store.counters.memory import MemoryCounters
from tests.store.scripted import KINDS, SCRIPTS, held_and_named, played

RPM = Want(Kind.REQUESTS, "app", 1, 3)
TPM = Want(Kind.TOKENS, "app", 60, 100)
PARALLEL = Want(Kind.PARALLEL, "app", 1, 2)
MONEY = Want(Kind.MONEY, "app", 40, 100, 20_000)


def run(waits: Awaitable[object]) -> object:
    async def waited() -> object:
        return await waits

    return asyncio.run(waited())


@pytest.fixture(params=["memory", "machine"])
def counters(request: pytest.FixtureRequest, tmp_path: Path) -> Counters:
    return MemoryCounters() if request.param == "memory" else MachineCounters(tmp_path)


def take(counters: Counters, *wants: Want, now: float = 1000.0) -> Held | Over:
    found = run(counters.reserve(wants, now=now))
    assert isinstance(found, Held | Over)
    return found


def put(counters: Counters, held: Held | Over, *actual: int, now: float = 1000.0) -> None:
    assert isinstance(held, Held)
    run(counters.settle(held, actual, now=now))


def test_all_or_nothing(counters: Counters) -> None:
    """What does not fit takes nothing of what would have."""
    take(counters, RPM, TPM)

    refused = take(counters, RPM, TPM)

    assert refused == Over(TPM, 60, 61.0)
    assert take(counters, RPM) == Held((RPM,), 1000, (2,))


@pytest.mark.parametrize(("actual", "used"), [(0, 60), (10, 70), (90, 150)])
def test_what_was_not_used_is_given_back(counters: Counters, actual: int, used: int) -> None:
    """And what was used beyond the estimate counts."""
    want = Want(Kind.TOKENS, "app", 60, 500)
    put(counters, take(counters, want), actual)

    assert take(counters, want, now=1001.0) == Held((want,), 1001, (used,))


def test_a_place_is_free_when_its_request_is_over(counters: Counters) -> None:
    """Whatever it used."""
    first = take(counters, PARALLEL)
    take(counters, PARALLEL)
    assert take(counters, PARALLEL) == Over(PARALLEL, 2, 0.0)

    put(counters, first, 1)

    assert isinstance(take(counters, PARALLEL), Held)


def test_money_is_counted_by_the_day(counters: Counters) -> None:
    """The next day begins with nothing; settling yesterday's changes nothing today."""
    tomorrow = Want(Kind.MONEY, "app", 40, 100, 20_001)
    late = take(counters, MONEY)
    put(counters, take(counters, MONEY), 60)
    assert take(counters, MONEY) == Over(MONEY, 100, 0.0)

    assert take(counters, tomorrow) == Held((tomorrow,), 1000, (40,))
    put(counters, late, 100)

    assert take(counters, tomorrow) == Held((tomorrow,), 1000, (80,))
    assert take(counters, MONEY) == Over(MONEY, 80, 0.0), "a clock that goes back opens no budget"


def test_nothing_always_fits(counters: Counters) -> None:
    """A model without a price takes nothing of a budget."""
    wants = tuple(Want(kind, "app", 0, 100) for kind in Kind)

    assert take(counters, *wants) == Held(wants, 1000, (0, 0, 0, 0))


def test_what_never_fits_is_told_apart(counters: Counters) -> None:
    """Waiting would not help."""
    refused = take(counters, Want(Kind.TOKENS, "app", 101, 100))

    assert isinstance(refused, Over)
    assert refused.never


@given(SCRIPTS)
@settings(max_examples=60)
def test_file_and_memory_answer_alike(script: list[tuple[object, ...]]) -> None:
    """On whatever is asked, settled and given back, when."""
    with TemporaryDirectory() as folder:
        shared = MachineCounters(Path(folder))
        other = MachineCounters(Path(folder))

        found = asyncio.run(played(script, (shared, other)))

        shared.close()
        other.close()
    assert found == asyncio.run(played(script, (MemoryCounters(),)))


def test_a_machine_that_was_started_again_begins_anew(tmp_path: Path) -> None:
    """Its clock begins near nothing, and yesterday's minute is over; money stays spent."""
    counters = MachineCounters(tmp_path)
    full = Want(Kind.REQUESTS, "app", 3, 3)
    take(counters, full, MONEY, now=500_000.0)

    again = take(counters, full, MONEY, now=12.0)

    assert again == Held((full, MONEY), 12, (3, 80))


def test_a_full_disk_is_found_out_before_anything_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By an error with the file's name, not by a signal when a page is touched first."""
    MachineCounters(tmp_path / "good")
    held = (tmp_path / "good/counters").stat()

    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.posix_fallocate", full)
    with pytest.raises(OSError, match="No space left") as refused:
        MachineCounters(tmp_path / "full")

    assert refused.value.filename == str(tmp_path / "full/counters")
    assert held.st_blocks * 512 >= held.st_size
    MachineCounters(tmp_path / "good")  # it has its room already


COUNTING = """
import asyncio, sys
from pathlib import Path
from tenken.store.counters.counters import Held, Kind, Want
from tenken.store.counters.machine import MachineCounters
async def main():
    counters = MachineCounters(Path(sys.argv[1]))
    if "keep" in sys.argv:
        assert counters.keep()
    print("ready", flush=True)
    sys.stdin.readline()
    got = 0
    for _ in range(int(sys.argv[2])):
        held = await counters.reserve(
            (Want(Kind.REQUESTS, "app", 1, 5000), Want(Kind.PARALLEL, "app", 1, 1000)), now=50.0
        )
        got += isinstance(held, Held)
        if isinstance(held, Held) and "give" in sys.argv:
            await counters.settle(held, (0, 0), now=50.0)
    print(got, flush=True)
    sys.stdin.read()
asyncio.run(main())
"""


def process(folder: Path, times: int, *more: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", COUNTING, str(folder), str(times), *more],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def go(*workers: "subprocess.Popen[str]") -> list[int]:
    """Let them all begin at once, and give what each was let."""
    for worker in workers:
        assert worker.stdout is not None
        worker.stdout.readline()
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    return [int(worker.stdout.readline()) for worker in workers if worker.stdout]


@pytest.mark.parametrize("give", [(), ("give",)])
def test_two_processes_share_one_limit(tmp_path: Path, give: tuple[str, ...]) -> None:
    """Never one too many, and what is given back by both is free again."""
    with process(tmp_path, 4000, *give) as one, process(tmp_path, 4000, *give) as two:
        got = go(one, two)
        for worker in (one, two):
            worker.kill()

    assert sum(got) == (8000 if give else 1000)  # places are the tighter limit


def test_what_a_killed_worker_held_is_free(tmp_path: Path) -> None:
    """At once, for those who are left; what is counted by the minute stays counted."""
    left = MachineCounters(tmp_path)
    places = Want(Kind.PARALLEL, "app", 600, 1000)
    with process(tmp_path, 1000) as worker:
        assert go(worker) == [1000]
        assert isinstance(take(left, places, now=50.0), Over)
        worker.send_signal(signal.SIGKILL)

    assert take(left, places, now=50.0) == Held((places,), 50, (600,))
    requests = Want(Kind.REQUESTS, "app", 1, 5000)
    assert take(left, requests, now=50.0) == Held((requests,), 50, (1001,))


def test_who_died_with_the_lock_leaves_the_numbers_right(tmp_path: Path) -> None:
    """The sum is made that of the counts again."""
    counters = MachineCounters(tmp_path)
    want = Want(Kind.REQUESTS, "app", 1, 10)
    take(counters, want)
    counters._cells[counters.row(want) + 1] += 7
    counters._cells[1] = 1

    assert take(counters, want) == Held((want,), 1000, (2,))


def test_who_is_alone_keeps_the_lock_until_another_worker_joins(tmp_path: Path) -> None:
    """Not one place too many is given while it is handed over, and none is lost."""
    alone = MachineCounters(tmp_path)
    place = Want(Kind.PARALLEL, "app", 1, 1000)
    assert alone.keep()
    got = 0
    with ThreadPoolExecutor(1) as beside, process(tmp_path, 4000) as other:
        joining = beside.submit(go, other)
        while not joining.done():
            got += isinstance(take(alone, place, now=50.0), Held)
        other.kill()

    assert got + sum(joining.result()) == 1000


def test_who_keeps_the_lock_and_asks_for_nothing_lets_go_by_a_look(tmp_path: Path) -> None:
    """Once somebody lives beside it, it cannot keep the lock again; when alone, it can."""
    alone = MachineCounters(tmp_path)
    assert alone.keep()
    with ThreadPoolExecutor(1) as beside:
        joining = beside.submit(MachineCounters, tmp_path)
        while not joining.done():
            alone.look()

    assert not alone.keep()
    joining.result().close()
    assert alone.keep()


def test_what_a_keeper_held_is_free_when_it_is_killed(tmp_path: Path) -> None:
    """The kernel has taken its lock back, and its numbers are looked through."""
    with process(tmp_path, 1000, "keep") as worker:
        assert go(worker) == [1000]
        worker.kill()
    left = MachineCounters(tmp_path)

    places = Want(Kind.PARALLEL, "app", 1000, 1000)
    assert take(left, places, now=50.0) == Held((places,), 50, (1000,))
    requests = Want(Kind.REQUESTS, "app", 1, 5000)
    assert take(left, requests, now=50.0) == Held((requests,), 50, (1001,))


@given(SCRIPTS, KINDS, st.booleans(), st.booleans())
@example([("take", [(Kind.REQUESTS, "a", 1)], 0.0), ("put", 0, 5)], {Kind.REQUESTS}, False, True)
@settings(max_examples=100)
def test_a_hold_on_limits_counts_as_asking_by_name_does(
    script: list[tuple[object, ...]], kinds: set[Kind], both: bool, alone: bool
) -> None:
    """Whatever is limited, asked and used, and whether or not anybody else is there."""
    with TemporaryDirectory() as folder:
        shared = MachineCounters(Path(folder))
        if alone:
            shared.keep()
        found = asyncio.run(held_and_named(script, shared, kinds, both=both))
        shared.close()
    assert found == asyncio.run(held_and_named(script, MemoryCounters(), kinds, both=both))
