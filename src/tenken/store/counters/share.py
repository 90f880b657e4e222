"""What a replica lets in by itself while the server that counts for all does not answer.

It keeps a book of all that it has let in, whoever counted that, and of each limit what was used
when the server last told. Without the server it keeps what it has, lets in as much as of that
becomes free, and its part of what was left then: replicas that all have lost the server let in
what the limit allows, and none is given a part anew by coming and going. A minute later nothing
is known any more, and its part is that of the whole limit.

What it lets in so goes on a tab, which is charged to the server when that is back.
"""

import sys

from msgspec import Struct
from msgspec.structs import replace

from tenken.policy.limit import SPAN
from tenken.store.counters.counters import MONEY, PARALLEL, Held, Kind, Over, Want
from tenken.store.counters.memory import MemoryCounters
from tenken.store.counters.tab import Charge, Tab


class Known(Struct, frozen=True):
    """What a server told of a limit."""

    used: int
    own: int
    """How much of it was let in here."""
    at: int
    """The second, or of money the period."""


class Share:
    """What one of so many replicas has let in, and may let in by itself."""

    def __init__(self, replicas: int) -> None:
        self._replicas = replicas
        self._book = MemoryCounters()
        self._known: dict[tuple[Kind, str], Known] = {}
        self._tab = Tab()

    def noted(self, held: Held, *, now: float) -> Held:
        """Put into the book what the server has let in; gives what it is in the book."""
        own = self._book.note(held.wants, now=now)
        for want, used, mine in zip(held.wants, held.used, own.used, strict=True):
            self._heard(want, used, mine, now)
        return own

    def heard(self, want: Want, used: int, *, now: float) -> None:
        """Take note of what is used of a limit."""
        self._heard(want, used, self._book.used(want, now), now)

    def _heard(self, want: Want, used: int, mine: int, now: float) -> None:
        kind, name = want.kind, want.name
        own = mine - self._tab.total(kind, name) if self._tab else mine
        self._known[kind, name] = Known(used, own, want.period if kind is MONEY else int(now))

    async def reserve(self, wants: tuple[Want, ...], *, now: float) -> Held | Over:
        """Take all of it or nothing, within this replica's share."""
        mine = tuple([_mine(want, self._part(want)) for want in wants])
        most = tuple([self._most(want, now) for want in wants])
        asked = tuple(
            [
                # Nothing always fits.
                replace(want, limit=limit if want.amount else sys.maxsize)
                for want, limit in zip(mine, most, strict=True)
            ]
        )
        found = await self._book.reserve(asked, now=now)
        if isinstance(found, Over):
            at = next(at for at, want in enumerate(asked) if want is found.want)
            return self._over(wants[at], most[at], found, now)
        self._put_on_tab(found, [want.amount for want in mine])
        left = [limit - used for limit, used in zip(most, found.used, strict=True)]
        used = tuple([want.limit - max(0, one) for want, one in zip(wants, left, strict=True)])
        return Held(mine, found.second, used, by="local")

    async def settle(
        self, own: Held, actual: tuple[int, ...], *, tabbed: bool, now: float
    ) -> None:
        """Put what was used in place of what was taken; on the tab where no other is told."""
        await self._book.settle(own, actual, now=now)
        if tabbed:
            more = [amount - want.amount for want, amount in zip(own.wants, actual, strict=True)]
            self._put_on_tab(own, more, now=int(now))

    @property
    def charges(self) -> int:
        """How often `next` has something, as it is now."""
        return self._tab.charges

    def next(self, ticket: str) -> Charge | None:
        """Give what is to be charged to the server: by this ticket, where it is new."""
        return self._tab.next(ticket)

    def charged(self, charge: Charge, used: list[int], *, now: float) -> None:
        """Take note that the server has it, and of what is used there since."""
        self._tab.charged()
        for line, count in zip(charge.lines, used, strict=True):
            period = max(at for at, _ in line.entries) if line.kind is MONEY else 0
            self.heard(Want(line.kind, line.name, 0, 0, period), count, now=now)

    def lost(self, *, before: float, now: float) -> None:
        """Put all of the book on the tab: a server that had it until then has nothing now."""
        every = {(kind, name): counts for kind, name, counts in self._book.minutes(now)}
        money = {(MONEY, name): {at: spent} for name, at, spent in self._book.spent()}
        self._tab.again(every | money, before=int(before))

    def _part(self, want: Want) -> int:
        return max(1, want.limit // self._replicas)

    def _most(self, want: Want, now: float) -> int:
        """Give what this replica's own may come to now."""
        part = self._part(want)
        known = self._known.get((want.kind, want.name))
        if known is None or _is_past(known, want, now):
            return part
        left = want.limit - known.used
        if left > 0:  # of a limit that is smaller than there are replicas, each has one
            left = left // self._replicas if want.limit >= self._replicas else 1
        most = known.own + left
        return most if want.kind is MONEY else min(part, most)

    def _over(self, want: Want, most: int, found: Over, now: float) -> Over:
        """Say so of the limit itself: what is not for this replica counts as used."""
        used = want.limit - max(0, most - found.used)
        if want.amount > want.limit or want.kind is MONEY or want.kind is PARALLEL:
            return Over(want, used, 0.0)
        known = self._known.get((want.kind, want.name))
        if known is None or _is_past(known, want, now):
            return Over(want, used, found.after_s)
        after_s = max(0.0, known.at + SPAN - now)  # when it is past
        return Over(want, used, min(after_s, found.after_s or after_s))

    def _put_on_tab(self, held: Held, amounts: list[int], *, now: int | None = None) -> None:
        for want, amount in zip(held.wants, amounts, strict=True):
            if want.kind is PARALLEL or not amount:
                continue
            at = want.period if want.kind is MONEY else held.second
            if want.kind is not MONEY and now is not None:
                if amount > 0:
                    at = now
                elif now - at >= SPAN:
                    continue
            self._tab.add(want.kind, want.name, at, amount)


def _mine(want: Want, part: int) -> Want:
    """What is larger than a share takes all of it: it fits the limit itself."""
    amount = min(want.amount, part) if want.amount <= want.limit else want.amount
    return replace(want, amount=amount)


def _is_past(known: Known, want: Want, now: float) -> bool:
    """Whether what was told says nothing of this moment."""
    if want.kind is MONEY:
        return known.at != want.period
    return not 0 <= int(now) - known.at < SPAN
