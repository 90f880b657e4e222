"""Who keeps the turns of all targets: at hand, or somewhere that has to be waited for."""

from typing import Protocol

from tenken.policy.turn import Stood, Wish


class Turns(Protocol):
    """Keeps them at hand: an answer takes microseconds."""

    def say(self, target: str, wish: Wish, who: int, *, now: float, pause_s: float = 0) -> Stood:
        """Take in what somebody says of a target, and give how it stands then.

        `now` is in seconds of a clock that all who share these turns have.
        """
        ...


class FarTurns(Protocol):
    """Keeps them for all replicas; has a clock of its own."""

    @property
    def reached(self) -> bool:
        """Whether it answers, as far as is known."""
        ...

    async def say(self, target: str, wish: Wish, who: int, *, pause_s: float = 0) -> Stood | None:
        """Do the same; None where there was no answer."""
        ...
