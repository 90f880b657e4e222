"""The path of a request: the stages in their order, and what becomes of one that ends early.

    inherit id and trace → authenticate → read → enter → admit → screen in → choose → call

Each stage is one small class beside this file. A stage that raises `Refusal` ends the request with
an error in the shape of the API that was called; whatever happens, one record is settled.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from msgspec import Struct

from tenken.gateway.calling.attempt import answer_headers
from tenken.gateway.entering.door import Door
from tenken.gateway.flow import Flow
from tenken.gateway.plan import Plan
from tenken.gateway.repeating.again import Answered
from tenken.gateway.screening.inward import BLOCKED
from tenken.gateway.settle import Bookkeeper
from tenken.gateway.stage import Stage, Step, under
from tenken.journal.exchange import Outcome
from tenken.messages.speech import Speech
from tenken.sentence import say
from tenken.transport.message import Request
from tenken.transport.reply import Direct, Reply
from tenken.wire.api import Api
from tenken.wire.refusal import Refusal, Refused, body_of, event_of, headers_of

JSON = (b"content-type", b"application/json")
APIS: Mapping[str, Api] = {
    "/v1/chat/completions": Api.CHAT,
    "/v1/responses": Api.RESPONSES,
    "/v1/embeddings": Api.EMBEDDINGS,
    "/v1/messages": Api.MESSAGES,
}
CLIENT_LEFT = 499


class Times(Struct, frozen=True):
    """The two clocks: one that is told to people, one that never jumps."""

    wall_us: Callable[[], int]
    """Microseconds since 1970, UTC."""
    monotonic: Callable[[], float]


class Gateway:
    """Answers requests; a `Handler` of the transport's server."""

    def __init__(
        self,
        *,
        stages: tuple[Stage, ...],
        door: Door,
        books: Bookkeeper,
        plan: Callable[[], Plan],
        times: Times,
        speech: Speech,
        besides: Callable[[Request, Reply], Awaitable[None]],
        on_fault: Callable[[Flow, Exception], None],
    ) -> None:
        self._stages = stages
        self._known: Plan | None = None
        self._fitting: tuple[Step, ...] = stages
        """Those that this plan has a use for."""
        self.door = door
        self.books = books
        self._plan = plan
        self._wall_us, self._monotonic = times.wall_us, times.monotonic
        self._speech = speech
        self._besides = besides
        self._on_fault = on_fault
        self.direct: Direct | None = None
        """Begins plain requests before they come here."""

    async def __call__(self, request: Request, reply: Reply) -> None:
        """Answer one request."""
        api = APIS.get(request.path)
        if api is None or request.method != "POST":
            await self._besides(request, reply)
            return
        plan = self._plan()
        stages = self._fitting if plan is self._known else self._fit(plan)
        flow = Flow(
            request=request,
            reply=reply,
            plan=plan,
            api=api,
            at=self._wall_us(),
            began=self._monotonic(),
        )
        await self.through(flow, stages)

    async def through(self, flow: Flow, stages: tuple[Step, ...]) -> None:
        """Take a request through what is left of its way; whatever happens is on record."""
        try:
            for stage in stages:
                waiting = stage(flow)
                if waiting is not None:
                    await waiting
        except Refusal as refusal:
            await self._refuse(flow, refusal.refused)
        except Answered:
            pass
        except asyncio.CancelledError:
            flow.outcome, flow.status = Outcome.CANCELLED, CLIENT_LEFT
            raise
        except Exception as fault:  # noqa: BLE001 - the boundary: a fault of ours is told as one
            self._on_fault(flow, fault)
            await self._refuse(flow, FAULT)
        finally:
            if flow.inside:
                self.door.leave()
            if flow.closing or not flow.settled:
                await self._over(flow)

    def _fit(self, plan: Plan) -> tuple[Step, ...]:
        """Leave out the stages that a new plan has no use for."""
        self._known, self._fitting = plan, under(plan, self._stages)
        return self._fitting

    async def _over(self, flow: Flow) -> None:
        """See to it that it is on record, whatever has become of it."""
        await self._settle(flow)
        for one in flow.closing:
            await one.over(flow)

    async def _settle(self, flow: Flow) -> None:
        waiting = self.books.settle(flow)
        if waiting is not None:
            await waiting

    async def _refuse(self, flow: Flow, refused: Refused) -> None:
        """Settle, then tell the caller: with a status, or within the stream that has begun."""
        flow.code = refused.code
        flow.outcome = _outcome(flow, refused)
        message = self._speech(refused.sentence)
        if flow.passage is not None and refused.code != BLOCKED:
            message = flow.passage.error(message)
        reply = flow.reply
        if not reply.started:
            flow.status = refused.status
            await self._settle(flow)
            body = body_of(refused, api=flow.api, message=message, request_id=flow.id)
            headers = (*answer_headers(flow), JSON, *headers_of(refused))
            reply.send(refused.status, headers, body)
        elif not reply.ended:
            if not flow.committed:  # only comments were sent: it counts as what it came to
                flow.status = refused.status
            await self._settle(flow)
            event = event_of(refused, api=flow.api, message=message, request_id=flow.id)
            await reply.write(event)
            reply.end()


def _outcome(flow: Flow, refused: Refused) -> Outcome:
    if refused.code == BLOCKED:
        return Outcome.BLOCKED
    if flow.committed:
        return Outcome.INTERRUPTED
    return Outcome.FAILED if flow.attempts else Outcome.REFUSED


FAULT = Refused(
    status=500, code="internal_error", kind="server_error", sentence=say("gateway.fault")
)
