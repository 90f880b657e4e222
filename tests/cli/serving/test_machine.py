"""Time and chance of this machine."""

from tenken.cli.serving.machine import POOL, HexPool


def test_random_digits_are_given_once() -> None:
    """However many are drawn at a time, and in any mix of lengths."""
    pool = HexPool()
    taken = [pool.take(size) for _ in range(2 * POOL + 1) for size in (8, 16)]

    assert len(set(taken)) == len(taken)
    assert {len(one) for one in taken} == {16, 32}
    assert set("".join(taken)) == set("0123456789abcdef")
