"""A proxy that does nothing but pass on: server and pool alone, to be measured beside nginx.

python bench/transport/proxy.py PORT UPSTREAM_PORT
"""

import asyncio
import gc
import sys

import uvloop

from tenken.transport.addresses import Origin
from tenken.transport.limits import PoolLimits
from tenken.transport.message import Request, first
from tenken.transport.reply import Reply
from tenken.transport.server import Server
from tenken.transport.upstream import Pool
from tenken.transport.upstream_reply import Patience

HEAD = (
    b"POST %b HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
    b"authorization: Bearer sk-upstream\r\ncontent-length: %d\r\n\r\n"
)
MOST = 16 * 1024 * 1024


async def main(port: int, upstream: int) -> None:
    """Serve until the process is ended."""
    loop = asyncio.get_running_loop()
    origin = Origin(host="127.0.0.1", port=upstream, tls=False, addresses=("127.0.0.1",))
    pool = Pool(origin, limits=PoolLimits(allow_private=True))

    async def handler(request: Request, reply: Reply) -> None:
        if first(request.headers, b"authorization") != b"Bearer sk-bench-0001":
            reply.send(401, (), b"{}")
            return
        head = HEAD % (request.path.encode(), len(request.body))
        patience = Patience(5.0, 30.0, 60.0, loop.time() + 600.0)
        answer = await pool.call(head, request.body, patience=patience)
        try:
            kind = answer.header(b"content-type") or b""
            if kind.startswith(b"text/event-stream"):
                reply.start(answer.status, ((b"content-type", kind),))
                while (part := await answer.next()) is not None:
                    await reply.write(part)
                reply.end()
            else:
                body = await answer.read(MOST)
                reply.send(answer.status, ((b"content-type", kind),), body)
        finally:
            answer.abort()

    await Server(handler).start("127.0.0.1", port)
    gc.freeze()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), int(sys.argv[2])))
