"""A plain request under way: what comes back from its target is answered in the same turn.

Nobody waits for it and no task is woken. Whatever is not as nearly always (another status than
200, an answer that nobody can read, a connection that breaks, patience that ends) is handed over
to the long way, which goes on as if it had sent the call itself.
"""

import asyncio
from collections.abc import Awaitable
from typing import Protocol

from tenken.gateway.direct.forms import ROOT, SAMPLED
from tenken.gateway.direct.lane import Lane
from tenken.store.counters.grip import Taken
from tenken.transport.message import Request
from tenken.transport.reply import OpenLine, Reply
from tenken.transport.upstream_reply import Patience, UpstreamReply
from tenken.wire.dialect import Answer, Unreadable
from tenken.wire.dialects.openai_chat import whole_answer

OK = 200


class Ending(Protocol):
    """Knows how a request ends."""

    def answered(self, passing: "Passing", answer: Answer, now: float) -> None:
        """Put it on record, and hand on its answer, which came at `now`."""
        ...

    def left(self, passing: "Passing") -> None:
        """Put on record that its client has left."""
        ...

    def go_on(self, passing: "Passing", reply: Reply) -> Awaitable[None]:
        """Take it the long way from where it stands."""
        ...


class Passing(UpstreamReply):
    """One plain request between its call and its answer."""

    at: int
    """When it came, in microseconds since 1970."""
    began: float
    id: bytes
    called: bytes
    """The same as records hold it."""
    traced: bytes
    """Its trace and our span in it, as records hold them."""
    flags = SAMPLED
    below = ROOT
    """The caller's span and whether the trace is sampled, as records hold them."""
    whose: bytes
    """Session and prompt, and how they are known, as records hold them."""
    asking: bytes
    """The head of the call."""
    body: bytes
    """Of the call."""
    taken: Taken | None
    """What it holds of limits."""
    handed = False
    """The long way has it."""
    settled = False
    """It is on record, and holds nothing of limits any more."""
    inside = True
    """It holds one of the worker's places."""
    told = False
    """Its answer was handed on."""
    came = 0.0
    """When the first part of an answer came that did not come whole."""
    fault: Exception | None = None
    """What went wrong with us."""

    def __init__(  # noqa: PLR0917 - one for each request: names would cost more
        self, request: Request, line: OpenLine, lane: Lane, ending: Ending, patience: Patience
    ) -> None:
        self.request = request
        self.line = line
        self.lane = lane
        self._ending = ending
        self.patience = patience
        self.headed = None
        self._parts = []

    def awaited(self) -> None:
        """Let somebody wait for its head from now on."""
        self.headed = asyncio.get_running_loop().create_future()
        if self._failure is not None:
            self.headed.set_exception(self._failure)
        elif self.status:
            self.headed.set_result(None)

    def broke(self, fault: Exception) -> None:
        """Be told that it could not be sent for a reason of ours."""
        self.connected = self.began
        self.fault = self._failure = fault
        self._hand_over()

    # What that connection calls.

    def head(self, status: int, head: bytes) -> None:
        """Take the head of the reply."""
        UpstreamReply.head(self, status, head)
        if status != OK and not self.handed:
            self._hand_over()

    def whole(self, body: bytes, now: float) -> None:
        """Take all of the body, where it came with the head."""
        if self.handed:
            UpstreamReply.whole(self, body, now)
            return
        self.received = len(body)
        self._complete = True
        self._answered(body, now)

    def part(self, data: bytes, now: float, most_held: int) -> None:
        """Take a part of the body."""
        UpstreamReply.part(self, data, now, most_held)
        if not self.came:
            self.came = now
        if self._held and not self.handed:
            self._hand_over()  # it is large, and its client may be slow

    def complete(self, now: float) -> None:
        """Take the end of the body."""
        UpstreamReply.complete(self, now)
        if not self.handed:
            self._answered(self._take(), now)

    def fail(self, failure: Exception) -> None:
        """End with this failure, which the long way meets."""
        UpstreamReply.fail(self, failure)
        if not self.handed:
            self._hand_over()

    def _answered(self, body: bytes, now: float) -> None:
        try:
            self._ending.answered(self, whole_answer(body), now)
        except Unreadable:
            self._keep(body, now)
        except Exception as fault:  # noqa: BLE001 - the boundary: told as a fault of ours
            if self.told:  # a second answer would be taken for that to the next request
                said = {"message": "a fault behind an answer", "exception": fault}
                asyncio.get_running_loop().call_exception_handler(said)
                self.line.cut()
                return
            self.fault = fault
            self._keep(body, now)

    def _keep(self, body: bytes, now: float) -> None:
        """Give it back for the long way to read."""
        UpstreamReply.whole(self, body, now)
        self._hand_over()

    def _hand_over(self) -> None:
        self.handed = True
        self.line.hand_over()

    # What the client's connection calls.

    def left(self) -> None:
        """Be told that the client has left: the call is broken off, and on record."""
        self.handed = True
        self.abort()
        self._ending.left(self)

    def go_on(self, reply: Reply) -> Awaitable[None]:
        """Go on the long way."""
        return self._ending.go_on(self, reply)
