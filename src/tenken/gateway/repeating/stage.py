"""The stage that answers from what was answered before; nearly all requests pass it by."""

from tenken.gateway.flow import Flow
from tenken.gateway.repeating.cache import Cache
from tenken.gateway.repeating.once import HEADER, Once


class Again:
    """Looks for repetitions, and in a route's cache where it has one."""

    def __init__(self, once: Once | None, cache: Cache) -> None:
        self._once = once
        self._cache = cache

    async def __call__(self, flow: Flow) -> None:
        """Answer, or go on; raises Refusal and Answered."""
        if self._once is not None and HEADER in flow.request.named:
            await self._once(flow)
        if flow.route is not None and flow.route.cache is not None:
            await self._cache(flow)
