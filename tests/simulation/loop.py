"""An event loop whose time passes only when there is nothing to do, over a network in memory.

Everything that asyncio offers is its own code; what comes from the kernel elsewhere (the clock,
sockets) is played here. One seed gives one course of events, on every machine and under any load.
"""

import asyncio
import errno
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

Result = TypeVar("Result")
HORIZON_S = 3_000.0


class Stuck(Exception):
    """Nothing will ever happen any more, or something has been waited for beyond reason."""


class Network(Protocol):
    """Joins those who connect with those who listen."""

    def listen(self, factory: Callable[[], asyncio.BaseProtocol], port: int) -> int:
        """Take connections at a port (0: any); gives the port."""
        ...

    def leave(self, port: int) -> None:
        """Take no more."""
        ...

    async def connect(
        self, factory: Callable[[], asyncio.BaseProtocol], port: int
    ) -> tuple[asyncio.Transport, asyncio.BaseProtocol]:
        """Connect, or raise as the kernel does."""
        ...


class _Name:
    def __init__(self, port: int) -> None:
        self._port = port

    def getsockname(self) -> tuple[str, int]:
        return "127.0.0.1", self._port


class Listener:
    """As much of `asyncio.Server` as a server of ours uses."""

    def __init__(self, network: Network, port: int) -> None:
        self._network = network
        self._port = port
        self.sockets = (_Name(port),)

    def close(self) -> None:
        """Take no more connections."""
        self._network.leave(self._port)


class _Selector:
    """Where a loop would wait for the kernel, time jumps to the next thing that is due."""

    def __init__(self) -> None:
        self.now = 0.0

    def select(self, timeout: float | None) -> list[object]:
        if timeout is None:
            raise Stuck("everybody waits for somebody else")
        self.now += timeout
        if self.now > HORIZON_S:
            raise Stuck("an hour has passed")
        return []


class VirtualLoop(asyncio.BaseEventLoop):
    """The loop."""

    def __init__(self, network: Callable[["VirtualLoop"], Network]) -> None:
        super().__init__()
        self._selector = _Selector()
        self.network = network(self)
        self.troubles: list[dict[str, object]] = []
        """What nobody caught."""
        self.set_exception_handler(lambda _loop, context: self.troubles.append(context))

    def time(self) -> float:
        """Tell the time since the beginning."""
        return self._selector.now

    def _process_events(self, _events: object) -> None:
        pass

    def _write_to_self(self) -> None:
        pass

    def run_in_executor(self, *_arguments: Any) -> Any:  # type: ignore[override]
        """Refuse: a thread has a time of its own."""
        raise Stuck("a thread was asked for")

    async def create_server(self, *arguments: Any, **_more: Any) -> Any:
        """Listen."""
        factory, _host, port = arguments
        return Listener(self.network, self.network.listen(factory, port))

    async def create_connection(self, *arguments: Any, **_more: Any) -> Any:
        """Connect."""
        factory, _host, port = arguments
        return await self.network.connect(factory, port)


def played(
    network: Callable[[VirtualLoop], Network], course: Callable[[], Coroutine[Any, Any, Result]]
) -> tuple[Result, VirtualLoop]:
    """Run a course of events to its end; gives what it gives, and the loop with its troubles."""
    loop = VirtualLoop(network)
    try:
        asyncio.set_event_loop(loop)
        return loop.run_until_complete(course()), loop
    finally:
        asyncio.set_event_loop(None)
        _end(loop)


def _end(loop: VirtualLoop) -> None:
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


def refused() -> OSError:
    """Give what the kernel says where nobody listens."""
    return ConnectionRefusedError(errno.ECONNREFUSED, "nobody listens")
