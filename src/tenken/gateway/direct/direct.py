"""The direct way: what nearly all requests are is answered without a task, a flow or a stage.

A plain request (chat completions of nothing but texts, not streamed, from a caller that is known,
for one target in good health, with room in all limits and a connection that is kept) goes from
its last byte to its provider in one turn of the loop, and from the provider's answer to its caller
in another. What it leaves on record, and what both sides see, is what the stages would have left
and shown: a test sends the same requests both ways. As long as nothing was sent, whatever is out
of the ordinary leaves everything to the stages; from then on they go on where this way stops.
"""

from collections.abc import Callable
from math import ceil

from tenken.gateway.admit import DAY_US, OUTPUT_GUESS
from tenken.gateway.credentials.lease import NoCredential
from tenken.gateway.direct.forms import (
    DERIVED,
    HASHED,
    ID_HEAD,
    NO,
    NO_PROMPT,
    NOT_SAMPLED,
    SPAN_AT,
    SPAN_HEAD,
    STATED,
    TRACE_AT,
    TRACE_HEAD,
    UNKNOWN,
    YES,
)
from tenken.gateway.direct.gathering import Gathering
from tenken.gateway.direct.lane import Lane
from tenken.gateway.direct.lanes import Lanes
from tenken.gateway.direct.parts import Outside, Parts
from tenken.gateway.direct.passing import Ending, Passing
from tenken.gateway.heads.said import ID_BYTES, Own, own_of
from tenken.gateway.identify import ID_END, SPAN_BYTES, SPAN_END, TRACE_BYTES
from tenken.gateway.plan import Plan
from tenken.gateway.prompt import SYSTEM
from tenken.gateway.read import LARGE, session_hash
from tenken.journal.stencil import moment, text, two
from tenken.store.counters.grip import Amounts, Together
from tenken.transport.message import Request
from tenken.transport.reply import OpenLine
from tenken.transport.upstream_reply import Patience
from tenken.wire.asked import BYTES_A_TOKEN
from tenken.wire.requests import chat
from tenken.wire.splice import with_name

DRAWN = ID_BYTES + SPAN_BYTES + TRACE_BYTES
MESSAGES_MAX = 1_000
"""Requests with more of them go the long way, where it is told how many there may be."""
PROMPTS, PROMPT_MAX = 256, 8 << 10
"""So many fingerprints of prompts are known, of no more characters each."""
OWN = b"content-length: %d\r\nx-request-id: %b\r\ntraceparent: 00-%b-%b-%b\r\n\r\n"


