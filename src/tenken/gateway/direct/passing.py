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
from tenken.gateway.heads.said import Own
from tenken.store.counters.grip import Taken
from tenken.transport.link import Link
from tenken.transport.message import Request
from tenken.transport.reply import OpenLine, Reply
from tenken.transport.upstream_reply import UpstreamReply
from tenken.wire.dialect import Answer
from tenken.wire.requests.chat import Plain

OK = 200


class Ending(Protocol):
    """Knows how a request ends."""

    def replied(self, passing: "Passing") -> None:
        """Put it on record, and hand on its answer: now, or with others of this turn."""
        ...

    def left(self, passing: "Passing") -> None:
        """Put on record that its client has left."""
        ...

    def go_on(self, passing: "Passing", reply: Reply) -> Awaitable[None]:
        """Take it the long way from where it stands."""
        ...

    def anew(self, request: Request, reply: Reply) -> Awaitable[None]:
        """Take it the long way from its beginning."""
        ...


class Passing(UpstreamReply):
    """One plain request, from its last byte to its answer."""

    at: int
    """When it came, in microseconds since 1970."""
    began: float
    plain: Plain
    """What it asks for."""
    own: Own | None
    """What its head says of its own."""
    output: int
    """So many tokens may come back at most; 0 where it does not say."""
    lane: Lane
    link: Link
    """The connection that it is sent on."""
    linked = False
    """That connection is kept for it, until it is sent."""
    taken: Taken | None = None
    """What it holds of limits."""
    inside = False
    """It holds one of the worker's places."""
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
    intent: bytes
    """Its first record, encoded."""
    waits = False
    """It was put aside with others: its line knows of it before anything is done."""
    begun = False
    """It is on record."""
    back = False
    """The stages begin it anew: nothing was done."""
    handed = False
    """The long way has it."""
    content: bytes | None = None
    """The body of its answer, once it is here."""
    replied_at: float
    answer: Answer
    """The same, read."""
    tokens: int
    cost: int
    """In the smallest parts of its lane's tariff."""
    exchange = b""
    """Its second record, encoded; empty where it has no place in the lane's form."""
    settled = False
    """It is on record, and holds nothing of limits any more."""
    gone = False
    """Its client has left before it was begun, or after its answer came."""
    told = False
    """Its answer was handed on."""
    came = 0.0
    """When the first part of an answer came that did not come whole."""
    fault: Exception | None = None
    """What went wrong with us."""

    def __init__(self, request: Request, line: OpenLine, ending: Ending) -> None:
        self.request = request
        self.line = line
        self._ending = ending
        self.headed = None
        self._parts = []

    def awaited(self) -> None:
        """Let somebody wait for its head from now on."""
        self.headed = asyncio.get_running_loop().create_future()
        if self._failure is not None:
            self.headed.set_exception(self._failure)
        elif self.status:
            self.headed.set_result(None)

    def turn_back(self) -> None:
        """Leave it to the stages: nothing was done."""
        self.handed = self.back = True
        if self.waits:
            self.line.hand_over()

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
        self._replied(body, now)

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
            self._replied(self._take(), now)

    def fail(self, failure: Exception) -> None:
        """End with this failure, which the long way meets."""
        UpstreamReply.fail(self, failure)
        if not self.handed:
            self._hand_over()

    def _replied(self, content: bytes, now: float) -> None:
        self.content, self.replied_at = content, now
        self._ending.replied(self)

    # What ends it calls.

    def send(self, answer: bytes) -> None:
        """Hand on its answer, unless its client has left."""
        if not self.gone:
            self.line.send(answer)
            self.told = True
            self.line.over()

    def give_back(self, fault: Exception | None = None) -> None:
        """Leave its answer for the long way to read, or a fault of ours for it to tell."""
        if self.told:  # a second answer would be taken for that to the next request
            said = {"message": "a fault behind an answer", "exception": fault}
            asyncio.get_running_loop().call_exception_handler(said)
            self.line.cut()
            return
        self.fault, content, self.content = fault, self.content, None
        if self.gone:
            self._ending.left(self)
            return
        UpstreamReply.whole(self, content or b"", self.replied_at)
        self._hand_over()

    def _hand_over(self) -> None:
        self.handed = True
        self.line.hand_over()

    # What the client's connection calls.

    def left(self) -> None:
        """Be told that the client has left: the call is broken off, and on record."""
        if not self.begun or (self.content is not None and not self.told):
            self.gone = True  # whoever has put it aside sees to it
            return
        self.handed = True
        self.abort()
        self._ending.left(self)

    def go_on(self, reply: Reply) -> Awaitable[None]:
        """Go on the long way."""
        if self.back:
            return self._ending.anew(self.request, reply)
        return self._ending.go_on(self, reply)
