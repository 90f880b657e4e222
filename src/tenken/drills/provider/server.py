"""The fake provider: a real HTTP server that answers, or misbehaves, as its plan says."""

import asyncio
import hashlib
from collections.abc import Callable

import msgspec
from msgspec import Raw, Struct

from tenken.drills.provider.fault import Fault, Wrong
from tenken.drills.provider.plan import FaultPlan, fault_for
from tenken.drills.provider.saying import ANSWER, Telling, error, pieces, whole
from tenken.drills.provider.seen import Seen, SeenTurn
from tenken.policy.limit import Full, TooLarge, Window
from tenken.transport.message import Headers, Request, first
from tenken.transport.reply import Reply

JSON = (b"content-type", b"application/json")
EVENTS = (b"content-type", b"text/event-stream")
CHAT_PATHS = ("/v1/chat/completions", "/chat/completions")
CANARY = "canary-"
CANARY_MAX = 40
HUGE = 10 << 20


class Cut(Exception):
    """Ends a connection in the middle: the transport closes what a handler leaves unfinished."""


class _Turn(Struct):
    role: str = ""
    content: Raw = Raw(b"null")


class _StreamOptions(Struct):
    include_usage: bool = False


class _Body(Struct):
    model: str = ""
    messages: list[_Turn] = []
    stream: bool = False
    stream_options: _StreamOptions | None = None


