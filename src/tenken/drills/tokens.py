"""A fake token service: what clouds answer to a workload that asks for a credential of its own.

It checks what the real ones check of the form of a request, gives tokens whose numbers rise, and
misbehaves when it is told to. Written after public references, read 2026-11; nothing is recorded:

- Google: Security Token Service (`v1.token`), IAM Credentials (`generateAccessToken`), OAuth 2.0
  for service accounts (`/token`), and the metadata server (view and query VM metadata).
- Amazon: STS API reference 2011-06-15 (AssumeRole, AssumeRoleWithWebIdentity), and the ECS agent's
  task IAM roles endpoint.
- OpenAI: workload identity token exchange (`/oauth/token`).
- Anthropic: workload identity federation (`/v1/oauth/token`).
- Microsoft: how to use managed identities on a virtual machine (2018-02-01) and on App Service
  (2019-08-01).
"""

import asyncio
import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import parse_qsl

import msgspec
from msgspec import Struct

from tenken.transport.message import Headers, Request, first
from tenken.transport.reply import Reply

Kind = Literal[
    "google-sts", "google-account", "google-key", "google-metadata",
    "google-identity", "aws-web-identity", "aws-role", "aws-container", "azure-app",
    "azure-machine", "openai", "anthropic",
]  # fmt: skip
JSON = (b"content-type", b"application/json")
TEXT = (b"content-type", b"application/text")
XML = (b"content-type", b"text/xml")
FLAVOUR = (b"metadata-flavor", b"Google")
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
BY_KEY = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - the name of a kind
SUBJECTS = frozenset(
    {"urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:oauth:token-type:id_token"}
)
FEDERATION = "oidc-federation-2026-04-01"
METADATA = "/computeMetadata/v1/"
ACCOUNT = f"{METADATA}instance/service-accounts/default/"
ACCOUNTS = "/v1/projects/-/serviceAccounts/"
ASSUMED = """\
<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>\
<AssumedRoleUser><Arn>{role}</Arn><AssumedRoleId>AROAFAKE:tenken</AssumedRoleId></AssumedRoleUser>\
<Credentials><AccessKeyId>{access}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>\
<SessionToken>{token}</SessionToken><Expiration>{expires}</Expiration></Credentials>\
</{action}Result><ResponseMetadata><RequestId>fake</RequestId></ResponseMetadata>\
</{action}Response>"""
REFUSED = """\
<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>\
<Code>{code}</Code><Message>{why}</Message></Error><RequestId>fake</RequestId></ErrorResponse>"""


class Issued(Struct, frozen=True, kw_only=True):
    """A credential that was given: the truth by which a gateway is judged."""

    kind: Kind
    number: int
    """From 1, over all kinds."""
    secret: str
    """What the provider will see of it: the token, or the id of the key."""
    asked: Mapping[str, str]
    """What was asked with; nothing of it is a secret but a fake one."""
    expires_at: datetime


class Denied(Exception):
    """A request that the real service would not answer either."""


