"""The direct way: what nearly all requests are is answered without a task, a flow or a stage.

A plain request (chat completions of nothing but texts, not streamed, from a caller that is known,
for one target in good health, with room in all limits and a connection that is kept) goes from
its last byte to its provider in one turn of the loop, and from the provider's answer to its caller
in another. What it leaves on record, and what both sides see, is what the stages would have left
and shown: a test sends the same requests both ways. As long as nothing was sent, whatever is out
of the ordinary leaves everything to the stages; from then on they go on where this way stops.
"""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from math import ceil
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from tenken.gateway.admit import DAY_US, OUTPUT_GUESS, Admit
from tenken.gateway.calling.attempt import Begun
from tenken.gateway.calling.call import Call
from tenken.gateway.choose import Choose
from tenken.gateway.credentials.lease import NoCredential
from tenken.gateway.direct.lane import Lane, lane_of
from tenken.gateway.direct.passing import OK, Line, Passing
from tenken.gateway.entering.door import Door
from tenken.gateway.flow import Flow, Trace, Trying
from tenken.gateway.heads.said import ID_BYTES, Said
from tenken.gateway.house import Credentials, House
from tenken.gateway.identify import (
    ID_END,
    SPAN_BYTES,
    SPAN_END,
    TRACE_BYTES,
    Authenticate,
    Inherit,
)
from tenken.gateway.plan import Plan
from tenken.gateway.prompt import SYSTEM
from tenken.gateway.read import LARGE, Read, session_hash
from tenken.gateway.record import FINISHES, MICRO, NO_USAGE, exchange_of, word
from tenken.gateway.repeating.stage import Again
from tenken.gateway.settle import Bookkeeper
from tenken.gateway.stage import Step
from tenken.gateway.way import Hold
from tenken.journal.exchange import Attempt, Exchange, Intent, Outcome, Timings
from tenken.policy.deadline import Deadline
from tenken.store.counters.grip import Taken
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tenken.transport.upstream_reply import Patience
from tenken.wire.api import Api
from tenken.wire.asked import BYTES_A_TOKEN, BodyLimits
from tenken.wire.dialect import Answer
from tenken.wire.failure import Failure
from tenken.wire.requests import chat
from tenken.wire.splice import with_name
from tenken.wire.usage import Usage

STEPS = frozenset({Inherit, Authenticate, Read, Door, Again, Admit, Choose, Call})
"""Whose work is done here, for plain requests; under a plan with others all go the long way."""
NEVER = object()
"""What is known of a head whose requests are none for this way."""
DRAWN = ID_BYTES + SPAN_BYTES + TRACE_BYTES
PROMPTS, PROMPT_MAX = 256, 8 << 10
"""So many fingerprints of prompts are known, of no more characters each."""
ANSWERED, CANCELLED = Outcome.ANSWERED, Outcome.CANCELLED  # looked up once
CHAT = Api.CHAT
CLIENT_LEFT = 499
NOTHING = Decimal(0)


class Through(Protocol):
    """Takes a request through steps; whatever happens is on record."""

    async def through(self, flow: Flow, stages: tuple[Step, ...]) -> None:
        """Take it through these."""
        ...


class Outside(Protocol):
    """Time and chance, as they come from outside."""

    def wall_us(self) -> int:
        """Give the moment in microseconds since 1970."""
        ...

    def monotonic(self) -> float:
        """Give the seconds of a clock that never jumps."""
        ...

    def chance(self) -> float:
        """Give a number from 0 to 1."""
        ...

    def token(self, size: int) -> str:
        """Give random bytes, in hex."""
        ...


class Parts(Struct, frozen=True, kw_only=True):
    """What this way has in common with the stages."""

    gateway: Through
    house: House
    credentials: Credentials
    books: Bookkeeper
    admit: Admit
    door: Door
    read: Read
    call: Call


