"""How circuit breakers stand, derived from the calls on record by the breaker's own rules.

Each worker keeps breakers of its own, and shares no more than probes with the others. What is told
here is how one stands that has seen every call on record: the same as a worker's where there is
one, and what all of them are close to where there are several. The pauses that a provider asked
for (429) are not on record.
"""

from collections.abc import Iterable
from operator import attrgetter
from typing import Literal

from msgspec import Struct

from tenken.policy.breaker import Breaker, BreakerPlan, Let, State
from tenken.store.browsing.newest import CallLine
from tenken.wire.failure import Failure

SECOND_US = 1_000_000
CHANCE = 0.5
"""Of the spread of pauses the middle: which it was is on no record."""
Key = tuple[str, str, str]
"""Provider, credential and model: what shares a breaker."""


class Turned(Struct, frozen=True, kw_only=True):
    """A breaker changed what it does."""

    at: int
    target: str
    state: State


class Stands(Struct, frozen=True, kw_only=True):
    """How a breaker stands now, and since when."""

    target: str
    state: Literal["closed", "open", "half_open"]
    since: int | None
    """None where it has not changed within what was looked at."""
    opened: int
    """How often within that."""


class Replayed(Struct, frozen=True, kw_only=True):
    """All breakers of the calls that were looked at."""

    stands: tuple[Stands, ...]
    turns: tuple[Turned, ...]


def replayed(calls: Iterable[CallLine], now: int) -> Replayed:
    """Let a breaker for each key see its calls in the order in which they ended.

    Nearly all were answered while it was closed: those take the short way.
    """
    plan = BreakerPlan()
    breakers: dict[Key, Breaker] = {}
    names: dict[Key, str] = {}
    turns: dict[Key, list[Turned]] = {}
    closed = State.CLOSED
    begun = sorted(calls, key=attrgetter("began"))
    for call in sorted(begun, key=attrgetter("ended")):
        key = (call.provider, call.credential, call.model)
        breaker = breakers.get(key)
        if breaker is None:
            breaker = breakers[key] = Breaker(plan)
        names[key] = call.target
        before = breaker.state
        if call.failure is None and before is closed:
            breaker.answered(call.ended / SECOND_US)
            continue
        _see(breaker, call)
        if breaker.state is not before:
            turn = Turned(at=call.ended, target=call.target, state=breaker.state)
            turns.setdefault(key, []).append(turn)
    return Replayed(
        stands=tuple(
            _stands(names[key], breaker, turns.get(key, ()), now)
            for key, breaker in sorted(breakers.items())
        ),
        turns=tuple(
            sorted((one for some in turns.values() for one in some), key=lambda one: one.at)
        ),
    )


def _see(breaker: Breaker, call: CallLine) -> None:
    """A call that this breaker would have held went by another worker's: it teaches nothing."""
    admission = breaker.ask(call.began / SECOND_US)
    if isinstance(admission, Let):
        breaker.note(
            Failure(call.failure) if call.failure else None,
            now=call.ended / SECOND_US,
            chance=CHANCE,
            probe=admission.probe,
        )


def _stands(target: str, breaker: Breaker, turns: Iterable[Turned], now: int) -> Stands:
    turned = tuple(turns)
    if breaker.state is State.OPEN:
        breaker.ask(now / SECOND_US)  # whose pause is over turns half-open when it is asked
    return Stands(
        target=target,
        state=_named(breaker.state),
        since=turned[-1].at if turned else None,
        opened=sum(one.state is State.OPEN for one in turned),
    )


def _named(state: State) -> Literal["closed", "open", "half_open"]:
    match state:
        case State.CLOSED:
            return "closed"
        case State.OPEN:
            return "open"
        case State.HALF_OPEN:
            return "half_open"
