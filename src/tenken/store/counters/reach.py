"""Whether a server is asked: one late answer ends the calls for milliseconds, not for seconds.

Who is not asked is looked for off the path of requests, soon at first, then less and less often.
What is lost again and again is looked for as seldom as what stays away, and has to answer several
looks in a row, so that requests do not pay for it each time. A loss that is over at the first look
is not told; one that goes on is, once, and so is the return: of a server that comes and goes, when
it has stayed.
"""

from collections.abc import Callable
from math import inf

FIRST_S = 0.05
"""After a loss it is looked for so soon; twice as long after each further one, and each look."""
BEAT_S = 1.0
"""How often places are renewed, and at most waited before the next look."""
STEADY_S = 10.0
"""Who has stayed so long has come back for good."""
OFTEN = 3
"""So many losses between which it never stayed are told as one, and need so many good looks."""


class Reach:
    """What is known of a server's being there."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        """`tell` hears once why it is away, and once that it is back: nothing."""
        self.reached = True
        self.returns = 0
        """How often it came back: what was asked before that says nothing of it now."""
        self._tell = tell
        self._told = False
        self._why = ""
        self._losses = self._missed = self._good = 0
        self._since = -inf

    @property
    def rest_s(self) -> float:
        """After how many seconds to look next."""
        if self.reached:
            return BEAT_S
        turns = self._losses - 1 + self._missed
        return min(BEAT_S, FIRST_S * 2.0 ** min(turns, 10))

    def failed(self, why: str, *, returns: int) -> None:
        """Take note of a call without an answer, made after so many returns."""
        self._why = why
        if not self.reached or returns != self.returns:
            return
        self.reached = False
        self._missed = self._good = 0
        self._losses += 1
        if self._losses >= OFTEN:
            self._say(away=True)

    def missed(self) -> None:
        """Take note of a look that found nobody."""
        self._missed += 1
        self._good = 0
        self._say(away=True)

    def found(self, *, now: float) -> None:
        """Take note of an answer to a look."""
        if not self.reached:
            self._good += 1
            if self._good < min(self._losses, OFTEN):
                return
            self.reached = True
            self.returns += 1
            self._since = now
        elif now - self._since >= STEADY_S:
            self._losses = 0
        if self._losses < OFTEN:
            self._say(away=False)

    def _say(self, *, away: bool) -> None:
        if self._told != away:
            self._told = away
            self._tell(self._why if away else "")
