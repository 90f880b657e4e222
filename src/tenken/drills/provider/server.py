"""The fake provider: a real HTTP server that answers, or misbehaves, as its plan says."""

import asyncio
import hashlib
from collections.abc import Callable
from contextlib import suppress

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tenken.drills.provider.buckets import Buckets
from tenken.drills.provider.dialects.dialect import Dialect
from tenken.drills.provider.fault import Fault, Wrong
from tenken.drills.provider.hearing import Heard
from tenken.drills.provider.plan import FaultPlan, fault_for
from tenken.drills.provider.routes import Way, way_of
from tenken.drills.provider.seen import Seen
from tenken.drills.provider.telling import FINISH, HUGE, Telling, delay_of, text_of
from tenken.transport.message import Headers, Request, first
from tenken.transport.reply import Reply

JSON = (b"content-type", b"application/json")
HTML = (b"content-type", b"text/html; charset=utf-8")
PAGE = b"<html><body>Bad gateway</body></html>"
CREDENTIALS = (b"authorization", b"x-api-key", b"api-key", b"x-goog-api-key")
MODELS = "/models"
NO_MODELS = b'{"object":"list","data":[],"has_more":false,"models":[]}'
"""Whoever looks at its start whether a provider is there finds one, in the shape of each API."""
NOWHERE = (
    b'{"error":{"message":"The fake provider has no API at this path and method.",'
    b'"type":"invalid_request_error","param":null,"code":"not_found"}}'
)
PACE_S = 0.01
"""Between two pieces of an answer without an end."""
HALVES = frozenset({Wrong.CUT, Wrong.ENDS_EARLY, Wrong.STALL, Wrong.ENDLESS})
"""Of a whole answer only the first half is said in good order."""


class Cut(Exception):
    """Ends a connection in the middle: the transport closes what a handler leaves unfinished."""


class _Call(Struct, frozen=True):
    """One call: what was asked, what it meets, and where it is noted."""

    dialect: Dialect
    heard: Heard
    fault: Fault
    number: int
    """Among the calls that follow the same course."""
    seen: Seen
    reply: Reply

    @property
    def telling(self) -> Telling:
        """Give what is answered."""
        kind = self.fault.kind
        return Telling(
            number=self.seen.number,
            model=self.heard.model,
            text=text_of(self.fault, self.number),
            finish=FINISH.get(kind, "stop"),
            input_tokens=self.seen.input_tokens,
            tells_usage=kind is not Wrong.NO_USAGE,
            usage_asked=self.heard.usage_asked,
            factor=self.fault.factor if kind is Wrong.PRICE_SPIKE else 1,
            inputs=self.heard.inputs,
            packed=self.heard.packed,
            padding=HUGE if kind is Wrong.HUGE_EVENT and not self.heard.stream else 0,
        )


