"""Which budgets in money there are, and which models each of them pays for."""

from collections.abc import Iterator

from tenken.config.application import Application
from tenken.config.node import Path

Budget = tuple[Path, str, tuple[str, ...]]
"""Whose it is by its place in the file and by its name, and the models."""


def budgets(app: Application) -> Iterator[Budget]:
    """Give each budget of an application."""
    routes = {route.name: (*route.targets, *route.larger_context) for route in app.routes}
    for at, use_case in enumerate(app.use_cases):
        if use_case.limits.budget_usd_per_day is not None:
            served = [one.name for one in app.routes if one.use_case == use_case.id]
            named = [one.models for one in app.callers if use_case.id in one.use_cases]
            asked = (*(routes[one] for one in served), *named)
            yield ("use_cases", at), f"use_case/{use_case.id}", sum(asked, ())
    for at, model in enumerate(app.models):
        if model.limits is not None and model.limits.budget_usd_per_day is not None:
            yield ("models", at), f"model/{model.id}", (model.id,)
    for at, route in enumerate(app.routes):
        if route.limits.budget_usd_per_day is not None:
            yield ("routes", at), f"route/{route.name}", routes[route.name]
    for at, caller in enumerate(app.callers):
        if caller.limits.budget_usd_per_day is not None:
            asked = (caller.models, *(routes.get(route, ()) for route in caller.routes))
            yield ("callers", at), f"caller/{caller.id}", sum(asked, ())
