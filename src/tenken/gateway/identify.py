"""Who calls, and in which trace: the first stages. Default deny.

A key is looked up by its SHA-256. Keys hold 256 random bits, so nothing is gained by a slow hash,
and a lookup by digest tells nobody by its time how much of a key was right.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Protocol

import re2
from msgspec import Struct

from tenken.gateway.flow import Flow, Trace
from tenken.gateway.house import OWN_NAME
from tenken.gateway.plan import Caller, Plan
from tenken.sentence import say
from tenken.transport.message import Headers, every
from tenken.wire.refusal import Refusal, Refused

PLAIN_ID = re2.compile(r"[A-Za-z0-9._:-]{1,128}")
TRACEPARENT = re2.compile(rb"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
CLOUD_TRACE = re2.compile(rb"([0-9a-fA-F]{32})(?:/([0-9]{1,20}))?(?:;o=([0-9]))?")
BEARER = b"bearer "
TOKEN = b"eyJ"
"""How every token begins: an object in JSON, in base64."""
CARRIERS = frozenset({b"authorization", b"x-api-key", b"api-key"})
TRACERS = frozenset({b"traceparent", b"x-datadog-trace-id", b"x-cloud-trace-context"})
DEPTH_MAX = 2
NO_TRACE = "0" * 32
NO_SPAN = "0" * 16

Named = Mapping[bytes, bytes]
Chance = Callable[[int], str]
"""Gives so many random bytes in hex."""


class Inherit:
    """Takes over the request's id and its place in a trace, or begins both."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance

    async def __call__(self, flow: Flow) -> None:
        """Give the request an id and a span."""
        named = flow.request.named
        stated = named.get(b"x-request-id")
        text = stated.decode("latin-1") if stated else ""
        flow.id = text if text and PLAIN_ID.fullmatch(text) else f"req-{self._chance(16)}"
        flow.trace = inherited(named, self._chance)
        if b"via" in named:
            flow.via = passed_on(flow.request.headers)


def passed_on(headers: Headers) -> bytes:
    """Give the lines that say who has passed it on; raises Refusal where we have, twice.

    Once is a gateway behind a gateway. Twice is one that calls itself.
    """
    said = every(headers, b"via")
    ours = [
        one
        for value in said
        for one in value.split(b",")
        if one.strip().rpartition(b" ")[2].lower() == OWN_NAME
    ]
    if len(ours) >= DEPTH_MAX:
        raise Refusal(Refused(status=400, code="loop_detected", sentence=say("gateway.loop")))
    return b"".join([b"via: %b\r\n" % value for value in said])


class Tokens(Protocol):
    """Knows callers by tokens that others have issued."""

    def caller(self, plan: Plan, token: bytes, *, now: int) -> str | None:
        """Give the id of a caller; None for a token that is not good."""
        ...


class Authenticate:
    """Finds whose key, or token, it is."""

    def __init__(self, tokens: Tokens | None = None) -> None:
        self._tokens = tokens

    async def __call__(self, flow: Flow) -> None:
        """Name the caller; raises Refusal with one text for every credential that is not good."""
        flow.caller = self.caller(flow.plan, flow.request.headers, now=flow.at)

    def caller(self, plan: Plan, headers: Headers, *, now: int) -> Caller:
        """Give the caller; raises Refusal."""
        value = credential_in(headers)
        key = plan.keys.get(hashlib.sha256(value).digest())
        if key is not None:
            name = key.caller if key.expires_at is None or now < key.expires_at else None
        elif self._tokens is not None and value.startswith(TOKEN):
            name = self._tokens.caller(plan, value, now=now)
        else:
            name = None
        caller = plan.callers.get(name) if name else None
        if caller is None:
            raise denied("invalid_api_key", "bad_key")
        return caller


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


class _Found(Struct, frozen=True):
    trace: str
    parent: str
    sampled: bool


def inherited(named: Named, chance: Chance) -> Trace:
    """Give the trace that a request belongs to: W3C, else Datadog, else Google, else a new one."""
    span = chance(8)
    if TRACERS.isdisjoint(named):
        return Trace(chance(16), span, "", sampled=True)
    found = _w3c(named) or _datadog(named) or _cloud(named)
    if found is None:
        return Trace(chance(16), span, "", sampled=True)
    return Trace(found.trace, span, found.parent, sampled=found.sampled)


def _w3c(named: Named) -> _Found | None:
    value = named.get(b"traceparent")
    match = TRACEPARENT.match(value) if value else None
    if match is None or match[1] == b"ff":
        return None
    trace, parent = match[2].decode(), match[3].decode()
    if trace == NO_TRACE or parent == NO_SPAN:
        return None
    return _Found(trace, parent, sampled=bool(int(match[4], 16) & 1))


def _datadog(named: Named) -> _Found | None:
    low = _number(named.get(b"x-datadog-trace-id"))
    parent = _number(named.get(b"x-datadog-parent-id"))
    if not low or parent is None:
        return None
    tags = named.get(b"x-datadog-tags") or b""
    high = next((tag[10:] for tag in tags.split(b",") if tag.startswith(b"_dd.p.tid=")), b"")
    upper = high.decode("latin-1") if HEX_16.fullmatch(high) else NO_SPAN
    priority = named.get(b"x-datadog-sampling-priority") or b"1"
    return _Found(
        f"{upper}{low:016x}", f"{parent:016x}", sampled=not priority.startswith((b"0", b"-"))
    )


def _cloud(named: Named) -> _Found | None:
    value = named.get(b"x-cloud-trace-context")
    match = CLOUD_TRACE.fullmatch(value) if value else None
    if match is None:
        return None
    parent = _number(match[2])
    return _Found(
        match[1].decode().lower(),
        f"{parent or 0:016x}" if parent else "",
        sampled=match[3] != b"0",
    )


def _number(value: bytes | None) -> int | None:
    if not value or not value.isdigit() or len(value) > len(str(2**64)):
        return None
    number = int(value)
    return number if number < 2**64 else None


HEX_16 = re2.compile(rb"[0-9a-f]{16}")
