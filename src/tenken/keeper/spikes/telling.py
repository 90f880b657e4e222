"""What is said of a figure that is held against the usual: that it is much more, or is not."""

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from tenken.keeper.spikes.baseline import Baseline
from tenken.sentence import Sentence, say


class Held(Protocol):
    """A figure beside the usual one of that hour."""

    @property
    def measure(self) -> str:
        """What was measured."""
        ...

    @property
    def value(self) -> float:
        """How much it is now."""
        ...

    @property
    def usual(self) -> Baseline | None:
        """How much it usually is; None where that is not known yet."""
        ...

    @property
    def spikes(self) -> bool:
        """Whether it is much more."""
        ...


class Words(Struct, frozen=True, kw_only=True):
    """The sentences for one kind of thing, by what is known of it."""

    learning: str
    calm: str
    spike: str


def told(held: Held, words: Words, figure: Callable[[float], str], **who: str) -> Sentence:
    """Give what is said of it, with its figures."""
    named = {"measure": f"wording.measure_{held.measure}", **who}
    if held.usual is None:
        return say(words.learning, **named)
    figures = {"value": figure(held.value), "usual": figure(held.usual.usual)}
    if not held.spikes:
        return say(words.calm, **named, **figures)
    season = f"wording.season_{held.usual.season}"
    return say(words.spike, **named, **figures, season=season, hours=held.usual.hours)
