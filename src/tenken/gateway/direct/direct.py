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
from tenken.gateway.direct.lane import Lane
from tenken.gateway.direct.lanes import Lanes
from tenken.gateway.direct.parts import Outside, Parts
from tenken.gateway.direct.passing import Ending, Passing
from tenken.gateway.heads.said import ID_BYTES, Own, own_of
from tenken.gateway.identify import ID_END, SPAN_BYTES, SPAN_END, TRACE_BYTES
from tenken.gateway.plan import Plan
from tenken.gateway.prompt import SYSTEM
from tenken.gateway.read import LARGE, session_hash
from tenken.gateway.way import Hold
from tenken.journal.stencil import moment, text, two
from tenken.store.counters.grip import Taken
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
    """Begins plain requests."""

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

    def __call__(self, request: Request, line: OpenLine) -> Passing | None:
        """Begin a request; None where it goes the long way, and nothing was done."""
        lane, body, plan = request.notes.known, request.body, self._plan()
        if (
            lane is plan
            or len(body) > LARGE
            or not (plan is self._lanes.plan or self._lanes.fit(plan))
        ):
            return None
        plain = chat.plain(body, messages_max=MESSAGES_MAX)
        if plain is None or plain.stream:
            return None
        if not isinstance(lane, Lane) or lane.plan is not plan or lane.model != plain.model:
            lane = self._lanes.lane(request, plan, plain.model)
            if lane is None:
                return None
        own = own_of(request.named) if lane.owns else None
        if own is not None and own.retries:
            return None
        at, began, room, hold = self._wall_us(), self._clock(), lane.room, lane.hold
        usual = at < lane.until and len(body) <= lane.shortest and room.pool.idle
        if not usual or not room.breaker.lets(began) or not self._door.enter():
            return None
        taken, output = None, plain.max_completion_tokens or plain.max_tokens or 0
        try:
            if hold is not None:
                taken = self._taken(hold, len(body), output or OUTPUT_GUESS, at)
            patience = Patience(lane.connect_s, lane.first_s, lane.idle_s, began + lane.total_s)
            passing = Passing(request, line, lane, self._ending, patience)
            passing.at, passing.began, passing.taken = at, began, taken
            if (hold is None or taken is not None) and self._sent(passing, plain, own, output):
                return passing
        except Exception:  # noqa: BLE001 - the stages meet it again, and tell it
            self._back(taken)
            return None
        self._back(taken)
        return None

    def _taken(self, hold: Hold, size: int, output: int, at: int) -> Taken | None:
        """Take hold of limits; None where there may be no room, or somebody has to wait."""
        scoped, read = hold.scoped, size // BYTES_A_TOKEN
        tokens = read + output
        if tokens > scoped.tokens_min and scoped.tokens:
            return None
        nano = ceil(read * scoped.input_nano + output * scoped.output_nano)
        each = (tokens,) * len(scoped.tokens)
        return hold.grip.at_once(each, nano, at // DAY_US, self._clock())

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

    def _sent(self, passing: Passing, plain: chat.Plain, own: Own | None, output: int) -> bool:
        """Put it on record, and send it; tell whether that was done."""
        lane, asked = passing.lane, passing.request.body
        room, tariff, read = lane.room, lane.tariff, len(asked) // BYTES_A_TOKEN
        passing.body = body = with_name(asked, plain.model, room.target.model)
        try:
            credential = self._lines(
                room.target, host=room.host, path=lane.path, headers=(), body=body
            )
        except NoCredential:
            return False
        # Drawn where nothing is missing any more: the stages draw again for what they begin anew.
        passing.whose = self._whose(passing, plain, own)
        intent = lane.forms.intent % (
            passing.called,
            moment(passing.at),
            passing.whose,
            two(read, 0),
            two(output, 0),
            text(tariff.text(read * tariff.input + output * tariff.output)),
            passing.traced,
        )
        if not self._books.begin(intent, passing.at):
            return False
        traced = passing.traced
        passing.asking = lane.line + credential + OWN % (
            len(body), passing.id, traced[TRACE_AT], traced[SPAN_AT], passing.flags
        )  # fmt: skip
        if room.budget.tokens < room.budget.cap:
            room.budget = room.budget.earned()
        try:
            room.pool.begin(passing.asking, body, passing)
        except Exception as fault:  # noqa: BLE001 - it is on record: told where it goes on
            passing.broke(fault)
        return True

    def _back(self, taken: Taken | None) -> None:
        """Give back what it was given: the stages begin it anew."""
        self._door.leave()
        if taken is not None:
            self._admit.used(taken, 0, 0, served=False)


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
