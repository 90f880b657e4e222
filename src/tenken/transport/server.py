"""The listening side: accepts connections, looks at their times, and ends them in order."""

import asyncio
import socket
import ssl as tls
from collections.abc import Callable

from tenken.transport.connection import Connection, Handler, House
from tenken.transport.limits import ServerLimits
from tenken.transport.message import Request
from tenken.transport.reply import Direct

SETTLING_S = 0.005
HANDSHAKE_S = 10.0
"""As long as for the head of a request, which can only come after it."""


class Server:
    """Serves HTTP/1.1 with one handler, on the running event loop.

    server = Server(handler)
    await server.start("127.0.0.1", 8080)
    ...
    await server.drain(within_s=30)
    """

    _house: House
    _listener: asyncio.Server
    _timer: asyncio.TimerHandle

    def __init__(
        self,
        handler: Handler,
        limits: ServerLimits | None = None,
        *,
        clock: Callable[[], float] | None = None,
        on_fault: Callable[[Request, Exception], None] | None = None,
        direct: Direct | None = None,
    ) -> None:
        """`direct` is shown each request first, in the turn of the loop in which it came."""
        self._handler = handler
        self._direct = direct
        self._limits = limits or ServerLimits()
        self._clock = clock
        self._on_fault = on_fault

    async def start(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        sock: socket.socket | None = None,
        ssl: tls.SSLContext | None = None,
    ) -> None:
        """Listen on host and port (0: any free one), or on a socket that is bound already."""
        loop = asyncio.get_running_loop()
        self._house = House(
            self._handler,
            self._limits,
            clock=self._clock or loop.time,
            loop=loop,
            on_fault=self._on_fault or _tell_the_loop,
            direct=self._direct,
        )
        backlog, wait_s = self._limits.backlog, HANDSHAKE_S if ssl else None
        if sock is not None:
            listening = loop.create_server(
                self._accept, sock=sock, ssl=ssl, backlog=backlog, ssl_handshake_timeout=wait_s
            )
        else:
            listening = loop.create_server(
                self._accept, host, port, ssl=ssl, backlog=backlog, ssl_handshake_timeout=wait_s
            )
        self._listener = await listening
        self._timer = loop.call_later(self._limits.sweep_s, self._tick)

    def _accept(self) -> Connection:
        return Connection(self._house)

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        host, port, *_ = self._listener.sockets[0].getsockname()
        return host, port

    @property
    def connections(self) -> int:
        """Clients that are connected, busy or not."""
        return len(self._house.connections)

    @property
    def in_flight(self) -> int:
        """Requests that are being answered."""
        return self._house.in_flight

    def sweep(self) -> None:
        """Look at the times of all connections; done every `sweep_s` without being asked."""
        now = self._house.clock()
        for connection in tuple(self._house.connections):
            connection.look(now)

    def _tick(self) -> None:
        self._timer = self._house.loop.call_later(self._limits.sweep_s, self._tick)
        self.sweep()

    async def drain(self, within_s: float) -> None:
        """Accept no more, let the requests in flight end, and cut those that take longer."""
        house = self._house
        self._listener.close()
        house.closing = True
        for connection in tuple(house.connections):
            connection.close_when_idle()
        try:
            async with asyncio.timeout(within_s):
                await self._empty()
        except TimeoutError:
            for connection in tuple(house.connections):
                connection.cut()
            await self._empty()
        self._timer.cancel()

    async def _empty(self) -> None:
        if self._house.connections:
            await self._house.emptied.wait()
        while self._house.in_flight:  # noqa: ASYNC110 - they leave in many ways, and soon
            # A handler whose client has left still puts its request on record.
            await asyncio.sleep(SETTLING_S)


def _tell_the_loop(request: Request, fault: Exception) -> None:
    message = f"the handler of {request.method} {request.path} failed"
    asyncio.get_running_loop().call_exception_handler({"message": message, "exception": fault})
