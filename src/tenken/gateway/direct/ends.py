"""How plain requests end: answered, left by their client, or handed over to the long way."""

from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec
from msgspec.structs import replace

from tenken.gateway.calling.attempt import Begun
from tenken.gateway.calling.call import Call
from tenken.gateway.direct.forms import FINISHED
from tenken.gateway.direct.gathering import Gathering
from tenken.gateway.direct.parts import Outside, Parts
from tenken.gateway.direct.passing import OK, Passing
from tenken.gateway.flow import Flow, Trace, Trying
from tenken.gateway.heads.said import said_by
from tenken.gateway.record import MICRO, WORD_MAX, exchange_of
from tenken.gateway.stage import Step
from tenken.journal.exchange import Known, Outcome
from tenken.journal.stencil import NUMBER_MAX, four, moment, one, text, two
from tenken.journal.writer import payload_of
from tenken.policy.deadline import Deadline
from tenken.store.counters.grip import Together, Used
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tenken.wire.api import Api
from tenken.wire.asked import BodyLimits
from tenken.wire.dialect import Answer, Unreadable
from tenken.wire.dialects.openai_chat import whole_answer
from tenken.wire.failure import Failure
from tenken.wire.requests import chat

CHAT = Api.CHAT  # looked up once
CLIENT_LEFT = 499
whose = msgspec.msgpack.Decoder(tuple[str, Known, str, Known]).decode
traced = msgspec.msgpack.Decoder(tuple[str, str, str, bool]).decode
FOUR = b"\x94"
"""Four values follow."""


class Stages(Protocol):
    """Takes a request through steps; whatever happens is on record."""

    async def __call__(self, request: Request, reply: Reply) -> None:
        """Take it through all of them."""
        ...

    async def through(self, flow: Flow, stages: tuple[Step, ...]) -> None:
        """Take it through these."""
        ...


