"""The last resort: a text of the operator where no target has answered, marked as what it is."""

from collections.abc import Awaitable, Callable

from tenken.gateway.calling.stream import EVENTS
from tenken.gateway.flow import Flow
from tenken.transport.message import Headers
from tenken.wire.api import Api
from tenken.wire.asked import Asked
from tenken.wire.dialects.static import FINISH, Static, stream, whole
from tenken.wire.refusal import Refused

OURS = 500
MARK = (b"x-tenken-answer", b"static")
JSON = (b"content-type", b"application/json")
PROVIDERS_LIMIT = "rate_limit_exceeded"


class LastResort:
    """Says a route's static answer."""

    def __init__(
        self,
        *,
        settle: Callable[[Flow], Awaitable[None]],
        headers: Callable[[Flow], Headers],
    ) -> None:
        self._settle = settle
        self._headers = headers

    def may(self, flow: Flow, refused: Refused) -> bool:
        """Whether it is said in place of this error: never for a mistake of the caller's."""
        text = flow.route.static_answer if flow.route else ""
        ours = refused.status >= OURS or refused.code == PROVIDERS_LIMIT
        return bool(text) and ours and not flow.committed and flow.api is not Api.EMBEDDINGS

    async def __call__(self, flow: Flow, asked: Asked, refused: Refused) -> None:
        """Answer; why no target did stays on record."""
        flow.code, flow.finish, flow.status = refused.code, FINISH, 200
        static = Static(
            text=flow.route.static_answer if flow.route else "",
            id=flow.id,
            model=asked.model,
            created=flow.at // 1_000_000,
            usage=asked.wants_usage,
        )
        await self._settle(flow)
        reply = flow.reply
        if not asked.stream:
            reply.send(200, (*self._headers(flow), MARK, JSON), whole(static, flow.api))
            return
        flow.committed = True
        if not reply.started:
            reply.start(200, (*self._headers(flow), MARK, *EVENTS))
        await reply.write(stream(static, flow.api))
        reply.end()
