"""The token that says who somebody is: believed where all of it is as it has to be.

The steps are those of OpenID Connect Core 1.0, 3.1.3.7. PyJWT checks the signature, with a key of
the provider's own set and an algorithm that the file allows; time is ours, for the tests.
"""

from collections.abc import Mapping
from math import isfinite
from typing import Any, TypeGuard

import jwt
from msgspec import Struct

from tenken.config.operating.console import ClaimRule, OidcSettings
from tenken.console.doors import secret
from tenken.console.doors.oidc.asking import NotLoggedIn
from tenken.gateway.callers.keysets import Jwk
from tenken.gateway.callers.tokens import read

LARGEST = 16_384
LONGEST = 255
PARTS = 3
Claims = Mapping[str, Any]
SIGNATURES = jwt.PyJWS(options={"enforce_minimum_key_length": True})


class UnknownKey(NotLoggedIn):
    """It names a key that is not in the set: there may be a newer one."""


class Person(Struct, frozen=True, kw_only=True):
    """Who somebody is by the provider's word."""

    subject: str
    name: str
    full_name: str
    email: str
    """Empty where the provider does not say that it has verified it."""
    values: frozenset[str]
    """Of the claim that roles go by."""


def believed(
    token: str, settings: OidcSettings, keys: tuple[Jwk, ...], *, nonce: str, now: float
) -> Person:
    """Give who a token is of; raises NotLoggedIn."""
    parts = token.split(".")
    if len(token) > LARGEST or len(parts) != PARTS or not token.isascii():
        raise NotLoggedIn("no token")
    header, claims = read(parts[0].encode()), read(parts[1].encode())
    _signed(header, token, settings, keys)
    _for_us(claims, settings)
    _in_time(claims, settings, now)
    if not secret.same(_text(claims, "nonce"), nonce):
        raise NotLoggedIn("another nonce")
    return _person(claims, settings)


def _signed(header: Claims, token: str, settings: OidcSettings, keys: tuple[Jwk, ...]) -> None:
    algorithm, name = header.get("alg"), header.get("kid")
    if algorithm not in settings.algorithms or "crit" in header or "b64" in header:
        raise NotLoggedIn("an algorithm that is not allowed")
    fitting = [one for one in keys if name is None or one.get("kid") == name]
    if name is not None and not fitting:
        raise UnknownKey("a key that is not in the set")
    # Without a name there is a choice only where there is one key.
    if len(fitting) != 1 or fitting[0].get("alg", algorithm) != algorithm:
        raise NotLoggedIn("no key that fits")
    try:
        own = jwt.PyJWK(dict(fitting[0]), algorithm=str(algorithm))
        SIGNATURES.decode_complete(token, own, algorithms=[str(algorithm)])
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise NotLoggedIn("a signature that is none") from error


def _for_us(claims: Claims, settings: OidcSettings) -> None:
    if claims.get("iss") != settings.issuer:
        raise NotLoggedIn("another issuer")
    audience = claims.get("aud")
    several = audience if isinstance(audience, list) else [audience]
    if settings.client_id not in several:
        raise NotLoggedIn("another audience")
    authorized = claims.get("azp")
    if (len(several) > 1 or authorized is not None) and authorized != settings.client_id:
        raise NotLoggedIn("another party")


def _in_time(claims: Claims, settings: OidcSettings, now: float) -> None:
    ends, issued, begins = (claims.get(name) for name in ("exp", "iat", "nbf"))
    if not _is_time(ends) or now >= ends + settings.leeway_s:
        raise NotLoggedIn("it has ended")
    if not _is_time(issued) or issued > now + settings.leeway_s:
        raise NotLoggedIn("it is of later")
    if begins is not None and not (_is_time(begins) and begins <= now + settings.leeway_s):
        raise NotLoggedIn("it is of later")


def _is_time(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _person(claims: Claims, settings: OidcSettings) -> Person:
    subject = _text(claims, "sub")
    if not subject or len(subject) > LONGEST or not subject.isprintable():
        raise NotLoggedIn("nobody in particular")
    verified = claims.get("email_verified") is True
    email = _text(claims, "email") if verified else ""
    said = claims.get(settings.claim)
    values = said if isinstance(said, list) else [said]
    name = email or _text(claims, "preferred_username") or subject
    return Person(
        subject=subject,
        name=name,
        full_name=_text(claims, "name") or name,
        email=email,
        values=frozenset(one for one in values if isinstance(one, str)),
    )


def _text(claims: Claims, name: str) -> str:
    said = claims.get(name)
    plain = isinstance(said, str) and said.isprintable() and len(said) <= LONGEST
    return said.strip() if isinstance(said, str) and plain else ""


def ruled(person: Person, settings: OidcSettings) -> ClaimRule | None:
    """Give what holds for somebody: the first that fits; None for who may nothing."""
    return next((one for one in settings.roles if one.value in person.values), None)
