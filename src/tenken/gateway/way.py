"""What is the same for all requests of a caller for a model, worked out once under a plan.

A stage that finds something out which no request changes keeps it here; the next request looks it
up. A way ends with its plan: nothing in it is ever out of date.
"""

from msgspec import Struct

from tenken.gateway.plan import Caller, Plan, Route, Target
from tenken.journal.exchange import Identity, Known
from tenken.store.counters.counters import Want
from tenken.store.counters.grip import Grip
from tenken.transport.message import Headers
from tenken.wire.api import Api


class Scoped(Struct, frozen=True, kw_only=True):
    """What a caller's requests on a route take, as far as it is the same for all of them."""

    wants: tuple[Want, ...]
    """A request and a place of each limit on these, then the limits on tokens and on money."""
    tokens: tuple[int, ...]
    """The limits on tokens."""
    input_nano: float
    """The highest price of a token among the route's targets; 0 where no money is limited."""
    output_nano: float
    told: tuple[int, ...]
    """Which of the wants the caller is told of, in headers."""
    names: tuple[tuple[bytes, bytes, bytes], ...]
    """Of each that is told: the header of its limit, that limit, the header of what is left."""


class Hold(Struct, frozen=True):
    """What is limited, and a hold on it."""

    scoped: Scoped
    grip: Grip


class Way(Struct, eq=False, kw_only=True):
    """A caller's way to a route's targets."""

    plan: Plan
    caller: Caller
    route: Route
    identity: Identity
    """Of all requests, but for what differs from one to the next; with the first target's
    release.
    """
    first: str
    """The target whose release that is; empty where targets are drawn."""
    hold: Hold | None = None
    """On the limits, once they were looked for."""
    targets: dict[Api, tuple[Target, ...]] = {}
    """Those that an API's requests ask, as written."""
    heads: dict[str, bytes] = {}
    """How a whole answer begins, by its target."""

    def told(self, left: tuple[int, ...]) -> Headers:
        """Tell what is left of limits, in the headers that official clients know."""
        told: Headers = ()
        if left and self.hold is not None:
            for (name, limit, left_name), number in zip(self.hold.scoped.names, left, strict=True):
                told += ((name, limit), (left_name, b"%d" % number))
        return told


def way_of(plan: Plan, caller: Caller, route: Route) -> Way:
    """Work out a caller's way on a route."""
    use_case, known = _use_case(caller, route)
    first = "" if route.weights else route.targets[0]
    identity = Identity(
        caller=caller.id,
        use_case=use_case,
        use_case_known=known,
        route=route.name,
        settings=plan.version,
        overlays=plan.overlays,
    )
    return Way(plan=plan, caller=caller, route=route, identity=identity, first=first)


def _use_case(caller: Caller, route: Route) -> tuple[str, Known]:
    """Give what requests are for, where none has to say so."""
    if route.use_case:
        return route.use_case, "stated"
    if len(caller.use_cases) == 1:
        return caller.use_cases[0], "derived"
    return "", "none"
