"""Tokens of OpenAI and of Anthropic, for a token that says who this process is.

Their administrators tell them whose tokens they take (workload identity federation). A workload
shows one of its own, and is given a short-lived one in exchange, by one POST of JSON. It is made
here with the standard library: the vendors' clients, which do the same, would hold 40 and 65 MB in
every worker for it. Tests hold each exchange, and what calls carry then, to the vendor's client.

Sources, read 2026-11-23: OpenAI's reference "Workload identity token exchange" and its Python
client 3.51; Anthropic's "WIF reference" and its Python client 2.8.
"""

from collections.abc import Mapping
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from tenken.gateway.credentials.lease import Lease, Unobtainable, header_lines
from tenken.gateway.credentials.subject import Subject
from tenken.wire.dialect import BROKEN

OPENAI = "https://auth.openai.com/oauth/token"
ANTHROPIC = "https://api.anthropic.com"
ANTHROPIC_PATH = "/v1/oauth/token"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
BEARS = "urn:ietf:params:oauth:grant-type:jwt-bearer"
JWT = "urn:ietf:params:oauth:token-type:jwt"
CALLED_WITH = "oauth-2025-04-20"
"""Anthropic's word for calls that carry such a token."""
EXCHANGED_WITH = f"{CALLED_WITH},oidc-federation-2026-04-01"
TIMEOUT_S = 10.0
ANSWER_MAX = 64 << 10
CODE_MAX = 64
OK = 200


class OpenAIIdentity(Struct, frozen=True, kw_only=True):
    """A service account of an OpenAI project."""

    account: str
    provider: str
    """The id that OpenAI gave to the issuer of our tokens."""
    subject: Subject
    url: str = OPENAI

    def fetch(self) -> Lease:
        """Exchange; raises Unobtainable, or what the subject raises."""
        asked = {
            "grant_type": EXCHANGE,
            "subject_token_type": JWT,
            "subject_token": self.subject.token(),
            "identity_provider_id": self.provider,
            "service_account_id": self.account,
        }
        return _leased(_exchanged(self.url, asked))


class AnthropicIdentity(Struct, frozen=True, kw_only=True):
    """A service account of an Anthropic organisation."""

    account: str
    rule: str
    """The id of the rule that lets our tokens act as the account."""
    organization: str
    workspace: str = ""
    """Where the rule holds in several."""
    subject: Subject
    base_url: str = ANTHROPIC
    """Where it is called: a token is good at the host that gave it."""

    def fetch(self) -> Lease:
        """Exchange; raises Unobtainable, or what the subject raises."""
        asked = {
            "grant_type": BEARS,
            "assertion": self.subject.token(),
            "federation_rule_id": self.rule,
            "organization_id": self.organization,
            "service_account_id": self.account,
            **({"workspace_id": self.workspace} if self.workspace else {}),
        }
        place = urlsplit(self.base_url)
        url = f"{place.scheme}://{place.netloc}{ANTHROPIC_PATH}"
        given = _exchanged(url, asked, {"anthropic-beta": EXCHANGED_WITH})
        return _leased(given, (b"anthropic-beta", CALLED_WITH.encode()))


class _Given(Struct):
    access_token: Annotated[str, Meta(min_length=1)]
    expires_in: Annotated[float, Meta(gt=0)]
    token_type: str = "Bearer"  # noqa: S105 - the name of a kind


class _Told(Struct):
    error: object = ""


GIVEN = msgspec.json.Decoder(_Given)
TOLD = msgspec.json.Decoder(_Told)


def _leased(given: _Given, *more: tuple[bytes, bytes]) -> Lease:
    carried = (b"authorization", b"Bearer " + given.access_token.encode())
    return Lease(lines=header_lines(carried, *more), lasts_s=given.expires_in)


def _exchanged(
    url: str, asked: Mapping[str, str], headers: Mapping[str, str] | None = None
) -> _Given:
    """Ask once; who renews asks again by itself. Redirects are not followed."""
    host, body = urlsplit(url).hostname or "", msgspec.json.encode(asked)
    said = {"content-type": "application/json", "accept": "application/json", **(headers or {})}
    try:
        with closing(_connection(url)) as connection:
            connection.request("POST", urlsplit(url).path, body, said)
            reply = connection.getresponse()
            answer = reply.read(ANSWER_MAX)
    except (OSError, HTTPException) as error:
        raise Unobtainable(f"{host}: {type(error).__name__}") from error
    if reply.status != OK:
        raise Unobtainable(f"{host} answered {reply.status} {_code(answer)}".rstrip())
    try:
        given = GIVEN.decode(answer)
    except BROKEN:
        raise Unobtainable(f"{host} gave no token") from None  # the answer may hold what we sent
    if given.token_type.lower() != "bearer":
        raise Unobtainable(f"{host} gave a token of another kind")
    return given


def _connection(url: str) -> HTTPConnection:
    place = urlsplit(url)
    host = place.hostname or ""
    if place.scheme == "https":
        return HTTPSConnection(host, place.port, timeout=TIMEOUT_S)
    if host != "localhost" and not _loops_back(host):
        raise Unobtainable(f"{host} is asked without TLS: it would be shown our token in clear")
    return HTTPConnection(host, place.port, timeout=TIMEOUT_S)


def _loops_back(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _code(answer: bytes) -> str:
    """Give the word for what went wrong; never the words, which may hold what we sent."""
    try:
        said = TOLD.decode(answer).error
    except BROKEN:
        return ""
    word = said.get("type", "") if isinstance(said, dict) else said
    return word if isinstance(word, str) and len(word) <= CODE_MAX and word.isascii() else ""
