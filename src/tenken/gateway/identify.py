"""Who calls, and in which trace: the first stages. Default deny.

A key is looked up by its SHA-256. Keys hold 256 random bits, so nothing is gained by a slow hash,
and a lookup by digest tells nobody by its time how much of a key was right.
"""

import hashlib
from collections.abc import Callable
from math import inf
from typing import Protocol

from tenken.gateway.flow import Flow, Trace
from tenken.gateway.heads.said import ID_BYTES, Known, said_by
from tenken.gateway.plan import Caller, Plan
from tenken.sentence import say
from tenken.transport.message import Headers
from tenken.wire.refusal import Refusal, Refused

BEARER = b"bearer "
TOKEN = b"eyJ"
"""How every token begins: an object in JSON, in base64."""
CARRIERS = frozenset({b"authorization", b"x-api-key", b"api-key"})
SPAN_BYTES, TRACE_BYTES = 8, 16
ID_END = 2 * ID_BYTES
SPAN_END = ID_END + 2 * SPAN_BYTES

Chance = Callable[[int], str]
"""Gives so many random bytes in hex."""


class Inherit:
    """Takes over the request's id and its place in a trace, or begins both."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance

    def __call__(self, flow: Flow) -> None:
        """Give the request an id and a span; raises Refusal for one that goes in circles."""
        flow.said = said = said_by(flow.request)
        drawn = self._chance(ID_BYTES + SPAN_BYTES + TRACE_BYTES)
        span, found = drawn[ID_END:SPAN_END], said.found
        flow.id = said.id or f"req-{drawn[:ID_END]}"
        if found is None:
            flow.trace = Trace(drawn[SPAN_END:], span, "", sampled=True)
        else:
            flow.trace = Trace(found.trace, span, found.parent, sampled=found.sampled)
        if said.loops:
            raise Refusal(Refused(status=400, code="loop_detected", sentence=say("gateway.loop")))


class Tokens(Protocol):
    """Knows callers by tokens that others have issued."""

    def caller(self, plan: Plan, token: bytes, *, now: int) -> str | None:
        """Give the id of a caller; None for a token that is not good."""
        ...


class Authenticate:
    """Finds whose key, or token, it is."""

    def __init__(self, tokens: Tokens | None = None) -> None:
        self._tokens = tokens

    def __call__(self, flow: Flow) -> None:
        """Name the caller; raises Refusal with one text for every credential that is not good."""
        plan, now, whose = flow.plan, flow.at, flow.said.whose
        known = whose.known if whose is not None else None
        if known is None or known.plan is not plan or now >= known.until:
            known = self._known(plan, flow.request.headers, now)
            # A token is looked at each time: its issuer may have changed its keys.
            if known.until and whose is not None:
                whose.known = known
        flow.caller = known.caller

    def caller(self, plan: Plan, headers: Headers, *, now: int) -> Caller:
        """Give the caller; raises Refusal."""
        return self._known(plan, headers, now).caller

    def _known(self, plan: Plan, headers: Headers, now: int) -> Known:
        value, until = credential_in(headers), 0.0
        key = plan.keys.get(hashlib.sha256(value).digest())
        if key is not None:
            until = inf if key.expires_at is None else float(key.expires_at)
            name = key.caller if now < until else None
        elif self._tokens is not None and value.startswith(TOKEN):
            name = self._tokens.caller(plan, value, now=now)
        else:
            name = None
        caller = plan.callers.get(name) if name else None
        if caller is None:
            raise denied("invalid_api_key", "bad_key")
        return Known(plan, caller, until)


def credential_in(headers: Headers) -> bytes:
    """Give the one credential that was sent; raises Refusal."""
    credentials = [value for name, value in headers if name in CARRIERS]
    if not credentials:
        raise denied("missing_api_key", "no_key")
    if len(credentials) > 1:
        raise Refusal(
            Refused(status=400, code="ambiguous_credentials", sentence=say("gateway.two_keys"))
        )
    value = credentials[0]
    if value[: len(BEARER)].lower() == BEARER:
        value = value[len(BEARER) :]
    return value.strip()


def denied(code: str, message: str) -> Refusal:
    """Give a 401."""
    return Refusal(
        Refused(
            status=401, code=code, kind="authentication_error", sentence=say(f"gateway.{message}")
        )
    )
