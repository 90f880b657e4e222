"""What the direct way has in common with the stages, and what comes to it from outside."""

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from tenken.gateway.admit import Admit
from tenken.gateway.entering.door import Door
from tenken.gateway.house import Credentials
from tenken.gateway.settle import Bookkeeper


class Outside(Protocol):
    """Time and chance, as they come from outside."""

    def wall_us(self) -> int:
        """Give the moment in microseconds since 1970."""
        ...

    def monotonic(self) -> float:
        """Give the seconds of a clock that never jumps."""
        ...

    def chance(self) -> float:
        """Give a number from 0 to 1."""
        ...

    def token(self, size: int) -> str:
        """Give random bytes, in hex."""
        ...


class Parts(Struct, frozen=True, kw_only=True):
    """What is the same for both ways."""

    credentials: Credentials
    books: Bookkeeper
    admit: Admit
    door: Door
    soon: Callable[[Callable[[], None]], object]
    """Has something done at the end of this turn of the event loop."""
