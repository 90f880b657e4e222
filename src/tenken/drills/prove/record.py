"""What happened in a drill: what was asked, what came back, and which calls the provider saw."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from tenken.drills.prove.requests import Asking
from tenken.drills.provider.seen import Seen

Talk = tuple[tuple[str, int], ...]
"""Who speaks, and how long: two calls with the same are tries of one."""


class Answered(Struct, frozen=True, kw_only=True):
    """What the application answered."""

    status: int
    """0 where it did not answer."""
    text: str = ""
    took_s: float = 0.0
    why_not: str = ""
    """Where it did not answer: `timed out`, `refused`, and the like."""


class Driven(Struct, frozen=True, kw_only=True):
    """One request of a drill with all that it caused."""

    asking: Asking
    answered: Answered
    calls: tuple[Seen, ...] = ()
    mark: str = ""

    @property
    def is_served(self) -> bool:
        """Whether the answer is the one that its owner expects when all is well."""
        asking, answered = self.asking, self.answered
        return answered.status in asking.statuses and asking.contains in answered.text


class Tries(Struct, frozen=True, kw_only=True):
    """The calls that are tries of one and the same."""

    calls: tuple[Seen, ...]

    @property
    def gaps(self) -> tuple[float, ...]:
        """Seconds from the end of a try to the next one."""
        pairs = zip(self.calls, self.calls[1:], strict=False)
        return tuple(
            max(0.0, after.at_s - (before.ended_s or before.at_s)) for before, after in pairs
        )


def talk_of(call: Seen) -> Talk:
    """What tells a call from another one, whichever target it goes to."""
    return tuple((turn.role, turn.characters) for turn in call.turns)


def marks_in(call: Seen) -> tuple[str, ...]:
    """The marks that a call carries, whoever speaks."""
    return tuple(mark for turn in call.turns for mark in turn.canaries)


def tries(driven: Driven) -> tuple[Tries, ...]:
    """Put the calls of a request together that are tries of one."""
    found: dict[Talk, list[Seen]] = {}
    for call in driven.calls:
        found.setdefault(talk_of(call), []).append(call)
    return tuple(Tries(calls=tuple(calls)) for calls in found.values())


def models_in(driven: Iterable[Driven]) -> tuple[str, ...]:
    """The models that were asked for, in order of their names."""
    return tuple(sorted({call.model for one in driven for call in one.calls if call.model}))


def usual(driven: Iterable[Driven]) -> Mapping[tuple[str, Talk], int]:
    """How often a request makes the same call in good health: more than once is no retry."""
    return {
        (one.asking.name, talk_of(each.calls[0])): len(each.calls)
        for one in driven
        for each in tries(one)
    }
