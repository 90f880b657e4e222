"""Counts exactly across replicas, in Valkey or Redis, and goes on by itself while that is away.

Each call has a small budget of time. A call that fails, or is late, ends the calls: from then on
requests are counted here, against a share of each limit, or refused, as the deployment says, until
`beat`, off the path of requests, finds the server back. What was reserved there and could not be
settled is settled then, and what was let in meanwhile is counted there before anybody asks again:
nothing stays reserved by a server that was away, and nothing is let in twice. A server that has
lost what it knew is told what this replica let in.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from tenken.store.counters.counters import MONEY, PARALLEL, Held, Kind, Over, Unavailable, Want
from tenken.store.counters.reach import BEAT_S, Reach
from tenken.store.counters.scripts import CHARGE, RENEW, RESERVE, SETTLE
from tenken.store.counters.share import Share
from tenken.store.counters.tab import Charge

BUDGET_S = 0.05
LEASE_S = 30.0
"""A place lapses when its replica has not renewed it for so long."""
OWED_MAX = 10_000
"""Settlements that are kept for a server that is away: as many as requests were in flight."""
RENEWED = 500
"""Places that are renewed by one script: others wait for it."""
LIFE_S = 1800.0
"""Who was renewed so lately and is not known any more was lost by the server, with all it had."""
PREFIX = "{tenken}"


class Scripted(Protocol):
    """A script that the server knows."""

    async def __call__(self, *, keys: Sequence[str], args: Sequence[str | int]) -> Any:
        """Run it."""
        ...


class Server(Protocol):
    """What is used of a client of Valkey; the client's own errors are among `errors`."""

    def register_script(self, script: str) -> Scripted:
        """Make a script known."""
        ...


class Away(Struct, frozen=True, kw_only=True):
    """What is done without the server."""

    errors: tuple[type[Exception], ...]
    """Of the client, beside those of time and network."""
    replicas: int
    """A limit is shared by so many while none of them can ask."""
    refuse: bool = False
    """Let nothing in instead of counting a share."""
    tell: Callable[[str], None]
    """Is told once that it is away, with the reason, and once that it is back: nothing."""
    forgot: Callable[[int], None]
    """Is told of the first settlement that is not kept for it, and at last how many were not."""


class _Owed(Struct, frozen=True):
    held: Held
    actual: tuple[int, ...]


class _Open(Struct, frozen=True):
    """What a request in flight was given."""

    own: Held
    """In the book of this replica."""
    there: Held | None
    """What the server may have by its ticket."""
    placed: bool
    """The server has its places."""
    tabbed: bool
    """Of all else the server knows no ticket: it is told on the tab."""


