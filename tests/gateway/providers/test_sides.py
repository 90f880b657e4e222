"""Every kind of provider, from the platform file to its answer, with a credential as it comes.

The provider and the token service are ours, written after the vendors' public references; the
vendors' own libraries get the credentials.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as AwsKeys
from msgspec import Struct, field
from msgspec.structs import replace

from tenken.config.load import PlatformText, load_manifest
from tenken.config.manifest import Manifest
from tenken.drills.provider.fault import Fault, Wrong
from tenken.drills.provider.plan import FaultPlan
from tenken.drills.provider.server import FakeProvider
from tenken.drills.provider.telling import ANSWER
from tenken.drills.tokens import TokenService
from tenken.gateway.credentials.leases import Leases
from tenken.gateway.plan import Plan
from tenken.gateway.settings.credentials import credentials
from tenken.gateway.settings.resolve import resolve
from tenken.models.shipped import shipped
from tenken.sentence import Sentence
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tenken.transport.server import Server
from tests.gateway.credentials.test_vendors import federated
from tests.gateway.ground import Got, Ground, plan_of, standing

pytestmark = pytest.mark.anyio
PROJECT = "/v1/projects/acme-1/locations/eu-west-1/publishers"
CHAT = {"model": "desk", "messages": [{"role": "user", "content": "hello"}]}
MESSAGES = {**CHAT, "max_tokens": 50}


class Row(Struct, frozen=True, kw_only=True):
    """A kind of provider, and what arrives there."""

    kind: str
    model: str = "m"
    chat: str
    """Path and query of a chat."""
    stream: str = ""
    """The same of a stream, where it is another."""
    credential: str
    """The header that carries it, and how its value begins."""


ROWS = {
    "openai": Row(
        kind="kind: openai, base_url: 'URL/v1', credentials: {kind: env, name: KEY}",
        chat="/v1/chat/completions",
        credential="authorization: Bearer key",
    ),
    "own server": Row(
        kind="kind: other, base_url: 'URL/v1'", chat="/v1/chat/completions", credential=""
    ),
    "azure": Row(
        kind="kind: azure, base_url: 'URL'",
        chat="/openai/v1/chat/completions",
        credential="authorization: Bearer fake-azure-app",
    ),
    "azure by deployment": Row(
        kind="kind: azure, base_url: 'URL', api_version: '2024-10-21'",
        model="my deployment",
        chat="/openai/deployments/my%20deployment/chat/completions?api-version=2024-10-21",
        credential="authorization: Bearer fake-azure-app",
    ),
    "azure by key": Row(
        kind="kind: azure, base_url: 'URL', credentials: {kind: env, name: KEY}",
        chat="/openai/v1/chat/completions",
        credential="api-key: key",
    ),
    "anthropic": Row(
        kind="kind: anthropic, base_url: 'URL/v1', credentials: {kind: env, name: KEY}",
        chat="/v1/messages",
        credential="x-api-key: key",
    ),
    "anthropic without a key": Row(
        kind="kind: anthropic, base_url: 'URL/v1', credentials: {kind: workload_identity, "
        "name: svac, federation: {rule: fdrl, organization: o, token_file: SUBJECT}}",
        chat="/v1/messages",
        credential="authorization: Bearer fake-anthropic",
    ),
    "gemini by key": Row(
        kind="kind: google, base_url: 'URL/v1beta', credentials: {kind: env, name: KEY}",
        chat="/v1beta/models/m:generateContent",
        stream="/v1beta/models/m:streamGenerateContent?alt=sse",
        credential="x-goog-api-key: key",
    ),
    "gemini on vertex": Row(
        kind="kind: vertex, base_url: 'URL/v1', region: eu-west-1, project: acme-1",
        chat=f"{PROJECT}/google/models/m:generateContent",
        stream=f"{PROJECT}/google/models/m:streamGenerateContent?alt=sse",
        credential="authorization: Bearer fake-google-sts",
    ),
    "claude on vertex": Row(
        kind="kind: vertex, base_url: 'URL/v1', region: eu-west-1, project: acme-1",
        model="claude-x@1",
        chat=f"{PROJECT}/anthropic/models/claude-x%401:rawPredict",
        stream=f"{PROJECT}/anthropic/models/claude-x%401:streamRawPredict",
        credential="authorization: Bearer fake-google-sts",
    ),
    "bedrock": Row(
        kind="kind: bedrock, base_url: 'URL', region: eu-west-1",
        model="anthropic.claude-x:0",
        chat="/model/anthropic.claude-x%3A0/converse",
        stream="/model/anthropic.claude-x%3A0/converse-stream",
        credential="authorization: AWS4-HMAC-SHA256 Credential=fake-aws-container",
    ),
}
each_row = pytest.mark.parametrize("name", ROWS)


def now() -> datetime:
    """The vendors' libraries read the clock, too."""
    return datetime.now(UTC)  # noqa: TID251 - so there is no other here


