"""Doors of TLS that stand on this machine: what is refused there, and what is only not offered."""

import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import SHUT_RDWR, create_server, socket
from threading import Thread
from time import monotonic

import pytest

from tenken.cli.looking import knocking, old_tls
from tenken.cli.looking.knocking import listener
from tenken.cli.looking.web import Reply
from tenken.readiness.facts.observed.doors import Listener
from tests.transport.certificates import made_in

HOST = "localhost"
V1, V11, V12, V13 = (
    ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3,
)  # fmt: skip


@contextmanager
def door(
    file: Path, oldest: ssl.TLSVersion, newest: ssl.TLSVersion = V13, *, asks: bool = False
) -> Iterator[str]:
    """Stand a server of TLS, one that `asks` its clients for a certificate; gives its address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = oldest, newest
    if asks:
        context.load_verify_locations(file)
        context.verify_mode = ssl.CERT_REQUIRED
    with create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=_serve, args=(server, context), daemon=True)
        thread.start()
        yield f"https://{HOST}:{server.getsockname()[1]}"
        server.shutdown(SHUT_RDWR)
    thread.join()


def _serve(server: socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            raw, _ = server.accept()
        except OSError:
            return
        with raw:
            try:
                context.wrap_socket(raw, server_side=True).close()
            except OSError:
                continue


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a certificate that this process trusts, with its key."""
    made = made_in(tmp_path, host=HOST)
    monkeypatch.setenv("SSL_CERT_FILE", str(made))
    return made


def looked(url: str) -> tuple[str, str]:
    """Give the best version that is taken, and what an old client meets."""
    seen: Listener = listener(url, monotonic)
    return seen.version, seen.old


@pytest.mark.parametrize(
    ("oldest", "asks", "old"),
    [(V1, False, "taken"), (V11, False, "taken"), (V1, True, "taken"),
     (V12, False, "refused"), (V12, True, "refused"), (V13, False, "refused")],
)  # fmt: skip
def test_what_is_older_than_12_is_tried_too(
    file: Path, oldest: ssl.TLSVersion, asks: bool, old: str
) -> None:
    """A server that asks for a certificate has taken the version before it asks."""
    with door(file, oldest, asks=asks) as url:
        assert looked(url) == ("TLSv1.3", old)


def test_the_oldest_alone_is_seen(file: Path) -> None:
    """A server may take 1.0 and 1.2, and not what is between."""
    with door(file, V1, V1) as url:
        met = old_tls.old_tls(HOST, int(url.rpartition(":")[2]), 5.0)

    assert met.met == "taken"


def test_what_cannot_be_offered_from_here_is_not_refused(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At this level OpenSSL 3 signs nothing as TLS 1.1 would have it."""
    monkeypatch.setattr(old_tls, "CIPHERS", "ALL:@SECLEVEL=2")
    with door(file, V1) as url:
        seen = listener(url, monotonic)

    assert (seen.old, bool(seen.why_not_old)) == ("", True)


def test_somebody_who_takes_his_time_has_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who accepts a connection and says nothing is not known; a port without anybody refuses."""
    monkeypatch.setattr(knocking, "WITHIN_S", 0.2)
    silent = Reply(status=0, why_not="timed out")
    with create_server(("127.0.0.1", 0)) as listens:
        port = listens.getsockname()[1]
        assert not knocking._met(silent, "127.0.0.1", port)
        assert not knocking._plain("127.0.0.1", port, monotonic)
    assert knocking._met(silent, "127.0.0.1", port) == "refused"
