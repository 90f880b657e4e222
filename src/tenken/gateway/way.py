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
from tenken.transport.reply import encode_head
from tenken.wire.api import Api

REQUEST_ID, SETTINGS = b"x-request-id", b"x-tenken-settings"
JSON = (b"content-type", b"application/json")
NUMBER = b"%d"


class Scoped(Struct, frozen=True, kw_only=True):
    """What a caller's requests on a route take, as far as it is the same for all of them."""

    wants: tuple[Want, ...]
    """A request and a place of each limit on these, then the limits on tokens and on money."""
    tokens: tuple[int, ...]
    """The limits on tokens."""
    tokens_min: int
    """The least of them; -1 where there is none."""
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


class Written(Struct, frozen=True):
    """Targets in their order, and whether there is anything that is too long for one of them."""

    targets: tuple[Target, ...]
    shortest: int
    """Texts of so many bytes are short enough for all of them."""


class Whose(Struct, frozen=True):
    """Whose requests are, what for, and made of which prompt."""

    identity: Identity
    released: dict[str, Identity]
    """With the release that answered, by target."""


class Way(Struct, eq=False, kw_only=True):
    """A caller's way to a route's targets."""

    plan: Plan
    caller: Caller
    route: Route
    identity: Identity
    """Of all requests, but for what differs from one to the next."""
    hold: Hold | None = None
    """On the limits, once they were looked for."""
    targets: dict[Api, Written] = {}
    """Those that an API's requests ask, as written."""
    whose: dict[tuple[object, ...], Whose] = {}
    """By session and by what else a request says of itself."""
    heads: dict[str, bytes] = {}
    """How a whole answer begins, by its target."""

    def head(self, target: Target) -> bytes:
        """Write how a whole answer begins, with places for its id, for what is left, its length.

        It is held to what every head is, before anything is put in that holds no line end.
        """
        names = self.hold.scoped.names if self.hold is not None else ()
        limits = [pair for name, limit, left in names for pair in ((name, limit), (left, NUMBER))]
        fixed = [(name, value.replace(b"%", b"%%")) for name, value in (*target.told, JSON)]
        shown = self.plan.shown.encode().replace(b"%", b"%%")
        headers = ((REQUEST_ID, b"%b"), (SETTINGS, shown), *limits, *fixed)
        return encode_head(200, headers, b"content-length: %d\r\n", close=False)

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
    identity = Identity(
        caller=caller.id,
        use_case=use_case,
        use_case_known=known,
        route=route.name,
        settings=plan.version,
        overlays=plan.overlays,
    )
    return Way(plan=plan, caller=caller, route=route, identity=identity)


def _use_case(caller: Caller, route: Route) -> tuple[str, Known]:
    """Give what requests are for, where none has to say so."""
    if route.use_case:
        return route.use_case, "stated"
    if len(caller.use_cases) == 1:
        return caller.use_cases[0], "derived"
    return "", "none"
