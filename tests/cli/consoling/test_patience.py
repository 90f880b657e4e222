"""The console's real door: nobody shuts it by saying nothing, too little or too much."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
import uvicorn
from msgspec.structs import replace

from tenken.cli.consoling import patience
from tenken.cli.consoling.patience import REQUEST_MAX, Patient
from tenken.cli.consoling.running import TOGETHER
from tenken.console.app import console
from tenken.console.doors.names import names
from tests.console.ground import PASSWORD, ground

LONG_S = 60.0
HEAD = b"GET /healthz HTTP/1.1\r\nhost: x\r\n"


@contextmanager
def listening(folder: Path) -> Iterator[int]:
    """Let a console listen as it does in earnest; gives the port."""
    with ground(folder) as made, socket.create_server(("127.0.0.1", 0)) as door:
        made.user("hana")
        port = door.getsockname()[1]
        config = uvicorn.Config(
            console(replace(made.desk, names=names(None, port))), loop="uvloop", http=Patient,
            ws="none", lifespan="off", log_config=None, limit_concurrency=TOGETHER,
        )  # fmt: skip
        server = uvicorn.Server(config)
        running = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        running.start()
        try:
            yield port
        finally:
            server.should_exit = True
            running.join(LONG_S)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    with listening(tmp_path) as found:
        yield found


def status(port: int) -> int:
    """Ask whether it is well."""
    connection = HTTPConnection("127.0.0.1", port, timeout=LONG_S)
    connection.request("GET", "/healthz")
    found = connection.getresponse().status
    connection.close()
    return found


def ends(one: socket.socket) -> bytes:
    """Read until the other side closes, or breaks it off."""
    said = b""
    try:
        while part := one.recv(1 << 16):
            said += part
    except ConnectionError:
        pass
    return said


@pytest.mark.parametrize("said", [b"", b"G", HEAD, HEAD + b"content-length: 9\r\n\r\nab"])
def test_who_says_no_more_is_let_go(
    said: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are: as many as would shut the door are gone, and others are served."""
    monkeypatch.setattr(patience, "REQUEST_S", 0.3)
    with listening(tmp_path) as port, ExitStack() as stack:
        several = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), LONG_S))
            for _ in range(TOGETHER)
        ]
        for one in several:
            one.sendall(said)
        for one in several:
            ends(one)

        assert status(port) == 200


def test_a_head_that_never_ends_is_cut_off(port: int) -> None:
    """After a few times the largest form."""
    line, sent = b"x-more: " + b"x" * 8000 + b"\r\n", 0
    with socket.create_connection(("127.0.0.1", port), LONG_S) as one:
        one.sendall(HEAD)
        try:
            while sent < 100 * REQUEST_MAX:
                one.sendall(line)
                sent += len(line)
        except ConnectionError:
            pass
        assert ends(one) == b""

    assert sent < 100 * REQUEST_MAX
    assert status(port) == 200


def test_the_largest_form_comes_through(port: int) -> None:
    """And one connection brings many, one after the other."""
    connection = HTTPConnection("127.0.0.1", port, timeout=LONG_S)
    body = f"name=hana&password={PASSWORD.replace(' ', '+')}&to=" + "x" * 60_000
    own = {
        "content-type": "application/x-www-form-urlencoded",
        "origin": f"http://127.0.0.1:{port}",
    }
    statuses = []
    for _ in range(8):
        connection.request("POST", "/login", body, own)
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
    connection.close()

    assert statuses == [303] * 8


def test_two_names_are_none(port: int) -> None:
    """Which of them counts somebody on the way may see otherwise."""
    own = b"host: 127.0.0.1:%d\r\n" % port
    told = []
    for lines in (own, own + own, own + b"host: example.com\r\n", b"host: example.com\r\n" + own):
        with socket.create_connection(("127.0.0.1", port), LONG_S) as one:
            one.sendall(b"GET /login HTTP/1.1\r\n" + lines + b"connection: close\r\n\r\n")
            told.append(ends(one)[9:12])

    assert told == [b"200", b"421", b"421", b"421"]