def wall_us() -> int:
    """The same in microseconds."""
    return round(now().timestamp() * 1e6)


class Watched:
    """The fake provider, and what it was asked with. One of them gives tokens, too."""

    def __init__(self, tokens: TokenService) -> None:
        self.tokens = tokens
        self.provider = FakeProvider(FaultPlan(), clock=asyncio.get_running_loop().time)
        self.paths: list[str] = []
        self.heads: list[Mapping[str, str]] = []
        self.bodies: list[bytes] = []

    async def __call__(self, request: Request, reply: Reply) -> None:
        """Note it, and let the provider answer."""
        if request.path == "/v1/oauth/token":
            await self.tokens(request, reply)
            return
        self.paths.append(request.path + (f"?{request.query}" if request.query else ""))
        headers = {name.decode(): value.decode() for name, value in request.headers}
        self.heads.append(headers)
        self.bodies.append(request.body)
        if "x-amz-date" in headers:
            assert headers["authorization"] == signature(request)
        await self.provider(request, reply)


def signature(request: Request) -> str:
    """Sign what arrived anew, with the keys that the token service gave, by Amazon's library."""
    headers = {name.decode(): value.decode() for name, value in request.headers}
    number = headers["x-amz-security-token"].removeprefix("token-of-")
    keys = AwsKeys(f"fake-aws-container-{number}", f"secret-of-{number}", f"token-of-{number}")
    signer = SigV4Auth(keys, "bedrock", "eu-west-1")
    again = AWSRequest(
        method="POST",
        url=f"http://{headers['host']}{request.path}",
        data=request.body,
        headers={"host": headers["host"], "x-amz-date": headers["x-amz-date"],
                 "x-amz-security-token": headers["x-amz-security-token"]},
    )  # fmt: skip
    again.context["timestamp"] = headers["x-amz-date"]
    text = signer.string_to_sign(again, signer.canonical_request(again))
    scope = f"Credential={signer.scope(again)}"
    names = f"SignedHeaders={signer.signed_headers(signer.headers_to_sign(again))}"
    return f"AWS4-HMAC-SHA256 {scope}, {names}, Signature={signer.signature(text, again)}"


class Stand(Struct, kw_only=True, eq=False):
    """A gateway over one provider with a credential of its own."""

    ground: Ground
    watched: Watched
    service: TokenService
    leases: Leases
    told: list[Sentence] = field(default_factory=list)


@asynccontextmanager
async def stand(
    row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, away: bool = False
) -> AsyncIterator[Stand]:
    """Put everything up, from the platform file on."""
    async with AsyncExitStack() as stack:
        service = TokenService(now=now)
        service.broken = away
        watched, told = Watched(service), list[Sentence]()
        tokens = await serving(stack, service)
        led_to(tokens, tmp_path, monkeypatch)
        address = await serving(stack, watched)
        manifest = read(row, f"http://{address}", subject=tmp_path / "subject")
        plan = resolve(manifest, keys=(), known=shipped(), today=date(2026, 11, 23))
        leases = Leases(wall_us=wall_us, chance=lambda: 0.0, tell=told.append)
        named = credentials(manifest, {"KEY": "key"})
        leases.furnish(named.fixed, named.sources)
        await stack.enter_async_context(leases.kept())
        ground = await stack.enter_async_context(standing(allowed(plan), credentials=leases))
        yield Stand(ground=ground, watched=watched, service=service, leases=leases, told=told)


async def serving(stack: AsyncExitStack, handler: Watched | TokenService) -> str:
    """Serve something; gives its host and port."""
    server = Server(handler)
    await server.start()
    stack.push_async_callback(server.drain, 0)
    host, port = server.address
    return f"{host}:{port}"


