"""A tiny application in a thread of its own: for commands that run an event loop themselves."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socket import SO_REUSEADDR, SOL_SOCKET, socket

from tenken.transport.server import Server
from tests.drills.prove.small import Behaviour, Model, answering


@contextmanager
def held_port() -> Iterator[int]:
    """Give a port on which whoever is told it may listen, and that nobody else is given meanwhile.

    A socket that is bound and does not listen keeps it from those who ask for any port; a server
    that names it may have it beside, since both allow that.
    """
    with socket() as holds:
        holds.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        holds.bind(("127.0.0.1", 0))
        yield holds.getsockname()[1]


@contextmanager
def application_of(behaviour: Behaviour, provider_port: int) -> Iterator[str]:
    """Run an application that calls a provider at that port; gives its address."""
    started, stopped = threading.Event(), threading.Event()
    urls: list[str] = []

    async def serve() -> None:
        model = Model(("127.0.0.1", provider_port))
        server = Server(answering(behaviour, model))
        await server.start()
        urls.append("http://{}:{}".format(*server.address))
        started.set()
        await asyncio.to_thread(stopped.wait)
        model.close()
        await server.drain(0)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert started.wait(10)
    try:
        yield urls[0]
    finally:
        stopped.set()
        thread.join(10)
