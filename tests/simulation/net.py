"""Connections in memory: bytes arrive late, in pieces, in order, or no further."""

import asyncio
from collections import deque
from collections.abc import Callable
from random import Random  # noqa: TID251 - chance of a seed, and of nothing else
from typing import Any, cast

from msgspec import Struct

from tests.simulation.loop import VirtualLoop, refused

WINDOW = 64 * 1024
"""Bytes that the kernel takes before a writer has to keep them."""
HIGH = 64 * 1024


class Weather(Struct, frozen=True, kw_only=True):
    """What a network does to connections to one port; shares are of all connections."""

    delay_s: tuple[float, float] = (0.0005, 0.0005)
    pieces: bool = False
    """Bytes arrive in pieces of any size."""
    refused: float = 0.0
    unanswered: float = 0.0
    """Nobody says anything to who wants to connect."""
    reset: float = 0.0
    """After some bytes of an answer."""
    silent: float = 0.0
    """After some bytes of an answer, nothing arrives any more."""


CALM = Weather()
END = None


class Wire(asyncio.Transport):
    """One end of a connection."""

    peer: "Wire"

    def __init__(self, net: "Net", protocol: asyncio.BaseProtocol, weather: Weather) -> None:
        super().__init__()
        self._net = net
        self._loop = net.loop
        self._protocol = cast("asyncio.Protocol", protocol)
        self._weather = weather
        self._coming: deque[bytes | None] = deque()
        self._inbox: deque[bytes | None] = deque()
        self._due = 0.0
        self._reading = True
        self._closing = False
        self._lost = False
        self._ended = False
        self._under_way = 0
        """Bytes of ours that have not been taken at the other end."""
        self._high = HIGH
        self._writer_waits = False
        self.breaks_after: int | None = None
        """Bytes to this end after which the network breaks, by a reset or by silence."""
        self.breaks_silently = False

    # What a protocol calls.

    def write(self, data: Any) -> None:
        """Send."""
        if self._closing or self._ended or not data:
            return
        content = bytes(data)
        self._under_way += len(content)
        for piece in self._net.pieces(content, self.peer._weather):
            self.peer._arriving(piece)
        if self.get_write_buffer_size() > self._high and not self._writer_waits:
            self._writer_waits = True
            self._protocol.pause_writing()

    def get_write_buffer_size(self) -> int:
        """Give what the kernel has not taken."""
        return max(0, self._under_way - WINDOW)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set when a writer has to wait."""
        del low
        self._high = HIGH if high is None else high

    def pause_reading(self) -> None:
        """Let what arrives wait."""
        self._reading = False

    def resume_reading(self) -> None:
        """Take what has arrived."""
        if not self._reading:
            self._reading = True
            self._loop.call_soon(self._take)

    def can_write_eof(self) -> bool:
        """An end can be told alone."""
        return True

    def write_eof(self) -> None:
        """Send nothing more."""
        if not self._ended and not self._closing:
            self._ended = True
            self.peer._arriving(END)

    def close(self) -> None:
        """End, after what was written."""
        if not self._closing:
            self.write_eof()
            self._closing = True
            self._loop.call_soon(self._lose, None)

    def abort(self) -> None:
        """End at once."""
        self.close()

    def is_closing(self) -> bool:
        """Whether it has ended."""
        return self._closing

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Give the address of the other end."""
        return ("127.0.0.1", 1) if name == "peername" else default

    # What the network does.

    def begin(self) -> None:
        """Tell the protocol that there is a connection."""
        self._protocol.connection_made(self)

    def _arriving(self, what: bytes | None) -> None:
        # What is due at the same moment is called in any order: each call takes what came first.
        self._coming.append(what)
        self._due = max(self._due, self._loop.time() + self._net.delay(self._weather))
        self._loop.call_at(self._due, self._arrived)

    def _arrived(self) -> None:
        self._inbox.append(self._coming.popleft())
        self._take()

    def _take(self) -> None:
        while self._inbox and self._reading and not self._lost:
            self._give(self._inbox.popleft())

    def _give(self, what: bytes | None) -> None:
        if what is not None:
            self.peer._taken(len(what))
            self._read(what)
        elif not self._closing and not self._protocol.eof_received():
            self.close()

    def _read(self, data: bytes) -> None:
        if self.breaks_after is not None:
            if len(data) > self.breaks_after:
                data, self.breaks_after = data[: self.breaks_after], 0
                self._break(data)
                return
            self.breaks_after -= len(data)
        if not self._closing:
            self._protocol.data_received(data)

    def _break(self, last: bytes) -> None:
        if last and not self._closing:
            self._protocol.data_received(last)
        self._inbox.clear()
        if self.breaks_silently:
            self._reading = False
            return
        self._lose(ConnectionResetError())
        self.peer._lose(ConnectionResetError())

    def _taken(self, size: int) -> None:
        self._under_way -= size
        if self._writer_waits and not self.get_write_buffer_size():
            self._writer_waits = False
            self._loop.call_soon(self._protocol.resume_writing)

    def _lose(self, why: Exception | None) -> None:
        self._closing = True
        if not self._lost:
            self._lost = True
            self._protocol.connection_lost(why)


class Net:
    """All connections of a world."""

    def __init__(self, loop: VirtualLoop, *, seed: int = 0) -> None:
        self.loop = loop
        self._random = Random(seed)  # noqa: S311 - no secrets here
        self._listening: dict[int, Callable[[], asyncio.BaseProtocol]] = {}
        self._weather: dict[int, Weather] = {}
        self._ports = 10_000

    def weather(self, port: int, weather: Weather) -> None:
        """Say what happens to connections to a port, from now on."""
        self._weather[port] = weather

    def listen(self, factory: Callable[[], asyncio.BaseProtocol], port: int) -> int:
        """Take connections at a port (0: any); gives the port."""
        if not port:
            self._ports += 1
            port = self._ports
        self._listening[port] = factory
        return port

    def leave(self, port: int) -> None:
        """Take no more."""
        self._listening.pop(port, None)

    async def connect(
        self, factory: Callable[[], asyncio.BaseProtocol], port: int
    ) -> tuple[asyncio.Transport, asyncio.BaseProtocol]:
        """Connect, or raise as the kernel does."""
        weather = self._weather.get(port, CALM)
        await asyncio.sleep(self.delay(weather))
        if self._random.random() < weather.unanswered:
            await asyncio.Event().wait()
        there = self._listening.get(port)
        if there is None or self._random.random() < weather.refused:
            raise refused()
        protocol = factory()
        near, far = Wire(self, protocol, weather), Wire(self, there(), weather)
        near.peer, far.peer = far, near
        drawn = self._random.random()
        if drawn < weather.reset + weather.silent:
            near.breaks_after = self._random.randrange(4000)
            near.breaks_silently = drawn >= weather.reset
        far.begin()
        near.begin()
        return near, protocol

    def delay(self, weather: Weather) -> float:
        """Draw how long something takes."""
        return self._random.uniform(*weather.delay_s)

    def pieces(self, content: bytes, weather: Weather) -> list[bytes]:
        """Draw in which pieces it arrives."""
        if not weather.pieces or len(content) < 2 or len(content) > WINDOW:
            return [content]
        cuts = sorted(self._random.sample(range(1, len(content)), min(3, len(content) - 1)))
        return [content[a:b] for a, b in zip([0, *cuts], [*cuts, len(content)], strict=True)]