class Ends:
    """Ends plain requests."""

    def __init__(
        self,
        gateway: Stages,
        parts: Parts,
        call: Call,
        *,
        limits: BodyLimits,
        outside: Outside,
    ) -> None:
        self._gateway, self._call, self._limits = gateway, call, limits
        self._books, self._admit, self._door = parts.books, parts.admit, parts.door
        self._clock, self._chance = outside.monotonic, outside.chance
        self._gathering = Gathering(self._end, soon=parts.soon)

    def replied(self, passing: Passing) -> None:
        """Put it on record, and hand on its answer: now, or with others of this turn."""
        self._gathering.add(passing)

    def _end(self, many: list[Passing]) -> None:
        """Take answers through all steps; what cannot be ended here goes the long way."""
        if self._books.waits(len(many)):
            for passing in many:
                passing.give_back()
            return
        try:
            on = _through(self._form, many)
            formed = [one for one in on if one.exchange]
            try:
                self._record(formed)
            finally:
                self._free(formed)
            _through(self._answer, on)
        except Exception as fault:  # noqa: BLE001 - the boundary: told as a fault of ours
            for passing in many:
                if not passing.handed and not passing.told:
                    passing.give_back(fault)

    def _form(self, passing: Passing) -> None:
        """Write its second record; one that has no place in the lane's form is settled here."""
        passing.answer = answer = whole_answer(passing.content or b"")
        lane = passing.lane
        tariff, began, usage = lane.tariff, passing.began, answer.usage
        now = passing.replied_at
        lane.room.breaker.answered(now)
        ended, there = int((self._clock() - began) * MICRO) or 1, answer.upstream_id
        finish, tokens = FINISHED.get(answer.finish), 0 if usage is None else usage.total
        if (
            usage is None or finish is None or usage.cache_write or usage.cache_write_hour
            or len(there) > WORD_MAX or not (there.isascii() and there.isprintable())
            or tokens >= NUMBER_MAX or ended >= NUMBER_MAX
        ):  # fmt: skip
            self._end_oddly(passing, answer, now)
            return
        sent = int((passing.connected - began) * MICRO) or 1
        came = int(((passing.came or now) - began) * MICRO) or 1
        cost = (
            usage.input * tariff.input + usage.output * tariff.output
            + usage.cache_read * tariff.cache_read + usage.reasoning * tariff.reasoning
        )  # fmt: skip
        read, written = two(usage.input, usage.cache_read), two(usage.output, usage.reasoning)
        paid = text(tariff.text(cost))
        passing.tokens, passing.cost = tokens, cost
        passing.exchange = lane.forms.exchange % (
            passing.called,
            moment(passing.at),
            passing.traced + passing.below,
            passing.whose,
            finish,
            four(sent, sent, came, ended) + one(ended),
            read,
            written,
            paid,
            text(there.encode()),
            read,
            written,
            paid,
            four(sent, came, ended, ended),
        )

    def _record(self, many: list[Passing]) -> None:
        """Put them on record in one step."""
        for passing in many:
            passing.settled = True
        if many:
            self._books.end([(one.id, one.exchange) for one in many], many[-1].at)

    def _free(self, many: list[Passing]) -> None:
        """Put what was used in place of what they hold of limits."""
        limited: dict[int, tuple[Together, list[Used]]] = {}
        for passing in many:
            grip, taken, tariff = passing.lane.grip, passing.taken, passing.lane.tariff
            if grip is not None and taken is not None:
                used = (taken, passing.tokens, tariff.nano(passing.cost))
                limited.setdefault(id(grip), (grip, []))[1].append(used)
        for grip, done in limited.values():
            self._admit.used_together(grip, done)

    def _answer(self, passing: Passing) -> None:
        """Hand on its answer."""
        taken, body = passing.taken, passing.answer.body
        left = () if taken is None else taken.left
        passing.inside = False
        self._door.leave()
        passing.send(passing.lane.head % (passing.id, *left, len(body)) + body)

    def _end_oddly(self, passing: Passing, answer: Answer, now: float) -> None:
        """Put it on record as the stages do: something in it has no place in the lane's form."""
        flow = self._flow(passing, Reply(passing.line, "POST", close=False, old=False))
        trying = flow.attempts[-1]
        trying.status, trying.first_byte = OK, passing.came or now
        trying.first_token = trying.ended = self._clock()
        trying.usage, trying.upstream_id = answer.usage, answer.upstream_id
        trying.answered_bytes = len(answer.body)
        trying.connected = passing.connected
        flow.finish, flow.status, flow.outcome = answer.finish, OK, Outcome.ANSWERED
        passing.settled = True
        self._settled(flow)

    def _settled(self, flow: Flow) -> None:
        exchange = exchange_of(flow, self._clock())
        try:
            self._books.end([(flow.id.encode(), payload_of(exchange))], exchange.at)
        finally:
            self._admit.settle(flow, exchange)

    def left(self, passing: Passing) -> None:
        """Put on record that its client has left, unless it is answered there already."""
        if passing.inside:
            passing.inside = False
            self._door.leave()
        if passing.settled:
            return
        passing.settled = True
        flow = self._flow(passing, Reply(passing.line, "POST", close=False, old=False))
        self._cancelled(passing, flow)
        flow.outcome, flow.status = Outcome.CANCELLED, CLIENT_LEFT
        flow.held = passing.taken
        self._settled(flow)

    def _cancelled(self, passing: Passing, flow: Flow) -> None:
        trying, now = flow.attempts[-1], self._clock()
        trying.ended, trying.failure = now, Failure.CANCELLED
        passing.lane.room.breaker.note(Failure.CANCELLED, now=now, chance=self._chance())

    def anew(self, request: Request, reply: Reply) -> Awaitable[None]:
        """Take it the long way from its beginning."""
        return self._gateway(request, reply)

    async def go_on(self, passing: Passing, reply: Reply) -> None:
        """Take it the long way from where it stands."""
        flow = self._flow(passing, reply)

        def resume(flow: Flow) -> Awaitable[None]:
            if passing.fault is not None:
                self._cancelled(passing, flow)
                raise passing.fault
            passing.awaited()
            begun = Begun(passing.asking, passing.body, passing)
            return self._call.resume(flow, passing.lane.room, begun)

        await self._gateway.through(flow, (resume,))

    def _flow(self, passing: Passing, reply: Reply) -> Flow:
        """Give it as the stages see a request that stands where it does."""
        lane, request, taken = passing.lane, passing.request, passing.taken
        said, way, written = said_by(request), lane.way, lane.way.targets[CHAT]
        trying = Trying(
            target=lane.room.target,
            began=passing.connected,
            connected=passing.connected if passing.status else 0.0,
            first_byte=passing.since if passing.status else 0.0,
            sent=True,
        )
        session, known, prompt, prompt_known = whose(FOUR + passing.whose)
        trace, span, parent, sampled = traced(FOUR + passing.traced + passing.below)
        return Flow(
            request=request,
            reply=reply,
            plan=lane.plan,
            api=CHAT,
            at=passing.at,
            began=passing.began,
            id=passing.id.decode(),
            trace=Trace(trace, span, parent, sampled=sampled),
            said=said,
            caller=way.caller,
            asked=chat.read(request.body, limits=self._limits),
            way=way,
            route=way.route,
            identity=replace(
                lane.identity,
                session=session,
                session_known=known,
                prompt=prompt,
                prompt_known=prompt_known,
            ),
            timeouts=way.route.timeouts,
            deadline=Deadline(at=passing.began + lane.total_s, by=lane.by),
            targets=written.targets,
            attempts=[trying],
            held=None if passing.settled else taken,
            left=() if taken is None else taken.left,
            inside=passing.inside,
            settled=passing.settled,
        )


def _through(step: Callable[[Passing], None], many: list[Passing]) -> list[Passing]:
    """Give those that go on behind a step."""
    on: list[Passing] = []
    for passing in many:
        try:
            step(passing)
            on.append(passing)
        except Unreadable:
            passing.give_back()
        except Exception as fault:  # noqa: BLE001 - the boundary: told as a fault of ours
            passing.give_back(fault)
    return on
