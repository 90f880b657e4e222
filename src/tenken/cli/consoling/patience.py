"""A connection to the console, with a bound on how much and how long somebody may begin to ask.

The server that the console runs on waits for ever for the rest of a request, and keeps whatever
comes of its head: a few dozen connections that say nothing would shut everybody else out.
"""

from asyncio import TimerHandle, Transport

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

REQUEST_S = 20.0
"""For a request with its body, which is a form; and for a connection to begin one."""
REQUEST_MAX = 192 << 10
"""Bytes: three times the largest form, with its head."""


class Patient(HttpToolsProtocol):
    """One connection, let go of when it takes too long or says too much."""

    _late: TimerHandle | None = None
    _come = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Wait for a first request."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, while a request has a size."""
        if self._late is not None:
            self._come += len(data)
            if self._come > REQUEST_MAX:
                self.transport.close()
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Begin to count."""
        super().on_message_begin()
        if self._late is None:
            self._wait()

    def on_message_complete(self) -> None:
        """All of it has come."""
        self._wait_no_more()
        super().on_message_complete()

    def _wait(self) -> None:
        self._come = 0
        self._late = self.loop.call_later(REQUEST_S, self.transport.close)

    def _wait_no_more(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
