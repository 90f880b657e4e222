"""What a request may take of its limits: reserved before it is served, settled with what it used.

Limits hold per caller, and per route for all its callers together. Requests, places and tokens
that are asked for are taken together or not at all. What the answer really used takes the place of
the estimate when its record is settled, however the request ends.
"""

from collections.abc import Callable
from decimal import Decimal
from math import ceil
from typing import NoReturn, assert_never

from msgspec import Struct

from tenken.gateway.entering.places import Places
from tenken.gateway.flow import Flow
from tenken.gateway.plan import Caller, CallerLimits, Plan, Route
from tenken.journal.exchange import Exchange, Outcome
from tenken.policy.admission import AdmissionPlan
from tenken.sentence import say
from tenken.store.counters.counters import (
    MONEY,
    NANO,
    PARALLEL,
    REQUESTS,
    TOKENS,
    Counters,
    Kind,
    Over,
    Unavailable,
    Want,
)
from tenken.store.counters.grip import Grip, Taken, TakenByName, grip_of, wanted
from tenken.transport.message import Headers
from tenken.wire.asked import Asked
from tenken.wire.refusal import Refusal, Refused

DAY_US = 86_400 * 1_000_000
OUTPUT_GUESS = 1024
"""Tokens that are reserved for an answer whose caller sets no maximum."""
SURE_BYTES = 16
"""No text has more bytes a token than this: what is too large even so is refused for good."""
PLACE_S = 1.0
"""Nobody can tell when a place is free."""
NANO_PER_TOKEN = NANO // 1_000_000
"""A price is in dollars for a million tokens."""


Told = tuple[int, int, tuple[bytes, bytes], bytes]
"""A want by its place, its limit, the header that says it, and the name of what is left."""


class Scoped(Struct, frozen=True, kw_only=True):
    """What a caller's requests on a route take, as far as it is the same for all of them."""

    wants: tuple[Want, ...]
    """A request and a place of each limit on these, then the limits on tokens and on money."""
    tokens: tuple[int, ...]
    """The limits on tokens."""
    input_nano: float
    """The highest price of a token among the route's targets; 0 where no money is limited."""
    output_nano: float
    told: tuple[Told, ...]
    """What the caller is told of."""


class Hold(Struct, frozen=True):
    """What is limited, and a hold on it."""

    scoped: Scoped
    grip: Grip


class Admit:
    """Lets a request in where its limits have room."""

    def __init__(
        self, counters: Counters, *, clock: Callable[[], float], waiting: AdmissionPlan
    ) -> None:
        self._counters = counters
        self._clock = clock
        self._places = Places(waiting, clock=clock)
        self._plan: Plan | None = None
        self._holds: dict[tuple[str, str], Hold] = {}

    async def __call__(self, flow: Flow) -> None:
        """Reserve what is asked for; raises Refusal."""
        asked, route = flow.asked, flow.route
        if asked is None or route is None:
            return
        if flow.plan is not self._plan:
            self._plan = flow.plan
            self._holds.clear()
        hold = self._holds.get((flow.caller.id, route.name))
        if hold is None:
            hold = self._hold(flow.plan, flow.caller, route)
        scoped = hold.scoped
        if not scoped.wants:
            return
        estimate = asked.input_estimate
        output = (asked.output_max or OUTPUT_GUESS) * asked.choices
        nano = ceil(estimate * scoped.input_nano + output * scoped.output_nano)
        tokens = _tokens(scoped.tokens, asked, estimate) if scoped.tokens else ()
        day = flow.at // DAY_US
        try:
            if route.queue_for_place:
                wants = wanted(scoped.wants, tokens, nano, day)
                answer = await self._queued(flow, wants)
            else:
                answer = await hold.grip.reserve(tokens, nano, day, now=self._clock())
        except Unavailable as error:
            raise Refusal(UNCOUNTED) from error
        if isinstance(answer, Over):
            _refuse(flow, answer)
        flow.held = answer
        flow.told = _left(scoped, answer.used)

    async def settle(self, flow: Flow, exchange: Exchange) -> None:
        """Put what was used in place of what was reserved; a second time changes nothing."""
        held = flow.held
        if held is None:
            return
        flow.held = None
        # What a guard stops is a request too: to be stopped again and again is not free.
        served = exchange.outcome is not Outcome.REFUSED
        nano = ceil(exchange.cost * NANO) if exchange.cost else 0
        await held.settle(exchange.usage.total, nano, served=served, now=self._clock())
        if self._places.lines:
            self._places.freed(held)

    async def _queued(self, flow: Flow, wants: tuple[Want, ...]) -> Taken | Over:
        answer = await self._places.reserved(flow, wants, self._counters)
        return answer if isinstance(answer, Over) else TakenByName(self._counters, answer)

    def _hold(self, plan: Plan, caller: Caller, route: Route) -> Hold:
        scoped = scoped_of(plan, caller, route)
        hold = Hold(scoped, grip_of(self._counters, scoped.wants))
        self._holds[caller.id, route.name] = hold
        return hold


