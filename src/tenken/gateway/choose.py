"""In which order a request asks those of its route's targets that have words for it."""

import sys
from collections.abc import Awaitable

from tenken.gateway.calling.lengths import Lengths
from tenken.gateway.flow import Flow
from tenken.gateway.plan import Plan, Target
from tenken.gateway.way import Way, Written
from tenken.policy.split import in_order, point
from tenken.sentence import say
from tenken.wire.api import Api
from tenken.wire.asked import Asked
from tenken.wire.pairs import speaks
from tenken.wire.refusal import Refusal, Refused


class Choose:
    """Orders the targets: as written, or drawn by weight and the same for a whole session."""

    def __init__(self) -> None:
        self._lengths = Lengths()

    def __call__(self, flow: Flow) -> Awaitable[None] | None:
        """Fill in the order."""
        way, asked = flow.way, flow.asked
        if way is None or asked is None:
            return None
        if asked.stored or (written := way.targets.get(asked.api)) is None:
            written = _found(flow, way, asked)
        flow.targets, route = written.targets, way.route
        if route.larger_context:
            flow.larger = _able(flow.plan, route.larger_context, asked)
        return self._fitting(flow, asked) if len(asked.body) > written.shortest else None

    async def _fitting(self, flow: Flow, asked: Asked) -> None:
        if asked.api is not Api.EMBEDDINGS:
            flow.targets = await self._lengths.fitting(asked, flow.targets, flow.larger)


def _found(flow: Flow, way: Way, asked: Asked) -> Written:
    route = way.route
    names = route.targets
    if route.weights:
        names = in_order(names, route.weights, point(route.name, flow.identity.session))
    targets = able(tuple([flow.plan.targets[name] for name in names]), asked)
    lengths = [one.context_tokens for one in targets if one.context_tokens is not None]
    written = Written(targets, min(lengths, default=sys.maxsize))
    if not route.weights and not asked.stored:
        way.targets[asked.api] = written
    return written


def _able(plan: Plan, names: tuple[str, ...], asked: Asked) -> tuple[Target, ...]:
    return tuple(
        [plan.targets[name] for name in names if speaks(plan.targets[name].dialect, asked)]
    )


def able(targets: tuple[Target, ...], asked: Asked) -> tuple[Target, ...]:
    """Give the targets that can be asked; raises Refusal where there is none.

    What is kept at a provider is kept at one: such a request is pinned to the first that keeps.
    """
    found = tuple([one for one in targets if speaks(one.dialect, asked)])
    if found:
        return found[:1] if asked.stored else found
    if asked.stored:
        sentence = say("gateway.keeps_nothing", name=asked.stored)
    else:
        sentence = say("gateway.no_dialect_for", model=asked.model[:128], api=asked.api)
    raise Refusal(
        Refused(
            status=400,
            code="unsupported_parameter" if asked.stored else "unsupported_api",
            param=asked.stored or "model",
            sentence=sentence,
        )
    )
