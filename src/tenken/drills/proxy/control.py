"""The second door of the fault proxy: its plan goes in, what it carried comes out.

GET /carried   the connections so far, one JSON object a line
PUT /lines     another plan, from the next connection on
"""

import msgspec

from tenken.drills.proxy.line import lines_from
from tenken.drills.proxy.proxy import FaultProxy
from tenken.errors import UsageError
from tenken.transport.message import Request
from tenken.transport.reply import Reply

ROWS = (b"content-type", b"application/x-ndjson")
TEXT = (b"content-type", b"text/plain; charset=utf-8")


class ProxyControl:
    """A handler of the transport's server."""

    def __init__(self, proxy: FaultProxy) -> None:
        self._proxy = proxy

    async def __call__(self, request: Request, reply: Reply) -> None:
        """Do what is asked."""
        match request.method, request.path:
            case "GET", "/carried":
                rows = [msgspec.json.encode(one) + b"\n" for one in self._proxy.carried]
                reply.send(200, (ROWS,), b"".join(rows))
            case "PUT", "/lines":
                await self._obey(request, reply)
            case _:
                reply.send(404, (TEXT,), b"GET /carried or PUT /lines\n")

    async def _obey(self, request: Request, reply: Reply) -> None:
        try:
            lines = lines_from(request.body, name="PUT /lines")
        except UsageError as error:
            reply.send(400, (TEXT,), f"{error.sentence.fields['why']}\n".encode())
            return
        await self._proxy.obey(lines)
        reply.send(204, (), b"")
