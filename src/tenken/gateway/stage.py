"""What a stage is."""

from collections.abc import Awaitable, Callable
from typing import Protocol, runtime_checkable

from tenken.gateway.flow import Flow
from tenken.gateway.plan import Plan

Step = Callable[[Flow], Awaitable[None] | None]
"""What a stage does."""


class Stage(Protocol):
    """One step of a request's way."""

    def __call__(self, flow: Flow) -> Awaitable[None] | None:
        """Do this step; raises Refusal to end the request with an error for its caller.

        A step that has to wait gives what is to be waited for (as each `async def` does); one
        that is done gives None.
        """
        ...


@runtime_checkable
class Sparing(Protocol):
    """A step that some plans have no use for."""

    def under(self, plan: Plan) -> Stage | None:
        """Give what is to be done under this plan: itself, what stands behind it, or nothing."""
        ...


def under(plan: Plan, stages: tuple[Stage, ...]) -> tuple[Step, ...]:
    """Give the steps of all requests under a plan, in their order.

    As methods: to call an object costs a search for what that means, each time.
    """
    fitting = [one.under(plan) if isinstance(one, Sparing) else one for one in stages]
    return tuple([one.__call__ for one in fitting if one is not None])
