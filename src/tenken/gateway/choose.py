"""In which order a request asks its route's targets."""

from tenken.gateway.flow import Flow
from tenken.policy.split import in_order, point


class Choose:
    """Orders the targets: as written, or drawn by weight and the same for a whole session."""

    async def __call__(self, flow: Flow) -> None:
        """Fill in the order."""
        route = flow.route
        if route is None:
            return
        names = route.targets
        if route.weights:
            names = in_order(names, route.weights, point(route.name, flow.identity.session))
        flow.targets = tuple([flow.plan.targets[name] for name in names])
