"""One look of a guard at some texts, in a thread where it takes long."""

import asyncio
from collections.abc import Callable
from time import perf_counter

from tenken.guardrails.guard import Guard
from tenken.guardrails.masking.masks import Masks
from tenken.guardrails.screening import Part, Screening
from tenken.guardrails.text import Context

LONG = 4_000
"""Characters that take a guard a few milliseconds."""
LOOK_S, LOOK_S_EACH = 1.0, 20e-6
"""What a look may take at most, and for each character more: some five times the usual."""


async def looked_at(
    guard: Guard, parts: tuple[Part, ...], context: Context, masks: Masks | None
) -> Screening:
    """Screen texts; long ones in a thread, which gives way to others every few milliseconds.

    So are those that code of the policy's own looks at: its process is waited for.
    """
    clean = guard.clean(parts, context, masks)
    if clean is not None:
        return clean
    size = sum([len(part.text) for part in parts])
    late = after(LOOK_S + size * LOOK_S_EACH, perf_counter)
    if size > LONG or guard.policy.code:
        return await asyncio.to_thread(guard.closely, parts, context, masks, late=late)
    return guard.closely(parts, context, masks, late=late)


def after(seconds: float, clock: Callable[[], float]) -> Callable[[], bool]:
    """Tell from then on that it is late; a look that took long is no look any more."""
    until = clock() + seconds
    return lambda: clock() > until
