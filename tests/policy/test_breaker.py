"""A circuit breaker opens on its target's failures, and on nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tenken.policy.breaker import PROBE, Breaker, BreakerPlan, Held, Let, State
from tenken.policy.failure import BLAMELESS
from tenken.wire.failure import Failure

PLAN = BreakerPlan()


def opened(*, at: float = 100.0) -> Breaker:
    breaker = Breaker(PLAN)
    for _ in range(PLAN.in_a_row):
        breaker.note(Failure.SERVER_ERROR, now=at, chance=0.0)
    assert breaker.state is State.OPEN
    return breaker


def test_five_in_a_row_open_it() -> None:
    """Four do not."""
    breaker = Breaker(PLAN)
    for _ in range(4):
        breaker.note(Failure.CONNECT, now=1.0, chance=0.0)
    assert breaker.ask(1.0) == Let()

    breaker.note(Failure.CONNECT, now=1.0, chance=0.0)

    assert breaker.ask(1.0) == Held(6.0, "the circuit breaker is open")


def test_a_row_that_chance_explains_opens_nothing() -> None:
    """One call in three has failed so far: eleven in a row still may be luck, a dozen are none."""
    breaker = Breaker(PLAN)
    for _ in range(100):
        breaker.note(Failure.SERVER_ERROR, now=1.0, chance=0.0)
        for _ in range(2):
            breaker.note(None, now=1.0, chance=0.0)
    for _ in range(11):
        breaker.note(Failure.SERVER_ERROR, now=1.0, chance=0.0)
    assert breaker.ask(1.0) == Let()

    for _ in range(2):
        breaker.note(Failure.SERVER_ERROR, now=1.0, chance=0.0)

    assert breaker.state is State.OPEN


def test_half_of_twenty_open_it() -> None:
    """Failures that alternate with successes count by their share."""
    breaker = Breaker(PLAN)
    for second in range(10):
        breaker.note(None, now=float(second), chance=0.0)
        breaker.note(Failure.TIMEOUT_TTFT, now=float(second), chance=0.0)

    assert breaker.state is State.OPEN


def test_what_is_older_than_the_window_does_not_count() -> None:
    """Nine failures half a minute ago and eleven calls now are no half of twenty."""
    breaker = Breaker(PLAN)
    for second in range(9):
        breaker.note(Failure.SERVER_ERROR, now=float(second), chance=0.0)
        breaker.note(None, now=float(second), chance=0.0)
    for _ in range(10):
        breaker.note(None, now=45.0, chance=0.0)
    breaker.note(Failure.SERVER_ERROR, now=45.0, chance=0.0)

    assert breaker.state is State.CLOSED


@given(st.lists(st.sampled_from(sorted(BLAMELESS)), max_size=100))
def test_failures_of_callers_never_open_it(failures: list[Failure]) -> None:
    """Bad requests, departures and our own limits cool a model for nobody."""
    breaker = Breaker(PLAN)
    for failure in failures:
        breaker.note(failure, now=5.0, chance=0.0)

    assert breaker.state is State.CLOSED


def test_one_probe_goes_at_a_time_and_two_close_it() -> None:
    """While a probe is out nobody else is let through."""
    breaker = opened(at=100.0)
    assert breaker.ask(105.0) == Let(probe=True)
    assert isinstance(breaker.ask(105.0), Held)

    breaker.note(None, now=106.0, chance=0.0, probe=True)
    assert breaker.ask(106.0) == Let(probe=True)
    breaker.note(None, now=107.0, chance=0.0, probe=True)

    assert breaker.state is State.CLOSED
    assert breaker.ask(107.0) == Let()


@pytest.mark.parametrize(("took_s", "pause_s"), [(0, 5), (3, 5), (20, 20), (59, 59), (300, 60)])
def test_a_probe_that_fails_is_followed_by_a_pause_as_long_as_it_took(
    took_s: float, pause_s: float
) -> None:
    """At least 5 s and at most a minute, however often it was so before."""
    breaker = opened(at=100.0)
    now = 105.0
    for _ in range(4):
        assert breaker.ask(now) == Let(probe=True)
        now += took_s
        breaker.note(Failure.SERVER_ERROR, now=now, chance=0.0, probe=True)

        assert breaker.ask(now) == Held(now + pause_s, "the circuit breaker is open")
        now += pause_s


@pytest.mark.parametrize(
    ("failure", "until"),
    [(Failure.CANCELLED, 110.0), (Failure.CREDENTIAL, 110.0), (Failure.CALLER_ERROR, 106.0)],
)
def test_a_probe_that_taught_nothing_keeps_the_pace(failure: Failure, until: float) -> None:
    """It went: the next goes five seconds after it, or at once where the question was at fault."""
    breaker = opened(at=100.0)
    assert breaker.ask(105.0) == Let(probe=True)
    breaker.note(failure, now=106.0, chance=0.0, probe=True)

    held = breaker.ask(106.0)

    assert held == (Held(until, "the circuit breaker is open") if until > 106.0 else PROBE)


def test_a_probe_that_did_not_go_is_given_back() -> None:
    """Another call may be it at once."""
    breaker = opened(at=100.0)
    assert breaker.ask(105.0) == Let(probe=True)

    breaker.give_back()

    assert breaker.ask(105.0) == Let(probe=True)


def test_who_is_told_that_it_is_not_its_turn_waits_and_who_is_told_that_all_is_well_closes() -> (
    None
):
    """A breaker that is closed is held by nobody."""
    breaker = opened(at=100.0)
    assert breaker.ask(105.0) == Let(probe=True)

    breaker.hold(107.0)

    assert not breaker.probing
    assert breaker.ask(105.0) == Held(107.0, "the circuit breaker is open")
    breaker.close()
    breaker.hold(200.0)
    assert breaker.ask(106.0) == Let()


def test_a_probe_of_which_nothing_is_heard_is_given_up() -> None:
    """A worker that dies with the probe does not hold the target closed for ever."""
    breaker = opened(at=100.0)
    assert breaker.ask(105.0) == Let(probe=True)

    assert breaker.ask(105.0 + PLAN.probe_max_s) == Let(probe=True)


@pytest.mark.parametrize(("answered", "state"), [(0, State.OPEN), (1, State.CLOSED)])
def test_one_that_has_just_closed_is_on_trial(answered: int, state: State) -> None:
    """Until a call was answered one failure opens it."""
    breaker = opened()
    breaker.close()
    for _ in range(answered):
        breaker.answered(110.0)

    breaker.note(Failure.INTERRUPTED, now=111.0, chance=0.0)

    assert breaker.state is state


def test_a_429_rests_the_target_and_opens_nothing() -> None:
    """The pause is the provider's own."""
    breaker = Breaker(PLAN)
    breaker.note(Failure.RATE_LIMITED, now=1.0, chance=0.0, retry_after_s=7.0)

    assert breaker.ask(7.9) == Held(8.0, "the provider asked for a pause")
    assert breaker.ask(8.0) == Let()


