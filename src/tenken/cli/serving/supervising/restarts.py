"""When a process that died is started again. Pure."""

from msgspec import Struct

FIRST_S = 0.1
LONGEST_S = 5.0


class Restarts(Struct, frozen=True):
    """How often in a row a process died before it did its work.

    >>> Restarts(failures=3).after(worked=True).wait_s
    0.1
    >>> Restarts(failures=3).after(worked=False).wait_s
    0.8
    """

    failures: int = 0

    def after(self, *, worked: bool) -> "Restarts":
        """Count another death; one that did its work did not die of how it was started."""
        return Restarts(1 if worked else self.failures + 1)

    @property
    def wait_s(self) -> float:
        """Give how long to wait before the next start."""
        return float(min(LONGEST_S, FIRST_S * 2 ** min(self.failures - 1, 10)))
