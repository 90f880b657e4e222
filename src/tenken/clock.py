"""The clock as a parameter; the system clock itself is made by the command line only."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time as an aware UTC datetime."""

    def now(self) -> datetime:
        """Give the present moment."""
        ...
