"""Watchers that need not look each time: what they said stands until they look again."""

from collections.abc import Iterable

from tenken.keeper.alerts.signal import Signal
from tenken.keeper.watching.watch import Watcher

SECOND = 1_000_000


class Slowly:
    """A watcher that looks every so often."""

    def __init__(self, watcher: Watcher, *, every_s: float) -> None:
        self._watcher = watcher
        self._every = round(every_s * SECOND)
        self._said: tuple[Signal, ...] = ()
        self._looked_at: int | None = None

    def __call__(self, now: int) -> Iterable[Signal]:
        """Say what is so, as it was seen last."""
        # A clock that was set back must not make it rest until it has caught up.
        if self._looked_at is None or not 0 <= now - self._looked_at < self._every:
            self._said = tuple(self._watcher(now))
            self._looked_at = now
        return self._said
