"""What stands before a target: its breaker, and the turn that each probe of it needs.

The breaker decides by what this worker has seen. A probe that it would let through goes only when
no other worker's is under way: else the breaker is held until it makes sense to ask again, and
requests are told so at once. When others have found the target well, it closes.
"""

from asyncio import Event
from typing import Protocol

from tenken.policy.breaker import LET, PROBE, Admission, Breaker, State
from tenken.policy.failure import counts_against_target
from tenken.policy.turn import Wish
from tenken.wire.failure import Failure

QUIET_S = 1.0
"""Requests that are further apart are few."""


class Taking(Protocol):
    """The turns of one target, as one worker takes them."""

    @property
    def owes(self) -> bool:
        """Something that ended is still to be told."""
        ...

    def take(self, now: float) -> float:
        """Take one for a probe that begins now; gives `now`, or when to ask again."""
        ...

    def question(self) -> Event | None:
        """Give what tells that it was decided whose turn it is, to one who may wait for that."""
        ...

    def over(self, how: Wish, *, now: float, until: float) -> None:
        """Give it back; nobody is to probe before `until`."""
        ...

    async def look(self, breaker: Breaker) -> bool:
        """Say and ask what there is to say and to ask of the turns of a breaker that is open.

        Tells whether others have found the target well since it opened.
        """
        ...

    def closed(self) -> None:
        """Be told that the breaker has closed."""
        ...


class News:
    """Tells whether a target was found well, by moments of one clock."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: int | None = None
        """When it was last found well, as first heard since the breaker opened."""

    def heard(self, well: int) -> bool:
        """Take in when it was last found well, less than nothing where nobody knows."""
        if well < 0:
            return False
        if self._known is None or well < self._known:
            self._known = well  # or what was known there is lost: that is no news
        return well > self._known

    def forget(self) -> None:
        """Begin anew with the next breaker that opens."""
        self._known = None


class Alone:
    """Shares its target with nobody: it is always its turn."""

    owes = False

    def take(self, now: float) -> float:
        """Take it."""
        return now

    def question(self) -> Event | None:
        """Nothing is ever undecided."""

    def over(self, how: Wish, *, now: float, until: float) -> None:
        """Give it back."""

    async def look(self, breaker: Breaker) -> bool:  # noqa: ARG002 - as others do
        """Nobody knows more than the breaker itself."""
        return False

    def closed(self) -> None:
        """Be told that the breaker has closed."""


class Gate:
    """Asks the breaker of a target first, and for a turn where that is needed."""

    __slots__ = ("_asked_at", "_quiet", "_taking", "breaker")

    def __init__(self, breaker: Breaker, taking: Taking) -> None:
        self.breaker = breaker
        self._taking = taking
        self._asked_at = -QUIET_S
        """When it was last asked while its breaker was open."""
        self._quiet = False
        """Nobody had asked for a while before the last probe was due."""

    @property
    def owes(self) -> bool:
        """Something that ended is still to be told to others."""
        return self._taking.owes

    def ask(self, now: float) -> Admission:
        """Say whether a call may go now; a probe must be noted, or given back."""
        admission = self.breaker.ask(now)
        if admission is LET:
            return admission
        before, self._asked_at = self._asked_at, now
        if admission is not PROBE:
            return admission
        self._quiet = now - before >= QUIET_S
        again = self._taking.take(now)
        if again <= now:
            return admission
        self.breaker.hold(again)
        return self.breaker.ask(now)

    def question(self) -> Event | None:
        """Give what tells that it was decided whose turn it is.

        To one request for each probe, and only where the next one may be long in coming: else
        that is the probe, and nobody has to wait.
        """
        return self._taking.question() if self._quiet else None

    def note(
        self,
        failure: Failure | None,
        *,
        now: float,
        chance: float,
        probe: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        """Take in how a call that was let through ended; None is success."""
        breaker = self.breaker
        breaker.note(failure, now=now, chance=chance, probe=probe, retry_after_s=retry_after_s)
        if not probe:
            return
        if breaker.state is State.CLOSED:
            self._taking.closed()
        self._taking.over(_told(failure, breaker.state), now=now, until=breaker.until)

    def give_back(self, now: float) -> None:
        """Take back a probe that did not go: another call may be it at once."""
        self.breaker.give_back()
        self._taking.over(Wish.BACK, now=now, until=now)

    async def look(self) -> None:
        """See how it stands with others; to be called now and then, off the path of requests."""
        well = await self._taking.look(self.breaker)
        if well and self.breaker.state is not State.CLOSED:
            self.breaker.close()
            self._taking.closed()


def _told(failure: Failure | None, state: State) -> Wish:
    if failure is None:
        return Wish.WELL if state is State.CLOSED else Wish.GOOD
    return Wish.FAILED if counts_against_target(failure) else Wish.BACK
