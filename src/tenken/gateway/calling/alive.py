"""Keeps silent streams alive: a comment now and then, which every client passes over.

Proxies and clients close connections on which nothing is said for a minute, and a model may think
longer. Comments commit to no target: until the first word another one can still be asked. They
reset no timeout either; what a provider owes is counted where its own bytes are read.
"""

import asyncio
from collections.abc import Callable

from tenken.gateway.calling.stream import EVENTS
from tenken.gateway.flow import Flow
from tenken.transport.message import Headers

COMMENT = b": keep-alive\n\n"
LOOKS = 4
"""In the time that a stream may be silent; it is silent for at most a quarter longer."""


class KeepAlive:
    """Looks after all streams of a worker, with one timer."""

    def __init__(self, every_s: float, *, headers: Callable[[Flow], Headers]) -> None:
        self._look_s = every_s / LOOKS
        self._headers = headers
        self._silent: dict[Flow, int] = {}
        """Streams, and how many looks found them silent."""
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, flow: Flow) -> None:
        """Look after a stream until it is over."""
        self._silent[flow] = 0
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._look_s, self._tick)

    def forget(self, flow: Flow) -> None:
        """Look after it no more."""
        del self._silent[flow]

    def look(self) -> None:
        """Say something where nothing was said for long enough."""
        for flow, looks in self._silent.items():
            if flow.spoke:
                flow.spoke = False
                self._silent[flow] = 0
            elif looks + 1 < LOOKS:
                self._silent[flow] = looks + 1
            else:
                self._silent[flow] = 0
                self._say(flow)

    def _say(self, flow: Flow) -> None:
        reply = flow.reply
        if not reply.started:
            flow.status = 200
            reply.start(200, (*self._headers(flow), *EVENTS))
        reply.nudge(COMMENT)

    def _tick(self) -> None:
        self.look()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._look_s, self._tick) if self._silent else None
