"""`tenken serve` has a console beside it, and goes on without where that cannot listen."""

import socket
from http.client import HTTPConnection
from pathlib import Path

import pytest
import re2

from tests.live.serving import LONG_S, key_of, providing, running, written

pytestmark = pytest.mark.live
ADDRESS = re2.compile(r"http://(127\.0\.0\.1):([0-9]+)")


def test_a_console_answers_beside_the_gateway_and_ends_with_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with providing() as (_provider, url):
        written(tmp_path, url, console="port: 0")
        key = key_of(tmp_path, lambda: capfd.readouterr().out)
        with running(["serve", str(tmp_path)], key=key) as run:
            found = ADDRESS.search(run.said("console"))
            assert found is not None
            connection = HTTPConnection(found[1], int(found[2]), timeout=LONG_S)
            connection.request("GET", "/")
            answer = connection.getresponse()
            assert answer.status in {302, 303}
            assert answer.headers["location"]
            connection.close()
            assert run.ask("asked-1").status == 200
            assert run.end() == 0
        with pytest.raises(OSError, match="refused"):
            HTTPConnection(found[1], int(found[2]), timeout=LONG_S).connect()


def test_it_serves_without_a_console_whose_port_is_taken(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with providing() as (_provider, url), socket.create_server(("127.0.0.1", 0)) as taken:
        written(tmp_path, url, console=f"port: {taken.getsockname()[1]}")
        key = key_of(tmp_path, lambda: capfd.readouterr().out)
        with running(["serve", str(tmp_path)], key=key) as run:
            run.said("without console")
            assert run.ask("asked-1").status == 200
            assert run.end() == 0
