"""Tokens: who is let in by one, and the many ways in which one is not good."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tenken.gateway.callers.keysets import KeySets, NoKeys, fetching, keys_in
from tenken.gateway.callers.tokens import LARGEST, Tokens
from tenken.gateway.plan import Caller, Issuer, Known, Plan
from tenken.sentence import Sentence
from tenken.transport.errors import ConnectFailed
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tests.gateway.ground import provider

pytestmark = pytest.mark.anyio
NOW = 1_800_000_000
ISSUER = Issuer(
    issuer="https://issuer.example.com",
    audience="tenken",
    jwks="https://issuer.example.com/keys",
    algorithms=("ES256", "RS256"),
)
PLAN = Plan(
    version="v1",
    routes={},
    targets={},
    callers={"app": Caller(id="app", routes=frozenset())},
    keys={},
    identities={ISSUER.issuer: (Known("sub", "app-1", "app"), Known("groups", "desk", "app"))},
    issuers={ISSUER.issuer: ISSUER},
)
CLAIMS = {"iss": ISSUER.issuer, "aud": "tenken", "sub": "app-1", "exp": NOW + 600}
EC = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = ec.generate_private_key(ec.SECP256R1())


def jwk(key: Any, name: str, **more: object) -> dict[str, Any]:
    kind = jwt.algorithms.ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else (
        jwt.algorithms.RSAAlgorithm
    )  # fmt: skip
    return {**kind.to_jwk(key.public_key(), as_dict=True), "kid": name, **more}


KEYS = [jwk(EC, "one", alg="ES256", use="sig"), jwk(RSA, "two"), jwk(OTHER, "secret", use="enc")]


class Issuing:
    """An issuer whose answers are told."""

    def __init__(self, keys: list[dict[str, Any]]) -> None:
        self.keys = keys
        self.asked = 0
        self.away = False

    async def __call__(self, _url: str) -> bytes:
        self.asked += 1
        if self.away:
            raise ConnectFailed("refused")
        return json.dumps({"keys": self.keys}).encode()


class Watch:
    """Time that is told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def ready(issuing: Issuing, watch: Watch | None = None) -> tuple[Tokens, KeySets]:
    told: list[Sentence] = []
    sets = KeySets(lambda: (ISSUER,), fetch=issuing, clock=watch or Watch(), tell=told.append)
    await sets.look()
    return Tokens(sets), sets


def token(claims: Mapping[str, Any] = CLAIMS, *, key: Any = EC, name: str = "one",
          algorithm: str = "ES256", **header: Any) -> bytes:  # fmt: skip
    headers = {"kid": name, **header}
    return jwt.encode(dict(claims), key, algorithm=algorithm, headers=headers).encode()


async def known(said: bytes, *, now: int = NOW) -> str | None:
    tokens, _ = await ready(Issuing(KEYS))
    first = tokens.caller(PLAN, said, now=now * 1_000_000)
    assert tokens.caller(PLAN, said, now=now * 1_000_000) == first, "the same from memory"
    return first


@pytest.mark.parametrize(
    "said",
    [
        token(),
        token(key=RSA, name="two", algorithm="RS256"),
        token({**CLAIMS, "aud": ["other", "tenken"]}),
        token({**CLAIMS, "sub": "somebody", "groups": ["all", "desk"]}),
        token({**CLAIMS, "exp": NOW - 29}),
        token({**CLAIMS, "nbf": NOW + 29, "iat": NOW + 29}),
    ],
    ids=["ec", "rsa", "audiences", "groups", "just ended", "nearly begun"],
)
async def test_a_good_token_names_its_caller(said: bytes) -> None:
    """By the claim that the files name."""
    assert await known(said) == "app"


def unsigned() -> bytes:
    return jwt.encode(CLAIMS, "", algorithm="none", headers={"kid": "one"}).encode()


def with_public_key() -> bytes:
    """HS256 with what everybody knows as the secret; PyJWT itself would not write it."""
    secret = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = {"alg": "HS256", "kid": "two", "typ": "JWT"}
    parts = b".".join(_part(json.dumps(one).encode()) for one in (head, CLAIMS))
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    return parts + b"." + _part(signature.sign(parts, secret))


def _part(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def twice() -> bytes:
    """Signed well, with a claim that readers disagree on."""
    head = {"alg": "ES256", "kid": "one"}
    claims = json.dumps(CLAIMS)[:-1] + ', "sub": "somebody"}'
    parts = _part(json.dumps(head).encode()) + b"." + _part(claims.encode())
    algorithm = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256, ec.SECP256R1)
    return parts + b"." + _part(algorithm.sign(parts, EC))


def nested() -> bytes:
    return _part(b'{"alg":' + b"[" * 5000) + b"." + _part(b"[" * 1000) + b".x"


