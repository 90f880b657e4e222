"""What was let in here and has not been counted yet by the server that counts for all.

By the second, since a minute forgets by the second: what comes late is counted as old as it is.
What is on its way to the server stays until it is known to have come.
"""

from collections.abc import Mapping

from msgspec import Struct

from tenken.policy.limit import SPAN
from tenken.store.counters.counters import MONEY, Kind

CHARGED = 500
"""Entries that are charged by one script: others wait for it."""


class Line(Struct, frozen=True):
    """What is charged to one limit."""

    kind: Kind
    name: str
    entries: tuple[tuple[int, int], ...]
    """In pairs the second of this process, or of money the period, and how much."""


class Charge(Struct, frozen=True):
    """Lines that are charged together, by this ticket once."""

    ticket: str
    lines: tuple[Line, ...]


class Tab:
    """What is still to be charged."""

    def __init__(self) -> None:
        self._entries: dict[tuple[Kind, str], dict[int, int]] = {}
        self._sent: Charge | None = None

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self._entries) or self._sent is not None

    def add(self, kind: Kind, name: str, at: int, amount: int) -> None:
        """Put an amount on it, or take one off."""
        entries = self._entries.setdefault((kind, name), {})
        entries[at] = entries.get(at, 0) + amount
        if kind is not MONEY and len(entries) > SPAN:
            # A minute later nobody would count it.
            for second in [one for one in entries if one <= at - SPAN]:
                del entries[second]

    def total(self, kind: Kind, name: str) -> int:
        """Give what of a limit the server may not know."""
        total = sum(self._entries.get((kind, name), {}).values())
        for line in self._sent.lines if self._sent else ():
            if (line.kind, line.name) == (kind, name):
                total += sum(amount for _, amount in line.entries)
        return total

    @property
    def charges(self) -> int:
        """By how many scripts at most that is charged which is on it now."""
        entries = sum(len(one) for one in self._entries.values())
        return (self._sent is not None) + -(-entries // CHARGED)

    def next(self, ticket: str) -> Charge | None:
        """Give what is to be charged: again what had no answer, else more under this ticket."""
        if self._sent is None and self._entries:
            lines, count = list[Line](), 0
            while self._entries and count < CHARGED:
                (kind, name), entries = self._entries.popitem()
                lines.append(Line(kind, name, tuple(entries.items())))
                count += len(entries)
            self._sent = Charge(ticket, tuple(lines))
        return self._sent

    def charged(self) -> None:
        """Forget what was given last: the server has it."""
        self._sent = None

    def again(self, every: Mapping[tuple[Kind, str], Mapping[int, int]], *, before: int) -> None:
        """Put on it what a server has lost: all from before a second, and all that was on it."""
        if self._sent is not None:
            for line in self._sent.lines:
                for at, amount in line.entries:
                    self.add(line.kind, line.name, at, amount)
            self._sent = None
        for (kind, name), counts in every.items():
            kept = self._entries.get((kind, name), {})
            if kind is MONEY:
                self._entries[kind, name] = dict(counts)
                continue
            old = {at: count for at, count in counts.items() if at < before}
            new = {at: amount for at, amount in kept.items() if at >= before}
            if old or new:
                self._entries[kind, name] = old | new