class ValkeyCounters:
    """The counters that replicas share."""

    def __init__(
        self,
        server: Server,
        *,
        away: Away,
        ticket: Callable[[], str],
        clock_us: Callable[[], int] | None = None,
        budget_s: float = BUDGET_S,
        owed_max: int = OWED_MAX,
    ) -> None:
        """Without a clock the server's own is used, which is one for all replicas."""
        self._reserve = server.register_script(RESERVE)
        self._settle = server.register_script(SETTLE)
        self._renew = server.register_script(RENEW)
        self._charge = server.register_script(CHARGE)
        self._away = away
        self._failures: tuple[type[Exception], ...] = (OSError, TimeoutError, *away.errors)
        self._ticket = ticket
        self._clock_us = clock_us
        self._budget_s = budget_s
        self._share = Share(away.replicas)
        self._reach = Reach(away.tell)
        self._failed = asyncio.Event()
        self._renewed_at: float | None = None
        self._open: dict[str, _Open] = {}
        self._owed: list[_Owed] = []
        self._owed_max = owed_max
        self._forgotten = 0
        self._life = f"{PREFIX}life:{ticket()}"

    @property
    def reached(self) -> bool:
        """The server answers."""
        return self._reach.reached

    async def reserve(self, wants: tuple[Want, ...], *, now: float) -> Held | Over:
        """Take all of it or nothing."""
        if not self._reach.reached:
            return await self._alone(wants, now)
        ticket = self._ticket()
        arguments: list[str | int] = [self._now(), ticket, int(LEASE_S * 1_000_000)]
        for want in wants:
            arguments += [want.kind.value, want.amount, want.limit, want.period]
        try:
            answer = await self._call(self._reserve, _keys(wants, ticket), arguments)
        except asyncio.CancelledError:
            self._owe(Held(wants, 0, (), ticket), (0,) * len(wants))
            raise
        if answer is None:
            # It may have been taken all the same. If it was not, giving it back changes nothing.
            self._owe(Held(wants, 0, (), ticket), (0,) * len(wants))
            return await self._alone(wants, now)
        if not int(answer[0]):
            want, used = wants[int(answer[1])], int(answer[2])
            self._share.heard(want, used, now=now)
            return Over(want, used, int(answer[3]) / 1_000_000)
        held = Held(wants, int(answer[1]), tuple(int(one) for one in answer[2:]), ticket)
        own = self._share.noted(held, now=now)
        self._open[ticket] = _Open(own, held, placed=True, tabbed=False)
        return held

    async def settle(self, held: Held, actual: tuple[int, ...], *, now: float) -> None:
        """Put what was used in place of what was taken."""
        opened = self._open.pop(held.ticket, None)
        if opened is None:
            return
        await self._share.settle(opened.own, actual, tabbed=opened.tabbed, now=now)
        if opened.there is not None:
            # Of places nothing has to be told but that they are free.
            used = (0,) * len(opened.there.wants) if opened.tabbed else actual
            if not self._reach.reached or not await self._settled(opened.there, used):
                self._owe(opened.there, used)

    async def run(
        self, script: Scripted, keys: Sequence[str], arguments: Sequence[str | int]
    ) -> Any:
        """Run what else is kept there, within the same budget; None where there is no answer."""
        return await self._call(script, keys, arguments) if self._reach.reached else None

    async def rested(self) -> None:
        """Wait until the next beat is due: sooner where the server was lost meanwhile."""
        if self._reach.reached:
            self._failed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT_S):
                    await self._failed.wait()
        if not self._reach.reached:
            await asyncio.sleep(self._reach.rest_s)

    async def beat(self, *, now: float) -> None:
        """Renew the places of requests in flight; find out whether a server that was away is back.

        To be called when it is due, off the path of requests.
        """
        looking = not self._reach.reached
        if not await self._looked(now) and looking:
            self._reach.missed()

    async def _looked(self, now: float) -> bool:
        if not (await self._kept(now) and await self._put(now) and await self._charged(now)):
            return False
        was = self._reach.returns
        self._back(now)
        # What was let in here while it was told of the rest is told when it is asked again.
        if was != self._reach.returns and not (await self._put(now) and await self._charged(now)):
            return False
        while self._owed:
            one = self._owed.pop()
            if not await self._settled(one.held, one.actual):
                self._owe(one.held, one.actual)
                return False
        return True

    async def _kept(self, now: float) -> bool:
        """Renew the places that the server has."""
        held = [one.there for one in self._open.values() if one.there and one.placed]
        every = [one for one in map(_places, held) if one]
        for first in range(0, max(1, len(every)), RENEWED):
            known = await self._leased("keep", every[first : first + RENEWED])
            if known is None:
                return False
            if not known and self._renewed_at is not None:
                self._lost(now, self._renewed_at)
        if self._renewed_at is not None:
            self._renewed_at = now
        return True

    def _lost(self, now: float, renewed_at: float) -> None:
        """Take note that a server has lost what it knew: it has to be told again."""
        self._renewed_at = None
        if now - renewed_at > LIFE_S:
            return  # nobody had renewed it: so it was to be forgotten
        self._share.lost(before=renewed_at, now=now)
        for ticket, one in self._open.items():
            self._open[ticket] = _Open(one.own, None, placed=False, tabbed=True)

    async def _put(self, now: float) -> bool:
        """Let the server have the places that were given without it, and know who is here."""
        new = {ticket: one for ticket, one in self._open.items() if not one.placed}
        every = [
            places
            for ticket, one in new.items()
            if (places := _places(replace(one.own, ticket=ticket)))
        ]
        if not every and self._renewed_at is not None:
            return True
        for one in every:
            self._open[one.ticket] = replace(self._open[one.ticket], there=one)
        for first in range(0, max(1, len(every)), RENEWED):
            part = every[first : first + RENEWED]
            if await self._leased("put", part) is None:
                return False
            self._renewed_at = now
            for one in part:
                if one.ticket in self._open:
                    self._open[one.ticket] = replace(self._open[one.ticket], placed=True)
                else:  # it was settled meanwhile
                    self._owe(one, (0,) * len(one.wants))
        return True

    async def _leased(self, how: str, every: Sequence[Held]) -> int | None:
        """Renew places, or put them there; gives whether the server knows this replica."""
        keys = [self._life]
        arguments: list[str | int] = [self._now(), int(LEASE_S * 1_000_000), how]
        for held in every:
            for want in held.wants:
                keys += [_key(want), _mark(held.ticket)]
                arguments += [held.ticket, want.amount]
        known = await self._call(self._renew, keys, arguments)
        return None if known is None else int(known)

    async def _charged(self, now: float) -> bool:
        """Have counted there what was let in here: as much as there is when this begins."""
        for _ in range(self._share.charges):
            charge = self._share.next(self._ticket())
            if charge is None:
                break
            keys = [
                *[_key_of(line.kind, line.name) for line in charge.lines],
                _mark(charge.ticket),
            ]
            arguments = [self._now(), *_entries(charge, int(now))]
            answer = await self._call(self._charge, keys, arguments)
            if answer is None:
                return False
            self._share.charged(charge, [int(one) for one in answer], now=now)
        return True

    def _back(self, now: float) -> None:
        self._reach.found(now=now)
        if self._forgotten:
            self._away.forgot(self._forgotten)
            self._forgotten = 0

    async def _settled(self, held: Held, actual: tuple[int, ...]) -> bool:
        arguments: list[str | int] = [self._now(), held.ticket, held.second]
        for want, amount in zip(held.wants, actual, strict=True):
            arguments += [want.kind.value, want.amount, want.period, amount]
        keys = _keys(held.wants, held.ticket)
        try:
            return await self._call(self._settle, keys, arguments) is not None
        except asyncio.CancelledError:
            self._owe(held, actual)  # to settle twice changes nothing
            raise

    async def _call(
        self, script: Scripted, keys: Sequence[str], arguments: Sequence[str | int]
    ) -> Any:
        """Run a script within the budget; None when there was no answer."""
        returns = self._reach.returns
        try:
            async with asyncio.timeout(self._budget_s):
                return await script(keys=keys, args=arguments)
        except self._failures as error:
            self._reach.failed(str(error) or type(error).__name__, returns=returns)
            self._failed.set()
            return None

    async def _alone(self, wants: tuple[Want, ...], now: float) -> Held | Over:
        if self._away.refuse:
            raise Unavailable
        found = await self._share.reserve(wants, now=now)
        if isinstance(found, Over):
            return found
        held = replace(found, ticket=self._ticket())
        self._open[held.ticket] = _Open(held, None, placed=False, tabbed=True)
        return held

    def _owe(self, held: Held, actual: tuple[int, ...]) -> None:
        if len(self._owed) < self._owed_max:
            self._owed.append(_Owed(held, actual))
            return
        self._forgotten += 1
        if self._forgotten == 1:
            self._away.forgot(1)

    def _now(self) -> str:
        return str(self._clock_us()) if self._clock_us else ""


def _places(held: Held) -> Held | None:
    """Give what it has of places, by the same ticket."""
    wants = tuple([want for want in held.wants if want.kind is PARALLEL])
    return Held(wants, 0, (), held.ticket) if wants else None


def _entries(charge: Charge, second: int) -> list[str | int]:
    """Write down how old each entry is, by a second less: the server's seconds begin elsewhere."""
    found = list[str | int]()
    for line in charge.lines:
        found += [line.kind.value, len(line.entries)]
        for at, amount in line.entries:
            found += [at if line.kind is MONEY else max(0, second - at - 1), amount]
    return found


def _key(want: Want) -> str:
    return _key_of(want.kind, want.name)


def _key_of(kind: Kind, name: str) -> str:
    return f"{PREFIX}{kind.value}:{name}"


def _keys(wants: Sequence[Want], ticket: str) -> list[str]:
    """Give the key of each want, and that of the mark."""
    return [*[_key(want) for want in wants], _mark(ticket)]


def _mark(ticket: str) -> str:
    return f"{PREFIX}ticket:{ticket}"