class Direct:
    """Begins plain requests, and ends them."""

    def __init__(
        self,
        parts: Parts,
        *,
        plan: Callable[[], Plan],
        steps: Callable[[Plan], tuple[Step, ...]],
        outside: Outside,
        limits: BodyLimits,
        fingerprint_key: bytes,
    ) -> None:
        """`steps` gives the stages that a plan has a use for."""
        self._gateway, self._house, self._call = parts.gateway, parts.house, parts.call
        self._lines = parts.credentials.lines
        self._books, self._admit = parts.books, parts.admit
        self._door, self._read = parts.door, parts.read
        self._plan, self._steps = plan, steps
        self._wall_us, self._clock = outside.wall_us, outside.monotonic
        self._token, self._chance = outside.token, outside.chance
        self._limits, self._messages_max = limits, limits.messages_max
        self._hash = session_hash(fingerprint_key)
        self._prompts: dict[str, str] = {}
        self._seen: Plan | None = None
        self._known: Plan | None = None
        """The same, where it has stages for nothing but what is done here."""

    def __call__(self, request: Request, line: Line) -> Passing | None:
        """Begin a request; None where it goes the long way, and nothing was done."""
        lane, body, plan = request.notes.known, request.body, self._plan()
        if lane is NEVER or len(body) > LARGE or not (plan is self._known or self._fit(plan)):
            return None
        plain = chat.plain(body, messages_max=self._messages_max)
        if plain is None or plain.stream:
            return None
        if not isinstance(lane, Lane) or lane.plan is not plan or lane.model != plain.model:
            lane = self._lane(request, plan, plain.model)
            if lane is None:
                return None
        at, began, room, hold = self._wall_us(), self._clock(), lane.room, lane.hold
        usual = at < lane.until and len(body) <= lane.shortest and room.pool.idle
        if not usual or not room.breaker.lets(began) or not self._door.enter():
            return None
        taken, output = None, plain.max_completion_tokens or plain.max_tokens
        if hold is not None:
            taken = self._taken(hold, len(body), output, at)
            if taken is None:
                self._door.leave()
                return None
        passing = Passing(
            request,
            line,
            lane,
            self,
            Patience(lane.connect_s, lane.first_s, lane.idle_s, began + lane.total_s),
        )
        passing.at, passing.began, passing.taken = at, began, taken
        self._name(passing, plain)
        return passing if self._sent(passing, plain.model, output) else None

    def _taken(self, hold: Hold, size: int, output: int | None, at: int) -> Taken | None:
        """Take hold of limits; None where there may be no room, or somebody has to wait."""
        scoped, read = hold.scoped, size // BYTES_A_TOKEN
        tokens = read + (output or OUTPUT_GUESS)
        if tokens > scoped.tokens_min and scoped.tokens:
            return None
        nano = ceil(read * scoped.input_nano + (output or OUTPUT_GUESS) * scoped.output_nano)
        each = (tokens,) * len(scoped.tokens)
        return hold.grip.at_once(each, nano, at // DAY_US, self._clock())

    def _name(self, passing: Passing, plain: chat.Plain) -> None:
        """Say what it is called by, whose it is, and of which prompt."""
        said, drawn = passing.lane.said, self._token(DRAWN)
        found, passing.span = said.found, drawn[ID_END:SPAN_END]
        passing.id = name = said.id or f"req-{drawn[:ID_END]}"
        passing.trace = drawn[SPAN_END:] if found is None else found.trace
        user = plain.prompt_cache_key or plain.safety_identifier or plain.user or ""
        session = said.session or (user or name).encode()
        keyed = self._hash.copy()
        keyed.update(session)
        prompt = self._prompt([one.content for one in plain.messages if one.role in SYSTEM])
        passing.identity = replace(
            passing.lane.identity,
            session=keyed.hexdigest(),
            session_known="stated" if said.session else "derived" if user else "none",
            prompt=prompt,
            prompt_known="derived" if prompt else "none",
        )

    def _prompt(self, texts: list[str]) -> str:
        """Give the fingerprint of the system part."""
        if not texts:
            return ""
        text = "\x1f".join(texts)
        known = self._prompts.get(text)
        if known is None:
            keyed = self._hash.copy()
            keyed.update(text.encode())
            known = keyed.hexdigest()
            if len(self._prompts) >= PROMPTS:
                self._prompts.clear()
            if len(text) <= PROMPT_MAX:
                self._prompts[text] = known
        return known

    def _sent(self, passing: Passing, model: str, output: int | None) -> bool:
        """Put it on record, and send it; tell whether that was done."""
        lane = passing.lane
        room, target, found = lane.room, lane.room.target, lane.said.found
        passing.body = body = with_name(passing.request.body, model, target.model)
        try:
            credential = self._lines(target, host=room.host, path=lane.path, headers=(), body=body)
        except NoCredential:
            return self._back(passing)
        estimate = Usage(
            input=len(passing.request.body) // BYTES_A_TOKEN,
            output=output or 0,
            source="estimated",
        )
        intent = Intent(
            id=passing.id,
            at=passing.at,
            identity=passing.identity,
            api=CHAT,
            stream=False,
            target=target.id,
            model=target.model,
            estimate=estimate,
            cost=target.prices.cost(estimate),
            trace=passing.trace,
            span=passing.span,
        )
        if not self._books.begin(intent):
            return self._back(passing)
        sampled = "01" if found is None or found.sampled else "00"
        own = (
            f"content-length: {len(body)}\r\nx-request-id: {passing.id}\r\n"
            f"traceparent: 00-{passing.trace}-{passing.span}-{sampled}\r\n\r\n"
        )
        passing.asking = lane.line + credential + own.encode()
        if room.budget.tokens < room.budget.cap:
            room.budget = room.budget.earned()
        room.pool.begin(passing.asking, body, passing)
        return True

    def _back(self, passing: Passing) -> bool:
        """Give back what it was given: the stages begin it anew."""
        if passing.taken is not None:
            self._admit.used(passing.taken, NO_USAGE, NOTHING, served=False)
        self._door.leave()
        return False

    # How it ends.

    def answered(self, passing: Passing, answer: Answer, now: float) -> None:
        """Put it on record, and hand on its answer, which came at `now`."""
        lane, taken = passing.lane, passing.taken
        room, target, began = lane.room, lane.room.target, passing.began
        room.breaker.answered(now)
        usage = answer.usage or self._estimated(passing, answer)
        cost, finish = target.prices.cost(usage), answer.finish
        sent = int((passing.connected - began) * MICRO) or 1
        came = int((now - began) * MICRO) or 1
        ended = int((self._clock() - began) * MICRO) or 1
        found, identity = lane.said.found, passing.identity
        attempt = Attempt(
            target=target.id,
            provider=target.provider,
            model=target.model,
            credential=target.credential,
            region=target.region,
            status=OK,
            began=sent,
            connected=sent,
            first_byte=came,
            first_token=ended,
            ended=ended,
            usage=usage,
            cost=cost,
            upstream_id=word(answer.upstream_id),
        )
        exchange = Exchange(
            passing.id,
            passing.at,
            trace=passing.trace,
            span=passing.span,
            parent="" if found is None else found.parent,
            sampled=found is None or found.sampled,
            identity=replace(identity, release=lane.release) if lane.release else identity,
            api=CHAT,
            stream=False,
            outcome=ANSWERED,
            status=OK,
            finish=finish if finish in FINISHES else word(finish),
            attempts=(attempt,),
            usage=usage,
            cost=cost,
            timings=Timings(connected=sent, first_byte=came, first_token=ended, last=ended),
        )
        passing.settled = True
        self._books.end(exchange)
        if taken is not None:
            self._admit.used(taken, usage, cost, served=True)
            left = taken.left
        else:
            left = ()
        body, line = answer.body, passing.line
        line.send(lane.head % (passing.id.encode(), *left, len(body)) + body)
        self._door.leave()
        line.over()

    def _estimated(self, passing: Passing, answer: Answer) -> Usage:
        read, written = len(passing.request.body) // BYTES_A_TOKEN, len(answer.body)
        return Usage(input=read, output=max(1, written // 4), source="estimated")

    def left(self, passing: Passing) -> None:
        """Put on record that its client has left."""
        flow = self._flow(passing, Reply(passing.line, "POST", close=False, old=False))
        trying, now = flow.attempts[-1], self._clock()
        trying.ended, trying.failure = now, Failure.CANCELLED
        passing.lane.room.breaker.note(Failure.CANCELLED, now=now, chance=self._chance())
        flow.outcome, flow.status = CANCELLED, CLIENT_LEFT
        self._door.leave()
        exchange = exchange_of(flow, now)
        self._books.end(exchange)
        self._admit.settle(flow, exchange)

    async def go_on(self, passing: Passing, reply: Reply) -> None:
        """Take it the long way from where it stands."""
        flow = self._flow(passing, reply)

        def resume(flow: Flow) -> Awaitable[None]:
            if passing.fault is not None:
                raise passing.fault
            passing.awaited()
            begun = Begun(passing.asking, passing.body, passing.patience, passing)
            return self._call.resume(flow, passing.lane.room, begun)

        await self._gateway.through(flow, (resume,))

    def _flow(self, passing: Passing, reply: Reply) -> Flow:
        """Give it as the stages see a request that stands where it does."""
        lane, request, taken = passing.lane, passing.request, passing.taken
        said, way, written = lane.said, lane.way, lane.way.targets[CHAT]
        found = said.found
        trying = Trying(
            target=lane.room.target,
            began=passing.connected,
            connected=passing.connected,
            first_byte=passing.since if passing.status else 0.0,
            sent=True,
        )
        return Flow(
            request=request,
            reply=reply,
            plan=lane.plan,
            api=CHAT,
            at=passing.at,
            began=passing.began,
            id=passing.id,
            trace=Trace(
                passing.trace,
                passing.span,
                "" if found is None else found.parent,
                sampled=found is None or found.sampled,
            ),
            said=said,
            caller=way.caller,
            asked=chat.read(request.body, limits=self._limits),
            way=way,
            route=way.route,
            identity=passing.identity,
            timeouts=way.route.timeouts,
            deadline=Deadline(at=passing.began + lane.total_s, by=lane.by),
            targets=written.targets,
            attempts=[trying],
            held=None if passing.settled else taken,
            left=() if taken is None else taken.left,
            inside=True,
            settled=passing.settled,
        )

    # What is worked out once.

    def _fit(self, plan: Plan) -> bool:
        """Take over a plan; tell whether all that its stages do is done here, too."""
        if plan is not self._seen:
            self._seen = plan
            kinds = {type(getattr(one, "__self__", None)) for one in self._steps(plan)}
            self._known = plan if self._books.at_once and kinds <= STEPS else None
        return plan is self._known

    def _lane(self, request: Request, plan: Plan, model: str) -> Lane | None:
        """Give the lane of requests with this head for this model."""
        notes, said = request.notes, request.notes.taken
        if not isinstance(said, Said) or said.whose is None or said.whose.known is None:
            return None
        known = said.whose.known
        way = self._read.known_way(plan, known.caller, model) if known.plan is plan else None
        written = way.targets.get(CHAT) if way is not None else None
        if way is None or written is None or way.hold is None:
            return None  # the stages have not seen to such a request yet
        room = self._house.room(written.targets[0].id)
        lane = lane_of(request, said, way, room, until=known.until)
        notes.known = NEVER if lane is None else lane
        return lane
