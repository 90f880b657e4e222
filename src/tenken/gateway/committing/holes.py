"""Counts the answers that are not on record, and tells of them without drowning who reads."""

from collections.abc import Callable

from tenken.sentence import Sentence, say

EVERY_S = 10.0


class Holes:
    """Answers that were given although their records could not be kept."""

    def __init__(self, tell: Callable[[Sentence], None], *, clock: Callable[[], float]) -> None:
        self.count = 0
        self._tell = tell
        self._clock = clock
        self._told = 0
        self._again_at = 0.0

    def __call__(self, request: str) -> None:
        """Count one, by the id of its request: the first is told at once."""
        self.count += 1
        now = self._clock()
        if not self._told or now >= self._again_at:
            self._again_at = now + EVERY_S
            self._told = self.count
            self._tell(say("journal.unrecorded", count=self.count, id=request))

    def close(self) -> None:
        """Tell what has not been told."""
        if self.count > self._told:
            self._tell(say("journal.unrecorded_in_all", count=self.count))
