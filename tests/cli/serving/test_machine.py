"""Time and chance of this machine."""

from itertools import pairwise

from tenken.cli.rim import SystemClock
from tenken.cli.serving.machine import POOL, HexPool, Machine


def test_random_digits_are_given_once() -> None:
    """However many are drawn at a time, and in any mix of lengths."""
    pool = HexPool()
    taken = [pool.take(size) for _ in range(2 * POOL + 1) for size in (8, 16)]

    assert len(set(taken)) == len(taken)
    assert {len(one) for one in taken} == {16, 32}
    assert set("".join(taken)) == set("0123456789abcdef")


def test_time_passes_by_less_than_a_millisecond() -> None:
    """Records tell microseconds; the clock of the event loop would go by a thousand of them."""
    machine = Machine(SystemClock())
    read = [machine.monotonic() for _ in range(10_000)]

    assert min(after - before for before, after in pairwise(read) if after > before) < 1e-4
