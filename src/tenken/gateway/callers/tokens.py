"""Callers that show a token (JWT) of an issuer which the files name, in place of a key.

PyJWT reads the token and checks its signature, with a key of the issuer's own set and an algorithm
that the files allow for it: what the token says of algorithms and keys selects among these and
nothing else. Time is ours, so that it can be tested. A token that was good is remembered by its
digest until it ends, the keys change or the settings do; so the next request costs a lookup.
"""

import binascii
import hashlib
import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from math import isfinite
from typing import Any

import jwt
from msgspec import Struct

from tenken.gateway.callers.keysets import Jwk, KeySets
from tenken.gateway.plan import Issuer, Plan

LARGEST = 8192
REMEMBERED = 10_000
PARTS = 3
MICRO = 1_000_000
Claims = Mapping[str, Any]


class _Good(Struct, frozen=True):
    caller: str
    until_us: float


class Tokens:
    """Knows callers by their tokens."""

    def __init__(self, keys: KeySets) -> None:
        self._keys = keys
        self._good: dict[bytes, _Good] = {}
        self._plan: Plan | None = None
        self._version = 0
        self._signatures = jwt.PyJWS(options={"enforce_minimum_key_length": True})

    def caller(self, plan: Plan, token: bytes, *, now: int) -> str | None:
        """Give the id of the caller whose token it is; None for every one that is not good."""
        if len(token) > LARGEST or not plan.issuers:
            return None
        self._forget_what_changed(plan)
        digest = hashlib.sha256(token).digest()
        known = self._good.get(digest)
        if known is None:
            known = self._read(plan, token, now)
            if known is None:
                return None
            if len(self._good) >= REMEMBERED:
                self._good.clear()
            self._good[digest] = known
        return known.caller if now < known.until_us else None

    def _forget_what_changed(self, plan: Plan) -> None:
        if plan is not self._plan or self._version != self._keys.version:
            self._plan, self._version = plan, self._keys.version
            self._good.clear()

    def _read(self, plan: Plan, token: bytes, now: int) -> _Good | None:
        parts = token.split(b".")
        if len(parts) != PARTS:
            return None
        header, claims = read(parts[0]), read(parts[1])
        issuer = plan.issuers.get(str(claims.get("iss", "")))
        if issuer is None or not self._signed(issuer, header, token):
            return None
        until = good_until(claims, issuer, now=now / MICRO)
        caller = named(plan, issuer, claims)
        return _Good(caller, until * MICRO) if until is not None and caller else None

    def _signed(self, issuer: Issuer, header: Claims, token: bytes) -> bool:
        algorithm, name = header.get("alg"), header.get("kid")
        if algorithm not in issuer.algorithms or "crit" in header or "b64" in header:
            return False
        keys = self._keys.keys(issuer)
        fitting = [one for one in keys if name is None or one.get("kid") == name]
        if name is not None and not fitting:
            self._keys.want(issuer)
        # Without a name there is a choice only where there is one key.
        return len(fitting) == 1 and self._verified(fitting[0], str(algorithm), token)

    def _verified(self, key: Jwk, algorithm: str, token: bytes) -> bool:
        if key.get("alg", algorithm) != algorithm:
            return False
        try:
            own = jwt.PyJWK(dict(key), algorithm=algorithm)
            self._signatures.decode_complete(token, own, algorithms=[algorithm])
        except (jwt.PyJWTError, ValueError, TypeError):
            return False
        return True


def read(part: bytes) -> Claims:
    """Give the object in a part of a token; nothing where it is none, or says something twice."""
    try:
        content = urlsafe_b64decode(part + b"=" * (-len(part) % 4))
        found = json.loads(content, object_pairs_hook=_once)
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a claim is there twice")
    return found


def good_until(claims: Claims, issuer: Issuer, *, now: float) -> float | None:
    """Give the second until which it is good for us; None where it is not."""
    audience = claims.get("aud")
    for_us = audience if isinstance(audience, list) else [audience]
    if issuer.audience not in for_us:
        return None
    ends, begins, issued = (claims.get(name) for name in ("exp", "nbf", "iat"))
    if not _is_time(ends) or any(
        one is not None and not (_is_time(one) and one <= now + issuer.leeway_s)
        for one in (begins, issued)
    ):
        return None
    until = float(ends or 0) + issuer.leeway_s
    return until if now < until else None


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def named(plan: Plan, issuer: Issuer, claims: Claims) -> str | None:
    """Give the caller that a claim names; a list of names names each of them."""
    for known in plan.identities.get(issuer.issuer, ()):
        said = claims.get(known.claim)
        if known.value == said or (isinstance(said, list) and known.value in said):
            return known.caller
    return None
