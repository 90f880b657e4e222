"""The second door of the fake provider: its plan goes in, its log comes out.

    GET /seen     the calls so far, one JSON object a line
    PUT /plan     another plan, from the next call on
    POST /forget  an empty log

It has a port of its own, so that nothing of it can be reached through the application that calls.
"""

import msgspec

from tenken.drills.provider.plan import plan_from
from tenken.drills.provider.server import FakeProvider
from tenken.errors import UsageError
from tenken.transport.message import Request
from tenken.transport.reply import Reply

LINES = (b"content-type", b"application/x-ndjson")
TEXT = (b"content-type", b"text/plain; charset=utf-8")


class Control:
    """A handler of the transport's server."""

    def __init__(self, provider: FakeProvider) -> None:
        self._provider = provider

    async def __call__(self, request: Request, reply: Reply) -> None:
        """Do what is asked."""
        match request.method, request.path:
            case "GET", "/seen":
                lines = [msgspec.json.encode(seen) + b"\n" for seen in self._provider.seen]
                reply.send(200, (LINES,), b"".join(lines))
            case "PUT", "/plan":
                self._plan(request, reply)
            case "POST", "/forget":
                self._provider.forget()
                reply.send(204, (), b"")
            case _:
                reply.send(404, (TEXT,), b"GET /seen, PUT /plan or POST /forget\n")

    def _plan(self, request: Request, reply: Reply) -> None:
        try:
            plan = plan_from(request.body, name="PUT /plan")
        except UsageError as error:
            reply.send(400, (TEXT,), f"{error.sentence.fields['why']}\n".encode())
            return
        self._provider.obey(plan)
        reply.send(204, (), b"")
