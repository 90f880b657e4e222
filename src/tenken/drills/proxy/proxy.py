"""A TCP proxy that loses connections as planned: for what no HTTP server can do by itself."""

import asyncio
import socket
import struct
from asyncio import StreamReader, StreamWriter

from tenken.drills.proxy.line import Carried, Line, Lines, Lost

CHUNK = 64 * 1024
TICKS = 20
"""A slow line carries its bytes in so many portions a second."""
GARBAGE = b"\x00\xff this is neither TLS nor HTTP \r\n\r\n"
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class _Over(Exception):
    """Ends both directions of a connection."""


class FaultProxy:
    """Listens for one origin and carries bytes both ways, as far as its plan lets them.

    proxy = FaultProxy(("127.0.0.1", 9090), Lines())
    await proxy.start("127.0.0.1", 0)
    await proxy.obey(Lines(then=Line(kind=Lost.RESET)))
    await proxy.close()
    """

    def __init__(self, to: tuple[str, int], lines: Lines) -> None:
        self._to = to
        self._lines = lines
        self._number = 0
        self._server: asyncio.Server | None = None
        self._writers: set[StreamWriter] = set()
        self.address = ("", 0)
        self.carried: list[Carried] = []

    async def start(self, host: str, port: int) -> None:
        """Listen, unless the plan begins with a refusal (then the address is kept for later)."""
        await self._listen(host, port)
        self._follow()

    async def obey(self, lines: Lines) -> None:
        """Follow another plan from the next connection on, from its first line."""
        self._lines = lines
        self._number = 0
        if self._server is None and not self._refuses:
            await self._listen(*self.address)
        self._follow()

    async def close(self) -> None:
        """Listen no more and end every connection."""
        self._stop()
        for writer in tuple(self._writers):
            writer.transport.abort()

    @property
    def _refuses(self) -> bool:
        return self._lines.line(self._number).kind is Lost.REFUSE

    async def _listen(self, host: str, port: int) -> None:
        self._server = await asyncio.start_server(self._accept, host, port)
        host, port, *_ = self._server.sockets[0].getsockname()
        self.address = (host, port)

    def _follow(self) -> None:
        if self._refuses:
            self._stop()

    def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        line = self._lines.line(self._number)
        self._number += 1
        carried = Carried(number=len(self.carried), kind=line.kind)
        self.carried.append(carried)
        self._writers.add(writer)
        self._follow()
        try:
            await self._carry(line, carried, reader, writer)
        except* (_Over, OSError):
            pass  # this is what becomes of connections here
        finally:
            carried.open = False
            self._writers.discard(writer)
            writer.transport.abort()

    async def _carry(
        self, line: Line, carried: Carried, reader: StreamReader, writer: StreamWriter
    ) -> None:
        if line.kind is Lost.GARBAGE:
            writer.write(GARBAGE)
            await writer.drain()
            await _closed(writer)
            raise _Over
        if line.kind is Lost.RESET and not line.after:
            _reset_on_close(writer)
            raise _Over
        there_reader, there = await asyncio.open_connection(*self._to)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_up(line, carried, reader, there))
                both.create_task(_down(line, carried, there_reader, writer))
        finally:
            there.transport.abort()


async def _up(line: Line, carried: Carried, reader: StreamReader, there: StreamWriter) -> None:
    while data := await reader.read(_portion(line)):
        await _late(line, data)
        there.write(data)
        await there.drain()
        carried.up += len(data)
    if line.kind is Lost.STALL:
        raise _Over  # who waits in silence is told at least that the client has left
    there.write_eof()


async def _down(line: Line, carried: Carried, reader: StreamReader, writer: StreamWriter) -> None:
    while data := await reader.read(_portion(line)):
        await _late(line, data)
        left = line.after - carried.down
        breaks = line.kind in BREAKS and len(data) >= left
        part = data[:left] if breaks else data
        writer.write(part)
        await writer.drain()
        carried.down += len(part)
        if breaks:
            await _break(line, writer)
    await _closed(writer)
    raise _Over


async def _break(line: Line, writer: StreamWriter) -> None:
    match line.kind:
        case Lost.STALL:
            await asyncio.Event().wait()
        case Lost.RESET:
            _reset_on_close(writer)
        case _:
            await _closed(writer)
    raise _Over


async def _late(line: Line, data: bytes) -> None:
    if line.kind is Lost.DELAY:
        await asyncio.sleep(line.delay_s)
    elif line.kind is Lost.SLOW:
        await asyncio.sleep(len(data) / line.rate)


def _portion(line: Line) -> int:
    return max(1, line.rate // TICKS) if line.kind is Lost.SLOW else CHUNK


async def _closed(writer: StreamWriter) -> None:
    """Close after what was written, in good order."""
    writer.close()
    await writer.wait_closed()


def _reset_on_close(writer: StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)


BREAKS = frozenset({Lost.RESET, Lost.CUT, Lost.STALL})
