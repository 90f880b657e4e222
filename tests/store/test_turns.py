"""Turns of one machine: one worker has one, whichever process it is and however it ends."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tenken.policy.turn import LEASE_US, SECOND, Stood, Turn, Wish
from tenken.store.turns import machine
from tenken.store.turns.machine import ALONE, MachineTurns

START = 1_000.0
LEASE_S = LEASE_US / SECOND
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(Wish),
        st.integers(1, 3),
        st.integers(0, 10_000),
        st.integers(0, 80_000),
    ),
    max_size=40,
)
"""Which target, what is said, by whom, how many milliseconds later, and what for."""


@pytest.fixture
def turns(tmp_path: Path) -> Iterator[MachineTurns]:
    found = MachineTurns(tmp_path / "turns")
    yield found
    found.close()


@given(STEPS)
@settings(max_examples=60, deadline=None)
def test_a_file_and_a_list_say_the_same(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, Wish, int, int, int]]
) -> None:
    """Of several targets, each worker over a file of its own opening."""
    path = tmp_path_factory.mktemp("folder") / "turns"
    workers = {who: MachineTurns(path) for who in (1, 2, 3)}
    lists: dict[str, Turn] = {}
    now = round(START * 1000)
    for target, wish, who, later, pause in steps:
        now += later
        said = workers[who].say(target, wish, who, now=now / 1000, pause_s=pause / 1000)
        turn = lists.setdefault(target, Turn())

        assert said == turn.say(wish, who, now * 1000, pause * 1000)
    for one in workers.values():
        one.close()


CODE = """
import sys
from pathlib import Path
from tenken.policy.turn import Wish
from tenken.store.turns.machine import MachineTurns
turns = MachineTurns(Path(sys.argv[1]))
print("here", flush=True)
sys.stdin.readline()
mine = [turns.say(f"t{n}", Wish.TAKE, int(sys.argv[2]), now=1000.0).mine for n in range(300)]
print("".join("01"[one] for one in mine), flush=True)
sys.stdin.readline()
"""


def process(path: Path, who: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", CODE, str(path), str(who)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def told(one: "subprocess.Popen[str]") -> str:
    assert one.stdout is not None
    return one.stdout.readline().strip()


def go(one: "subprocess.Popen[str]") -> None:
    assert one.stdin is not None
    one.stdin.write("\n")
    one.stdin.flush()


def test_of_three_processes_one_has_each_turn_and_the_dead_keep_none(tmp_path: Path) -> None:
    """All ask at once for three hundred; then all are killed, and their leases lapse."""
    path = tmp_path / "turns"
    workers = [process(path, who) for who in (1, 2, 3)]
    try:
        assert [told(one) for one in workers] == ["here"] * 3
        for one in workers:
            go(one)
        taken = [told(one) for one in workers]
    finally:
        for one in workers:
            one.kill()
            one.communicate()

    assert {sum(map(int, one)) for one in zip(*taken, strict=True)} == {1}
    turns = MachineTurns(path)
    names = [f"t{number}" for number in range(300)]
    before = [turns.say(name, Wish.TAKE, 4, now=START + LEASE_S - 1).mine for name in names]
    after = [turns.say(name, Wish.TAKE, 4, now=START + LEASE_S).mine for name in names]
    turns.close()
    assert not any(before)
    assert all(after)


def test_without_room_each_worker_probes_by_itself(
    turns: MachineTurns, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is known of the others, and nobody is held up."""

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.pwrite", full)

    assert turns.say("a", Wish.TAKE, 1, now=START) == ALONE
    assert turns.say("a", Wish.TAKE, 2, now=START) == ALONE


def test_with_more_targets_than_rows_the_rest_go_by_themselves(
    turns: MachineTurns, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that have rows share them still."""
    monkeypatch.setattr(machine, "ROWS", 2)
    first = [turns.say(name, Wish.TAKE, 1, now=START) for name in ("a", "b", "c")]
    second = [turns.say(name, Wish.TAKE, 2, now=START) for name in ("a", "b", "c")]

    assert first == [replace(ALONE, well=0), replace(ALONE, well=0), ALONE]
    assert second == [Stood(mine=False, after_s=1.0, well=0)] * 2 + [ALONE]
