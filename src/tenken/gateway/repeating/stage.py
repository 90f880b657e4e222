"""The stage that answers from what was answered before; nearly all requests pass it by."""

from collections.abc import Awaitable

from tenken.gateway.flow import Flow
from tenken.gateway.repeating.cache import Cache
from tenken.gateway.repeating.once import HEADER, Once


class Again:
    """Looks for repetitions, and in a route's cache where it has one."""

    def __init__(self, once: Once | None, cache: Cache) -> None:
        self._once = once
        self._cache = cache

    def __call__(self, flow: Flow) -> Awaitable[None] | None:
        """Answer, or go on; raises Refusal and Answered."""
        once = self._once if HEADER in flow.request.named else None
        kept = flow.route is not None and flow.route.cache is not None
        if once is None:
            return self._cache(flow) if kept else None
        return self._both(flow, once) if kept else once(flow)

    async def _both(self, flow: Flow, once: Once) -> None:
        await once(flow)
        await self._cache(flow)