BAD: Mapping[str, Callable[[], bytes]] = {
    "none": unsigned,
    "hmac with the public key": with_public_key,
    "another audience": lambda: token({**CLAIMS, "aud": "other"}),
    "no audience": lambda: token({k: v for k, v in CLAIMS.items() if k != "aud"}),
    "another issuer": lambda: token({**CLAIMS, "iss": "https://other.example.com"}),
    "nobody known": lambda: token({**CLAIMS, "sub": "somebody"}),
    "ended": lambda: token({**CLAIMS, "exp": NOW - 31}),
    "without an end": lambda: token({k: v for k, v in CLAIMS.items() if k != "exp"}),
    "an end that is no time": lambda: token({**CLAIMS, "exp": True}),
    "an end without end": lambda: token({**CLAIMS, "exp": 1e400}),
    "not begun": lambda: token({**CLAIMS, "nbf": NOW + 31}),
    "of the future": lambda: token({**CLAIMS, "iat": NOW + 3600}),
    "another key": lambda: token(key=OTHER),
    "a key for something else": lambda: token(key=OTHER, name="secret"),
    "a key's name as a path": lambda: token(name="../../one"),
    "another algorithm of the key": lambda: token(key=RSA, name="two", algorithm="PS256"),
    "critical headers": lambda: token(crit=["exp"]),
    "its own key set": lambda: token(key=OTHER, jku="https://other.example.com", name="mine"),
    "a claim twice": twice,
    "nested": nested,
    "too long": lambda: token({**CLAIMS, "more": "x" * LARGEST}),
    "changed": lambda: token()[:-4] + b"AAAA",
    "two parts": lambda: token().rpartition(b".")[0],
    "no base64": lambda: b"eyJ\xff.eyJ.x",
}


@pytest.mark.parametrize("said", BAD.values(), ids=BAD)
async def test_a_bad_token_names_nobody(said: Callable[[], bytes]) -> None:
    """Whatever is wrong with it."""
    assert await known(said()) is None


async def test_a_token_is_good_until_it_ends() -> None:
    """Also from memory."""
    tokens, _ = await ready(Issuing(KEYS))
    said = token()

    assert tokens.caller(PLAN, said, now=NOW * 1_000_000) == "app"
    assert tokens.caller(PLAN, said, now=(NOW + 631) * 1_000_000) is None


async def test_keys_are_asked_for_beside_the_requests() -> None:
    """An unknown key's name makes them be asked for soon, not for every such token."""
    issuing, watch = Issuing(KEYS[1:]), Watch()
    tokens, sets = await ready(issuing, watch)
    said = token()

    for _ in range(50):
        assert tokens.caller(PLAN, said, now=NOW * 1_000_000) is None
    assert issuing.asked == 1
    issuing.keys = KEYS
    watch.now += 11
    await sets.look()
    assert (issuing.asked, tokens.caller(PLAN, said, now=NOW * 1_000_000)) == (2, "app")


async def test_an_issuer_that_is_away_changes_nothing_for_a_day() -> None:
    """Nobody waits for it, and what is known stays good."""
    issuing, watch = Issuing(KEYS), Watch()
    tokens, sets = await ready(issuing, watch)
    issuing.away = True
    watch.now += 3600
    await sets.look()
    said = token()

    assert tokens.caller(PLAN, said, now=NOW * 1_000_000) == "app"
    watch.now += 86_400
    fresh = Tokens(sets)
    assert fresh.caller(PLAN, said, now=NOW * 1_000_000) is None


async def test_an_issuer_that_is_away_is_not_asked_for_each_unknown_key() -> None:
    """Whoever sends tokens of it with names of keys that nobody has makes no calls to it."""
    issuing, watch = Issuing(KEYS[1:]), Watch()
    tokens, sets = await ready(issuing, watch)
    issuing.away = True
    watch.now += 3600
    await sets.look()
    asked = issuing.asked

    for _ in range(5):
        assert tokens.caller(PLAN, token(), now=NOW * 1_000_000) is None
        await sets.look()

    assert issuing.asked == asked


async def test_an_issuer_that_is_named_no_more_is_forgotten() -> None:
    """It is never due: who looks after the keys would do nothing else any more."""
    issuers, watch = [ISSUER], Watch()
    sets = KeySets(lambda: issuers, fetch=Issuing(KEYS), clock=watch, tell=lambda _: None)
    await sets.look()
    issuers.clear()
    watch.now += 3600

    assert await sets.look() > 0
    assert sets.keys(ISSUER) == ()


async def test_a_key_that_is_taken_away_opens_nothing() -> None:
    """Not even for tokens that are remembered."""
    issuing, watch = Issuing(KEYS), Watch()
    tokens, sets = await ready(issuing, watch)
    said = token()
    assert tokens.caller(PLAN, said, now=NOW * 1_000_000) == "app"

    issuing.keys = KEYS[1:]
    watch.now += 301
    await sets.look()

    assert tokens.caller(PLAN, said, now=NOW * 1_000_000) is None


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"keys": {}}', b'{"keys": [{"kty": "oct"}]}', b"[" * 9999]
)
def test_what_is_no_key_set_is_told_apart(content: bytes) -> None:
    """A secret shared by both sides is none of ours."""
    with pytest.raises(NoKeys):
        keys_in(content)


@pytest.mark.parametrize("answer", ["ok", "redirect", "large"])
async def test_keys_are_fetched_within_bounds(answer: str) -> None:
    """No redirect is followed, and no endless body read."""
    seen: list[str] = []

    async def issuer(request: Request, reply: Reply) -> None:
        seen.append(f"{request.method} {request.path}?{request.query}")
        if answer == "redirect":
            reply.send(302, ((b"location", b"/other"),), b"")
        else:
            reply.send(200, (), b"{}" if answer == "ok" else b"x" * (1 << 20))

    async with provider(issuer) as origin:
        fetch = fetching(allow_private=True)
        url = f"http://{origin.host}:{origin.port}/keys?v=1"
        if answer == "ok":
            assert await fetch(url) == b"{}"
        else:
            with pytest.raises(Exception, match=r"302|body_too_large"):
                await fetch(url)

    assert seen == ["GET /keys?v=1"]