class Direct:
    """Begins plain requests: those of a turn together, step by step."""

    def __init__(
        self,
        parts: Parts,
        lanes: Lanes,
        ending: Ending,
        plan: Callable[[], Plan],
        *,
        outside: Outside,
        key: bytes,
    ) -> None:
        """`key` hashes sessions and prompts."""
        self._lanes, self._ending, self._plan = lanes, ending, plan
        self._lines = parts.credentials.lines
        self._books, self._admit, self._door = parts.books, parts.admit, parts.door
        self._wall_us, self._clock = outside.wall_us, outside.monotonic
        self._token = outside.token
        self._hash = session_hash(key)
        self._prompts: dict[str, bytes] = {}
        self._gathering = Gathering(self._begin, soon=parts.soon)

    def __call__(self, request: Request, line: OpenLine) -> Passing | None:
        """Begin a request; None where it goes the long way, and nothing was done."""
        plan = self._plan()
        if request.notes.known is plan or len(request.body) > LARGE or not self._fits(plan):
            return None
        passing = Passing(request, line, self._ending)
        passing.at, passing.began = self._wall_us(), self._clock()
        passing.waits = self._gathering.add(passing)
        return None if passing.back and not passing.waits else passing

    def _fits(self, plan: Plan) -> bool:
        return plan is self._lanes.plan or self._lanes.fit(plan)

    def _begin(self, many: list[Passing]) -> None:
        """Take requests through all steps; what cannot be begun here goes back to the stages."""
        try:
            on = self._through(self._reads, many)
            on = self._take(on)
            on = self._through(self._writes, on)
            if on and not self._books.begin([one.intent for one in on], on[-1].at):
                on = self._through(_fails, on)
        except Exception:  # noqa: BLE001 - the stages meet it again, and tell it
            on = self._through(_fails, [one for one in many if not one.handed])
        for passing in on:
            self._send(passing)

    def _through(self, step: Callable[[Passing], bool], many: list[Passing]) -> list[Passing]:
        """Give those that go on behind a step."""
        on: list[Passing] = []
        for passing in many:
            try:
                if step(passing):
                    on.append(passing)
                else:
                    self._turn_back(passing)
            except Exception:  # noqa: BLE001 - the stages meet it again, and tell it
                self._turn_back(passing)
        return on

    def _turn_back(self, passing: Passing) -> None:
        """Give back what it was given: the stages begin it anew."""
        taken = passing.taken
        if passing.linked:
            passing.linked = False
            passing.lane.room.pool.left(passing.link)
        if passing.inside:
            passing.inside = False
            self._door.leave()
        if taken is not None:
            passing.taken = None
            self._admit.used(taken, 0, 0, served=False)
        if not passing.gone:
            passing.turn_back()

    def _reads(self, passing: Passing) -> bool:
        """Read what is asked, in which lane; tell whether there is one."""
        request, plan = passing.request, self._plan()
        plain = chat.plain(request.body, messages_max=MESSAGES_MAX)
        if plain is None or plain.stream or passing.gone or not self._fits(plan):
            return False
        lane = request.notes.known
        if not isinstance(lane, Lane) or lane.plan is not plan or lane.model != plain.model:
            lane = None if lane is plan else self._lanes.lane(request, plan, plain.model)
            if lane is None:
                return False
        own = own_of(request.named) if lane.owns else None
        passing.plain, passing.lane, passing.own = plain, lane, own
        passing.output = plain.max_completion_tokens or plain.max_tokens or 0
        return (own is None or not own.retries) and self._lets_in(passing)

    def _lets_in(self, passing: Passing) -> bool:
        """Let it in where its target is well and has a connection for it."""
        lane, began = passing.lane, passing.began
        room = lane.room
        if passing.at >= lane.until or len(passing.request.body) > lane.shortest:
            return False
        if not room.breaker.lets(began):
            return False
        link = room.pool.taken()
        if link is None:
            return False
        passing.link, passing.linked = link, True
        passing.patience = Patience(
            lane.connect_s, lane.first_s, lane.idle_s, began + lane.total_s
        )
        passing.inside = self._door.enter()
        return passing.inside

    def _take(self, many: list[Passing]) -> list[Passing]:
        """Take hold of limits, for all with the same ones in one step; give those that go on."""
        on: list[Passing] = []
        limited: dict[int, tuple[Together, list[Passing], list[Amounts]]] = {}
        for passing in many:
            grip, amounts = passing.lane.grip, _amounts(passing)
            if grip is None:
                on.append(passing)
            elif amounts is None:
                self._turn_back(passing)
            else:
                _, some, asked = limited.setdefault(id(grip), (grip, [], []))
                some.append(passing)
                asked.append(amounts)
        for grip, some, asked in limited.values():
            on += self._taken(grip, some, asked)
        return on

    def _taken(self, grip: Together, many: list[Passing], asked: list[Amounts]) -> list[Passing]:
        """Take for requests with the same limits; give those for which there was room."""
        taken = grip.all_at_once(asked, many[-1].at // DAY_US, self._clock())
        if taken is not None:
            for passing, one in zip(many, taken, strict=True):
                passing.taken = one
            return many
        if len(many) == 1:
            return self._through(_fails, many)
        pairs = zip(many, asked, strict=True)  # there may be room for some of them
        return [one for passing, it in pairs for one in self._taken(grip, [passing], [it])]

    def _writes(self, passing: Passing) -> bool:
        """Write its call and its first record; not where its credential has ended."""
        passing.whose = self._whose(passing, passing.plain, passing.own)
        lane, asked = passing.lane, passing.request.body
        output, traced = passing.output, passing.traced
        target, tariff, read = lane.room.target, lane.tariff, len(asked) // BYTES_A_TOKEN
        passing.body = body = with_name(asked, passing.plain.model, target.model)
        try:
            credential = self._lines(
                target, host=lane.room.host, path=lane.path, headers=(), body=body
            )
        except NoCredential:
            return False
        passing.asking = lane.line + credential + OWN % (
            len(body), passing.id, traced[TRACE_AT], traced[SPAN_AT], passing.flags
        )  # fmt: skip
        passing.intent = lane.forms.intent % (
            passing.called,
            moment(passing.at),
            passing.whose,
            two(read, 0),
            two(output, 0),
            text(tariff.text(read * tariff.input + output * tariff.output)),
            traced,
        )
        return True

    def _send(self, passing: Passing) -> None:
        """Send one that is on record."""
        room = passing.lane.room
        passing.begun, passing.linked = True, False
        if room.budget.tokens < room.budget.cap:
            room.budget = room.budget.earned()
        try:
            room.pool.begin(passing.link, passing.asking, passing.body, passing)
        except Exception as fault:  # noqa: BLE001 - it is on record: told where it goes on
            passing.broke(fault)

    def _whose(self, passing: Passing, plain: chat.Plain, own: Own | None) -> bytes:
        """Say what it is called by, whose it is, and of which prompt."""
        drawn, stated = self._token(DRAWN).encode(), passing.lane.said.session
        passing.id = name = b"req-" + drawn[:ID_END]
        span, trace = drawn[ID_END:SPAN_END], drawn[SPAN_END:]
        if own is None:
            passing.called = ID_HEAD + name
        else:
            trace = _as_it_says(passing, own, trace)
            name = passing.id
        passing.traced = TRACE_HEAD + trace + SPAN_HEAD + span
        keyed = self._hash.copy()
        user = plain.prompt_cache_key or plain.safety_identifier or plain.user
        if stated:
            keyed.update(stated)
            known = STATED
        elif user:
            keyed.update(user.encode())
            known = DERIVED
        else:
            keyed.update(name)
            known = UNKNOWN
        texts = [one.content for one in plain.messages if one.role in SYSTEM]
        prompt = self._prompt(texts) if texts else NO_PROMPT
        return HASHED + keyed.hexdigest().encode() + known + prompt

    def _prompt(self, texts: list[str]) -> bytes:
        """Give the fingerprint of the system part, as records hold it."""
        whole = texts[0] if len(texts) == 1 else "\x1f".join(texts)
        known = self._prompts.get(whole)
        if known is None:
            keyed = self._hash.copy()
            keyed.update(whole.encode())
            known = HASHED + keyed.hexdigest().encode() + DERIVED
            if len(self._prompts) >= PROMPTS:
                self._prompts.clear()
            if len(whole) <= PROMPT_MAX:
                self._prompts[whole] = known
        return known


def _fails(_passing: Passing) -> bool:
    """Say that it cannot go on here."""
    return False


def _amounts(passing: Passing) -> Amounts | None:
    """Give what is reserved for it; None where its tokens have to be counted for that."""
    scoped, read = passing.lane.scoped, len(passing.request.body) // BYTES_A_TOKEN
    output = passing.output or OUTPUT_GUESS
    tokens = read + output
    if scoped.tokens and tokens > scoped.tokens_min:
        return None
    nano = ceil(read * scoped.input_nano + output * scoped.output_nano)
    return (tokens,) * len(scoped.tokens), nano


def _as_it_says(passing: Passing, own: Own, trace: bytes) -> bytes:
    """Take over the id and the place in a trace that it has; give the trace, or the new one."""
    if own.id:
        passing.id = own.id.encode()
    passing.called = text(passing.id)
    found = own.found
    if found is not None:
        trace = found.trace.encode()
        passing.below = text(found.parent.encode()) + (YES if found.sampled else NO)
        if not found.sampled:
            passing.flags = NOT_SAMPLED
    return trace
