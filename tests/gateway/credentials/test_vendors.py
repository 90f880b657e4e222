"""The vendors' real libraries, led to a fake token service by their own environment variables."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from msgspec.structs import replace

from tenken.drills.tokens import Issued, TokenService
from tenken.gateway.credentials.aws import AwsIdentity
from tenken.gateway.credentials.azure import AzureIdentity
from tenken.gateway.credentials.google import GoogleIdentity
from tenken.gateway.credentials.lease import Lease, NoCredential, Source
from tenken.gateway.credentials.leases import Leases
from tenken.transport.addresses import Origin
from tenken.transport.server import Server
from tenken.transport.threads import in_a_thread
from tests.gateway.ground import target

pytestmark = pytest.mark.anyio
ACCOUNT = "gateway@acme-1.iam.gserviceaccount.com"
ROLE = "arn:aws:iam::123456789012:role/gateway"
OTHER_ROLE = "arn:aws:iam::123456789012:role/bedrock"
CLIENT = "11111111-2222-3333-4444-555555555555"


@asynccontextmanager
async def tokens(lifetime_s: int = 3600) -> AsyncIterator[tuple[TokenService, str]]:
    """A token service, and its address."""
    service = TokenService(now=lambda: datetime.now(UTC), lifetime_s=lifetime_s)  # noqa: TID251 - the libraries read the clock, too
    server = Server(service)
    await server.start()
    host, port = server.address
    try:
        yield service, f"{host}:{port}"
    finally:
        await server.drain(0)


def federated(tmp_path: Path, address: str, *, account: str = "") -> str:
    """The file of workload identity federation: it names a token's file, and holds no key."""
    subject = tmp_path / "subject"
    subject.write_text("subject-token")
    settings = {
        "type": "external_account",
        "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/x",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": f"http://{address}/v1/token",
        "credential_source": {"file": str(subject)},
    }
    if account:
        url = f"http://{address}/v1/projects/-/serviceAccounts/{account}:generateAccessToken"
        settings["service_account_impersonation_url"] = url
    path = tmp_path / "federation.json"
    path.write_text(json.dumps(settings))
    return str(path)


def holds(lease: Lease, issued: Issued) -> None:
    """The lease is what the service gave, for as long as it said."""
    assert lease.lines == f"authorization: Bearer {issued.secret}\r\n".encode()
    ends = issued.expires_at.timestamp()
    assert abs(lease.expires_us / 1e6 - ends) <= 30  # the libraries reckon from their own clock
    assert not lease.static


async def test_google_federation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A subject's token is exchanged for one of Google."""
    async with tokens() as (service, address):
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", federated(tmp_path, address))
        lease = await in_a_thread(GoogleIdentity().fetch)

    [issued] = service.issued
    holds(lease, issued)
    assert issued.kind == "google-sts"
    assert issued.asked["subject_token"] == "subject-token"


async def test_google_federation_as_a_service_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exchanged token asks for the account's."""
    async with tokens() as (service, address):
        path = federated(tmp_path, address, account=ACCOUNT)
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", path)
        lease = await in_a_thread(GoogleIdentity().fetch)

    assert [one.kind for one in service.issued] == ["google-sts", "google-account"]
    assert service.issued[1].asked["account"] == ACCOUNT
    holds(lease, service.issued[1])


async def test_google_key_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its tokens are short-lived, and what they are made of is not."""
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    async with tokens() as (service, address):
        settings = {
            "type": "service_account",
            "client_email": ACCOUNT,
            "private_key": key.decode(),
            "token_uri": f"http://{address}/token",
        }
        (tmp_path / "key.json").write_text(json.dumps(settings))
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "key.json"))
        lease = await in_a_thread(GoogleIdentity().fetch)

    [issued] = service.issued
    assert issued.kind == "google-key"
    assert lease.static == "a service account's key file"


async def test_google_metadata_server() -> None:
    """In a process of its own: the library reads where the server is when it is loaded."""
    script = (
        "from tenken.gateway.credentials.google import GoogleIdentity\n"
        "lease = GoogleIdentity().fetch()\n"
        "print(lease.lines.decode().strip(), lease.expires_us)\n"
    )
    async with tokens() as (service, address):
        env = {"GCE_METADATA_HOST": address, "GCE_METADATA_IP": address, "NO_PROXY": "127.0.0.1"}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE, env=env
        )
        said, _ = await process.communicate()

    issued = service.issued[-1]
    assert issued.kind == "google-metadata"
    lines, _, expires = said.decode().strip().rpartition(" ")
    holds(Lease(lines=lines.encode() + b"\r\n", expires_us=int(expires)), issued)


async def test_amazon_web_identity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pod's token is exchanged for the keys of a role."""
    (tmp_path / "token").write_text("pod-token")
    async with tokens() as (service, address):
        monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
        monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", f"http://{address}")
        lease = await in_a_thread(AwsIdentity(region="eu-west-1").fetch)

    [issued] = service.issued
    assert issued.kind == "aws-web-identity"
    assert (issued.asked["RoleArn"], issued.asked["WebIdentityToken"]) == (ROLE, "pod-token")
    signs(lease, issued)


