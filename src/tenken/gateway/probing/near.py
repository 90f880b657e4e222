"""Turns that are at hand: a worker takes one when it has a request that may be the probe."""

from asyncio import Event
from collections.abc import Callable

from tenken.gateway.probing.gate import News
from tenken.policy.breaker import Breaker
from tenken.policy.turn import Stood, Wish
from tenken.store.turns.turns import Turns

SOON_S = 0.05
"""Who may ask again at any moment does so no sooner."""
PROBE_MAX_S = 60.0
"""A probe that takes longer holds nobody else up."""


class NearTaking:
    """Takes the turns of one target."""

    owes = False

    def __init__(self, turns: Turns, target: str, who: int, *, clock: Callable[[], float]) -> None:
        self._turns = turns
        self._target = target
        self._who = who
        self._clock = clock
        self._began: float | None = None
        self._news = News()

    def take(self, now: float) -> float:
        """Take one; gives `now`, or when to ask again."""
        stood = self._say(Wish.TAKE, now)
        if not stood.mine:
            return now + max(SOON_S, stood.after_s)
        self._began = now
        return now

    def question(self) -> Event | None:
        """Nothing is ever undecided."""

    def over(self, how: Wish, *, now: float, until: float) -> None:
        """Give it back."""
        self._began = None
        self._say(how, now, pause_s=max(0.0, until - now))

    def closed(self) -> None:
        """Be told that the breaker has closed."""
        self._news.forget()

    async def look(self, breaker: Breaker) -> bool:  # noqa: ARG002 - far ones need it
        """Renew the turn of a probe that is under way."""
        now = self._clock()
        going = self._began is not None and now - self._began < PROBE_MAX_S
        return self._news.heard(self._say(Wish.KEEP if going else Wish.LOOK, now).well)

    def _say(self, wish: Wish, now: float, *, pause_s: float = 0.0) -> Stood:
        return self._turns.say(self._target, wish, self._who, now=now, pause_s=pause_s)
