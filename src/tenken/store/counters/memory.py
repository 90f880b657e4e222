"""Counts in one process."""

import sys
from collections.abc import Iterator

from tenken.policy.limit import Window
from tenken.store.counters.counters import (
    MONEY,
    PARALLEL,
    REQUESTS,
    TOKENS,
    Held,
    Kind,
    Over,
    Want,
)


class Budget:
    """Money of one period; a later one begins with nothing."""

    __slots__ = ("period", "spent")

    def __init__(self) -> None:
        self.period = 0
        self.spent = 0

    def of(self, period: int) -> int:
        """Give what is spent in a period, or in the latest one where the clock went back."""
        if period > self.period:
            self.period, self.spent = period, 0
        return self.spent


class MemoryCounters:
    """The counters of a process that shares them with nobody."""

    def __init__(self) -> None:
        self._windows: dict[Kind, dict[str, Window]] = {REQUESTS: {}, TOKENS: {}}
        self._parallel: dict[str, int] = {}
        self._budgets: dict[str, Budget] = {}

    async def reserve(self, wants: tuple[Want, ...], *, now: float) -> Held | Over:
        """Take all of it or nothing."""
        used: list[int] = []
        for want in wants:
            counted = self._take(want, want.limit, now)
            if counted < 0:
                taken = Held(wants[: len(used)], int(now), tuple(used))
                await self.settle(taken, (0,) * len(used), now=now)
                return self._over(want, now)
            used.append(counted)
        return Held(wants, int(now), tuple(used))

    async def settle(self, held: Held, actual: tuple[int, ...], *, now: float) -> None:
        """Put what was used in place of what was taken."""
        for want, amount in zip(held.wants, actual, strict=True):
            kind = want.kind
            if kind is PARALLEL:
                self._parallel[want.name] -= want.amount
            elif amount == want.amount:
                continue
            elif kind is MONEY:
                budget = self._budgets[want.name]
                if budget.period == want.period:  # what is settled later changes nothing
                    budget.spent += amount - want.amount
            else:
                window = self._windows[kind][want.name]
                window.add(amount - want.amount, held.second, int(now))

    def minutes(self, now: float) -> Iterator[tuple[Kind, str, dict[int, int]]]:
        """Give of each limit of a minute what counts, by the second."""
        for kind, windows in self._windows.items():
            for name, window in windows.items():
                yield kind, name, window.counts(now)

    def spent(self) -> Iterator[tuple[str, int, int]]:
        """Give of each limit on money its period and what is spent in it."""
        for name, budget in self._budgets.items():
            yield name, budget.period, budget.spent

    def _take(self, want: Want, limit: int, now: float) -> int:
        """Take it and give what counts then; -1 where there is no room."""
        windows = self._windows.get(want.kind)
        if windows is not None:
            window = windows.get(want.name) or self._window(want)
            return window.take(want.amount, limit, int(now))
        total = self.used(want, now) + want.amount
        if total > limit:
            return -1
        if want.kind is PARALLEL:
            self._parallel[want.name] = total
        else:
            self._budgets[want.name].spent = total
        return total

    def note(self, wants: tuple[Want, ...], *, now: float) -> Held:
        """Count what another one has let in, whatever the limits are."""
        used = tuple([self._take(want, sys.maxsize, now) for want in wants])
        return Held(wants, int(now), used)

    def used(self, want: Want, now: float) -> int:
        """Give what counts against a limit."""
        kind, name = want.kind, want.name
        if kind is PARALLEL:
            return self._parallel.get(name, 0)
        if kind is MONEY:
            return self._budgets.setdefault(name, Budget()).of(want.period)
        return self._window(want).used(now)

    def _over(self, want: Want, now: float) -> Over:
        used = self.used(want, now)
        if want.kind is PARALLEL or want.kind is MONEY:
            return Over(want, used, 0.0)
        return Over(want, used, self._window(want).wait(want.amount, limit=want.limit, now=now))

    def _window(self, want: Want) -> Window:
        return self._windows[want.kind].setdefault(want.name, Window())
