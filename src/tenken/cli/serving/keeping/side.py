"""Works of the keeper, each in a thread of its own: one that is slow or fails delays no other.

A work does a little at a time and says how long it wants to rest. What it raises is told, and it
is tried again, later each time.
"""

from collections.abc import Callable, Sequence
from threading import Event, Thread

from msgspec import Struct

from tenken.errors import TenkenError
from tenken.sentence import Sentence, say
from tenken.store.faults import kind

FIRST_WAIT_S = 1.0
LAST_WAIT_S = 60.0


def _nothing() -> None:
    """Close nothing."""


class Side(Struct, frozen=True, kw_only=True):
    """One work beside the drain."""

    name: str
    step: Callable[[int], float]
    """Does a little; given the moment in microseconds since 1970, gives seconds to rest."""
    close: Callable[[], None] = _nothing


def made_in_time(name: str, make: Callable[[], Side]) -> Side:
    """Give a work that is made when it first is to do something, and until that succeeds.

    Settings that cannot be are so a fault of that work alone, tried again like any other.
    """
    made: list[Side] = []

    def step(now: int) -> float:
        if not made:
            made.append(make())
        return made[0].step(now)

    def close() -> None:
        for one in made:
            one.close()

    return Side(name=name, step=step, close=close)


class Failing(Struct, frozen=True):
    """How often in a row a work failed, and with what."""

    times: int = 0
    what: str = ""

    @property
    def wait_s(self) -> float:
        """Give how long to leave it."""
        return float(min(LAST_WAIT_S, FIRST_WAIT_S * 2 ** min(self.times - 1, 10)))


class Sides:
    """Runs works until told to end."""

    def __init__(
        self,
        sides: Sequence[Side],
        *,
        now: Callable[[], int],
        tell: Callable[[Sentence], None],
    ) -> None:
        self._sides = tuple(sides)
        self._now = now
        self._tell = tell
        self._ended = Event()
        self._threads: list[Thread] = []

    def start(self) -> None:
        """Let all begin."""
        for side in self._sides:
            thread = Thread(target=self._run, args=(side,), name=side.name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def end(self, *, within_s: float) -> tuple[str, ...]:
        """Tell all to end and wait; gives the names of those that did not.

        A thread that hangs is left behind: it ends with the process, and what it had not brought
        is where it was.
        """
        self._ended.set()
        for thread in self._threads:
            thread.join(within_s / max(1, len(self._threads)))
        return tuple(thread.name for thread in self._threads if thread.is_alive())

    def _run(self, side: Side) -> None:
        failing = Failing()
        while not self._ended.is_set():
            failing, pause_s = self._step(side, failing)
            self._ended.wait(pause_s)
        try:
            side.close()
        except Exception as error:  # noqa: BLE001 - the boundary: one work's fault is its own
            self._fails(side, error)

    def _step(self, side: Side, failing: Failing) -> tuple[Failing, float]:
        try:
            pause_s = side.step(self._now())
        except Exception as error:  # noqa: BLE001 - the boundary: one work's fault is its own
            what = _what(error)
            if what != failing.what:
                self._fails(side, error)
            failing = Failing(failing.times + 1, what)
            return failing, failing.wait_s
        if failing.times:
            self._tell(say("keeping.works_again", name=side.name))
        return Failing(), pause_s

    def _fails(self, side: Side, error: Exception) -> None:
        if isinstance(error, TenkenError):
            self._tell(error.sentence)
        self._tell(say("keeping.failing", name=side.name, error=kind(error)))


def _what(error: Exception) -> str:
    """Give what tells one fault from another; what we say ourselves of it is safe to keep."""
    return repr(error.sentence) if isinstance(error, TenkenError) else kind(error)
