"""Prometheus and Alertmanager as processes, a target that they scrape, and whom they tell."""

import json
import os
import shutil
import socket
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Thread
from typing import Any

import pytest

LONG_S = 60.0
"""Nothing takes so long; whoever waits for what never comes ends here."""
Alerts = tuple[str, str, str]
"""Name, objective and status of an alert."""


def tool(name: str) -> str:
    """Give where a program is; in CI it has to be there."""
    found = shutil.which(name)
    if found is None:
        missing = f"{name} is not installed: make system"
        if os.environ.get("CI") == "true":  # noqa: TID251 - the rim of the live tests
            pytest.fail(missing)
        pytest.skip(missing)
    return found


def run(*command: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run a program to its end."""
    return subprocess.run(
        [tool(str(command[0])), *command[1:]],
        capture_output=True, text=True, check=False, timeout=2 * LONG_S,
    )  # fmt: skip


class Exporter:
    """Counters that go on by one step with every scrape: no clock decides what is seen."""

    STEP = 20

    def __init__(self) -> None:
        self.failing = False
        self._counts = Counter({"good": 0, "bad": 0})

    def scraped(self) -> str:
        """Give the page, and go on."""
        self._counts["bad" if self.failing else "good"] += self.STEP
        good, bad = self._counts["good"], self._counts["bad"]
        lines = {
            'tenken_requests_total{use_case="answer",outcome="answered"}': good,
            'tenken_requests_total{use_case="answer",outcome="failed"}': bad,
            'tenken_requests_total{use_case="answer",outcome="interrupted"}': 0,
            'tenken_responses_total{use_case="answer",status="2xx"}': good,
            'tenken_responses_total{use_case="answer",status="5xx"}': bad,
        }
        return "".join(f"{name} {value}\n" for name, value in lines.items())


class Heard:
    """What a webhook got."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._alerts: list[Any] = []

    def take(self, body: bytes) -> None:
        with self._changed:
            self._alerts += json.loads(body)["alerts"]
            self._changed.notify_all()

    def wait_for(self, name: str, status: str) -> Any:
        """Wait for an alert of a name in a status; gives it."""

        def found() -> Any:
            return next(
                (
                    one
                    for one in self._alerts
                    if one["labels"]["alertname"] == name and one["status"] == status
                ),
                None,
            )

        with self._changed:
            assert self._changed.wait_for(lambda: found() is not None, LONG_S), self._alerts
            return found()


@contextmanager
def listening(
    get: Callable[[], str] | None = None, post: Callable[[bytes], None] | None = None
) -> Iterator[int]:
    """Listen on loopback until the block ends; gives the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = get().encode() if get else b""
            self.answer(body)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if post:
                post(body)
            self.answer(b"")

        def answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/plain; version=0.0.4")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def running(*command: str | Path, log: Path) -> Iterator[None]:
    """Run a program until the block ends."""
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [tool(str(command[0])), *command[1:]], stdout=stream, stderr=stream
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(LONG_S)


def free_ports(count: int) -> list[int]:
    """Give ports that are free now: these programs do not tell which one they took."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
