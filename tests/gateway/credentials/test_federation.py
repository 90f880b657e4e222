"""Tokens of OpenAI and Anthropic for one of our own, held to what the vendors' clients ask."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import anthropic
import msgspec
import openai
import pytest
from anthropic.lib.credentials import WorkloadIdentityCredentials
from msgspec.structs import replace
from openai.auth import WorkloadIdentityAuth, k8s_service_account_token_provider

from tenken.drills.tokens import Issued, TokenService
from tenken.gateway.credentials.federation import AnthropicIdentity, OpenAIIdentity
from tenken.gateway.credentials.lease import NoCredential, Source, Unobtainable
from tenken.gateway.credentials.leases import Leases
from tenken.gateway.credentials.subject import SUBJECT_MAX, SubjectFile
from tenken.transport.addresses import Origin
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tenken.transport.server import Server
from tenken.transport.threads import in_a_thread
from tests.gateway.apis import MESSAGE
from tests.gateway.ground import Behaviour, target

pytestmark = pytest.mark.anyio
VENDORS = ("openai", "anthropic")
RULE, ORGANIZATION = "fdrl_fake", "00000000-0000-0000-0000-000000000000"


@asynccontextmanager
async def serving(behaviour: Behaviour) -> AsyncIterator[str]:
    """Serve it on loopback; gives its address."""
    server = Server(behaviour, on_fault=lambda _request, _fault: None)
    await server.start()
    host, port = server.address
    try:
        yield f"http://{host}:{port}"
    finally:
        await server.drain(0)


def service() -> TokenService:
    """A token service."""
    return TokenService(now=lambda: datetime.now(UTC))  # noqa: TID251 - as the vendors' clients do


def subject(folder: Path, held: str = "our-token") -> SubjectFile:
    """A file with a token of ours."""
    path = folder / "token"
    path.write_text(f"{held}\n")
    return SubjectFile(path=path)


def source_of(vendor: str, who: SubjectFile, address: str) -> Source:
    """A source that asks there."""
    if vendor == "openai":
        return OpenAIIdentity(
            account="sa-fake", provider="idp-fake", subject=who, url=f"{address}/oauth/token"
        )
    return AnthropicIdentity(
        account="svac_fake",
        rule=RULE,
        organization=ORGANIZATION,
        subject=who,
        base_url=f"{address}/v1",
    )


def by_the_client(vendor: str, who: SubjectFile, address: str) -> str:
    """The same, asked by the vendor's own client."""
    if vendor == "openai":
        auth = WorkloadIdentityAuth(
            workload_identity={
                "identity_provider_id": "idp-fake",
                "service_account_id": "sa-fake",
                "provider": k8s_service_account_token_provider(who.path),
            },
            token_exchange_url=f"{address}/oauth/token",
        )
        return auth.get_token()
    with theirs(who, address) as credentials:
        return credentials().token


def theirs(who: SubjectFile, address: str) -> WorkloadIdentityCredentials:
    """Anthropic's own."""
    found = WorkloadIdentityCredentials(
        identity_token_provider=who.token,
        federation_rule_id=RULE,
        organization_id=ORGANIZATION,
        service_account_id="svac_fake",
    )
    found.bind_base_url(address)
    return found


@pytest.mark.parametrize("vendor", VENDORS)
async def test_the_exchange_is_that_of_the_vendor_s_client(vendor: str, tmp_path: Path) -> None:
    """Field by field, to the same path."""
    known = service()
    async with serving(known) as address:
        lease = await in_a_thread(source_of(vendor, subject(tmp_path), address).fetch)
        token = await in_a_thread(lambda: by_the_client(vendor, subject(tmp_path), address))

    ours, client_s = known.issued
    assert (ours.kind, ours.asked) == (client_s.kind, client_s.asked)
    assert "our-token" in ours.asked.values()
    assert lease.lines.startswith(f"authorization: Bearer {ours.secret}\r\n".encode())
    assert token == client_s.secret
    assert (lease.lasts_s, lease.static) == (3600.0, "")
    assert ours.secret not in repr(lease)


async def test_calls_carry_what_anthropic_s_client_carries(tmp_path: Path) -> None:
    """The token, and the word without which it is not taken."""
    known, seen = service(), list[dict[str, str]]()

    async def both(request: Request, reply: Reply) -> None:
        if request.path == "/v1/oauth/token":
            await known(request, reply)
            return
        named = {name.decode(): value.decode() for name, value in request.headers}
        seen.append({name: named[name] for name in ("authorization", "anthropic-beta")})
        body = msgspec.json.encode({**MESSAGE, "model": "m"})
        reply.send(200, ((b"content-type", b"application/json"),), body)

    def ask(address: str) -> None:
        with anthropic.Anthropic(
            credentials=theirs(subject(tmp_path), address), base_url=address
        ) as client:
            client.messages.create(
                model="m", max_tokens=9, messages=[{"role": "user", "content": "hello"}]
            )

    async with serving(both) as address:
        await in_a_thread(lambda: ask(address))
        lease = await in_a_thread(source_of("anthropic", subject(tmp_path), address).fetch)

    lines = lease.lines.decode().replace(known.issued[1].secret, known.issued[0].secret)
    assert dict(line.split(": ", 1) for line in lines.splitlines()) == seen[0]


async def test_a_workspace_is_named_where_the_rule_holds_in_several(tmp_path: Path) -> None:
    """And not otherwise."""
    known = service()
    async with serving(known) as address:
        one = source_of("anthropic", subject(tmp_path), address)
        assert isinstance(one, AnthropicIdentity)
        await in_a_thread(one.fetch)
        await in_a_thread(replace(one, workspace="wrkspc_fake").fetch)

    assert [issued.asked.get("workspace_id") for issued in known.issued] == [None, "wrkspc_fake"]


