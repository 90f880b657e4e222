"""What comes in one turn of the event loop is handled together, step by step.

Code that does a thing for many requests, and then the next thing for all of them, stays in the
processor's caches; done request by request, each would push the others' out. One write takes all
their records, and whoever waits at the other ends of the sockets is woken up less often.

To gather is worth it where much comes at once: what comes alone is handled at once, but for a look
now and then at whether it still comes alone.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

One = TypeVar("One")
LOOK_EVERY = 64
"""Of those that are handled alone one in so many is put aside, to see what else comes."""
WORTH = 3
"""So many in a turn are worth being gathered in the next one."""
MOST = 128
"""No more are handled together: what they need meanwhile is bounded."""


class Gathering(Generic[One]):
    """Hands over what comes: alone, or all of a turn together."""

    __slots__ = ("_alone", "_gathers", "_handle", "_soon", "_waiting")

    def __init__(
        self, handle: Callable[[list[One]], None], *, soon: Callable[[Callable[[], None]], object]
    ) -> None:
        """`soon` has something done at the end of this turn of the loop."""
        self._handle = handle
        self._soon = soon
        self._waiting: list[One] = []
        self._gathers = False
        self._alone = 0

    def add(self, one: One) -> bool:
        """Take one in; tell whether it waits for the end of this turn, or was handled already."""
        waiting = self._waiting
        if waiting:
            waiting.append(one)
            return True
        if not self._gathers:
            self._alone += 1
            if self._alone < LOOK_EVERY:
                self._handle([one])
                return False
            self._alone = 0
        waiting.append(one)
        self._soon(self._over)
        return True

    def _over(self) -> None:
        """Handle what has come in this turn."""
        together, self._waiting = self._waiting, []
        self._gathers = len(together) >= WORTH
        for first in range(0, len(together), MOST):
            self._handle(together[first : first + MOST])