class FakeProvider:
    """A handler of the transport's server, with a log of everything it saw."""

    def __init__(self, plan: FaultPlan, *, clock: Callable[[], float]) -> None:
        self._plan = plan
        self._clock = clock
        self._began = clock()
        self._counts: dict[str, int] = {}
        self._requests: dict[tuple[str, str], Window] = {}
        self._tokens: dict[tuple[str, str], Window] = {}
        self.seen: list[Seen] = []

    def obey(self, plan: FaultPlan) -> None:
        """Follow another plan from the next request on, from its first line."""
        self._plan = plan
        self._counts.clear()
        self._requests.clear()
        self._tokens.clear()

    def forget(self) -> None:
        """Empty the log."""
        self.seen.clear()

    async def __call__(self, request: Request, reply: Reply) -> None:
        """Answer one call."""
        if request.path not in CHAT_PATHS or request.method != "POST":
            reply.send(404, (JSON,), error(404))
            return
        body = _read(request.body)
        seen = self._note(request, body)
        fault = self._fault(body.model, seen)
        seen.fault = fault.kind
        try:
            await self._answer(body, fault, seen, reply)
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

    def _note(self, request: Request, body: _Body) -> Seen:
        credential = first(request.headers, b"authorization") or first(
            request.headers, b"x-api-key"
        )
        retries = first(request.headers, b"x-stainless-retry-count") or b"0"
        seen = Seen(
            number=len(self.seen),
            at_s=self._now(),
            path=request.path,
            model=body.model,
            stream=body.stream,
            credential=hashlib.sha256(credential).hexdigest()[:8] if credential else "",
            turns=tuple(_turn(turn) for turn in body.messages),
            retry_count=int(retries) if retries.isdigit() else 0,
            trace=(first(request.headers, b"traceparent") or b"").decode("latin-1"),
            request_id=(first(request.headers, b"x-request-id") or b"").decode("latin-1"),
            input_tokens=max(1, len(request.body) // 4),
        )
        self.seen.append(seen)
        return seen

    def _fault(self, model: str, seen: Seen) -> Fault:
        """Give what the plan says, or the refusal of a limit that is used up."""
        key = self._plan.key_of(model, seen.credential)
        course = self._plan.course_of(key)
        number = self._counts.get(key, 0)
        self._counts[key] = number + 1
        waited = self._over(model, seen)
        if waited is not None:
            return Fault(kind=Wrong.STATUS, status=429, retry_after_s=waited)
        return fault_for(course, number)

    def _over(self, model: str, seen: Seen) -> float | None:
        rates, key, now = self._plan.rates, (seen.credential, model), seen.at_s
        wanted = (
            (self._requests, rates.rpm, 1),
            (self._tokens, rates.tpm, seen.input_tokens),
        )
        for windows, limit, amount in wanted:
            if limit is None:
                continue
            match windows.setdefault(key, Window()).reserve(amount, limit=limit, now=now):
                case Full(after_s=after_s):
                    return after_s
                case TooLarge():
                    return 60.0
                case _:
                    pass
        return None

    async def _answer(self, body: _Body, fault: Fault, seen: Seen, reply: Reply) -> None:
        match fault.kind:
            case Wrong.STATUS:
                _refuse(fault, seen, reply)
            case Wrong.HANG:
                await asyncio.Event().wait()
            case Wrong.RESET:
                reply.cut()
                seen.end = "cut_by_us"
            case Wrong.WRONG_JSON:
                _say(200, b'{"object":"list","data":[]}', seen, reply)
            case Wrong.NO_JSON:
                _say(200, b"<html><body>Bad gateway</body></html>", seen, reply)
            case _:
                await asyncio.sleep(self._plan.latency_s + fault.delay_s)
                await self._tell(body, fault, seen, reply)

    async def _tell(self, body: _Body, fault: Fault, seen: Seen, reply: Reply) -> None:
        telling = _telling(body, fault, seen)
        seen.output_tokens = telling.output_tokens
        if body.stream:
            asked = bool(body.stream_options and body.stream_options.include_usage)
            await self._stream(pieces(telling, usage_asked=asked), fault, seen, reply)
            return
        content = whole(telling)
        if fault.kind in {Wrong.CUT, Wrong.ENDS_EARLY, Wrong.STALL}:
            reply.start(200, (JSON,))
            await reply.write(content[: len(content) // 2])
            if fault.kind is Wrong.STALL:
                await asyncio.Event().wait()
            raise Cut
        _say(200, content, seen, reply)

    async def _stream(self, events: list[bytes], fault: Fault, seen: Seen, reply: Reply) -> None:
        reply.start(200, (EVENTS,))
        seen.status = 200
        for number, event in enumerate(events):
            if number:
                await asyncio.sleep(self._plan.between_s)
            if number == fault.after:
                await _misbehave(fault, reply)
            if fault.kind is Wrong.ENDS_EARLY and number >= len(events) - 2:
                break
            await reply.write(event)
            seen.pieces += 1
        reply.end()
        seen.end = "whole"


async def _misbehave(fault: Fault, reply: Reply) -> None:
    match fault.kind:
        case Wrong.CUT:
            raise Cut
        case Wrong.STALL:
            await asyncio.Event().wait()
        case Wrong.MALFORMED_EVENT:
            await reply.write(b'data: {"choices": [{"delta"\n\n')
        case Wrong.HUGE_EVENT:
            await reply.write(b'data: {"choices": [], "x": "' + b"x" * HUGE + b'"}\n\n')
        case Wrong.ENDLESS:
            while True:
                await reply.write(
                    b'data: {"choices":[{"index":0,"delta":{"content":"more "}}]}\n\n'
                )
                await asyncio.sleep(0.01)
        case _:
            pass


def _telling(body: _Body, fault: Fault, seen: Seen) -> Telling:
    text = fault.text if fault.kind is Wrong.TEXT else ANSWER
    finish = {Wrong.LENGTH: "length", Wrong.FILTERED: "content_filter"}.get(fault.kind, "stop")
    return Telling(
        number=seen.number,
        model=body.model,
        text="" if fault.kind is Wrong.EMPTY else text,
        finish=finish,
        input_tokens=seen.input_tokens,
        tells_usage=fault.kind is not Wrong.NO_USAGE,
    )


def _refuse(fault: Fault, seen: Seen, reply: Reply) -> None:
    headers: Headers = (JSON,)
    if fault.retry_after_s is not None:
        headers += ((b"retry-after", b"%d" % -int(-fault.retry_after_s // 1)),)
    seen.status, seen.end = fault.status, "error"
    reply.send(fault.status, headers, error(fault.status))


def _say(status: int, content: bytes, seen: Seen, reply: Reply) -> None:
    reply.send(status, (JSON,), content)
    seen.status, seen.end, seen.pieces = status, "whole", 1


def _read(body: bytes) -> _Body:
    try:
        return msgspec.json.decode(body, type=_Body)
    except msgspec.DecodeError:
        return _Body()


def _turn(turn: _Turn) -> SeenTurn:
    text = bytes(turn.content).decode(errors="replace")
    found = [
        CANARY + part[:CANARY_MAX].split('"')[0].split(" ")[0].split("\\")[0]
        for part in text.split(CANARY)[1:]
    ]
    return SeenTurn(role=turn.role, characters=len(text), canaries=tuple(found))
