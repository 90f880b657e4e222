"""Public keys of those who issue tokens: fetched beside the requests, never for one.

An issuer that is away, slow or broken changes nothing for the keys that are known; they are good
for a day without it. A token with a key that nobody knows is refused, and makes the keys be asked
for again soon.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from tenken.gateway.plan import Issuer
from tenken.sentence import Sentence, say
from tenken.transport.addresses import Origin
from tenken.transport.errors import UpstreamFailed
from tenken.transport.limits import PoolLimits
from tenken.transport.upstream import Pool
from tenken.transport.upstream_reply import Patience

LARGEST = 256 * 1024
PATIENCE_S = 5.0
AGAIN_S = 10.0
"""After a failure, or for a key that nobody knows."""
GOOD_S = 86_400.0
OK = 200
Jwk = Mapping[str, Any]
Fetch = Callable[[str], Awaitable[bytes]]


class NoKeys(Exception):
    """What was fetched are no keys."""


class KeySet(Struct, frozen=True, kw_only=True):
    """The keys of one issuer."""

    keys: tuple[Jwk, ...]
    at: float


class KeySets:
    """The keys of all issuers of a plan."""

    def __init__(
        self,
        issuers: Callable[[], Iterable[Issuer]],
        *,
        fetch: Fetch,
        clock: Callable[[], float],
        tell: Callable[[Sentence], None],
    ) -> None:
        self._issuers = issuers
        self._fetch = fetch
        self._clock = clock
        self._tell = tell
        self._sets: dict[str, KeySet] = {}
        self._due: dict[str, float] = {}
        self._asked: dict[str, float] = {}
        """When each was asked last, whatever came of it."""
        self._failing: set[str] = set()
        self._wanted = asyncio.Event()
        self.version = 0
        """Rises when keys change."""

    def keys(self, issuer: Issuer) -> tuple[Jwk, ...]:
        """Give what is known now."""
        found = self._sets.get(issuer.jwks)
        if found is None or self._clock() - found.at > GOOD_S:
            return ()
        return found.keys

    def want(self, issuer: Issuer) -> None:
        """Have them asked for again, but not more often than all few seconds."""
        asked = self._asked.get(issuer.jwks)
        soonest = asked + AGAIN_S if asked is not None else 0.0
        if soonest < self._due.get(issuer.jwks, 0.0):
            self._due[issuer.jwks] = soonest
            self._wanted.set()

    async def kept(self) -> None:
        """Keep them fresh until cancelled."""
        while True:
            self._wanted.clear()
            pause = await self.look()
            try:
                async with asyncio.timeout(pause):
                    await self._wanted.wait()
            except TimeoutError:
                pass

    async def look(self) -> float:
        """Ask for those that are due; give the seconds until the next ones are."""
        issuers = tuple(self._issuers())
        self._forget(issuers)
        for issuer in issuers:
            if self._due.get(issuer.jwks, 0.0) <= self._clock():
                await self._renewed(issuer)
        now = self._clock()
        return min([due - now for due in self._due.values()] + [AGAIN_S])

    def _forget(self, issuers: Iterable[Issuer]) -> None:
        """Keep nothing of those that are named no more: they are never due again."""
        named = {issuer.jwks for issuer in issuers}
        for jwks in self._due.keys() - named:
            del self._due[jwks]
            self._asked.pop(jwks, None)
            self._sets.pop(jwks, None)
            self._failing.discard(jwks)

    async def _renewed(self, issuer: Issuer) -> None:
        self._asked[issuer.jwks] = self._clock()
        try:
            keys = keys_in(await self._fetch(issuer.jwks))
        except (UpstreamFailed, NoKeys) as error:
            self._due[issuer.jwks] = self._clock() + min(AGAIN_S, issuer.refresh_s)
            if issuer.jwks not in self._failing:
                self._failing.add(issuer.jwks)
                self._tell(say("gateway.keys_away", issuer=issuer.issuer, why=str(error)))
            return
        now = self._clock()
        old = self._sets.get(issuer.jwks)
        self._sets[issuer.jwks] = KeySet(keys=keys, at=now)
        self._due[issuer.jwks] = now + issuer.refresh_s
        if old is None or old.keys != keys:
            self.version += 1
        if issuer.jwks in self._failing:
            self._failing.discard(issuer.jwks)
            self._tell(say("gateway.keys_back", issuer=issuer.issuer))


def keys_in(content: bytes) -> tuple[Jwk, ...]:
    """Give the keys for signatures in a key set; raises NoKeys."""
    try:
        said = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise NoKeys("no JSON") from error
    listed = said.get("keys") if isinstance(said, dict) else None
    if not isinstance(listed, list):
        raise NoKeys("no list of keys")
    found = tuple([one for one in listed if isinstance(one, dict) and _signs(one)])
    if not found:
        raise NoKeys("no key for signatures")
    return found


def _signs(key: Jwk) -> bool:
    return key.get("use", "sig") == "sig" and key.get("kty") in {"RSA", "EC", "OKP"}


def fetching(*, allow_private: bool) -> Fetch:
    """Give what fetches a URL: no redirects, a bounded answer, bounded time."""

    async def fetch(url: str) -> bytes:
        parts = urlsplit(url)
        tls = parts.scheme == "https"
        host, port = parts.hostname or "", parts.port or (443 if tls else 80)
        pool = Pool(
            Origin(host=host, port=port, tls=tls), limits=PoolLimits(allow_private=allow_private)
        )
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        head = (
            f"GET {target} HTTP/1.1\r\nhost: {parts.netloc}\r\naccept: application/json\r\n"
            "accept-encoding: identity\r\n\r\n"
        )
        until = asyncio.get_running_loop().time() + PATIENCE_S
        patience = Patience(PATIENCE_S, PATIENCE_S, PATIENCE_S, until)
        try:
            reply = await pool.call(head.encode("ascii", "replace"), patience=patience)
            content = await reply.read(LARGEST)
            if reply.status != OK:
                raise NoKeys(f"status {reply.status}")
            return content
        finally:
            pool.close()

    return fetch