def scoped_of(plan: Plan, caller: Caller, route: Route) -> Scoped:
    """Work out what holds for a caller on a route."""
    holders = ((f"caller/{caller.id}", caller.limits), (f"route/{route.name}", route.limits))
    prices = [plan.targets[name].prices for name in route.targets]
    fixed = [want for name, limits in holders for want in _fixed(name, limits)]
    tokens = [Want(TOKENS, name, 0, one.tpm) for name, one in holders if one.tpm is not None]
    money = [
        Want(MONEY, name, 0, ceil(one.budget_usd * NANO))
        for name, one in holders
        if one.budget_usd is not None
    ]
    per_token = NANO_PER_TOKEN if money else 0
    timed = [*fixed, *tokens]
    kinds = [want.kind for want in timed]
    return Scoped(
        wants=(*timed, *money),
        tokens=tuple([want.limit for want in tokens]),
        input_nano=max((float(one.input) for one in prices), default=0.0) * per_token,
        output_nano=max((float(one.output) for one in prices), default=0.0) * per_token,
        told=tuple(_told(at, timed[at]) for kind in NAMES if (at := _at(kinds, kind)) >= 0),
    )


def _at(kinds: list[Kind], kind: Kind) -> int:
    return kinds.index(kind) if kind in kinds else -1


def _told(place: int, want: Want) -> Told:
    limit_name, left_name = NAMES[want.kind]
    return place, want.limit, (limit_name, b"%d" % want.limit), left_name


def _fixed(name: str, limits: CallerLimits) -> list[Want]:
    found = []
    if limits.rpm is not None:
        found.append(Want(REQUESTS, name, 1, limits.rpm))
    if limits.parallel is not None:
        found.append(Want(PARALLEL, name, 1, limits.parallel))
    return found


def _tokens(limits: tuple[int, ...], asked: Asked, read: int) -> tuple[int, ...]:
    """Reserve an estimate; one that is larger than a limit gets in when that is quite free."""
    stated = asked.output_max * asked.choices if asked.output_max else 0
    estimate = read + (stated or OUTPUT_GUESS)
    if estimate <= min(limits):
        return (estimate,) * len(limits)
    surely = _surely(asked, stated)
    return tuple([limit if estimate > limit >= surely else estimate for limit in limits])


def _surely(asked: Asked, stated: int) -> int:
    """Give the tokens that a request has at least; an image's bytes are no tokens."""
    text = 0 if b";base64," in asked.body else len(asked.body) // SURE_BYTES
    return text + stated


def _left(scoped: Scoped, used: tuple[int, ...]) -> Headers:
    """Tell what is left, in the headers that official clients know."""
    told: Headers = ()
    for place, limit, header, left_name in scoped.told:
        told += (header, (left_name, b"%d" % (limit - used[place])))
    return told


def _refuse(flow: Flow, over: Over) -> NoReturn:
    want = over.want
    flow.limits.append(f"{want.name}: {want.kind} {over.used}+{want.amount} of {want.limit}")
    if want.kind in NAMES:
        limit_name, left_name = NAMES[want.kind]
        reset = b"x-ratelimit-reset-%b" % want.kind.encode()
        flow.told = (
            (limit_name, b"%d" % want.limit),
            (left_name, b"%d" % max(0, want.limit - over.used)),
            (reset, b"%ds" % max(1, ceil(over.after_s))),
        )
    raise Refusal(refused_of(over, at=flow.at))


def refused_of(over: Over, *, at: int) -> Refused:
    """Say which limit it is, what is used of it, and when there is room."""
    want = over.want
    match want.kind:
        case Kind.MONEY:
            return Refused(
                status=429,
                code="insufficient_quota",
                kind="insufficient_quota",
                sentence=say(
                    "gateway.budget_used_up",
                    limit=_dollars(want.limit),
                    used=_dollars(over.used),
                    of=want.name,
                ),
                retry_after_s=(DAY_US - at % DAY_US) / 1_000_000,
                should_retry=False,
            )
        case Kind.PARALLEL:
            return _limited(over, "requests", "too_many_at_once", after_s=PLACE_S)
        case Kind.REQUESTS:
            return _limited(over, "requests", "too_many_requests", after_s=over.after_s)
        case Kind.TOKENS if over.never:
            return Refused(
                status=400,
                code="request_exceeds_limit",
                param="messages",
                sentence=say("gateway.larger_than_limit", limit=want.limit, asked=want.amount),
                should_retry=False,
            )
        case Kind.TOKENS:
            return _limited(over, "tokens", "too_many_tokens", after_s=over.after_s)
        case _:
            assert_never(want.kind)


def _limited(over: Over, kind: str, message: str, *, after_s: float) -> Refused:
    return Refused(
        status=429,
        code="rate_limit_exceeded",
        kind="tokens" if kind == "tokens" else "requests",
        sentence=say(
            f"gateway.{message}",
            limit=over.want.limit,
            used=over.used,
            of=over.want.name,
            after=max(1, ceil(after_s)),
        ),
        retry_after_s=after_s,
        should_retry=True,
    )


def _dollars(nano: int) -> str:
    return f"{Decimal(nano) / NANO:.2f}"


UNCOUNTED = Refused(
    status=503,
    code="limits_unavailable",
    kind="server_error",
    sentence=say("gateway.uncounted"),
    retry_after_s=5.0,
)
NAMES = {
    kind: (
        b"x-ratelimit-limit-%b" % kind.encode(),
        b"x-ratelimit-remaining-%b" % kind.encode(),
    )
    for kind in (REQUESTS, TOKENS)
}
