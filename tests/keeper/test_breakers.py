"""How breakers stand, by the calls on record: as a worker's that has made them."""

import pytest
from msgspec.structs import replace

from tenken.keeper.breakers import SECOND_US, Replayed, replayed
from tenken.policy.breaker import State
from tenken.store.browsing.newest import CallLine
from tenken.wire.failure import Failure

KEY = ("openai", "key-1", "gpt-4o")
START = 1_795_046_400


def calls(failures: str, *, begin: float = 0, every: float = 0.1) -> list[CallLine]:
    """Make calls one after another: `.` was answered, `x` failed."""
    made = []
    for number, one in enumerate(failures):
        at = round((START + begin + number * every) * SECOND_US)
        failure = Failure.OVERLOADED.value if one == "x" else None
        made.append(CallLine("t", *KEY, began=at, ended=at + 1000, failure=failure))
    return made


def after(made: list[CallLine], seconds: float) -> Replayed:
    """Look so long after the beginning."""
    return replayed(reversed(made), round((START + seconds) * SECOND_US))


def test_answers_keep_it_closed() -> None:
    """A failure now and then, too."""
    (one,) = after(calls("....x....." * 4), 5).stands

    assert (one.state, one.since, one.opened) == ("closed", None, 0)


def test_failures_in_a_row_open_it_and_its_pause_ends() -> None:
    """Open at first, half-open when the pause is over and nobody has called yet."""
    made = calls("....." + "x" * 6)
    (early,), (late,) = after(made, 2).stands, after(made, 60).stands

    assert (early.state, early.opened) == ("open", 1)
    assert early.since is not None
    assert late.state == "half_open"


def test_probes_that_succeed_close_it_again() -> None:
    """Every turn is told, in its order."""
    made = calls("....." + "x" * 6) + calls("..", begin=20) + calls(".....", begin=21)
    found = after(made, 23)

    assert found.turns[0].state is State.OPEN
    assert found.turns[-1].state is State.CLOSED
    assert found.stands[0].state == "closed"


def test_a_call_that_another_worker_let_go_teaches_nothing() -> None:
    """It went while this one was open."""
    made = calls("....." + "x" * 6) + calls("....", begin=2)

    assert after(made, 3).stands[0].state == "open"


@pytest.mark.parametrize("failure", [Failure.CANCELLED, Failure.CALLER_ERROR])
def test_what_is_not_the_targets_fault_opens_nothing(failure: Failure) -> None:
    """A caller that leaves, or asks badly."""
    made = [
        replace(one, failure=failure.value) if number % 2 else one
        for number, one in enumerate(calls("." * 80))
    ]

    assert after(made, 5).stands[0].state == "closed"
