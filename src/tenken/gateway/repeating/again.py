"""An answer that was given before, given again."""

from collections.abc import Awaitable, Callable
from typing import NoReturn

from tenken.gateway.calling.attempt import answer_headers
from tenken.gateway.flow import Flow
from tenken.gateway.repeating.copied import Copied, Said
from tenken.transport.message import Headers

Settle = Callable[[Flow], Awaitable[None]]
NO_CACHE = (b"cache-control", b"no-cache")


class Answered(Exception):
    """Ends the way of a request that needs no further stage."""


async def say_again(flow: Flow, said: Said, mark: Headers, *, settle: Settle) -> NoReturn:
    """Answer with it; raises Answered."""
    flow.status, flow.cached = 200, True
    await settle(flow)
    for one in flow.closing:
        await one.answered(flow, said.body)
    headers = (*answer_headers(flow), *mark, (b"content-type", said.kind))
    if said.stream:
        flow.committed = True
        flow.reply.start(200, (*headers, NO_CACHE))
        await flow.reply.write(said.body)
        flow.reply.end()
    else:
        flow.reply.send(200, headers, said.body)
    raise Answered


def copied(flow: Flow, *, most: int) -> Copied:
    """See to it that what is answered is kept; twice is once."""
    reply = flow.reply
    if not isinstance(reply, Copied):
        reply = flow.reply = Copied(flow.reply, most=most)
    return reply
