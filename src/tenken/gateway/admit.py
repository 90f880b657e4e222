"""What a request may take of its limits: reserved before it is served, settled with what it used.

Limits hold per caller, and for all callers together per route and per use case; those of models
and credentials are asked at each call (`calling.rations`). Requests, places and tokens that are
asked for are taken together or not at all. What the answer really used takes the place of
the estimate when its record is settled, however the request ends.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from decimal import Decimal
from math import ceil
from typing import NoReturn, assert_never

from msgspec import Struct

from tenken.gateway.entering.places import Places
from tenken.gateway.flow import Flow
from tenken.gateway.plan import Caller, CallerLimits, Plan, Route
from tenken.gateway.way import Hold, Scoped, Way
from tenken.journal.exchange import Exchange, Outcome
from tenken.models.price import Prices
from tenken.policy.admission import AdmissionPlan
from tenken.sentence import say
from tenken.store.counters.counters import (
    MONEY,
    NANO,
    PARALLEL,
    REQUESTS,
    TOKENS,
    Counters,
    Held,
    Kind,
    Over,
    Unavailable,
    Want,
)
from tenken.store.counters.grip import Taken, TakenByName, Together, Used, grip_of, wanted
from tenken.wire.asked import BYTES_A_TOKEN, Asked
from tenken.wire.refusal import Refusal, Refused

REFUSED = Outcome.REFUSED  # looked up once
DAY_US = 86_400 * 1_000_000
OUTPUT_GUESS = 1024
"""Tokens that are reserved for an answer whose caller sets no maximum."""
SURE_BYTES = 16
"""No text has more bytes a token than this: what is too large even so is refused for good."""
PLACE_S = 1.0
"""Nobody can tell when a place is free."""
CENT = Decimal("0.01")
NANO_PER_TOKEN = NANO // 1_000_000
"""A price is in dollars for a million tokens."""


class Amounts(Struct, frozen=True, gc=False):
    """What a request brings."""

    tokens: tuple[int, ...]
    nano: int
    day: int


class Admit:
    """Lets a request in where its limits have room."""

    def __init__(
        self, counters: Counters, *, clock: Callable[[], float], waiting: AdmissionPlan
    ) -> None:
        self._counters = counters
        self._clock = clock
        self._places = Places(waiting, clock=clock)

    def __call__(self, flow: Flow) -> Awaitable[None] | None:
        """Reserve what is asked for; raises Refusal."""
        asked, way = flow.asked, flow.way
        if asked is None or way is None:
            return None
        hold = way.hold or self._hold(way)
        scoped = hold.scoped
        if not scoped.wants:
            return None
        amounts = amounts_of(scoped, asked, at=flow.at)
        if way.route.queue_for_place:
            return self._queued(flow, hold, amounts)
        taken = hold.grip.at_once(amounts.tokens, amounts.nano, amounts.day, self._clock())
        if taken is None:
            return self._reserved(flow, hold, amounts)
        flow.held, flow.left = taken, taken.left
        return None

    def settle(self, flow: Flow, exchange: Exchange) -> Awaitable[None] | None:
        """Put what was used in place of what was reserved; a second time changes nothing."""
        held = flow.held
        if held is None:
            return None
        flow.held = None
        # What a guard stops is a request too: to be stopped again and again is not free.
        served = exchange.outcome is not REFUSED
        nano = ceil(exchange.cost * NANO) if exchange.cost else 0
        return self.used(held, exchange.usage.total, nano, served=served)

    def used(self, held: Taken, tokens: int, nano: int, *, served: bool) -> Awaitable[None] | None:
        """Put what was used in place of what is held: tokens, and billionths of a dollar."""
        wait = held.settle(tokens, nano, served=served, now=self._clock())
        if wait is not None:
            return self._freed(held, wait)
        if self._places.lines:
            self._places.freed(held)
        return None

    def used_together(self, grip: Together, done: Sequence[Used]) -> None:
        """Do so for several that hold what this grip has given, all of them served."""
        grip.settle_all(done, self._clock())
        if self._places.lines:
            for held, _, _ in done:
                self._places.freed(held)

    async def _freed(self, held: Taken, wait: Awaitable[None]) -> None:
        await wait
        self._places.freed(held)

    async def _reserved(self, flow: Flow, hold: Hold, amounts: Amounts) -> None:
        tokens, nano, day = amounts.tokens, amounts.nano, amounts.day
        try:
            answer = await hold.grip.reserve(tokens, nano, day, now=self._clock())
        except Unavailable as error:
            raise Refusal(UNCOUNTED) from error
        _take(flow, answer)

    async def _queued(self, flow: Flow, hold: Hold, amounts: Amounts) -> None:
        scoped = hold.scoped
        wants = wanted(scoped.wants, amounts.tokens, amounts.nano, amounts.day)
        try:
            answer = await self._places.reserved(flow, wants, self._counters)
        except Unavailable as error:
            raise Refusal(UNCOUNTED) from error
        if isinstance(answer, Held):
            _take(flow, TakenByName(self._counters, answer, scoped.told))
        else:
            _take(flow, answer)

    def _hold(self, way: Way) -> Hold:
        scoped = scoped_of(way.plan, way.caller, way.route, use_case=way.identity.use_case)
        hold = way.hold = Hold(scoped, grip_of(self._counters, scoped.wants, scoped.told))
        return hold


def _take(flow: Flow, answer: Taken | Over) -> None:
    if isinstance(answer, Over):
        _refuse(flow, answer)
    flow.held, flow.left = answer, answer.left


def amounts_of(scoped: Scoped, asked: Asked, *, at: int) -> Amounts:
    """Give what a request brings: the estimate that is reserved for it."""
    read = len(asked.body) // BYTES_A_TOKEN
    output = asked.output_max or OUTPUT_GUESS
    if asked.choices != 1:
        output *= asked.choices
    nano = ceil(read * scoped.input_nano + output * scoped.output_nano)
    if asked.output_max and read + output <= scoped.tokens_min:
        tokens = (read + output,) * len(scoped.tokens)
    else:
        tokens = _tokens(scoped.tokens, asked, read) if scoped.tokens else ()
    return Amounts(tokens, nano, at // DAY_US)


def scoped_of(plan: Plan, caller: Caller, route: Route, *, use_case: str) -> Scoped:
    """Work out what holds for a caller on a route."""
    holders = [(f"caller/{caller.id}", caller.limits), (f"route/{route.name}", route.limits)]
    if (of_use_case := plan.use_cases.get(use_case)) is not None:
        holders.append((f"use_case/{use_case}", of_use_case))
    names = (*route.targets, *route.larger_context)
    return wants_of(holders, [plan.targets[name].prices for name in names])


def wants_of(holders: Iterable[tuple[str, CallerLimits]], prices: Iterable[Prices]) -> Scoped:
    """Work out what limits take of a request; the dearest of the prices is reserved by."""
    holders, prices = tuple(holders), tuple(prices)
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
    told = tuple([kinds.index(kind) for kind in NAMES if kind in kinds])
    return Scoped(
        wants=(*timed, *money),
        tokens=tuple([want.limit for want in tokens]),
        tokens_min=min([want.limit for want in tokens], default=-1),
        input_nano=max((float(one.input) for one in prices), default=0.0) * per_token,
        output_nano=max((float(one.output) for one in prices), default=0.0) * per_token,
        told=told,
        names=tuple([_named(timed[at]) for at in told]),
    )


def _named(want: Want) -> tuple[bytes, bytes, bytes]:
    limit_name, left_name = NAMES[want.kind]
    return limit_name, b"%d" % want.limit, left_name


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
                    asked=_dollars(want.amount),
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
    """Write an amount to the cent, and one that would be none of it as exactly as it is."""
    exact = Decimal(nano) / NANO
    return f"{exact:.2f}" if exact >= CENT or not nano else f"{exact.normalize():f}"


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
