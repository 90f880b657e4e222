"""A request to a receiver is encrypted, checked, and over in its time."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from tenken.keeper.alerts import posting
from tenken.keeper.alerts.posting import NotSent, Post, post
from tenken.transport.tls import server_context
from tests.transport.certificates import NAME, made_in

CAP_S = 30.0
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """Serve one connection; gives the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run() -> None:
            with suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    connection.settimeout(CAP_S)
                    serve(connection)

        thread = Thread(target=run, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(CAP_S)


def asked(connection: socket.socket) -> None:
    """Read a request to its end: its body is two bytes."""
    read = b""
    while not read.endswith(b"\r\n\r\n{}"):
        read += connection.recv(4096)


def sent(url: str) -> str:
    return post(Post(url=url, content=b"{}", allow_private=True))


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have the system trust a certificate, and its name lead to this machine."""
    certificate = made_in(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setattr(posting, "checked_addresses", lambda *_, **__: ("127.0.0.1",))
    return certificate


def tls(certificate: Path) -> Callable[[socket.socket], None]:
    def serve(plain: socket.socket) -> None:
        context = server_context(certificate, certificate)
        with suppress(ssl.SSLError), context.wrap_socket(plain, server_side=True) as stream:
            asked(stream)
            stream.sendall(OK)
            stream.recv(1)  # what is not read when a connection ends takes the answer with it

    return serve


def test_an_encrypted_receiver_is_reached(trusted: Path) -> None:
    """By the name that its certificate is for, at the address that was checked."""
    with listening(tls(trusted)) as port:
        assert sent(f"https://{NAME}:{port}/") == "200 ok"


def test_a_certificate_of_another_is_refused(trusted: Path) -> None:
    """Nothing is sent to whoever cannot show the name's."""
    with listening(tls(trusted)) as port, pytest.raises(NotSent) as failure:
        sent(f"https://other.example:{port}/")

    assert failure.value.why == "SSLCertVerificationError"


def test_an_answer_that_never_ends_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy it is: a byte now and then keeps nobody waiting."""
    monkeypatch.setattr(posting, "WHOLE_S", 0.2)
    broken = Event()

    def drips(connection: socket.socket) -> None:
        asked(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        try:
            for number in range(3000):
                connection.sendall(f"x-{number % 90}: 1\r\n".encode() if number < 50 else b"a")
                broken.wait(0.01)
        except OSError:
            broken.set()

    with listening(drips) as port, pytest.raises(NotSent) as failure:
        sent(f"http://127.0.0.1:{port}/")

    assert failure.value.why == "timeout"
    assert broken.wait(CAP_S)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://127.0.0.1/", "not_an_address"),
        ("https:///x", "not_an_address"),
        ("https://hooks.example.com:70000/", "not_an_address"),
        ("https://[hooks.example.com/", "not_an_address"),
    ],
)
def test_what_is_no_address_is_said(url: str, why: str) -> None:
    """Before anything is looked up."""
    with pytest.raises(NotSent) as failure:
        sent(url)

    assert failure.value.why == why


def test_who_refuses_connections_is_tried_later() -> None:
    """And a message that is too large never."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NotSent) as refused:
        sent(f"http://127.0.0.1:{port}/")
    with pytest.raises(NotSent) as large:
        post(Post(url="https://hooks.example.com/", content=b"x" * (posting.SENT_MOST + 1)))

    assert (refused.value.why, refused.value.final) == ("ConnectionRefusedError", False)
    assert (large.value.why, large.value.final) == ("too_large", True)


def test_what_is_not_encrypted_stays_near(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave to go to a private address is none to go anywhere in the clear."""
    public = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: public)

    with pytest.raises(NotSent) as failure:
        sent("http://hooks.example.com/")

    assert failure.value.why == "unencrypted"
