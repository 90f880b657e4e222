"""No secret reaches an answer, a record or a line that is printed, whatever goes wrong.

Marks stand where secrets do: the caller's key, the provider's, what was asked, what was answered.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest

from tenken.transport.message import Request, first
from tenken.transport.reply import Reply
from tests.gateway import ground
from tests.gateway.ground import Behaviour, Got, Ground, plan_of, provider, standing, target

pytestmark = pytest.mark.anyio
ASKED = "mark-of-what-was-asked"
SAID = "mark-of-what-the-provider-said"
SESSION = "mark-of-a-session"
THEIRS = "secret-of-t0"
JSON = ((b"content-type", b"application/json"),)
BODY = {
    "model": "desk",
    "messages": [{"role": "user", "content": ASKED}],
    "user": SESSION,
}


def echoing(status: int, headers: tuple[tuple[bytes, bytes], ...] = JSON) -> Behaviour:
    """A provider whose errors hold all that it was sent, its own credential before all."""

    async def behaviour(request: Request, reply: Reply) -> None:
        held = (first(request.headers, b"authorization") or b"").decode()
        message = f"{held} {SAID} {request.body.decode()}"
        told = {"error": {"message": message, "code": "x", "type": "x", "param": "y"}}
        reply.send(status, (*headers, (b"x-request-id", SAID.encode())), json.dumps(told).encode())

    return behaviour


async def cut(_request: Request, reply: Reply) -> None:
    """A provider that stops in the middle of a word."""
    reply.start(200, ((b"content-type", b"text/event-stream"),))
    await reply.write(ground.ROLE + ground.TEXT)
    raise ConnectionError(SAID)


async def rubbish(_request: Request, reply: Reply) -> None:
    """A provider that sends no JSON."""
    reply.send(200, JSON, f"<html>{SAID}</html>".encode())


async def rude(_request: Request, reply: Reply) -> None:
    """A provider that hangs up."""
    reply.cut()


WRONG = {
    **{f"error {status}": echoing(status) for status in (401, 403, 404, 408, 429, 500, 503, 529)},
    "cut": cut,
    "rubbish": rubbish,
    "rude": rude,
}


async def met(behaviour: Behaviour, body: object, *, key: str = ground.KEY) -> tuple[Got, Ground]:
    async with (
        provider(behaviour) as origin,
        standing(plan_of((target("t0", origin),))) as here,
    ):
        got = await here.post(body, key=key)
    return got, here


def answer_of(got: Got) -> str:
    return f"{got.headers} {got.body.decode(errors='replace')}"


def records_of(here: Ground) -> str:
    kept = [msgspec.json.encode(one) for one in (*here.kept.intents, *here.kept.exchanges)]
    return f"{kept} {here.faults} {here.unrecorded}"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("behaviour", WRONG.values(), ids=WRONG)
async def test_an_error_tells_no_caller_what_the_provider_holds(
    behaviour: Behaviour, *, stream: bool
) -> None:
    """Not our credential, not the provider's words, not the key that was sent."""
    got, here = await met(behaviour, {**BODY, "stream": stream})

    told = answer_of(got)
    for secret in (THEIRS, SAID, ground.KEY, ground.KEY[:12], ASKED):
        assert secret not in told
    assert records_of(here).count(THEIRS) == 0


@pytest.mark.parametrize("behaviour", [*WRONG.values(), ground.answers], ids=[*WRONG, "answers"])
async def test_no_record_holds_a_key_or_a_word_that_was_said(behaviour: Behaviour) -> None:
    """A session is a keyed hash, a prompt a fingerprint; texts are stored nowhere."""
    _, here = await met(behaviour, BODY)

    kept = records_of(here)
    assert here.kept.exchanges
    for secret in (THEIRS, ground.KEY, ASKED, SESSION):
        assert secret not in kept


@pytest.mark.parametrize("key", ["tk-" + "b" * 40, "sk-live-0123456789abcdef", "x" * 8])
async def test_a_wrong_key_is_not_repeated(key: str) -> None:
    """Nor any part of it that is longer than four characters."""
    got, here = await met(ground.answers, BODY, key=key)

    assert got.status == 401
    told = answer_of(got) + records_of(here)
    assert not any(key[at : at + 5] in told for at in range(len(key) - 4))


@contextmanager
def broken(secret: str) -> Iterator[None]:
    """A gateway with a fault of its own, whose exception holds a secret."""

    def faulty(*_: object, **__: object) -> bytes:
        raise RuntimeError(secret)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ground.Keys, "lines", faulty)
        yield


async def test_a_fault_of_ours_is_told_as_one_and_no_more() -> None:
    """The text of an exception may hold anything."""
    async with (
        provider(ground.answers) as origin,
        standing(plan_of((target("t0", origin),))) as here,
    ):
        with broken(THEIRS):
            got = await here.post(BODY)

    assert (got.status, got.code) == (500, "internal_error")
    assert THEIRS not in answer_of(got)
    assert "Traceback" not in answer_of(got)
    assert len(here.faults) == 1


async def test_what_a_provider_calls_itself_reaches_no_header() -> None:
    """Its own headers stay behind: cookies, keys, what it runs on."""
    theirs = ((b"set-cookie", b"a=b"), (b"server", b"x/1"), (b"x-api-key", b"k"), *JSON)

    async def talkative(_request: Request, reply: Reply) -> None:
        reply.send(200, theirs, json.dumps(ground.ANSWER).encode())

    got, _ = await met(talkative, BODY)

    assert got.status == 200
    assert not {"set-cookie", "server", "x-api-key"} & set(got.headers)


async def test_a_plan_shows_no_secret_when_it_is_printed() -> None:
    """It holds hashes of keys and names of credentials, nothing that opens a door."""
    async with provider(ground.answers) as origin:
        assert ground.KEY not in repr(plan_of((target("t0", origin),)))
