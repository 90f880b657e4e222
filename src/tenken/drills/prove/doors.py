"""The two doors of a drill: the fake provider's control, and the application."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import IPv4Address
from typing import Protocol
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tenken.drills.prove.receipts import Inbox
from tenken.drills.prove.record import Answered
from tenken.drills.prove.requests import Asking
from tenken.drills.provider.control import Control
from tenken.drills.provider.plan import FaultPlan
from tenken.drills.provider.seen import Seen
from tenken.drills.provider.server import Cut, FakeProvider
from tenken.errors import UsageError
from tenken.transport.addresses import Origin
from tenken.transport.errors import ConnectFailed, TimedOut, UpstreamFailed
from tenken.transport.limits import PoolLimits
from tenken.transport.message import Request
from tenken.transport.server import Server
from tenken.transport.upstream import Pool
from tenken.transport.upstream_reply import Patience

LARGEST_ANSWER = 4 << 20
LARGEST_LOG = 64 << 20
CONNECT_S = 5.0
CONTROL_S = 30.0


class Provider(Protocol):
    """The fake provider, wherever it runs."""

    async def obey(self, plan: FaultPlan) -> None:
        """Follow a plan from the next call on."""
        ...

    async def seen(self) -> tuple[Seen, ...]:
        """Give every call so far, in order."""
        ...


class OwnProvider:
    """A fake provider in this process."""

    def __init__(self, provider: FakeProvider) -> None:
        self._provider = provider

    async def obey(self, plan: FaultPlan) -> None:
        """Follow a plan from the next call on."""
        self._provider.obey(plan)

    async def seen(self) -> tuple[Seen, ...]:
        """Give every call so far, in order."""
        return tuple(replace(one) for one in self._provider.seen)


class RunningProvider:
    """A fake provider that runs already, through its control."""

    def __init__(self, url: str) -> None:
        self._door = Door(url)

    async def obey(self, plan: FaultPlan) -> None:
        """Follow a plan from the next call on."""
        await self._call("PUT", "/plan", msgspec.json.encode(plan))

    async def seen(self) -> tuple[Seen, ...]:
        """Give every call so far, in order."""
        lines = (await self._call("GET", "/seen", b"")).splitlines()
        return tuple(msgspec.json.decode(line, type=Seen) for line in lines)

    async def _call(self, method: str, path: str, body: bytes) -> bytes:
        try:
            reply = await self._door.call(
                method, path, (), body=body, within_s=CONTROL_S, most=LARGEST_LOG
            )
        except UpstreamFailed as error:
            raise UsageError("prove.no_control", url=self._door.url, why=str(error)) from error
        if reply.status >= 300:
            raise UsageError("prove.no_control", url=self._door.url, why=str(reply.status))
        return reply.body


class Application:
    """The application under test."""

    def __init__(self, url: str, *, clock: Callable[[], float]) -> None:
        self._url = url
        self._door = Door(url)
        self._clock = clock

    async def ask(self, asking: Asking, *, within_s: float, visitor: int = 0) -> Answered:
        """Send a request and wait for its answer; never raises for what the application does.

        Each visitor has an address of its own, where this machine can lend it one.
        """
        if not visitor or not self._door.lends_addresses:
            return await self._ask(self._door, asking, within_s)
        door = Door(self._url, source=_address_of(visitor))
        try:
            return await self._ask(door, asking, within_s)
        finally:
            door.close()

    async def _ask(self, door: "Door", asking: Asking, within_s: float) -> Answered:
        began = self._clock()
        try:
            reply = await door.call(
                asking.method,
                asking.path,
                asking.headers,
                body=asking.body.encode(),
                within_s=within_s,
                most=LARGEST_ANSWER,
            )
        except UpstreamFailed as error:
            return Answered(status=0, took_s=self._clock() - began, why_not=_why(error))
        text = reply.body.decode(errors="replace")
        return Answered(status=reply.status, text=text, took_s=self._clock() - began)

    def close(self) -> None:
        """Close all connections."""
        self._door.close()


class _Reply(Struct, frozen=True):
    status: int
    body: bytes


class Door:
    """Calls to one address that a person named."""

    def __init__(self, url: str, *, source: str = "") -> None:
        self.url = url
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise UsageError("prove.no_url", url=url)
        tls = parts.scheme == "https"
        port = parts.port or (443 if tls else 80)
        self._host, self._prefix = parts.netloc.rpartition("@")[2], parts.path.rstrip("/")
        self._pool = Pool(
            Origin(host=parts.hostname, port=port, tls=tls),
            limits=PoolLimits(allow_private=True, source=source),
        )

    @property
    def lends_addresses(self) -> bool:
        """Whether any address of 127.0.0.0/8 may call: so it is on Linux, within the machine."""
        return self._pool.origin.host == "127.0.0.1" and sys.platform == "linux"

    async def call(
        self,
        method: str,
        path: str,
        headers: tuple[tuple[str, str], ...],
        *,
        body: bytes,
        within_s: float,
        most: int,
    ) -> _Reply:
        """Give the whole answer; raises UpstreamFailed where there is none."""
        patience = Patience(CONNECT_S, within_s, within_s, self._pool.clock() + within_s)
        head = self._head(method, path, headers, len(body))
        reply = await self._pool.call(head, body, patience=patience)
        try:
            return _Reply(reply.status, await reply.read(most))
        finally:
            reply.abort()

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def _head(
        self, method: str, path: str, headers: tuple[tuple[str, str], ...], length: int
    ) -> bytes:
        lines = {"host": self._host, "user-agent": "tenken-prove", "accept": "*/*"}
        if length:
            lines["content-type"] = "application/json"
        lines.update(headers)
        lines["content-length"] = str(length)
        written = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return f"{method} {self._prefix}{path} HTTP/1.1\r\n{written}\r\n".encode()


class Listening(Struct, frozen=True, kw_only=True):
    """A fake provider that listens."""

    provider: FakeProvider
    address: tuple[str, int]
    control: tuple[str, int]


@asynccontextmanager
async def listening(
    plan: FaultPlan, *, host: str, port: int, control_port: int = 0
) -> AsyncIterator[Listening]:
    """Run a fake provider and its control until the block ends."""
    provider = FakeProvider(plan, clock=asyncio.get_running_loop().time)
    servers = (Server(provider, on_fault=_tell), Server(Control(provider), on_fault=_tell))
    for server, at in zip(servers, (port, control_port), strict=True):
        try:
            await server.start(host, at)
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise UsageError("prove.cannot_listen", address=f"{host}:{at}", why=why) from error
    try:
        yield Listening(provider=provider, address=servers[0].address, control=servers[1].address)
    finally:
        for server in servers:
            await server.drain(0)


class Hearing(Struct, frozen=True, kw_only=True):
    """An inbox that listens for alerts."""

    inbox: Inbox
    address: tuple[str, int]


@asynccontextmanager
async def hearing(host: str, port: int) -> AsyncIterator[Hearing]:
    """Listen for alerts until the block ends."""
    inbox = Inbox(asyncio.get_running_loop().time)
    server = Server(inbox, on_fault=_tell)
    try:
        await server.start(host, port)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UsageError("prove.cannot_listen", address=f"{host}:{port}", why=why) from error
    try:
        yield Hearing(inbox=inbox, address=server.address)
    finally:
        await server.drain(0)


def _tell(request: Request, fault: Exception) -> None:
    """A connection that is cut as planned is nobody's fault."""
    if not isinstance(fault, Cut):
        message = f"the fake provider failed at {request.method} {request.path}"
        context = {"message": message, "exception": fault}
        asyncio.get_running_loop().call_exception_handler(context)


def _address_of(visitor: int) -> str:
    """Another address of this machine for each visitor; the usual one is never among them."""
    return str(IPv4Address("127.1.0.0") + visitor)


def _why(error: UpstreamFailed) -> str:
    match error:
        case TimedOut():
            return "timed out"
        case ConnectFailed(reason=reason):
            return reason.replace("_", " ")
        case _:
            return "connection closed"
