"""Turns that have to be waited for: asked for beside the requests, which are told to come again.

The request that finds a pause over asks for a turn and goes on; when the turn is there, the next
request is the probe. A turn that nobody here has a request for is kept until others wait for it.
While whoever keeps turns is away, those that are at hand count.
"""

from asyncio import Event
from collections import deque
from collections.abc import Callable

from msgspec import Struct

from tenken.gateway.probing.gate import News, Taking
from tenken.gateway.probing.near import PROBE_MAX_S, SOON_S
from tenken.policy.breaker import Breaker, State
from tenken.policy.turn import BEGIN_S, Stood, Wish
from tenken.store.turns.turns import FarTurns

LOOK_S = 0.8
"""So long at least between two looks at what was not asked for."""
PATIENT_S = 1.0
"""One late answer is no reason to probe beside the others."""
NEWS_S = 5.0
"""For so long an end is kept that could not be told."""
OWED_MAX = 8
"""Ends of probes that are still to be told: there is hardly ever more than one."""


class _Owed(Struct, frozen=True):
    """How a probe ended, when, and before when nobody is to probe."""

    how: Wish
    ended: float
    until: float


class FarTaking:
    """Takes the turns of one target."""

    def __init__(
        self,
        turns: FarTurns,
        target: str,
        who: int,
        *,
        near: Taking,
        wake: Callable[[], None],
        clock: Callable[[], float],
    ) -> None:
        """`near` is asked while the turns are away; `wake` has `look` called soon."""
        self._turns = turns
        self._target = target
        self._who = who
        self._near = near
        self._wake = wake
        self._clock = clock
        self._given_until = 0.0
        """Until then a probe may begin."""
        self._began: float | None = None
        self._by_near = False
        """The probe under way has its turn from there."""
        self._asked: Event | None = None
        """Is set when it is decided whose turn it is."""
        self._unclaimed: Event | None = None
        """The same, while nobody waits for it."""
        self._owed: deque[_Owed] = deque(maxlen=OWED_MAX)
        self._lost: float | None = None
        """Since then they are away, as far as was noticed here."""
        self._looked = 0.0
        self._news = News()

    @property
    def owes(self) -> bool:
        """Something is still to be told, or to be decided."""
        return bool(self._owed) or self._asked is not None

    def take(self, now: float) -> float:
        """Take one; gives `now`, or when to ask again."""
        if not self._turns.reached:
            return self._alone(now)
        self._lost = None
        if now < self._given_until:
            self._given_until, self._began, self._by_near = 0.0, now, False
            return now
        if self._asked is None:
            self._asked = self._unclaimed = Event()
            self._wake()
        return now + SOON_S

    def _alone(self, now: float) -> float:
        """Ask near by, when they have been away for more than a moment."""
        if self._lost is None:
            self._lost = now
        if now < self._lost + PATIENT_S:
            return now + SOON_S
        again = self._near.take(now)
        self._by_near = again <= now
        return again

    def question(self) -> Event | None:
        """Give what tells that it was decided, to one who may wait for that."""
        question, self._unclaimed = self._unclaimed, None
        return question

    def over(self, how: Wish, *, now: float, until: float) -> None:
        """Give it back."""
        if self._by_near:
            self._by_near = False
            self._near.over(how, now=now, until=until)
            return
        self._began = None
        self._owed.append(_Owed(how, now, until))
        self._wake()

    def closed(self) -> None:
        """Be told that the breaker has closed."""
        self._news.forget()
        self._near.closed()

    async def look(self, breaker: Breaker) -> bool:
        """Tell how probes ended, ask for a turn that is wanted, renew one that is held."""
        well = await self._tell()
        if breaker.state is State.CLOSED:
            self._given_until = 0.0
            self._news.forget()
            self._decided()
        elif self._asked is not None:
            well = await self._ask(breaker) or well
        elif self._clock() >= self._looked + LOOK_S:
            self._looked = self._clock()
            well = await self._renewed() or well
        return well or (not self._turns.reached and await self._near.look(breaker))

    async def _tell(self) -> bool:
        """Tell how probes ended; what is known by nobody for so long is no news any more."""
        well = False
        while self._owed:
            one, now = self._owed[0], self._clock()
            stood = await self._say(one.how, pause_s=max(0.0, one.until - now))
            if stood is None and now < one.ended + NEWS_S:
                break
            self._owed.popleft()
            well = self._heard(stood) or well
        return well

    async def _ask(self, breaker: Breaker) -> bool:
        began = self._clock()
        stood = await self._say(Wish.TAKE)
        now = self._clock()
        if stood is not None and stood.mine:
            self._given_until = began + BEGIN_S
        if not breaker.probing:
            waits = stood is not None and not stood.mine
            breaker.hold(now + max(SOON_S, stood.after_s) if stood and waits else now)
        self._decided()
        return self._heard(stood)

    def _decided(self) -> None:
        if self._asked is not None:
            self._asked.set()
        self._asked = self._unclaimed = None

    async def _renewed(self) -> bool:
        began = self._clock()
        going = self._began is not None and began - self._began < PROBE_MAX_S
        if self._given_until:
            stood = await self._say(Wish.HOLD)
            if self._given_until:  # else a probe has begun meanwhile
                self._given_until = began + BEGIN_S if stood and stood.mine else 0.0
        else:
            stood = await self._say(Wish.KEEP if going else Wish.LOOK)
        return self._heard(stood)

    def _heard(self, stood: Stood | None) -> bool:
        return stood is not None and self._news.heard(stood.well)

    async def _say(self, wish: Wish, *, pause_s: float = 0.0) -> Stood | None:
        if not self._turns.reached:
            return None
        return await self._turns.say(self._target, wish, self._who, pause_s=pause_s)