def led_to(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lead the vendors' libraries to the token service."""
    for name, value in {
        "GOOGLE_APPLICATION_CREDENTIALS": federated(tmp_path, address),
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://{address}/container",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "container-token",
        "IDENTITY_ENDPOINT": f"http://{address}/msi/token",
        "IDENTITY_HEADER": "header",
    }.items():
        monkeypatch.setenv(name, value)


def read(row: Row, url: str, *, subject: Path) -> Manifest:
    """The files of an application with this provider."""
    provider = row.kind.replace("URL", url).replace("SUBJECT", str(subject))
    text = f"""\
platform: {{name: team, version: "1", owner: platform}}
providers: [{{id: p, {provider}}}]
"""
    application = f"""\
application: {{name: desk, owner: support}}
extends: {{platform: platform.yaml, version: "1"}}
use_cases: [{{id: answer, description: Answers enquiries}}]
models: [{{id: one, provider: p, model: "{row.model}"}}]
"""
    standard = PlatformText(file="platform.yaml", text=text)
    return load_manifest(application, file="tenken.yaml", platform=lambda _: standard)


def allowed(plan: Plan) -> Plan:
    """The plan, for the caller that tests have."""
    ours = plan_of((plan.targets["one"],))
    return replace(plan, routes=ours.routes, callers=ours.callers, keys=ours.keys)


def token(watched: Watched) -> str:
    """What the last call was made with."""
    head = watched.heads[-1]
    return head.get("x-amz-security-token", head["authorization"])


def text_of(got: Got) -> object:
    """The text of a chat's or a message's answer."""
    found = got.json
    if "choices" in found:
        return found["choices"][0]["message"]["content"]  # type: ignore[index]
    return found["content"][0]["text"]  # type: ignore[index]


@each_row
async def test_a_chat_is_answered(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the vendor's path, with the vendor's credential, its tokens on record."""
    row = ROWS[name]
    async with stand(row, tmp_path, monkeypatch) as here:
        got = await here.ground.post(CHAT)
        said = await here.ground.post(MESSAGES, path="/v1/messages")

    assert (got.status, text_of(got)) == (200, ANSWER)
    assert (said.status, text_of(said)) == (200, ANSWER)
    assert here.watched.paths == [row.chat, row.chat]
    header, _, begins = row.credential.partition(": ")
    assert here.watched.heads[0].get(header, "").startswith(begins)
    assert [one.usage.output for one in here.ground.kept.exchanges] == [len(ANSWER) // 4] * 2
    assert here.told == []


@each_row
async def test_a_stream_is_answered(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the caller's words, to its end."""
    row = ROWS[name]
    async with stand(row, tmp_path, monkeypatch) as here:
        got = await here.ground.post({**CHAT, "stream": True})
        said = await here.ground.post({**MESSAGES, "stream": True}, path="/v1/messages")

    chunks = [
        json.loads(line[6:]) for line in got.body.split(b"\n") if line.startswith(b"data: {")
    ]
    deltas = [one["choices"][0]["delta"].get("content") or "" for one in chunks if one["choices"]]
    assert "".join(deltas) == ANSWER
    assert got.body.endswith(b"data: [DONE]\n\n")
    assert b"message_stop" in said.body
    assert here.watched.paths == [row.stream or row.chat] * 2
    assert [one.finish for one in here.ground.kept.exchanges] != ["", ""]


async def test_claude_on_vertex_is_told_its_version_in_the_body(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not its model, which stands in the path."""
    async with stand(ROWS["claude on vertex"], tmp_path, monkeypatch) as here:
        await here.ground.post(
            MESSAGES, path="/v1/messages", headers=(("anthropic-version", "2023-06-01"),)
        )

    body = json.loads(here.watched.bodies[0])
    assert "model" not in body
    assert body["anthropic_version"] == "vertex-2023-10-16"
    assert "anthropic-version" not in here.watched.heads[0]


@pytest.mark.parametrize(
    "name", ["anthropic without a key", "azure", "claude on vertex", "bedrock"]
)
async def test_a_token_that_the_provider_refuses_is_replaced(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request ends with an error of ours; the next one carries another token."""
    async with stand(ROWS[name], tmp_path, monkeypatch) as here:
        here.watched.provider.obey(FaultPlan(script=(Fault(kind=Wrong.STATUS, status=401),)))
        here.service.asked.clear()
        refused = got = await here.ground.post(CHAT)
        first = token(here.watched)
        await here.service.asked.wait()
        while token(here.watched) == first:
            got = await here.ground.post(CHAT)

    assert (refused.status, refused.code) == (502, "upstream_credential")
    assert got.status == 200
    assert len(here.service.issued) == 2


async def test_without_a_credential_nobody_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 with the reason, and when to come again."""
    async with stand(ROWS["azure"], tmp_path, monkeypatch, away=True) as here:
        got = await here.ground.post(CHAT)

    assert (got.status, got.code) == (503, "upstream_credential_unavailable")
    assert got.headers["retry-after"] == "5"
    assert here.watched.paths == []
    assert [one.id for one in here.told] == ["gateway.credential_none"]


async def test_what_is_kept_at_a_provider_is_asked_where_it_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the platform file says so, and nowhere else."""
    body = {"model": "desk", "input": "go on", "previous_response_id": "resp_1"}
    keeps = replace(ROWS["openai"], kind=f"{ROWS['openai'].kind}, keeps_responses: true")
    async with stand(keeps, tmp_path, monkeypatch) as here:
        kept = await here.ground.post(body, path="/v1/responses")
        sent = json.loads(here.watched.bodies[0])
    async with stand(ROWS["openai"], tmp_path, monkeypatch) as here:
        refused = await here.ground.post(body, path="/v1/responses")

    assert kept.status == 200
    assert sent["previous_response_id"] == "resp_1"
    assert "store" not in sent
    assert (refused.status, refused.code) == (400, "unsupported_parameter")
    assert here.watched.paths == []
