"""Whose turn it is to probe a target that rests: one worker's at a time, of all there are.

A turn is a lease. Who has it renews it now and then, so that one that dies holds it for seconds
only; who gives it back says how the probe ended. A failure puts off the next turn for everybody,
successes are counted over all, and when they are enough the moment is written down: breakers
that were open before it may close. A worker that got a turn and has no request for it keeps it
until somebody else waits.

The state lives in a row of whole numbers, as limits do: a list, or a piece of a file that the
processes of a machine share. `store.turns.valkey` does the same in a script.
"""

from enum import StrEnum

from msgspec import Struct

from tenken.policy.limit import Cells

HOLDER, LAPSES, NEXT, GOOD, WELL, AWAITED = range(6)
CELLS = 6
SECOND = 1_000_000
LEASE_US = 8 * SECOND
"""A turn of which nothing is heard for so long is free."""
BEGIN_S = 2.0
"""A probe begins so soon after its turn was given or renewed, or not at all.

So a turn that lapses does so at least five seconds after its probe began.
"""
AGAIN_US = SECOND
"""Who waits for another one's turn to end asks this often."""
PAUSE_MAX_US = 72 * SECOND
"""The longest pause there is; what is further away was written by a clock that was set back."""
ENOUGH = 2
"""Probes in a row that succeed, whosoever they are, and the target is well."""


class Wish(StrEnum):
    """What somebody says about the turn at a target."""

    TAKE = "take"
    """Have it, if it is free."""
    HOLD = "hold"
    """Have it longer without having begun; not when others wait."""
    KEEP = "keep"
    """Have it longer: the probe is under way."""
    LOOK = "look"
    GOOD = "good"
    """The probe was answered."""
    WELL = "well"
    """It was, and the breaker has closed."""
    FAILED = "failed"
    BACK = "back"
    """It told nothing, or did not go."""


class Stood(Struct, frozen=True):
    """How it stands."""

    mine: bool
    after_s: float
    """In so many seconds it makes sense to ask again."""
    well: int
    """When the target was last found well, by the clock of whoever keeps turns; 0 for never."""


class Turn:
    """Whose turn it is at one target."""

    __slots__ = ("_cells",)

    def __init__(self, cells: Cells | None = None) -> None:
        """Take up what stands in these cells; without any, begin with nothing."""
        self._cells: Cells = [0] * CELLS if cells is None else cells

    def say(self, wish: Wish, who: int, now: int, pause: int = 0) -> Stood:
        """Take in what somebody says, and give how it stands then; times in microseconds.

        `pause` is how long after a probe that ended nobody may go.
        """
        cells = self._cells
        self._mend(now)
        held = cells[HOLDER] if cells[LAPSES] > now else 0
        if wish is Wish.TAKE:
            self._take(who, held, now)
        elif wish in {Wish.HOLD, Wish.KEEP}:
            self._renew(wish, who, now)
        elif wish is not Wish.LOOK:
            self._ended(wish, who, now, min(pause, PAUSE_MAX_US))
        return self._stood(who, now)

    def _take(self, who: int, held: int, now: int) -> None:
        cells = self._cells
        if now < cells[NEXT]:
            return
        if held in {0, who}:
            cells[HOLDER], cells[LAPSES], cells[AWAITED] = who, now + LEASE_US, 0
        else:
            cells[AWAITED] = 1

    def _renew(self, wish: Wish, who: int, now: int) -> None:
        """One that has lapsed and that nobody took is renewed, too."""
        cells = self._cells
        if cells[HOLDER] != who:
            return
        if wish is Wish.HOLD and cells[AWAITED]:
            self._free()
        else:
            cells[LAPSES] = now + LEASE_US

    def _ended(self, wish: Wish, who: int, now: int, pause: int) -> None:
        cells = self._cells
        if cells[HOLDER] == who:
            self._free()
        if wish is Wish.GOOD:
            cells[GOOD] += 1
        elif wish is Wish.FAILED:
            cells[GOOD] = 0
        if wish is Wish.WELL or cells[GOOD] >= ENOUGH:
            self._free()
            cells[WELL], cells[GOOD], cells[NEXT] = now, 0, 0
        elif pause:
            cells[NEXT] = max(cells[NEXT], now + pause)

    def _stood(self, who: int, now: int) -> Stood:
        cells = self._cells
        held = cells[HOLDER] if cells[LAPSES] > now else 0
        wait = min(cells[LAPSES] - now, AGAIN_US) if held not in {0, who} else 0
        wait = max(wait, cells[NEXT] - now, 0)
        return Stood(held == who, wait / SECOND, cells[WELL])

    def _free(self) -> None:
        cells = self._cells
        cells[HOLDER] = cells[LAPSES] = cells[AWAITED] = 0

    def _mend(self, now: int) -> None:
        """Forget moments that a clock has written which was further on, before it was set back."""
        cells = self._cells
        if cells[LAPSES] > now + LEASE_US:
            self._free()
        if cells[NEXT] > now + PAUSE_MAX_US:
            cells[NEXT] = 0
        if cells[WELL] > now:
            cells[WELL] = 0
