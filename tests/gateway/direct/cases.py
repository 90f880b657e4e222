"""Situations in which the same requests are sent both ways."""

import asyncio
import json
from collections.abc import Callable
from typing import NamedTuple

from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tests.gateway.ground import ANSWER, Behaviour, answering, answers, fails

ASKED: dict[str, object] = {"model": "desk", "messages": [{"role": "user", "content": "hello"}]}
Headers = tuple[tuple[str, str], ...]
JSON = (b"content-type", b"application/json")
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"


def times(behaviour: Behaviour) -> Callable[[int], Behaviour]:
    """Give what behaves so each time."""
    return lambda _number: behaviour


def then(*behaviours: Behaviour) -> Callable[[int], Behaviour]:
    """Give what behaves so, one after the other, and like the last one from then on."""
    return lambda number: behaviours[min(number, len(behaviours) - 1)]


async def in_parts(_request: Request, reply: Reply) -> None:
    """Answer in parts, as large answers come."""
    content = json.dumps(ANSWER).encode()
    reply.start(200, (JSON,))
    for at in range(0, len(content), 20):
        await reply.write(content[at : at + 20])
        await asyncio.sleep(0)
    reply.end()


async def in_many_pieces(_request: Request, reply: Reply) -> None:
    """Answer with more than is held for a client."""
    text = "word " * 200_000
    answer = {**ANSWER, "choices": [{"message": {"content": text}, "finish_reason": "stop"}]}
    reply.send(200, (JSON,), json.dumps(answer).encode())


async def hangs_up(_request: Request, reply: Reply) -> None:
    """End the connection without a word."""
    reply.cut()


async def breaks_off(_request: Request, reply: Reply) -> None:
    """End the connection within an answer."""
    reply.start(200, (JSON,))
    await reply.write(b'{"choices": [')
    reply.cut()


async def closes(_request: Request, reply: Reply) -> None:
    """Answer, and close."""
    reply.send(200, (JSON, (b"connection", b"close")), json.dumps(ANSWER).encode())


def of(**more: object) -> list[object]:
    return [{**ASKED, **more}] * 4


SYSTEM = [
    {"role": "system", "content": "You answer shortly."},
    {"role": "user", "content": "日本の首都は？"},
]


class Case(NamedTuple):
    """Requests that are sent one after the other, and how their provider behaves."""

    name: str
    bodies: list[object]
    headers: Headers
    behaviour: Callable[[int], Behaviour]
    most: int
    """So many of them go the direct way at the most; at least one does, unless it is 0."""
    own: tuple[Headers, ...] = ()
    """What each of them says besides."""
    keys: tuple[str, ...] = ()
    """Whose each of them is."""


CASES = [Case(*case) for case in (
    ("plain", of(), (), times(answers), 3),
    ("a prompt", of(messages=SYSTEM), (), times(answers), 3),
    ("a user", of(user="u-1"), (), times(answers), 3),
    ("a session", of(), (("x-tenken-session", "s-1"),), times(answers), 3),
    ("a use case", of(), (("x-tenken-use-case", "answer"),), times(answers), 3),
    ("an id of its own", of(), (("x-request-id", "r-1"),), times(answers), 3),
    ("a trace", of(), (("traceparent", TRACE),), times(answers), 3),
    ("a most of tokens", of(max_tokens=9, temperature=0.5), (), times(answers), 3),
    ("a client that waits", of(), (("x-stainless-read-timeout", "30"),), times(answers), 3),
    ("a client that tried before", of(), (("x-stainless-retry-count", "1"),), times(answers), 0),
    ("once", of(), (("idempotency-key", "k"),), times(answers), 0),
    ("a stated prompt", of(), (("x-tenken-prompt", "p@" + "0" * 64),), times(answers), 0),
    ("tools", of(tools=[]), (), times(answers), 0),
    ("an odd field", of(colour="red"), (), times(answers), 0),
    ("a stream", of(stream=True), (), times(answers), 0),
    ("without tokens", of(), (), times(answering({**ANSWER, "usage": None})), 3),
    ("an odd finish", of(), (), times(answering(
        {**ANSWER, "choices": [{"message": {}, "finish_reason": "a\nb" * 40}]})), 3),
    ("no answer of this API", of(), (), then(answers, answering({"no": "choices"})), 3),
    ("no JSON", of(), (), then(answers, answering("{")), 3),
    ("in parts", of(), (), times(in_parts), 3),
    ("in many pieces", of(), (), times(in_many_pieces), 3),
    ("an error", of(), (), then(answers, fails(500)), 3),
    ("a mistake", of(), (), then(answers, fails(400)), 3),
    ("told to wait", of(), (), then(answers, fails(429, headers=((b"retry-after", b"1"),))), 1),
    ("hangs up", of(), (), then(answers, hangs_up, answers), 3),
    ("breaks off", of(), (), then(answers, breaks_off, answers), 3),
    ("closes", of(), (), times(closes), 0),
)]  # fmt: skip
