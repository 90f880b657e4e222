"""Counts exactly across replicas, in Valkey or Redis, and goes on by itself while that is away.

Each call has a small budget of time. A call that fails, or is late, ends the calls: from then on
requests are counted here, against a share of each limit, or refused, as the deployment says, until
`beat`, off the path of requests, finds the server back. What was reserved there and could not be
settled is settled then: nothing stays reserved by a server that was away.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from tenken.store.counters.counters import PARALLEL, Held, Over, Unavailable, Want
from tenken.store.counters.memory import MemoryCounters
from tenken.store.counters.scripts import RENEW, RESERVE, SETTLE

BUDGET_S = 0.05
LEASE_S = 30.0
"""A place lapses when its replica has not renewed it for so long."""
OWED_MAX = 10_000
"""Settlements that are kept for a server that is away: as many as requests were in flight."""
RENEWED = 500
"""Places that are renewed by one script: others wait for it."""
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
        self._away = away
        self._failures: tuple[type[Exception], ...] = (OSError, TimeoutError, *away.errors)
        self._ticket = ticket
        self._clock_us = clock_us
        self._budget_s = budget_s
        self._local = MemoryCounters()
        self._reached = True
        self._open: dict[str, Held] = {}
        self._owed: list[_Owed] = []
        self._owed_max = owed_max
        self._forgotten = 0
        self._life = f"{PREFIX}life:{ticket()}"

    @property
    def reached(self) -> bool:
        """The server answers."""
        return self._reached

    async def reserve(self, wants: tuple[Want, ...], *, now: float) -> Held | Over:
        """Take all of it or nothing."""
        if not self._reached:
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
            want = wants[int(answer[1])]
            return Over(want, int(answer[2]), int(answer[3]) / 1_000_000)
        held = Held(wants, int(answer[1]), tuple(int(one) for one in answer[2:]), ticket)
        self._open[ticket] = held
        return held

    async def settle(self, held: Held, actual: tuple[int, ...], *, now: float) -> None:
        """Put what was used in place of what was taken."""
        if held.by == "local":
            await self._local.settle(held, actual, now=now)
            return
        self._open.pop(held.ticket, None)
        if not self._reached or not await self._settled(held, actual):
            self._owe(held, actual)

    async def beat(self) -> None:
        """Renew the places of requests in flight; find out whether a server that was away is back.

        To be called every few seconds, off the path of requests.
        """
        places = [
            (want, held.ticket)
            for held in self._open.values()
            for want in held.wants
            if want.kind is PARALLEL
        ]
        for first in range(0, max(1, len(places)), RENEWED):
            if not await self._renewed(places[first : first + RENEWED]):
                return
        self._back()
        while self._owed:
            one = self._owed.pop()
            if not await self._settled(one.held, one.actual):
                self._owe(one.held, one.actual)
                return

    async def _renewed(self, places: Sequence[tuple[Want, str]]) -> bool:
        keys = [self._life]
        arguments: list[str | int] = [self._now(), int(LEASE_S * 1_000_000)]
        for want, ticket in places:
            keys += [_key(want), _mark(ticket)]
            arguments += [ticket, want.amount]
        return await self._call(self._renew, keys, arguments) is not None

    def _back(self) -> None:
        if not self._reached:
            self._reached = True
            self._away.tell("")
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
        try:
            async with asyncio.timeout(self._budget_s):
                return await script(keys=keys, args=arguments)
        except self._failures as error:
            if self._reached:
                self._reached = False
                self._away.tell(str(error) or type(error).__name__)
            return None

    async def _alone(self, wants: tuple[Want, ...], now: float) -> Held | Over:
        if self._away.refuse:
            raise Unavailable
        shares = tuple(_share(want, self._away.replicas) for want in wants)
        found = await self._local.reserve(shares, now=now)
        return replace(found, by="local") if isinstance(found, Held) else found

    def _owe(self, held: Held, actual: tuple[int, ...]) -> None:
        if len(self._owed) < self._owed_max:
            self._owed.append(_Owed(held, actual))
            return
        self._forgotten += 1
        if self._forgotten == 1:
            self._away.forgot(1)

    def _now(self) -> str:
        return str(self._clock_us()) if self._clock_us else ""


def _share(want: Want, replicas: int) -> Want:
    """What is larger than a share takes all of it: it fits the limit itself."""
    limit = max(1, want.limit // replicas)
    amount = min(want.amount, limit) if want.amount <= want.limit else want.amount
    return replace(want, limit=limit, amount=amount)


def _key(want: Want) -> str:
    return f"{PREFIX}{want.kind.value}:{want.name}"


def _keys(wants: Sequence[Want], ticket: str) -> list[str]:
    """Give the key of each want, and that of the mark."""
    return [*[_key(want) for want in wants], _mark(ticket)]


def _mark(ticket: str) -> str:
    return f"{PREFIX}ticket:{ticket}"
