"""A gateway over fake providers, and callers by the thousand: what the long forms share."""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.live.serving import LONG_S, TENKEN, Running, replaced, running  # noqa: E402 - no package

from tenken.cli.main import main as tenken  # noqa: E402
from tenken.drills.provider.plan import plan_from  # noqa: E402
from tenken.drills.provider.server import FakeProvider  # noqa: E402
from tenken.transport.limits import ServerLimits  # noqa: E402
from tenken.transport.server import Server  # noqa: E402

OK = 200
TIMES = {"connect_s": 30, "ttft_s": 600, "idle_s": 600, "total_s": 3600}

Figures = dict[str, object]
Promises = Mapping[str, tuple[Callable[[int], Awaitable[Figures]], int]]
"""What may be run by its name, and how often where nobody says how often."""


@dataclass
class Had:
    """What a caller had of an answer, by the loop's clock."""

    status: int = 0
    """0: no answer at all."""
    began: float = 0.0
    first: float = 0.0
    ended: float = 0.0
    comments: int = 0
    whole: bool = False
    in_band: bool = False
    """The stream told of an error in its place."""
    left: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def took_ms(self) -> float:
        """From the call to its end."""
        return (self.ended - self.began) * 1000


@dataclass(frozen=True)
class Door:
    """Where callers go."""

    host: str
    port: int
    key: str


def now() -> float:
    """Give the loop's time."""
    return asyncio.get_running_loop().time()


async def ask(
    door: Door,
    route: str,
    *,
    name: str = "",
    stream: bool = False,
    text: str = "hi",
    leave_after: int | None = None,
    bytes_s: int | None = None,
    until: float | None = None,
    had: Had | None = None,
) -> Had:
    """Ask once; leave after so many events, or after a moment; read slowly where that is said."""
    had = had or Had()
    had.began = now()
    said = {"model": route, "messages": [{"role": "user", "content": text}], "stream": stream}
    body = json.dumps(said).encode()
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nhost: gateway\r\ncontent-length: {len(body)}\r\n"
        f"content-type: application/json\r\nauthorization: Bearer {door.key}\r\n"
        f"connection: close\r\n" + (f"x-request-id: {name}\r\n" if name else "") + "\r\n"
    )
    try:
        reader, writer = await asyncio.open_connection(door.host, door.port, limit=1 << 16)
    except OSError:
        had.ended = now()
        return had
    try:
        writer.write(head.encode() + body)
        async with asyncio.timeout_at(until):
            await _heard(had, reader, leave_after=leave_after, bytes_s=bytes_s)
    except TimeoutError:
        had.left = True
    except asyncio.CancelledError:
        had.left = True
        raise
    except (OSError, asyncio.IncompleteReadError):
        pass
    finally:
        had.ended = now()
        writer.transport.abort()
    return had


async def _heard(
    had: Had, reader: asyncio.StreamReader, *, leave_after: int | None, bytes_s: int | None
) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    had.status = int(head[0].split(" ")[1])
    had.headers = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
    events, tail = 0, b""
    while part := await reader.read(bytes_s or 1 << 16):
        had.comments += part.count(b": keep-alive")
        events += part.count(b'"content":"')
        had.in_band = had.in_band or b'data: {"error"' in part
        had.first = had.first or (now() if events else 0.0)
        tail = (tail + part)[-64:]
        if leave_after is not None and events >= leave_after:
            had.left = True
            return
        if bytes_s is not None:
            await asyncio.sleep(1)
    streamed = had.headers.get("content-type", "").startswith("text/event-stream")
    ends = b"[DONE]" in tail if streamed else tail.rstrip().endswith(b"}")
    had.whole = had.status == OK and ends


def files(
    folder: Path,
    url: str,
    routes: Mapping[str, object],
    gateway: Mapping[str, object],
    *,
    elsewhere: Mapping[str, str] | None = None,
) -> None:
    """Write an application whose routes are models of a provider, each with settings of its own.

    `elsewhere` has the providers of routes that have another one.
    """
    urls = {"up": url, **(elsewhere or {})}
    platform = {
        "platform": {"name": "team", "version": "1", "owner": "platform"},
        "providers": [{"id": n, "kind": "other", "base_url": one} for n, one in urls.items()],
    }
    more = {name: said if isinstance(said, dict) else {} for name, said in routes.items()}
    application = {
        "application": {"name": "desk", "owner": "team"},
        "extends": {"platform": "platform.yaml", "version": "1"},
        "use_cases": [{"id": "answer", "description": "Answers"}],
        "models": [
            {"id": f"{one}.m", "provider": one if one in urls else "up", "model": one}
            for one in routes
        ],
        "routes": [
            {
                "name": one, "use_case": "answer", "targets": [f"{one}.m"],
                "timeouts": TIMES, **more[one],
            }
            for one in routes
        ],
        "callers": [{"id": "app", "routes": list(routes)}],
        "gateway": {"port": 0, "private_upstreams": True, **gateway},
        "console": {"on": False},
    }  # fmt: skip
    replaced(folder / "platform.yaml", json.dumps(platform))
    replaced(folder / "tenken.yaml", json.dumps(application))


