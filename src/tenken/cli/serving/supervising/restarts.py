"""When a process that died is started again. Pure."""

from msgspec import Struct

FIRST_S = 0.1
LONGEST_S = 5.0
STEADY_S = 10.0
"""One that lived so long did not die of how it was started."""


class Restarts(Struct, frozen=True):
    """How often a process died soon after it was started, in a row.

    >>> Restarts().after(lived_s=60.0).wait_s
    0.1
    >>> Restarts(failures=3).after(lived_s=0.2).wait_s
    0.8
    """

    failures: int = 0

    def after(self, *, lived_s: float) -> "Restarts":
        """Count another death."""
        return Restarts(1 if lived_s >= STEADY_S else self.failures + 1)

    @property
    def wait_s(self) -> float:
        """Give how long to wait before the next start."""
        return float(min(LONGEST_S, FIRST_S * 2 ** min(self.failures - 1, 10)))
