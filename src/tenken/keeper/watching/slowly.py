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
        self._again_at: int | None = None

    def __call__(self, now: int) -> Iterable[Signal]:
        """Say what is so, as it was seen last."""
        if self._again_at is None or now >= self._again_at:
            self._said = tuple(self._watcher(now))
            self._again_at = now + self._every
        return self._said
