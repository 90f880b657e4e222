"""An identity provider of ours, written after OpenID Connect Core 1.0 and Discovery 1.0.

It answers as those say: its configuration, its keys, a code for whoever asks for one, and a token
for the code, once, to who has the verifier. A test spoils what it wants.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from tenken.console.doors.oidc.asking import Fetched, Sent

ISSUER = "https://login.example.com/desk"
CLIENT = "tenken-console"
SECRET = "s3cret:with/colon"
RSA: RSAPrivateKey = generate_private_key(public_exponent=65537, key_size=2048)
OTHER_RSA: RSAPrivateKey = generate_private_key(public_exponent=65537, key_size=2048)
Claims = dict[str, Any]


def jwk(key: RSAPrivateKey, name: str) -> Claims:
    """Give the public half of a key as providers publish it."""
    public: Claims = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**public, "kid": name, "use": "sig", "alg": "RS256"}


class FakeProvider:
    """Lets one person in."""

    def __init__(self, now: Callable[[], int], *, issuer: str = ISSUER) -> None:
        self._now = now
        self.issuer = issuer
        self.person: Claims = {
            "sub": "00u1", "name": "Mio Abe", "email": "mio@example.com", "email_verified": True,
            "groups": ["legal", "staff"],
        }  # fmt: skip
        self.claims: Claims = {}
        """Put over what the token says; None takes a claim away."""
        self.configuration: Claims = {}
        self.keys: list[Claims] = [jwk(RSA, "k1")]
        self.sign: Callable[[Claims], str] = signed
        self.codes: dict[str, Claims] = {}
        self.sent: list[Sent] = []

    def fetch(self, sent: Sent) -> Fetched:
        """Answer the console itself."""
        self.sent.append(sent)
        path = sent.url.removeprefix(self.issuer)
        if path == "/.well-known/openid-configuration":
            return _json(200, self._configured())
        if path == "/keys":
            return _json(200, {"keys": self.keys})
        if path == "/token" and sent.method == "POST":
            return self._token(sent)
        return Fetched(status=404)

    def _configured(self) -> Claims:
        plain = {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }  # fmt: skip
        return {**plain, **self.configuration}

    def authorize(self, url: str, **changed: str) -> str:
        """Let the person in whom a browser brings; gives where it is sent back to."""
        asked = {name: one[0] for name, one in parse_qs(urlsplit(url).query).items()}
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.issuer, **changed}
        said = {name: value for name, value in back.items() if value}
        return f"{asked['redirect_uri']}?{urlencode(said)}"

    def _token(self, sent: Sent) -> Fetched:
        fields = {name: one[0] for name, one in parse_qs(sent.body.decode()).items()}
        asked = self.codes.pop(fields.get("code", ""), None)
        hashed = hashlib.sha256(fields.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
        if (
            asked is None
            or fields.get("grant_type") != "authorization_code"
            or fields.get("redirect_uri") != asked["redirect_uri"]
            or challenge != asked["code_challenge"]
            or not _is_client(dict(sent.headers).get("authorization", ""))
        ):
            return _json(400, {"error": "invalid_grant"})
        now = self._now() // 1_000_000
        plain = {
            "iss": self.issuer, "aud": CLIENT, "exp": now + 300, "iat": now,
            "nonce": asked["nonce"], **self.person,
        }  # fmt: skip
        whole = {**plain, **self.claims}
        token = self.sign({name: one for name, one in whole.items() if one is not None})
        return _json(200, {"access_token": "x", "token_type": "Bearer", "id_token": token})


def _is_client(authorization: str) -> bool:
    pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
    client, _, secret = pair.partition(":")
    return (unquote(client), unquote(secret)) == (CLIENT, SECRET)


def signed(claims: Claims, key: Any = RSA, algorithm: str = "RS256", kid: str = "k1") -> str:
    """Give a token as the provider signs it."""
    headers = {"kid": kid} if kid else {}
    return jwt.encode(claims, key, algorithm=algorithm, headers=headers)


def _json(status: int, value: Claims) -> Fetched:
    return Fetched(status=status, body=json.dumps(value).encode())
