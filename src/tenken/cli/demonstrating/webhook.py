"""A webhook on this machine, for the demonstration: it keeps what it is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Condition, Thread

import msgspec
from msgspec import Struct

HOST = "127.0.0.1"
WITHIN_S = 20.0
LARGEST = 1 << 20


class Message(Struct, frozen=True):
    """What it was sent."""

    reason: str
    severity: str
    title: str


class Webhook:
    """Takes messages."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._got: list[Message] = []

    def take(self, body: bytes) -> None:
        """Keep a message."""
        with self._changed:
            self._got.append(msgspec.json.decode(body, type=Message))
            self._changed.notify_all()

    def first(self, count: int) -> tuple[Message, ...]:
        """Give so many messages, or those that came within a while."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._got) >= count, WITHIN_S)
            return tuple(self._got)


@contextmanager
def webhook() -> Iterator[tuple[Webhook, str]]:
    """Listen until the block ends; gives the webhook and its address."""
    heard = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = min(LARGEST, int(self.headers.get("content-length", "0")))
            heard.take(self.rfile.read(size))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with HTTPServer((HOST, 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield heard, f"http://{HOST}:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