async def test_amazon_container_role(monkeypatch: pytest.MonkeyPatch) -> None:
    """As ECS and EKS Pod Identity give it."""
    async with tokens() as (service, address):
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"http://{address}/container")
        monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container-token")
        lease = await in_a_thread(AwsIdentity(region="eu-west-1").fetch)

    [issued] = service.issued
    assert issued.asked["authorization"] == "container-token"
    signs(lease, issued)


async def test_amazon_role_that_is_assumed(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the container's role as whom it asks."""
    async with tokens() as (service, address):
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"http://{address}/container")
        monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container-token")
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", f"http://{address}")
        lease = await in_a_thread(AwsIdentity(region="eu-west-1", role=OTHER_ROLE).fetch)

    assert [one.kind for one in service.issued] == ["aws-container", "aws-role"]
    assert service.issued[1].asked["RoleArn"] == OTHER_ROLE
    signs(lease, service.issued[1])


async def test_amazon_static_key_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies in the environment is no identity, and is used all the same."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKFAKE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    lease = await in_a_thread(AwsIdentity(region="eu-west-1").fetch)

    assert lease.static == "an access key (env)"
    assert lease.signer is not None


async def test_azure_container_app(monkeypatch: pytest.MonkeyPatch) -> None:
    """The identity endpoint of App Service and of container apps."""
    async with tokens() as (service, address):
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://{address}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", "header")
        lease = await in_a_thread(AzureIdentity(client=CLIENT).fetch)

    [issued] = service.issued
    holds(lease, issued)
    assert issued.asked["resource"] == "https://cognitiveservices.azure.com"
    assert issued.asked["client_id"] == CLIENT


async def test_azure_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The metadata endpoint of a virtual machine."""
    async with tokens() as (service, address):
        monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", f"http://{address}")
        lease = await in_a_thread(AzureIdentity().fetch)

    [issued] = service.issued
    holds(lease, issued)


def signs(lease: Lease, issued: Issued) -> None:
    """The lease signs with the keys that the service gave, for as long as it said."""
    assert lease.signer is not None
    assert not lease.static
    assert lease.expires_us == issued.expires_at.timestamp() * 1e6
    leases = Leases(wall_us=lambda: 0, chance=lambda: 0.0, tell=lambda _: None)
    assert repr(leases).find(issued.secret) == -1


FAMILIES = ("google", "amazon", "azure")


def source_of(
    family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> Source:
    """One source of each vendor, led to the service."""
    if family == "google":
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", federated(tmp_path, address))
        return GoogleIdentity()
    if family == "amazon":
        (tmp_path / "token").write_text("pod-token")
        monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
        monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", f"http://{address}")
        return AwsIdentity(region="eu-west-1")
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://{address}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "header")
    return AzureIdentity()


class Life:
    """Leases of one vendor, on a clock that goes on when it is told to."""

    def __init__(self, family: str, source: Source) -> None:
        self.now_s = datetime.now(UTC).timestamp()  # noqa: TID251 - tokens end by the real clock
        self.told: list[str] = []
        self.waiting = asyncio.Event()
        """There is nothing to do until time passes."""
        self._turn = asyncio.Event()
        self._target = replace(
            target(family, Origin(host="x", port=1, tls=False)), region="eu-west-1"
        )
        self.leases = Leases(
            wall_us=lambda: round(self.now_s * 1e6),
            chance=lambda: 0.0,
            tell=lambda sentence: self.told.append(sentence.id.removeprefix("gateway.")),
            wait=self._wait,
        )
        self.leases.furnish({}, {family: source})

    async def _wait(self, _event: asyncio.Event, _seconds: float) -> None:
        self.waiting.set()
        self._turn.clear()
        await self._turn.wait()

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.waiting.clear()
        self.now_s += seconds
        self._turn.set()

    async def settled(self, seconds: float) -> None:
        """Let time pass, and what follows from it."""
        self.later(seconds)
        await self.waiting.wait()

    def carries(self, issued: Issued) -> bool:
        """Whether a call carries this one now; raises NoCredential."""
        lines = self.leases.lines(self._target, host=b"x", path=b"/", headers=(), body=b"{}")
        return issued.secret.encode() in lines


@pytest.mark.parametrize("family", FAMILIES)
async def test_a_life_with_the_service(
    family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rotated in time, kept while the service is slow or away, gone when its time is over."""
    async with tokens(lifetime_s=3600) as (service, address):
        life = Life(family, source_of(family, tmp_path, monkeypatch, address))
        async with life.leases.kept():
            await life.waiting.wait()
            assert life.carries(service.issued[0])

            service.open.clear()
            service.asked.clear()
            service.lifetime_s = 7200
            life.later(3400)
            await service.asked.wait()
            assert life.carries(service.issued[0])  # slow: the old one serves
            service.open.set()
            await life.waiting.wait()
            assert life.carries(service.issued[1])

            service.broken = True
            await life.settled(3700)
            assert life.carries(service.issued[1])  # away: the old one serves
            await life.settled(200)
            with pytest.raises(NoCredential):
                life.carries(service.issued[1])

            service.broken, service.lifetime_s = False, 14400
            await life.settled(60)
            assert life.carries(service.issued[2])
    assert life.told == ["credential_old", "credential_back"]
