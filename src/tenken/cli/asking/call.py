"""One question to an API of OpenAI's kind, streamed: the answer as it comes, and its figures."""

from collections.abc import Callable
from urllib.parse import SplitResult, urlsplit

import msgspec
from msgspec import Struct

from tenken.errors import UsageError
from tenken.transport.addresses import Origin
from tenken.transport.errors import ConnectFailed, UpstreamFailed
from tenken.transport.limits import PoolLimits
from tenken.transport.message import first
from tenken.transport.upstream import Pool
from tenken.transport.upstream_reply import Patience, UpstreamReply
from tenken.wire.sse import Events, TooLong

CONNECT_S = 5.0
ERROR_MAX = 1 << 20
OK = 200
DOOR = "/v1"
"""Where an address without a path is taken to lead."""


class Question(Struct, frozen=True, kw_only=True):
    """What is asked of whom."""

    url: str
    key: str
    model: str
    text: str
    within_s: float


class Heard(Struct, kw_only=True):
    """What came back, as seen from here; times in seconds since the question was sent."""

    id: str = ""
    model: str = ""
    read: int | None = None
    written: int | None = None
    first_s: float = 0.0
    last_s: float = 0.0


class _Usage(Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Delta(Struct):
    content: str | None = None


class _Choice(Struct):
    delta: _Delta = msgspec.field(default_factory=_Delta)


class _Error(Struct):
    message: str = ""
    code: str | int | None = None


class _Chunk(Struct):
    model: str = ""
    choices: list[_Choice] = []
    usage: _Usage | None = None
    error: _Error | None = None


async def ask(question: Question, said: Callable[[str], None]) -> Heard:
    """Ask, handing each piece of the answer on; raises UsageError where there is none."""
    parts = _address(question.url)
    tls = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if tls else 80)
    limits = PoolLimits(allow_private=True)
    pool = Pool(Origin(host=host, port=port, tls=tls), limits=limits)
    body = _body(question)
    path = f"{parts.path.rstrip('/') or DOOR}/chat/completions"
    head = _head(question, parts.netloc, path, len(body))
    within = question.within_s
    patience = Patience(CONNECT_S, within, within, pool.clock() + within)
    try:
        began = pool.clock()
        reply = await pool.call(head, body, patience=patience)
        try:
            return await _heard(reply, said, lambda: pool.clock() - began)
        finally:
            reply.abort()
    except ConnectFailed as error:
        raise UsageError("ask.nobody", url=question.url, why=error.reason) from error
    except (UpstreamFailed, TooLong, msgspec.DecodeError) as error:
        raise UsageError("ask.broken", url=question.url, why=type(error).__name__) from error
    finally:
        pool.close()


async def _heard(
    reply: UpstreamReply, said: Callable[[str], None], since: Callable[[], float]
) -> Heard:
    heard = Heard(id=(first(tuple(reply.headers), b"x-request-id") or b"").decode("latin-1"))
    if reply.status != OK:
        raise _refused(reply.status, await reply.read(ERROR_MAX), heard.id)
    events = Events()
    while (part := await reply.next()) is not None:
        for event in events.feed(part):
            if event.data == b"[DONE]":
                heard.last_s = since()
            elif event.data:
                _take(msgspec.json.decode(event.data, type=_Chunk), heard, said, since)
    if not heard.last_s:
        raise UsageError("ask.cut", id=heard.id or "-")
    return heard


def _take(
    chunk: _Chunk, heard: Heard, said: Callable[[str], None], since: Callable[[], float]
) -> None:
    if chunk.error is not None:
        raise UsageError("ask.ended_in_error", why=chunk.error.message, id=heard.id or "-")
    heard.model = chunk.model or heard.model
    if chunk.usage is not None:
        heard.read = chunk.usage.prompt_tokens
        heard.written = chunk.usage.completion_tokens
    text = "".join(choice.delta.content or "" for choice in chunk.choices)
    if text:
        heard.first_s = heard.first_s or since()
        said(text)


def _refused(status: int, body: bytes, name: str) -> UsageError:
    try:
        error = msgspec.json.decode(body, type=_Chunk).error
    except msgspec.DecodeError:
        error = None
    return UsageError(
        "ask.refused",
        status=status,
        code=str(error.code) if error and error.code else "-",
        why=error.message if error and error.message else "-",
        id=name or "-",
    )


def _address(url: str) -> SplitResult:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError("prove.no_url", url=url)
    return parts


def _body(question: Question) -> bytes:
    return msgspec.json.encode(
        {
            "model": question.model,
            "messages": [{"role": "user", "content": question.text}],
            "stream": True,
            "stream_options": {"include_usage": True},
        }
    )


def _head(question: Question, host: str, path: str, length: int) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nhost: {host}\r\nuser-agent: tenken-ask\r\n"
        f"authorization: Bearer {question.key}\r\ncontent-type: application/json\r\n"
        f"accept: text/event-stream\r\ncontent-length: {length}\r\n\r\n"
    ).encode()