class TokenService:
    """A handler of the transport's server.

    Set `lifetime_s` for how long tokens are good, `broken` for a service that answers with errors,
    and clear `open` for one that takes its time.
    """

    def __init__(self, *, now: Callable[[], datetime], lifetime_s: int = 3600) -> None:
        self._now = now
        self.lifetime_s = lifetime_s
        self.broken = False
        self.open = asyncio.Event()
        self.open.set()
        self.asked = asyncio.Event()
        """Somebody has come, whatever became of it."""
        self.issued: list[Issued] = []

    async def __call__(self, request: Request, reply: Reply) -> None:
        """Answer one call."""
        self.asked.set()
        await self.open.wait()
        if self.broken:
            reply.send(503, (JSON,), b'{"error": "unavailable"}')
            return
        fields = _fields(request)
        try:
            headers, body = self._answer(request, fields)
        except Denied as denied:
            status, headers, body = 400, (JSON,), _json(error=str(denied))
            if "Action" in fields:
                headers, body = (XML,), REFUSED.format(code=denied, why=denied).encode()
            reply.send(status, headers, body)
            return
        reply.send(200, headers, body)

    def _answer(self, request: Request, fields: Mapping[str, str]) -> tuple[Headers, bytes]:
        if request.path.startswith(METADATA) or request.path == "/":
            if "Action" in fields:
                return (XML,), self._assumed(request, fields)
            kind = TEXT if request.path == f"{ACCOUNT}identity" else JSON
            return (kind, FLAVOUR), self._google_metadata(request)
        match request.path:
            case "/v1/token":
                return (JSON,), self._google_exchange(fields)
            case "/token":
                return (JSON,), self._google_key(fields)
            case "/oauth/token" | "/v1/oauth/token":
                return (JSON,), self._federated(request, fields)
            case "/container":
                return (JSON,), self._aws_container(request)
            case "/msi/token":
                return (JSON,), self._azure_app(request, fields)
            case "/metadata/identity/oauth2/token":
                return (JSON,), self._azure_machine(request, fields)
            case path if path.startswith(ACCOUNTS):
                return (JSON,), self._google_account(request, path)
            case _:
                raise Denied("no such path")

    def _issue(self, kind: Kind, asked: Mapping[str, str]) -> Issued:
        number = len(self.issued) + 1
        moment = self._now().timestamp() + self.lifetime_s
        issued = Issued(
            kind=kind,
            number=number,
            secret=f"fake-{kind}-{number}",
            asked=dict(asked),
            expires_at=datetime.fromtimestamp(int(moment), UTC),
        )
        self.issued.append(issued)
        return issued

    def _google_exchange(self, fields: Mapping[str, str]) -> bytes:
        _need(fields.get("grant_type") == EXCHANGE, "unsupported_grant_type")
        _need(bool(fields.get("audience") and fields.get("subject_token")), "invalid_request")
        issued = self._issue("google-sts", fields)
        return _json(
            access_token=issued.secret,
            issued_token_type=ACCESS_TOKEN,
            token_type="Bearer",  # noqa: S106 - the name of a kind
            expires_in=self.lifetime_s,
        )

    def _google_key(self, fields: Mapping[str, str]) -> bytes:
        _need(fields.get("grant_type") == BY_KEY and "assertion" in fields, "invalid_grant")
        issued = self._issue("google-key", fields)
        return _json(
            access_token=issued.secret,
            expires_in=self.lifetime_s,
            token_type="Bearer",  # noqa: S106 - the name of a kind
        )

    def _federated(self, request: Request, fields: Mapping[str, str]) -> bytes:
        if request.path == "/oauth/token":
            return self._openai(fields)
        return self._anthropic(request, fields)

    def _openai(self, fields: Mapping[str, str]) -> bytes:
        _need(fields.get("grant_type") == EXCHANGE, "unsupported_grant_type")
        _need(fields.get("subject_token_type") in SUBJECTS, "invalid_request")
        ids = ("subject_token", "identity_provider_id", "service_account_id")
        _need(all(fields.get(name) for name in ids), "invalid_grant")
        return self._given("openai", fields)

    def _anthropic(self, request: Request, fields: Mapping[str, str]) -> bytes:
        said = (first(request.headers, b"anthropic-beta") or b"").decode("latin-1")
        _need(FEDERATION in said.split(","), "invalid_request")
        _need(fields.get("grant_type") == BY_KEY, "unsupported_grant_type")
        ids = ("assertion", "federation_rule_id", "organization_id", "service_account_id")
        _need(all(fields.get(name) for name in ids), "invalid_grant")
        return self._given("anthropic", {**fields, "anthropic-beta": said})

    def _given(self, kind: Kind, fields: Mapping[str, str]) -> bytes:
        issued = self._issue(kind, fields)
        return _json(
            access_token=issued.secret,
            token_type="Bearer",  # noqa: S106 - the name of a kind
            expires_in=self.lifetime_s,
        )

    def _google_account(self, request: Request, path: str) -> bytes:
        account, _, verb = path.removeprefix(ACCOUNTS).partition(":")
        _need(verb == "generateAccessToken", "not_found")
        bearer = (first(request.headers, b"authorization") or b"").decode("latin-1")
        _need(any(bearer == f"Bearer {one.secret}" for one in self.issued), "unauthenticated")
        issued = self._issue("google-account", {"account": account, "by": bearer})
        return _json(accessToken=issued.secret, expireTime=_moment(issued.expires_at))

    def _google_metadata(self, request: Request) -> bytes:
        _need(first(request.headers, FLAVOUR[0]) == FLAVOUR[1], "Metadata-Flavor is missing")
        match request.path.removeprefix(ACCOUNT):
            case "token":
                issued = self._issue("google-metadata", {"query": request.query})
                return _json(
                    access_token=issued.secret,
                    expires_in=self.lifetime_s,
                    token_type="Bearer",  # noqa: S106 - the name of a kind
                )
            case "identity":
                issued = self._issue("google-identity", dict(parse_qsl(request.query)))
                ends = base64.urlsafe_b64encode(_json(exp=int(issued.expires_at.timestamp())))
                return b"e30.%b.%b" % (ends.rstrip(b"="), issued.secret.encode())
            case "":
                email = "gateway@acme-1.iam.gserviceaccount.com"
                return _json(aliases=["default"], email=email, scopes=["cloud-platform"])
            case _:
                return b"acme-1"

    def _assumed(self, request: Request, fields: Mapping[str, str]) -> bytes:
        action = fields["Action"]
        if action == "AssumeRoleWithWebIdentity":
            _need(bool(fields.get("WebIdentityToken")), "InvalidIdentityToken")
            kind: Kind = "aws-web-identity"
        else:
            _need(action == "AssumeRole", "InvalidAction")
            signed = (first(request.headers, b"authorization") or b"").decode("latin-1")
            _need(any(f"/{one.secret}/" in signed.replace("=", "/") for one in self.issued),
                  "InvalidClientTokenId")  # fmt: skip
            kind = "aws-role"
        _need(fields.get("Version") == "2011-06-15" and "RoleArn" in fields, "ValidationError")
        issued = self._issue(kind, fields)
        return ASSUMED.format(
            action=action,
            role=fields["RoleArn"],
            access=issued.secret,
            secret=f"secret-of-{issued.number}",
            token=f"token-of-{issued.number}",
            expires=_moment(issued.expires_at),
        ).encode()

    def _aws_container(self, request: Request) -> bytes:
        token = (first(request.headers, b"authorization") or b"").decode("latin-1")
        _need(bool(token), "AccessDenied")
        issued = self._issue("aws-container", {"authorization": token})
        return _json(
            AccessKeyId=issued.secret,
            SecretAccessKey=f"secret-of-{issued.number}",
            Token=f"token-of-{issued.number}",
            Expiration=_moment(issued.expires_at),
        )

    def _azure_app(self, request: Request, fields: Mapping[str, str]) -> bytes:
        _need(bool(first(request.headers, b"x-identity-header")), "the header is missing")
        _need(fields.get("api-version") == "2019-08-01", "UnsupportedApiVersion")
        return self._azure("azure-app", fields)

    def _azure_machine(self, request: Request, fields: Mapping[str, str]) -> bytes:
        _need(first(request.headers, b"metadata") == b"true", "the header is missing")
        _need(fields.get("api-version") == "2018-02-01", "invalid_request")
        return self._azure("azure-machine", fields)

    def _azure(self, kind: Kind, fields: Mapping[str, str]) -> bytes:
        _need("resource" in fields, "invalid_resource")
        issued = self._issue(kind, fields)
        return _json(
            access_token=issued.secret,
            client_id=fields.get("client_id", "fake"),
            expires_in=str(self.lifetime_s),
            expires_on=str(int(issued.expires_at.timestamp())),
            resource=fields["resource"],
            token_type="Bearer",  # noqa: S106 - the name of a kind
        )


def _fields(request: Request) -> Mapping[str, str]:
    if request.body.startswith(b"{"):
        said = msgspec.json.decode(request.body, type=dict[str, object])
        return {name: value for name, value in said.items() if isinstance(value, str)}
    return dict(parse_qsl(request.query or request.body.decode(errors="replace")))


def _need(good: bool, why: str) -> None:
    if not good:
        raise Denied(why)


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _json(**fields: object) -> bytes:
    return msgspec.json.encode(fields)
