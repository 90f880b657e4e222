"""What is changed at run time, laid over what the files say.

Only what costs nothing to take back: limits and budgets, targets in another order or shares, and
things switched off: callers and keys too, which open nothing then, on all machines of a store. A
target that a route does not name in its file cannot be brought in, so what was approved there
stays what is called; guards, deadlines and attempts are not for overlays.
"""

import hashlib
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from msgspec.structs import replace

from tenken.config.temporary import Overlay
from tenken.errors import UsageError
from tenken.gateway.plan import Caller, CallerLimits, Plan, Route
from tenken.pattern import Pattern

OFF = "off"
COUNTED = ("rpm", "tpm", "parallel")
BUDGET = "budget_usd_per_day"
LARGEST = 10**12
PREFIX = Pattern(r"tk-[0-9a-f]{8}")
"""How a key's first characters look."""
Thing = TypeVar("Thing")


def overlaid(plan: Plan, overlays: Iterable[Overlay], *, now: int) -> Plan:
    """Give the plan with all that holds at a moment; what fits nothing any more is left out."""
    holding = []
    for one in sorted(overlays, key=lambda one: (one.created_at, one.id)):
        if one.expires_at <= now:
            continue
        try:
            plan = put(plan, one)
        except UsageError:
            continue  # its subject has left the files; `tenken overlay list` says so
        holding.append(one)
    if not holding:
        return plan
    named = hashlib.sha256("\n".join(one.id for one in holding).encode()).hexdigest()[:8]
    return replace(plan, overlays=named, overlays_until=min(one.expires_at for one in holding))


def put(plan: Plan, one: Overlay) -> Plan:
    """Give the plan with one change; raises UsageError where it fits nothing."""
    part, _, name = one.subject.partition("/")
    match part:
        case "key":
            if plan.keys or not PREFIX.fullmatch(name):  # where none are, another machine has it
                _found({key.prefix: key for key in plan.keys.values()}, name, "keys")
            _only_off(one.change)
            keys = {digest: key for digest, key in plan.keys.items() if key.prefix != name}
            return replace(plan, keys=keys)
        case "caller":
            caller = _found(plan.callers, name, "callers")
            if one.change == OFF:
                callers = {key: given for key, given in plan.callers.items() if key != name}
                return replace(plan, callers=callers)
            changed = replace(caller, limits=_limited(plan, caller, one.change))
            return replace(plan, callers={**plan.callers, name: changed})
        case "route":
            route = _found(plan.routes, name, "routes")
            return replace(plan, routes={**plan.routes, name: _routed(route, one.change)})
        case "target":
            _found(plan.targets, name, "models")
            _only_off(one.change)
            routes = {key: _without(route, name) for key, route in plan.routes.items()}
            return replace(plan, routes=routes, off=plan.off | {name})
        case "use_case":
            _found({route.use_case: route for route in plan.routes.values()}, name, "use_cases")
            _only_off(one.change)
            routes = {
                key: replace(route, off=route.off or route.use_case == name)
                for key, route in plan.routes.items()
            }
            return replace(plan, routes=routes)
        case _:
            raise UsageError("overlay.bad_subject", subject=one.subject[:80])


def _routed(route: Route, change: str) -> Route:
    field, _, value = change.partition("=")
    match field:
        case "off" if change == OFF:
            return replace(route, off=True)
        case "targets":
            names = tuple(value.split(","))
            _named(route, names)
            return replace(route, targets=names, weights={})
        case "weights":
            weights = _weights(value, change)
            _named(route, weights)
            return replace(route, weights=weights)
        case _:
            return replace(route, limits=_counted(route.limits, change))


def _limited(plan: Plan, caller: Caller, change: str) -> CallerLimits:
    field, _, value = change.partition("=")
    if field != BUDGET:
        return _counted(caller.limits, change)
    routes = (plan.routes[name] for name in caller.routes if name in plan.routes)
    asked = (name for route in routes for name in (*route.targets, *route.larger_context))
    reached = {*caller.models, *asked}
    for name in sorted(reached):
        if name in plan.targets and not plan.targets[name].priced:
            raise UsageError("overlay.no_price", name=name)
    try:
        budget = Decimal(value)
    except InvalidOperation as error:
        raise UsageError("overlay.bad_change", change=change[:80]) from error
    if not budget.is_finite() or not 0 < budget < LARGEST:
        raise UsageError("overlay.bad_change", change=change[:80])
    return replace(caller.limits, budget_usd=budget)


def _counted(limits: CallerLimits, change: str) -> CallerLimits:
    field, _, value = change.partition("=")
    if field not in COUNTED or not value.isascii() or not value.isdigit():
        raise UsageError("overlay.bad_change", change=change[:80])
    number = int(value[:20])
    if not 0 < number < LARGEST:
        raise UsageError("overlay.bad_change", change=change[:80])
    return replace(limits, **{field: number})


def _weights(value: str, change: str) -> Mapping[str, float]:
    weights = {}
    for pair in value.split(","):
        name, _, share = pair.partition(":")
        if name in weights or not share.isascii() or not share.isdigit() or len(share) > 9:
            raise UsageError("overlay.bad_change", change=change[:80])
        weights[name] = float(share)
    if sum(weights.values()) <= 0:
        raise UsageError("overlay.bad_change", change=change[:80])
    return weights


def _without(route: Route, target: str) -> Route:
    """A route that has no other target is off."""
    targets = tuple(name for name in route.targets if name != target)
    weights = {name: share for name, share in route.weights.items() if name != target}
    if not targets or (weights and sum(weights.values()) <= 0):
        return replace(route, off=True)
    larger = tuple(name for name in route.larger_context if name != target)
    return replace(route, targets=targets, weights=weights, larger_context=larger)


def _named(route: Route, names: Iterable[str]) -> None:
    names = tuple(names)
    strange = next((name for name in names if name not in route.targets), None)
    if strange is not None or len(set(names)) != len(names):
        known = ", ".join(route.targets)
        raise UsageError("overlay.no_such", part="targets", name=str(strange)[:80], known=known)


def _only_off(change: str) -> None:
    if change != OFF:
        raise UsageError("overlay.bad_change", change=change[:80])


def _found(known: Mapping[str, Thing], name: str, part: str) -> Thing:
    if name not in known:
        listed = ", ".join(sorted(known)) or "wording.none_there"
        raise UsageError("overlay.no_such", part=part, name=name[:80], known=listed)
    return known[name]
