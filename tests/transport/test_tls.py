"""Certificates are checked, names too, and only HTTP/1.1 is agreed upon."""

import asyncio
import ssl
import warnings
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from tenken.transport.addresses import Origin
from tenken.transport.errors import ConnectFailed
from tenken.transport.limits import PoolLimits
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tenken.transport.server import Server
from tenken.transport.tls import Certificate, client_context, connect_failure, server_context
from tenken.transport.upstream import Pool
from tenken.wire.splice import Pieces, whole
from tests.transport.certificates import NAME, made_in
from tests.transport.wires import PATIENT, WITHIN_S, ask, echo, on_both_loops


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate for one name, in a file with its key."""
    return made_in(tmp_path_factory.mktemp("tls"))


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


@on_both_loops
async def test_a_body_in_pieces_passes_through_tls(certificate: Path) -> None:
    """Views of a large body, to a server that reads slowly, on a new connection and a kept one."""
    body = bytes(range(256)) * 12_000
    pieces = Pieces((memoryview(body)[:1_500_001], b"middle", memoryview(body)[1_500_001:]))
    head = b"POST /v1/x HTTP/1.1\r\nHost: u\r\nContent-Length: %d\r\n\r\n" % len(pieces)
    taken: list[bytes] = []

    async def handler(request: Request, reply: Reply) -> None:
        taken.append(request.body)
        reply.send(200, (), b"hi")

    server = Server(handler)
    await server.start(ssl=server_context(certificate, certificate))
    pool = pool_to(server, NAME, certificate)
    for _ in range(2):
        assert await (await pool.call(head, pieces, patience=PATIENT)).read(100) == b"hi"
    assert taken == [whole(pieces)] * 2
    assert len(pool._links) == 1
    pool.close()
    await server.drain(WITHIN_S)


async def shown(server: Server, trusted: Path, name: str | None) -> bytes:
    """Connect under a name, or under none; gives the certificate that was shown."""
    context = client_context(trusted)
    context.check_hostname = False
    host, port = server.address
    reader, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=name)
    found = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    await reader.read()
    assert isinstance(found, bytes)
    return found


@pytest.mark.parametrize("name", [NAME, ""])
@on_both_loops
async def test_a_renewed_certificate_is_shown_to_who_comes_later(
    tmp_path: Path, name: str
) -> None:
    """Also to who names nobody; one that does not fit its key changes nothing."""
    first, second = made_in(tmp_path, serial=1), made_in(tmp_path, serial=2)
    at, key = tmp_path / "tls.crt", tmp_path / "tls.key"
    both = tmp_path / "both.pem"
    both.write_bytes(first.read_bytes() + second.read_bytes())
    for path in (at, key):
        path.write_bytes(first.read_bytes())
    one = Certificate(at, key)
    server = Server(echo)
    await server.start(ssl=one.context)
    seen = [await shown(server, both, name)]

    at.write_bytes(second.read_bytes())
    with pytest.raises(ssl.SSLError):
        one.read_again()
    seen.append(await shown(server, both, name))
    key.write_bytes(second.read_bytes())
    one.read_again()
    seen.append(await shown(server, both, name))
    await server.drain(WITHIN_S)

    assert seen[0] == seen[1] != seen[2]


def test_a_key_behind_a_password_is_refused_and_nobody_is_asked(tmp_path: Path) -> None:
    """There is no terminal; waiting for one would be for ever."""
    plain = made_in(tmp_path)
    key = load_pem_private_key(plain.read_bytes(), None)
    locked = tmp_path / "locked.key"
    how = BestAvailableEncryption(b"a password")
    locked.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how))

    with pytest.raises(OSError, match=r"(?i)pem|decrypt|password"):
        server_context(plain, locked)


@on_both_loops
async def test_an_old_version_of_tls_is_refused(certificate: Path) -> None:
    """1.2 at the least."""
    server = Server(echo)
    await server.start(ssl=server_context(certificate, certificate))
    old = client_context(certificate)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    host, port = server.address
    with pytest.raises(OSError, match=r"(?i)ssl|tls|reset|version|protocol"):
        await asyncio.open_connection(host, port, ssl=old, server_hostname=NAME)
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
