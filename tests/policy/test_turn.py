"""One worker at a time has the turn to probe a target."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tenken.policy.turn import CELLS, GOOD, LEASE_US, PAUSE_MAX_US, SECOND, Stood, Turn, Wish

ONE, TWO, THREE = 11, 22, 33
AT = 1_000 * SECOND
PAUSE = 5 * SECOND


def taken(by: int = ONE) -> Turn:
    turn = Turn()
    assert turn.say(Wish.TAKE, by, AT) == Stood(mine=True, after_s=0.0, well=0)
    return turn


def test_who_comes_second_waits_until_the_first_is_done() -> None:
    """A second at a time: the first may be done sooner than its lease."""
    turn = taken()

    assert turn.say(Wish.TAKE, TWO, AT) == Stood(mine=False, after_s=1.0, well=0)
    turn.say(Wish.BACK, ONE, AT)
    assert turn.say(Wish.TAKE, TWO, AT).mine


def test_a_failure_puts_the_next_turn_off_for_everybody() -> None:
    """For him who failed, too."""
    turn = taken()
    turn.say(Wish.FAILED, ONE, AT, PAUSE)

    for who in (ONE, TWO):
        assert turn.say(Wish.TAKE, who, AT + PAUSE - 1).after_s == 1 / SECOND
    assert turn.say(Wish.TAKE, TWO, AT + PAUSE).mine


def test_one_of_whom_nothing_is_heard_loses_it() -> None:
    """After eight seconds, unless it says that the probe is under way."""
    turn = taken()
    turn.say(Wish.KEEP, ONE, AT + SECOND)

    assert not turn.say(Wish.TAKE, TWO, AT + LEASE_US).mine
    assert turn.say(Wish.TAKE, TWO, AT + SECOND + LEASE_US).mine
    assert not turn.say(Wish.KEEP, ONE, AT + SECOND + LEASE_US).mine


def test_a_turn_without_a_request_is_kept_until_somebody_waits() -> None:
    """One that is under way is kept all the same."""
    turn = taken()
    assert turn.say(Wish.HOLD, ONE, AT).mine
    turn.say(Wish.TAKE, TWO, AT)
    assert turn.say(Wish.KEEP, ONE, AT).mine

    assert not turn.say(Wish.HOLD, ONE, AT).mine

    assert turn.say(Wish.TAKE, TWO, AT).mine


def test_successes_are_counted_over_all() -> None:
    """Two in a row, of whomever: then the moment stands there for everybody."""
    turn = taken()
    assert turn.say(Wish.GOOD, ONE, AT).well == 0
    assert turn.say(Wish.TAKE, TWO, AT).mine

    assert turn.say(Wish.GOOD, TWO, AT + 7).well == AT + 7

    assert turn.say(Wish.LOOK, THREE, AT + 9) == Stood(mine=False, after_s=0.0, well=AT + 7)


def test_a_failure_in_between_begins_the_count_anew() -> None:
    """Unless a breaker has closed: it says so."""
    turn = taken()
    turn.say(Wish.GOOD, ONE, AT)
    turn.say(Wish.FAILED, TWO, AT, PAUSE)
    assert turn.say(Wish.GOOD, ONE, AT).well == 0

    assert turn.say(Wish.WELL, ONE, AT + 1) == Stood(mine=False, after_s=0.0, well=AT + 1)


def test_a_clock_that_was_set_back_holds_nobody_up() -> None:
    """What it wrote before is further away than anything that is written."""
    turn = taken()
    turn.say(Wish.FAILED, TWO, AT, 2 * PAUSE_MAX_US)
    turn.say(Wish.WELL, ONE, AT)
    turn.say(Wish.TAKE, ONE, AT)

    assert turn.say(Wish.TAKE, TWO, AT - 100 * SECOND) == Stood(mine=True, after_s=0.0, well=0)


class Workers(RuleBasedStateMachine):
    """Whatever workers say, when: two never have the turn at once, and nobody has it for ever."""

    def __init__(self) -> None:
        super().__init__()
        self.cells = [0] * CELLS
        self.now = AT
        self.until = dict.fromkeys((ONE, TWO, THREE), 0)
        """As each of them believes."""

    @rule(step=st.integers(0, 2 * LEASE_US))
    def time_passes(self, step: int) -> None:
        self.now += step

    @rule(
        who=st.sampled_from((ONE, TWO, THREE)),
        wish=st.sampled_from(Wish),
        pause=st.integers(0, 2 * PAUSE_MAX_US),
    )
    def one_speaks(self, who: int, wish: Wish, pause: int) -> None:
        stood = Turn(self.cells).say(wish, who, self.now, pause)
        renewed = wish in {Wish.TAKE, Wish.HOLD, Wish.KEEP}
        if wish in {Wish.GOOD, Wish.WELL} and not self.cells[GOOD]:
            self.until = dict.fromkeys(self.until, 0)  # it is well: nobody has a use for a turn
        if not stood.mine:
            self.until[who] = 0
        elif renewed:
            self.until[who] = self.now + LEASE_US
        assert 0 <= stood.after_s <= PAUSE_MAX_US / SECOND
        assert stood.well <= self.now

    @invariant()
    def one_at_most_has_it(self) -> None:
        assert sum(until > self.now for until in self.until.values()) <= 1

    @invariant()
    def it_is_free_some_day(self) -> None:
        later = self.now + max(LEASE_US, PAUSE_MAX_US)
        assert Turn(list(self.cells)).say(Wish.TAKE, 44, later).mine


Workers.TestCase.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
TestWorkers = Workers.TestCase
