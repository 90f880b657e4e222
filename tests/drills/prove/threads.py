"""A tiny application in a thread of its own: for commands that run an event loop themselves."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socket import socket

from tenken.transport.server import Server
from tests.drills.prove.small import Behaviour, Model, answering


def free_port() -> int:
    """A port that nobody listens on."""
    with socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


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