class FakeProvider:
    """A handler of the transport's server, with a log of everything it saw."""

    def __init__(self, plan: FaultPlan, *, clock: Callable[[], float]) -> None:
        self._plan = plan
        self._clock = clock
        self._began = clock()
        self._counts: dict[str, int] = {}
        self._buckets = Buckets()
        self.seen: list[Seen] = []

    def obey(self, plan: FaultPlan) -> None:
        """Follow another plan from the next request on, from its first line."""
        self._plan = plan
        self._counts.clear()
        self._buckets = Buckets()

    def forget(self) -> None:
        """Empty the log."""
        self.seen.clear()

    async def __call__(self, request: Request, reply: Reply) -> None:
        """Answer one call."""
        way = way_of(request.path)
        if request.method == "GET" and request.path.endswith(MODELS):
            reply.send(200, (JSON,), NO_MODELS)
            return
        if way is None or request.method != "POST":
            reply.send(404, (JSON,), NOWHERE)
            return
        heard = _heard(way, request.body)
        seen = self._note(request, heard)
        fault, number = self._fault(heard.model, seen)
        seen.fault = fault.kind
        try:
            await self._answer(_Call(way.dialect, heard, fault, number, seen, reply))
        except asyncio.CancelledError:
            seen.end = "left"
            raise
        except Cut:
            seen.end = "cut_by_us"
            raise
        finally:
            seen.ended_s = self._now()

    def _now(self) -> float:
        return self._clock() - self._began

    def _note(self, request: Request, heard: Heard) -> Seen:
        headers = request.headers
        sent = (first(headers, name) for name in CREDENTIALS)
        credential = next((one for one in sent if one), None)
        retries = first(headers, b"x-stainless-retry-count") or b"0"
        seen = Seen(
            number=len(self.seen),
            at_s=self._now(),
            path=request.path,
            model=heard.model,
            stream=heard.stream,
            credential=hashlib.sha256(credential).hexdigest()[:8] if credential else "",
            turns=heard.turns,
            watched=watched(request.body, self._plan.watch) if self._plan.watch else (),
            retry_count=int(retries) if retries.isdigit() else 0,
            trace=(first(headers, b"traceparent") or b"").decode("latin-1"),
            request_id=(first(headers, b"x-request-id") or b"").decode("latin-1"),
            input_tokens=max(1, len(request.body) // 4),
        )
        self.seen.append(seen)
        return seen

    def _fault(self, model: str, seen: Seen) -> tuple[Fault, int]:
        """Give what the plan says, or the refusal of a limit that is used up."""
        key = self._plan.key_of(model, seen.credential)
        number = self._counts.get(key, 0)
        self._counts[key] = number + 1
        waited = self._buckets.wait_s(
            self._plan.rates, (seen.credential, model), tokens=seen.input_tokens, now=seen.at_s
        )
        if waited is not None:
            return Fault(kind=Wrong.STATUS, status=429, retry_after_s=waited), number
        return fault_for(self._plan.course_of(key), number), number

    async def _answer(self, call: _Call) -> None:
        match call.fault.kind:
            case Wrong.STATUS:
                _refuse(call)
            case Wrong.HANG:
                await asyncio.Event().wait()
            case Wrong.RESET:
                call.reply.cut()
                call.seen.end = "cut_by_us"
            case Wrong.WRONG_JSON:
                _say(call, call.dialect.wrong)
            case Wrong.NO_JSON:
                _say(call, PAGE)
            case Wrong.WRONG_TYPE:
                _say(call, PAGE, HTML)
            case _:
                await asyncio.sleep(self._plan.latency_s + delay_of(call.fault, call.number))
                await self._tell(call)

    async def _tell(self, call: _Call) -> None:
        telling, fault = call.telling, call.fault
        call.seen.input_tokens = telling.read_tokens
        call.seen.output_tokens = telling.output_tokens if call.heard.writes else 0
        if call.heard.stream:
            await self._stream(call, call.dialect.pieces(telling))
            return
        content = call.dialect.whole(telling)
        if fault.kind is Wrong.SLOW_FIRST_TOKEN:
            await asyncio.sleep(fault.delay_s)
        if fault.kind in HALVES:
            call.reply.start(200, (JSON,))
            call.seen.status = 200
            await call.reply.write(content[: len(content) // 2])
            await _misbehave(call)
            raise Cut
        _say(call, content)

    async def _stream(self, call: _Call, events: list[bytes]) -> None:
        fault, reply, seen = call.fault, call.reply, call.seen
        reply.start(200, ((b"content-type", call.dialect.streams_as),))
        seen.status = 200
        if fault.kind is Wrong.SLOW_FIRST_TOKEN:
            await asyncio.sleep(fault.delay_s)
        for number, event in enumerate(events):
            if number:
                await asyncio.sleep(self._plan.between_s)
            if number == min(fault.after, len(events) - 1):
                await _misbehave(call)
            if _ends(fault, number, len(events)):
                break
            await reply.write(event)
            seen.pieces += 1
        reply.end()
        seen.end = "whole"


def watched(body: bytes, values: tuple[str, ...]) -> tuple[int, ...]:
    """Give the numbers of the values that a body holds, behind whatever escapes."""
    text = body.decode(errors="replace")
    with suppress(msgspec.DecodeError, RecursionError):
        text += msgspec.json.encode(msgspec.json.decode(body)).decode()
    return tuple([number for number, value in enumerate(values) if value in text])


def _ends(fault: Fault, number: int, count: int) -> bool:
    early = fault.kind is Wrong.ENDS_EARLY and number >= count - 2
    return early or (fault.kind is Wrong.ENDS_WITHIN and number >= fault.after)


async def _misbehave(call: _Call) -> None:
    reply, dialect = call.reply, call.dialect
    match call.fault.kind:
        case Wrong.CUT:
            raise Cut
        case Wrong.STALL:
            await asyncio.Event().wait()
        case Wrong.MALFORMED_EVENT:
            await reply.write(dialect.malformed)
        case Wrong.ERROR_EVENT:
            await reply.write(dialect.overloaded)
            raise Cut
        case Wrong.HUGE_EVENT:
            await reply.write(dialect.padding(HUGE))
        case Wrong.ENDLESS:
            more = dialect.part("more ") if call.heard.stream else b" " * 64
            while True:
                await reply.write(more)
                await asyncio.sleep(PACE_S)
        case _:
            pass


def _heard(way: Way, body: bytes) -> Heard:
    try:
        heard = way.dialect.heard(body)
    except msgspec.DecodeError:
        heard = Heard()
    model = heard.model or way.model
    stream = heard.stream if way.stream is None else way.stream
    return replace(heard, model=model, stream=stream)


def _refuse(call: _Call) -> None:
    fault = call.fault
    refusing = call.dialect.refusing(fault.status)
    headers: Headers = (JSON, *refusing.headers)
    if fault.retry_after_s is not None:
        headers += ((b"retry-after", b"%d" % -int(-fault.retry_after_s // 1)),)
    call.seen.status, call.seen.end = fault.status, "error"
    call.reply.send(fault.status, headers, refusing.body)


def _say(call: _Call, content: bytes, kind: tuple[bytes, bytes] = JSON) -> None:
    call.reply.send(200, (kind,), content)
    call.seen.status, call.seen.end, call.seen.pieces = 200, "whole", 1
