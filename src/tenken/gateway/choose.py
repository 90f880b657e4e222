"""In which order a request asks those of its route's targets that have words for it."""

from tenken.gateway.calling.lengths import Lengths, may_be_too_long
from tenken.gateway.flow import Flow
from tenken.gateway.plan import Plan, Route, Target
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
        self._plan: Plan | None = None
        self._written: dict[tuple[tuple[str, ...], Api], tuple[Target, ...]] = {}
        """Of a route's targets under this plan, those that an API's requests ask, as written."""

    async def __call__(self, flow: Flow) -> None:
        """Fill in the order."""
        route, asked = flow.route, flow.asked
        if route is None or asked is None:
            return
        if flow.plan is not self._plan:
            self._plan = flow.plan
            self._written.clear()
        targets = self._written.get((route.targets, asked.api))
        if targets is None or route.weights or asked.stored:
            targets = self._found(flow, route, asked)
        flow.targets = targets
        if route.larger_context:
            flow.larger = _able(flow.plan, route.larger_context, asked)
        if may_be_too_long(asked, targets):
            flow.targets = await self._lengths.fitting(asked, targets, flow.larger)

    def _found(self, flow: Flow, route: Route, asked: Asked) -> tuple[Target, ...]:
        names = route.targets
        if route.weights:
            names = in_order(names, route.weights, point(route.name, flow.identity.session))
        targets = able(tuple([flow.plan.targets[name] for name in names]), asked)
        if not route.weights and not asked.stored:
            self._written[route.targets, asked.api] = targets
        return targets


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