class Calls(RuleBasedStateMachine):
    """Calls that go where they are let, in any order and at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker = Breaker(PLAN)
        self.now = 0.0
        self.probes = 0
        self.normal = 0

    @rule(step=st.floats(0, 90))
    def time_passes(self, step: float) -> None:
        self.now += step

    @rule()
    def somebody_asks(self) -> None:
        match self.breaker.ask(self.now):
            case Let(probe=True):
                self.probes += 1
            case Let():
                self.normal += 1
            case Held(until=until):
                assert until > self.now

    @precondition(lambda self: self.probes > 0)
    @rule(failure=st.none() | st.sampled_from(Failure), chance=st.floats(0, 1))
    def a_probe_ends(self, failure: Failure | None, chance: float) -> None:
        self.probes -= 1
        self.breaker.note(failure, now=self.now, chance=chance, probe=True)

    @precondition(lambda self: self.normal > 0)
    @rule(failure=st.none() | st.sampled_from(Failure), chance=st.floats(0, 1))
    def a_call_ends(self, failure: Failure | None, chance: float) -> None:
        self.normal -= 1
        self.breaker.note(failure, now=self.now, chance=chance)

    @invariant()
    def it_is_let_through_again_some_day(self) -> None:
        if isinstance(held := self.breaker.ask(self.now), Held):
            assert held.until - self.now <= PLAN.open_max_s * 1.2
        elif held.probe:
            self.breaker.note(Failure.CANCELLED, now=self.now, chance=0.0, probe=True)


Calls.TestCase.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)
TestCalls = Calls.TestCase
