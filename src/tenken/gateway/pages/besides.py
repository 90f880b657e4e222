"""What is asked besides models: feedback, pages, and what is not here."""

from collections.abc import Awaitable, Callable, Mapping

from tenken.gateway.heads.said import named
from tenken.gateway.hearing.hear import PATH as FEEDBACK
from tenken.gateway.identify import Chance
from tenken.messages.speech import Speech
from tenken.sentence import say
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tenken.wire.api import Api
from tenken.wire.refusal import Refused, body_of

JSON = (b"content-type", b"application/json")
ALLOW = (b"allow", b"POST")
MESSAGES = "/v1/messages"


class Besides:
    """Answers what is no request to a model."""

    def __init__(
        self,
        apis: Mapping[str, Api],
        *,
        hear: Callable[[Request, Reply], Awaitable[None]],
        pages: Callable[[Request, Reply], bool],
        chance: Chance,
        speech: Speech,
    ) -> None:
        """`apis` are those of models, by their paths: known, but called in another way."""
        self._apis = apis
        self._hear = hear
        self._pages = pages
        self._chance = chance
        self._speech = speech

    async def __call__(self, request: Request, reply: Reply) -> None:
        """Answer one."""
        if request.path == FEEDBACK:
            await self._hear(request, reply)
        elif not self._pages(request, reply):
            self._nothing(request, reply)

    def _nothing(self, request: Request, reply: Reply) -> None:
        known = request.path in self._apis
        refused = WRONG_METHOD if known else NOTHING
        id_ = named(request, self._chance)
        message = self._speech(refused.sentence)
        api = Api.MESSAGES if request.path.startswith(MESSAGES) else Api.CHAT
        body = body_of(refused, api=api, message=message, request_id=id_)
        headers = (JSON, (b"x-request-id", id_.encode()), *((ALLOW,) if known else ()))
        reply.send(refused.status, headers, body)


WRONG_METHOD = Refused(status=405, code="method_not_allowed", sentence=say("gateway.no_method"))
NOTHING = Refused(
    status=404, code="not_found", kind="not_found_error", sentence=say("gateway.no_api")
)
