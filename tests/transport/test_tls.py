"""Certificates are checked, names too, and only HTTP/1.1 is agreed upon."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tenken.transport.addresses import Origin
from tenken.transport.errors import ConnectFailed
from tenken.transport.limits import PoolLimits
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tenken.transport.server import Server
from tenken.transport.tls import client_context, connect_failure, server_context
from tenken.transport.upstream import Pool
from tests.transport.wires import PATIENT, WITHIN_S, ask, echo, on_both_loops

NAME = "models.example"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate for one name, in a file with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    return file


def pool_to(server: Server, host: str, trusted: Path | None) -> Pool:
    """Call a server under this name, trusting this authority or those of the system."""
    _, port = server.address
    origin = Origin(host=host, port=port, tls=True, addresses=("127.0.0.1",))
    return Pool(origin, client_context(trusted), PoolLimits(allow_private=True))


@on_both_loops
async def test_a_trusted_server_is_called(certificate: Path) -> None:
    """Both sides are ours; the name is told to the server and the protocol agreed upon."""
    server = Server(echo)
    await server.start(ssl=server_context(certificate, certificate))
    pool = pool_to(server, NAME, certificate)
    for _ in range(2):
        assert await (await ask(pool)).read(100) == b"hi"
    (link,) = pool._links
    wrapped = link._transport.get_extra_info("ssl_object")
    assert wrapped.selected_alpn_protocol() == "http/1.1"
    assert wrapped.server_hostname == NAME
    pool.close()
    await server.drain(WITHIN_S)


@on_both_loops
async def test_a_stream_passes_through_tls(certificate: Path) -> None:
    """In parts larger than a record."""

    async def handler(request: Request, reply: Reply) -> None:
        del request
        reply.start(200, ())
        for _ in range(20):
            await reply.write(b"x" * 100_000)
        reply.end()

    server = Server(handler)
    await server.start(ssl=server_context(certificate, certificate))
    pool = pool_to(server, NAME, certificate)
    assert len(await (await ask(pool)).read(2_000_000)) == 2_000_000
    pool.close()
    await server.drain(WITHIN_S)


@pytest.mark.parametrize("case", ["unknown authority", "another name"])
@on_both_loops
async def test_a_server_that_cannot_prove_its_name_is_not_called(
    certificate: Path, case: str
) -> None:
    """Not a byte of the request, and so no key, reaches it."""
    seen: list[Request] = []

    async def handler(request: Request, reply: Reply) -> None:
        seen.append(request)
        reply.send(200, (), b"")

    server = Server(handler)
    await server.start(ssl=server_context(certificate, certificate))
    other = case == "another name"
    pool = pool_to(server, "other.example" if other else NAME, certificate if other else None)
    with pytest.raises(ConnectFailed, match="untrusted_certificate"):
        await ask(pool)
    assert seen == []
    await server.drain(WITHIN_S)


@on_both_loops
async def test_a_server_without_tls_is_not_taken_for_one() -> None:
    """It would be sent the key in the clear."""
    server = Server(echo)
    await server.start()
    with pytest.raises(ConnectFailed, match=r"tls_failed|reset|unreachable"):
        await pool_to(server, NAME, None).call(b"", patience=PATIENT)
    await server.drain(WITHIN_S)


def test_why_no_connection_came_about_is_one_word() -> None:
    """A rule can act on it, and a person can look it up."""
    reasons = {
        "untrusted_certificate": ssl.SSLCertVerificationError(),
        "tls_failed": ssl.SSLError(),
        "refused": ConnectionRefusedError(),
        "reset": ConnectionResetError(),
        "unreachable": OSError(113, "no route"),
    }

    assert {connect_failure(error).reason for error in reasons.values()} == set(reasons)
