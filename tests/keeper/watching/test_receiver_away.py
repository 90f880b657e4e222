"""A receiver that is away for ten minutes hears all of it afterwards, once, and in order."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tenken.store.engine import opened
from tenken.store.migration import migrate
from tests.keeper.alerts.vendors import Vendor
from tests.keeper.watching.away import Hook, S, Wrong, signals, wrongs
from tests.keeper.watching.test_watch import Ground

AWAY_S, STEP_S, LATER_S = 600, 15, 600


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = opened(f"sqlite:///{tmp_path}/store.db")
    migrate(found)
    yield found
    found.dispose()


def test_ten_minutes_away_lose_nothing(engine: Engine) -> None:
    """Whatever begins and ends meanwhile, and though another keeper takes over in the middle."""
    chat, pager = Hook(), Hook()
    several = wrongs((S * (20 + 37 * one % 540) for one in range(12)), lasting=150 * S)
    with (
        Vendor(chat.answer).serving() as one,
        Vendor(pager.answer).serving() as two,
    ):
        where = {"CHAT": f"{one.url}/chat", "PAGER": f"{two.url}/pager"}
        chat.away = True
        for half in (0, 1):
            ground = Ground(engine, where, holder=f"keeper-{half}")
            for at in range(half * AWAY_S // 2, (half + 1) * AWAY_S // 2, STEP_S):
                _turn(ground, several, at * S)
        assert {reason for reason, _ in pager.heard()} == {"fired", "resolved"}
        assert chat.heard() == []
        chat.away = False
        third = Ground(engine, where, holder="keeper-2")
        for at in range(AWAY_S, AWAY_S + LATER_S, STEP_S):
            _turn(third, several, at * S)

    for hook in (chat, pager):
        found = hook.compared(several)
        assert (found["begun"], found["ended"]) == (12, 12)
        assert (found["told_twice"], found["messages_twice"]) == (0, 0)
        assert found["ended_before_begun"] == 0
    assert chat.refused > 0


def _turn(ground: Ground, several: tuple[Wrong, ...], now: int) -> None:
    ground.watchers["test"] = lambda at: signals(several, at)
    ground.watch.step(now)
    ground.deliver.step(now)
