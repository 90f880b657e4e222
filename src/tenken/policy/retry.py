"""What follows on a failed attempt: the same target again, another one, or the caller is told.

Retries at one target are paid from that target's budget, so that a provider in trouble is not
called twice as often. A failover is not charged: with one budget for both, an outage of one of two
providers turned 80 % of requests into errors.
"""

from collections.abc import Mapping
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from tenken.policy.deadline import LEAST_LEFT_S
from tenken.policy.failure import AT_THE_SAME, ELSEWHERE
from tenken.wire.failure import Failure


class RetryPlan(Struct, frozen=True, kw_only=True):
    """How often, how soon and how far."""

    attempts_max: int = 3
    """All calls together, the first too."""
    same_target_max: int = 1
    """Second calls to one target."""
    base_s: float = 0.1
    max_s: float = 2.0
    retry_after_max_s: float = 2.0
    """A provider that asks for more patience than this is not waited for."""


class RetryBudget(Struct, frozen=True, kw_only=True):
    """Tokens of one target: calls earn a share of one, a retry costs a whole one."""

    tokens: float = 10.0
    share: float = 0.2
    cap: float = 10.0

    def earned(self) -> "RetryBudget":
        """After a first call."""
        if self.tokens >= self.cap:
            return self
        return replace(self, tokens=min(self.cap, self.tokens + self.share))

    def spent(self) -> "RetryBudget":
        """After a retry."""
        return replace(self, tokens=max(0.0, self.tokens - 1.0))

    @property
    def allows(self) -> bool:
        """Whether one retry can be paid."""
        return self.tokens >= 1.0


class Tried(Struct, frozen=True, kw_only=True):
    """An attempt that failed."""

    target: str
    failure: Failure
    committed: bool = False
    """Something of the answer has reached the caller."""
    retry_after_s: float | None = None


class RetrySame(Struct, frozen=True, tag=True):
    """Call a target that was tried once more, after a wait."""

    after_s: float
    reason: str
    target: str


class FailOver(Struct, frozen=True, tag=True):
    """Call another target now."""

    target: str
    reason: str


class GiveUp(Struct, frozen=True, tag=True):
    """Tell the caller."""

    reason: str


Decision = RetrySame | FailOver | GiveUp


def decide(
    plan: RetryPlan,
    history: tuple[Tried, ...],
    *,
    budgets: Mapping[str, RetryBudget],
    others: tuple[str, ...],
    left_s: float,
    chance: float,
) -> Decision:
    """Decide after the last of `history`.

    `budgets` are those of the targets in it; `others` are targets in order that may be called now
    (not tried yet, breaker closed, room in their limits); `left_s` is what remains of the
    deadline; `chance` is from 0 to 1, for the jitter.
    """
    last = history[-1]
    if (reason := _final(plan, history, left_s)) is not None:
        return GiveUp(reason)
    if others and last.failure in ELSEWHERE:
        return FailOver(others[0], f"{last.failure} at {last.target}")
    back = _way_back(plan, history, budgets)
    if back is None:
        return GiveUp(f"{last.failure} is the same on a second call")
    return _again(plan, history, back, budget=budgets[back.target], left_s=left_s, chance=chance)


def _way_back(
    plan: RetryPlan, history: tuple[Tried, ...], budgets: Mapping[str, RetryBudget]
) -> Tried | None:
    """Give the target to go back to: of those that a second call may help the richest.

    The last of several has the fewest calls, and would soon be too poor to be asked again.
    """
    latest = {one.target: one for one in history}
    names = [one.target for one in history]

    def fitness(one: Tried) -> tuple[bool, int, float]:
        patient = (one.retry_after_s or 0.0) <= plan.retry_after_max_s
        return patient, -names.count(one.target), budgets[one.target].tokens

    able = [one for one in reversed(latest.values()) if one.failure in AT_THE_SAME]
    return max(able, key=fitness, default=None)


def _final(plan: RetryPlan, history: tuple[Tried, ...], left_s: float) -> str | None:
    last = history[-1]
    if last.committed:
        return "part of the answer has reached the caller"
    if last.failure not in ELSEWHERE:
        return f"{last.failure} is the same everywhere"
    if len(history) >= plan.attempts_max:
        return f"{plan.attempts_max} attempts used"
    if left_s < LEAST_LEFT_S:
        return "the deadline is too near"
    return None


def _again(
    plan: RetryPlan,
    history: tuple[Tried, ...],
    back: Tried,
    *,
    budget: RetryBudget,
    left_s: float,
    chance: float,
) -> Decision:
    here = sum(1 for tried in history if tried.target == back.target)
    if here > plan.same_target_max:
        return GiveUp(f"{here} attempts at {back.target}, and no other target")
    if not budget.allows:
        return GiveUp(f"the retry budget of {back.target} is used up")
    wait = _wait(plan, here, back.retry_after_s, chance)
    if wait is None:
        return GiveUp(f"{back.target} asks for {back.retry_after_s:g} s of patience")
    if left_s - wait < LEAST_LEFT_S:
        return GiveUp("the deadline is too near")
    return RetrySame(wait, f"{back.failure} at {back.target}", back.target)


def _wait(plan: RetryPlan, here: int, asked: float | None, chance: float) -> float | None:
    if asked is not None:
        return asked if asked <= plan.retry_after_max_s else None
    # Half of it is certain: a second call at once meets what the first one met.
    return (0.5 + chance / 2) * min(plan.max_s, plan.base_s * 2.0**here)


def told(decision: Decision) -> str:
    """Give the reason of a decision, as it is kept with the attempt."""
    match decision:
        case RetrySame(reason=reason) | FailOver(reason=reason) | GiveUp(reason=reason):
            return reason
    assert_never(decision)