@contextmanager
def folder() -> Iterator[Path]:
    """Give a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tenken-promises-") as name:
        yield Path(name)


def key_in(where: Path) -> str:
    """Make the caller's key."""
    held, out = sys.stdout, where / "key"
    with out.open("w") as sys.stdout:
        code = tenken(["keys", "add", "app", "--path", str(where)])
    sys.stdout = held
    if code != 0:
        raise SystemExit(code)
    return out.read_text().strip()


@asynccontextmanager
async def provided(plan: Mapping[str, object]) -> AsyncIterator[tuple[FakeProvider, str]]:
    """Run a provider in this loop, so that its clock is ours."""
    provider = FakeProvider(
        plan_from(json.dumps(plan).encode(), name="plan"), clock=asyncio.get_running_loop().time
    )
    server = Server(provider, ServerLimits(backlog=16_384), on_fault=lambda _request, _fault: None)
    await server.start()
    host, port = server.address
    yield provider, f"http://{host}:{port}/v1"
    await server.drain(0)


@contextmanager
def provided_beside() -> Iterator[str]:
    """Run a provider in a process of its own, which takes nothing of this loop's time."""
    command = [str(TENKEN), "fake-provider", "--port", "0", "--control-port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as fake:
        try:
            yield (fake.stdout or sys.stdin).readline().removeprefix("OPENAI_BASE_URL=").strip()
        finally:
            fake.kill()


def sent(door: Door, body: bytes) -> tuple[int, float]:
    """Send a body, from a thread; gives status and seconds."""
    began = time.monotonic()
    connection = HTTPConnection(door.host, door.port, timeout=LONG_S)
    headers = {"content-type": "application/json", "authorization": f"Bearer {door.key}"}
    with suppress(OSError):  # told before all of it was sent
        connection.request("POST", "/v1/chat/completions", body, headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status, time.monotonic() - began


@asynccontextmanager
async def served(where: Path, *, command: str = "serve") -> AsyncIterator[tuple[Running, Door]]:
    """Serve what stands in a folder."""
    key = key_in(where)
    entered = running([command, str(where)], key=key)
    run = await asyncio.to_thread(entered.__enter__)
    try:
        yield run, Door(run.host, run.port, key)
    finally:
        await asyncio.to_thread(entered.__exit__, None, None, None)


async def ended(run: Running) -> int:
    """Tell it to end; gives the exit code."""
    return await asyncio.to_thread(run.end)


async def heard(provider: FakeProvider, names: set[str]) -> None:
    """Wait until a provider has heard all these requests."""
    last = now() + LONG_S
    while now() < last and not names <= {one.request_id for one in provider.seen}:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def rests(provider: FakeProvider) -> None:
    """Wait until no call is open at the provider."""
    last = now() + LONG_S
    while any(one.end == "open" for one in provider.seen) and now() < last:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


def memory_kib(run: Running) -> int:
    """Give what its workers hold, shared pages by their share."""
    pids = run.workers() or [run.process.pid]
    return sum(_pss_kib(pid) for pid in pids)


def resident_kib(run: Running, line: str = "VmHWM:") -> int:
    """Give the most that a gateway of one process ever held, or what it holds (`VmRSS:`)."""
    lines = Path(f"/proc/{run.process.pid}/status").read_text().splitlines()
    return next(int(one.split()[1]) for one in lines if one.startswith(line))


def _pss_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def quantile(values: list[float], part: float) -> float:
    """Give the value at a part, from 0 to 1."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(part * len(ordered)))], 1) if ordered else 0.0


def figures(promises: Promises, *, said: str | None) -> str:
    """Run the one that the command line names; gives its figures as a line."""
    parser = argparse.ArgumentParser(description=said)
    parser.add_argument("promise", choices=promises)
    parser.add_argument("--times", type=int)
    asked = parser.parse_args()
    promise, few = promises[asked.promise]
    return json.dumps({asked.promise: asyncio.run(promise(asked.times or few))})
