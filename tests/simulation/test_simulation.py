"""No course of events, however unlucky, breaks what the gateway promises.

Each seed is a world of its own: providers that misbehave, a network that loses, callers who leave,
a journal that is full, limits, slow readers. A seed that fails does so every time:

    python -m bench.simulation.run 10000          # more of them
    python -m bench.simulation.run --seed 4711    # one, told in full
"""

import pytest

from tests.simulation.playing import broken, play
from tests.simulation.scenes import scene

pytestmark = pytest.mark.slow

SEEDS = 200
AT_ONCE = 20


@pytest.mark.parametrize("begin", range(0, SEEDS, AT_ONCE))
def test_every_promise_is_kept(begin: int) -> None:
    """Ledger and provider's log agree, nothing remains, each request has one end."""
    told = {seed: lines for seed in range(begin, begin + AT_ONCE) if (lines := _broken(seed))}

    assert told == {}


def _broken(seed: int) -> list[str]:
    return broken(play(scene(seed)))


def test_a_scene_is_its_seed_s() -> None:
    """And plays out the same each time."""
    first, second = (play(scene(7)) for _ in range(2))

    assert first.had == second.had
    assert first.exchanges == second.exchanges
    assert scene(7) != scene(8)