async def test_our_token_is_read_anew_for_each_exchange(tmp_path: Path) -> None:
    """Whoever mounts it replaces it."""
    known = service()
    async with serving(known) as address:
        one = source_of("openai", subject(tmp_path), address)
        await in_a_thread(one.fetch)
        subject(tmp_path, "another")
        await in_a_thread(one.fetch)

    assert [issued.asked["subject_token"] for issued in known.issued] == ["our-token", "another"]


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_token_ends_when_the_vendor_said(vendor: str, tmp_path: Path) -> None:
    """Reckoned from when it was asked for: never later than it really ends."""
    known, told = service(), list[str]()
    now_us = [1_000_000]

    async def never(event: asyncio.Event, _seconds: float) -> None:
        await event.wait()

    async with serving(known) as address:
        leases = Leases(
            wall_us=lambda: now_us[0],
            chance=lambda: 0.0,
            tell=lambda sentence: told.append(sentence.id),
            wait=never,
        )
        leases.furnish({}, {vendor: source_of(vendor, subject(tmp_path), address)})
        async with leases.kept():
            now_us[0] += 3_599_999_999
            assert carries(leases, vendor, known.issued[0])
            now_us[0] += 1
            with pytest.raises(NoCredential):
                carries(leases, vendor, known.issued[0])
    assert told == []


def carries(leases: Leases, vendor: str, issued: Issued) -> bool:
    """Whether a call carries it; raises NoCredential."""
    one = target(vendor, Origin(host="x", port=1, tls=False))
    lines = leases.lines(one, host=b"x", path=b"/", headers=(), body=b"{}")
    return issued.secret.encode() in lines


def answering(status: int, body: bytes, *headers: tuple[bytes, bytes]) -> Behaviour:
    """A service that says this."""

    async def behaviour(_request: Request, reply: Reply) -> None:
        reply.send(status, headers, body)

    return behaviour


ECHO = b'{"error": "invalid_grant", "error_description": "our-token is bad"}'
NESTED = b'{"type": "error", "error": {"type": "authentication_error", "message": "our-token"}}'
REFUSALS = {
    "a word": (answering(401, ECHO), "answered 401 invalid_grant"),
    "a word within": (answering(401, NESTED), "answered 401 authentication_error"),
    "a long word": (answering(400, b'{"error": "%b"}' % (b"x" * 65)), "answered 400"),
    "no JSON": (answering(503, b"<html>our-token</html>"), "answered 503"),
    "elsewhere": (answering(307, b"", (b"location", b"http://127.0.0.1:9/")), "answered 307"),
    "no token": (answering(200, b'{"expires_in": 60}'), "gave no token"),
    "an empty one": (answering(200, b'{"access_token": "", "expires_in": 60}'), "gave no token"),
    "no end": (answering(200, b'{"access_token": "t"}'), "gave no token"),
    "an end that is over": (
        answering(200, b'{"access_token": "t", "expires_in": 0}'), "gave no token",
    ),
    "another kind": (
        answering(200, b'{"access_token": "t", "expires_in": 60, "token_type": "mac"}'),
        "gave a token of another kind",
    ),
    "a header in it": (
        answering(200, b'{"access_token": "t\\r\\nx: y", "expires_in": 60}'),
        "the credential is empty or holds a line end",
    ),
    "too much": (answering(200, b" " * (1 << 20)), "gave no token"),
}  # fmt: skip


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("name", REFUSALS)
async def test_what_is_no_token_is_told(name: str, vendor: str, tmp_path: Path) -> None:
    """In a word of the service's, and never with what it was sent."""
    behaviour, why = REFUSALS[name]
    async with serving(behaviour) as address:
        with pytest.raises(Unobtainable) as told:
            await in_a_thread(source_of(vendor, subject(tmp_path), address).fetch)

    assert str(told.value).removeprefix("127.0.0.1 ") == why
    assert "our-token" not in str(told.value)


@pytest.mark.parametrize("vendor", VENDORS)
def test_our_token_is_not_shown_without_tls(vendor: str, tmp_path: Path) -> None:
    """But to this machine itself."""
    with pytest.raises(Unobtainable, match="without TLS"):
        source_of(vendor, subject(tmp_path), "http://192.0.2.1").fetch()


@pytest.mark.parametrize("held", ["", "  \n", "x" * (SUBJECT_MAX + 1), "日本"])
def test_a_file_that_holds_no_token_is_told(held: str, tmp_path: Path) -> None:
    """A certificate that was named instead is not sent to anybody."""
    path = tmp_path / "token"
    path.write_text(held, "utf-8")

    with pytest.raises(Unobtainable, match="holds no token"):
        SubjectFile(path=path).token()


async def test_google_says_who_we_are_to_somebody_else() -> None:
    """In a process of its own: the library reads where the server is when it is loaded."""
    script = (
        "from tenken.gateway.credentials.google import GoogleSubject\n"
        "print(GoogleSubject(audience='https://example.com/openai').token())\n"
    )
    known = service()
    async with serving(known) as url:
        address = url.removeprefix("http://")
        env = {"GCE_METADATA_HOST": address, "GCE_METADATA_IP": address, "NO_PROXY": "127.0.0.1"}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE, env=env
        )
        said, _ = await process.communicate()

    issued = known.issued[-1]
    assert (issued.kind, issued.asked["audience"]) == (
        "google-identity", "https://example.com/openai",
    )  # fmt: skip
    assert said.decode().strip().endswith(issued.secret)


def test_the_vendors_clients_are_those_that_were_read() -> None:
    """A new major version is read again before it is believed."""
    assert (openai.__version__.split(".")[0], anthropic.__version__.split(".")[0]) == ("3", "2")
