"""What the calls of a model may take: of that model, and of all that its credential calls.

A provider's quota is one for all callers and routes. So it is asked at each call, behind the
breaker: a target without room is passed over, as one that rests is, and nobody calls it.
"""

from collections.abc import Awaitable, Callable
from math import ceil, inf

from tenken.gateway.admit import UNCOUNTED, Amounts, amounts_of, refused_of, wants_of
from tenken.gateway.calling.failing import Miss
from tenken.gateway.flow import Flow, Trying
from tenken.gateway.plan import Plan, Target
from tenken.gateway.record import estimated
from tenken.gateway.way import Scoped
from tenken.store.counters.counters import NANO, PARALLEL, Counters, Over, Unavailable
from tenken.store.counters.grip import Grip, Taken, grip_of
from tenken.wire.asked import Asked
from tenken.wire.dialect import Failed
from tenken.wire.failure import Failure
from tenken.wire.refusal import Refusal

Hold = tuple[Scoped, Grip]


class Rations:
    """The stage that gives a request what its calls ask for room."""

    def __init__(self, counters: Counters, *, clock: Callable[[], float]) -> None:
        self._counters = counters
        self._clock = clock
        self._plan: Plan | None = None
        self._holds: dict[str, Hold | None] = {}
        """By target; None for one that nothing limits."""

    def under(self, plan: Plan) -> "Rations | None":
        """Give what is to be done under this plan."""
        return self if plan.rationed else None

    def __call__(self, flow: Flow) -> None:
        """Let its calls ask here."""
        flow.rations = self

    async def taken(self, flow: Flow, asked: Asked, target: Target) -> Taken | None:
        """Take room for one call; raises Miss where there is none, and Refusal."""
        hold = self._hold(flow.plan, target)
        if hold is None:
            return None
        scoped, grip = hold
        amounts = amounts_of(scoped, asked, at=flow.at)
        answer = grip.at_once(amounts.tokens, amounts.nano, amounts.day, self._clock())
        if answer is None:
            found = await self._asked(grip, amounts)
            if isinstance(found, Over):
                raise _missed(flow, found)
            answer = found
        return answer

    async def _asked(self, grip: Grip, amounts: Amounts) -> Taken | Over:
        try:
            return await grip.reserve(amounts.tokens, amounts.nano, amounts.day, now=self._clock())
        except Unavailable as error:
            raise Refusal(UNCOUNTED) from error

    def settle(self, flow: Flow, trying: Trying, taken: Taken) -> Awaitable[None] | None:
        """Put what a call has used in place of what it took."""
        usage = trying.usage or estimated(flow, trying)
        cost = trying.target.prices.cost(usage)
        nano = ceil(cost * NANO) if cost else 0
        return taken.settle(usage.total, nano, served=trying.sent, now=self._clock())

    def _hold(self, plan: Plan, target: Target) -> Hold | None:
        if plan is not self._plan:
            self._plan, self._holds = plan, {}
        if target.id not in self._holds:
            self._holds[target.id] = self._held(plan, target)
        return self._holds[target.id]

    def _held(self, plan: Plan, target: Target) -> Hold | None:
        holders = [(f"model/{target.id}", target.limits)]
        if (of_all := plan.credentials.get(target.credential)) is not None:
            holders.append((f"provider/{target.credential}", of_all))
        scoped = wants_of(holders, (target.prices,))
        return (scoped, grip_of(self._counters, scoped.wants, ())) if scoped.wants else None


def _missed(flow: Flow, over: Over) -> Miss:
    """Say that a target has no room: like a provider that says so, but nobody has asked it."""
    want = over.want
    flow.limits.append(f"{want.name}: {want.kind} {over.used}+{want.amount} of {want.limit}")
    after_s = over.after_s or inf  # what never fits, and a budget, are waited for by nobody
    failed = Failed(
        failure=Failure.RATE_LIMITED,
        status=0,
        refused=refused_of(over, at=flow.at),
        retry_after_s=None if want.kind is PARALLEL else after_s,
    )
    return Miss(failed)
