"""What follows on a failed attempt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.policy.deadline import LEAST_LEFT_S
from tenken.policy.failure import ELSEWHERE
from tenken.policy.retry import (
    Decision,
    FailOver,
    GiveUp,
    RetryBudget,
    RetryPlan,
    RetrySame,
    Tried,
    decide,
    told,
)
from tenken.wire.failure import Failure

FULL = RetryBudget()
EMPTY = RetryBudget(tokens=0.9)


def after(
    *history: Tried,
    others: tuple[str, ...] = (),
    budget: RetryBudget = FULL,
    left_s: float = 30.0,
    chance: float = 0.5,
) -> Decision:
    budgets = {one.target: budget for one in history}
    return decide(
        RetryPlan(), history, budgets=budgets, others=others, left_s=left_s, chance=chance
    )


def failed(failure: Failure, **more: object) -> Tried:
    return Tried(target="a", failure=failure, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tried", "expected"),
    [
        pytest.param(failed(Failure.SERVER_ERROR), FailOver, id="5xx"),
        pytest.param(failed(Failure.RATE_LIMITED, retry_after_s=60.0), FailOver, id="429"),
        pytest.param(failed(Failure.CREDENTIAL), FailOver, id="our credential"),
        pytest.param(failed(Failure.CALLER_ERROR), GiveUp, id="the caller's mistake"),
        pytest.param(failed(Failure.CANCELLED), GiveUp, id="the caller left"),
        pytest.param(failed(Failure.TIMEOUT_TOTAL), GiveUp, id="the deadline passed"),
        pytest.param(failed(Failure.INTERRUPTED, committed=True), GiveUp, id="text was sent"),
    ],
)
def test_another_target_is_asked_where_it_may_answer(
    tried: Tried, expected: type[Decision]
) -> None:
    """A failure of the target moves on; one of the caller does not."""
    assert isinstance(after(tried, others=("b",)), expected)


@pytest.mark.parametrize(
    ("tried", "expected"),
    [
        pytest.param(failed(Failure.CONNECT), RetrySame, id="connect"),
        pytest.param(failed(Failure.OVERLOADED), RetrySame, id="503"),
        pytest.param(failed(Failure.RATE_LIMITED, retry_after_s=2.0), RetrySame, id="short wait"),
        pytest.param(failed(Failure.RATE_LIMITED, retry_after_s=2.1), GiveUp, id="long wait"),
        pytest.param(failed(Failure.CREDENTIAL), GiveUp, id="credential"),
        pytest.param(failed(Failure.TIMEOUT_TTFT), GiveUp, id="slow is slow again"),
    ],
)
def test_the_only_target_is_asked_again_where_that_may_help(
    tried: Tried, expected: type[Decision]
) -> None:
    """With nowhere else to go, a passing failure is tried once more."""
    assert isinstance(after(tried), expected)


def test_a_retry_is_paid_and_a_failover_is_not() -> None:
    """An empty budget stops a second call to the same target, not one to another."""
    tried = failed(Failure.SERVER_ERROR)

    assert isinstance(after(tried, budget=EMPTY), GiveUp)
    assert isinstance(after(tried, budget=EMPTY, others=("b",)), FailOver)


def test_a_stated_wait_is_kept() -> None:
    """`Retry-After` is obeyed as it is, without jitter."""
    tried = failed(Failure.RATE_LIMITED, retry_after_s=1.5)

    assert after(tried) == RetrySame(1.5, "rate_limited at a", "a")


@pytest.mark.parametrize(
    ("first", "budget_of_last", "again"),
    [
        pytest.param(failed(Failure.SERVER_ERROR), 9.0, "a", id="the richer one"),
        pytest.param(failed(Failure.SERVER_ERROR), 10.0, "b", id="the last of equals"),
        pytest.param(failed(Failure.CREDENTIAL), 9.0, "b", id="where it may help"),
        pytest.param(
            failed(Failure.RATE_LIMITED, retry_after_s=60.0), 9.0, "b", id="who has time now"
        ),
    ],
)
def test_when_all_were_tried_it_goes_back_to_one(
    first: Tried, budget_of_last: float, again: str
) -> None:
    """The last of two targets sees only what failed at the first, and earns little by it."""
    last = Tried(target="b", failure=Failure.OVERLOADED)
    budgets = {"a": FULL, "b": RetryBudget(tokens=budget_of_last)}
    decision = decide(
        RetryPlan(), (first, last), budgets=budgets, others=(), left_s=30.0, chance=0.5
    )

    assert isinstance(decision, RetrySame)
    assert decision.target == again


def test_a_budget_earns_a_fifth_of_each_call() -> None:
    """Five calls pay for one retry."""
    budget = RetryBudget(tokens=0.0)
    for _ in range(5):
        assert not budget.allows
        budget = budget.earned()

    assert budget.allows
    assert not budget.spent().allows


@given(
    failures=st.lists(st.sampled_from(Failure), min_size=1, max_size=6),
    targets=st.lists(st.sampled_from("abc"), min_size=6, max_size=6),
    committed=st.booleans(),
    others=st.lists(st.sampled_from(("b", "c")), unique=True),
    tokens=st.floats(0, 10),
    left_s=st.floats(-1, 60),
    chance=st.floats(0, 1),
    retry_after_s=st.none() | st.floats(0, 600),
)
def test_limits_hold_for_every_history(
    *,
    failures: list[Failure],
    targets: list[str],
    committed: bool,
    others: list[str],
    tokens: float,
    left_s: float,
    chance: float,
    retry_after_s: float | None,
) -> None:
    """Never after a commit, never a fourth call, never past the deadline, never without budget."""
    history = tuple(
        Tried(
            target=target,
            failure=failure,
            retry_after_s=retry_after_s,
            committed=committed and at == len(failures) - 1,
        )
        for at, (failure, target) in enumerate(zip(failures, targets, strict=False))
    )
    budget = RetryBudget(tokens=tokens)

    decision = decide(
        RetryPlan(),
        history,
        budgets=dict.fromkeys(targets, budget),
        others=tuple(others),
        left_s=left_s,
        chance=chance,
    )

    assert told(decision)
    if isinstance(decision, GiveUp):
        return
    assert not committed
    assert len(history) < RetryPlan().attempts_max
    assert history[-1].failure in ELSEWHERE
    if isinstance(decision, RetrySame):
        assert not others or history[-1].failure not in ELSEWHERE
        assert budget.allows
        assert left_s - decision.after_s >= LEAST_LEFT_S
        assert decision.after_s <= RetryPlan().retry_after_max_s
