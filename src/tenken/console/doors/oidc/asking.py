"""What is asked of an identity provider, and what of its answers is believed."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Literal, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from msgspec import Struct

from tenken.config.operating.console import OidcSettings
from tenken.console.doors.names import is_loopback
from tenken.gateway.callers.keysets import Jwk, NoKeys, keys_in

CONFIGURATION = "/.well-known/openid-configuration"
KEPT_US = 600_000_000
AGAIN_US = 10_000_000
"""A token with a key that nobody knows makes the keys be asked for again, but not more often."""
OK = 200
Answer = TypeVar("Answer")


class NotLoggedIn(Exception):
    """The provider did not say who it is, or not so that it can be believed; a word for why."""


class Fetched(Struct, frozen=True, kw_only=True):
    """What an address answered; status 0 where it did not."""

    status: int
    body: bytes = b""


class Sent(Struct, frozen=True, kw_only=True):
    """What is sent to an address; no redirect is followed."""

    method: Literal["GET", "POST"]
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


Fetch = Callable[[Sent], Fetched]


class Discovered(Struct, frozen=True, kw_only=True):
    """What a provider says of itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    code_challenge_methods_supported: tuple[str, ...] | None = None
    authorization_response_iss_parameter_supported: bool = False


class _Answered(Struct, frozen=True, kw_only=True):
    id_token: str


class _Known(Struct, frozen=True, kw_only=True):
    settings: OidcSettings
    provider: Discovered
    keys: tuple[Jwk, ...]
    at: int


class Provider:
    """One provider, asked for its configuration and keys now and then; for several threads."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._lock = Lock()
        self._known: _Known | None = None

    def described(self, settings: OidcSettings, now: int) -> Discovered:
        """Give what it says of itself; raises NotLoggedIn."""
        return self._current(settings, now, KEPT_US).provider

    def keys(self, settings: OidcSettings, now: int, *, again: bool = False) -> tuple[Jwk, ...]:
        """Give its keys; raises NotLoggedIn."""
        return self._current(settings, now, AGAIN_US if again else KEPT_US).keys

    def _current(self, settings: OidcSettings, now: int, kept_us: int) -> _Known:
        with self._lock:
            known = self._known
        if known and known.settings == settings and now - known.at < kept_us:
            return known
        provider = self._discovered(settings)
        known = _Known(settings=settings, provider=provider, keys=self._keys(provider), at=now)
        with self._lock:
            self._known = known
        return known

    def _discovered(self, settings: OidcSettings) -> Discovered:
        content = self._got(f"{settings.issuer.rstrip('/')}{CONFIGURATION}")
        found = _decoded(content, Discovered)
        if found.issuer != settings.issuer:
            raise NotLoggedIn("another issuer")
        places = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
        if not all(map(is_safe, places)):
            raise NotLoggedIn("an address in the clear")
        methods = found.code_challenge_methods_supported
        if methods is not None and "S256" not in methods:
            raise NotLoggedIn("no PKCE with S256")
        return found

    def _keys(self, provider: Discovered) -> tuple[Jwk, ...]:
        try:
            return keys_in(self._got(provider.jwks_uri))
        except NoKeys as error:
            raise NotLoggedIn(str(error)) from error

    def _got(self, url: str) -> bytes:
        reply = self._fetch(Sent(method="GET", url=url, headers=(("accept", "application/json"),)))
        if reply.status != OK:
            raise NotLoggedIn(f"status {reply.status}")
        return reply.body

    def token(self, settings: OidcSettings, now: int, *, redeemed: "Redeemed", secret: str) -> str:
        """Exchange a code for the token that says who it is; raises NotLoggedIn."""
        provider = self.described(settings, now)
        fields = {
            "grant_type": "authorization_code", "code": redeemed.code,
            "redirect_uri": redeemed.back, "code_verifier": redeemed.verifier,
            "client_id": settings.client_id,
        }  # fmt: skip
        headers = [("content-type", "application/x-www-form-urlencoded")]
        if secret:
            headers.append(("authorization", _basic(settings.client_id, secret)))
        sent = Sent(
            method="POST", url=provider.token_endpoint, body=urlencode(fields).encode(),
            headers=(*headers, ("accept", "application/json")),
        )  # fmt: skip
        reply = self._fetch(sent)
        if reply.status != OK:
            raise NotLoggedIn(f"status {reply.status} for the code")
        return _decoded(reply.body, _Answered).id_token


class Redeemed(Struct, frozen=True, kw_only=True):
    """A code that came back, and what only who has asked for it knows."""

    code: str
    verifier: str
    back: str


def is_safe(url: str) -> bool:
    """Tell whether what is sent to an address stays between us and it."""
    parts = urlsplit(url)
    tls = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    return tls and bool(parts.hostname) and not parts.username and not parts.fragment


def challenge(verifier: str) -> str:
    """Give what the provider holds a verifier against, by S256."""
    hashed = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()


def sent_to(provider: Discovered, asked: Mapping[str, str]) -> str:
    """Give where a browser is sent with what is asked for."""
    join = "&" if urlsplit(provider.authorization_endpoint).query else "?"
    return f"{provider.authorization_endpoint}{join}{urlencode(asked)}"


def _basic(client: str, secret: str) -> str:
    """A form's encoding first: so that a colon in one of them ends nothing."""
    pair = f"{quote(client, safe='')}:{quote(secret, safe='')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _decoded(content: bytes, kind: type[Answer]) -> Answer:
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, RecursionError) as error:
        raise NotLoggedIn("an answer that is none") from error
