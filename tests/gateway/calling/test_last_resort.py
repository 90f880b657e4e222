"""What follows when no target has answered: a larger context, a static answer, an honest error."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import anthropic
import openai
import pytest
from msgspec.structs import replace

from tenken.gateway.calling.lengths import Lengths
from tenken.gateway.plan import Target
from tenken.journal.exchange import Outcome
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tenken.wire.dialects.static import FINISH
from tests.gateway import apis
from tests.gateway.apis import Row
from tests.gateway.ground import (
    KEY,
    ROLE,
    TEXT,
    Behaviour,
    Got,
    Ground,
    answers,
    fails,
    plan_of,
    provider,
    standing,
    streams,
    target,
)

pytestmark = pytest.mark.anyio
ASKED = {"model": "desk", "messages": [{"role": "user", "content": "hello"}]}
STATIC = "The assistant is away. Please ask the desk: extension 100."
TOO_LONG = {"error": {"message": "too long", "code": "context_length_exceeded"}}
spoken = {name: row for name, row in apis.ALL.items() if row is not apis.EMBEDDINGS}
each = pytest.mark.parametrize("row", spoken.values(), ids=spoken)


@asynccontextmanager
async def down(row: Row, **route: object) -> AsyncIterator[Ground]:
    """A gateway with a static answer, before a provider that fails."""
    async with provider(fails(500)) as origin:
        one = replace(target("t0", origin), dialect=row.side)
        async with standing(plan_of((one,), static_answer=STATIC, **route)) as here:
            yield here


@each
@pytest.mark.parametrize("stream", [False, True])
async def test_a_static_answer_is_the_last_resort(row: Row, *, stream: bool) -> None:
    """In the shape of each API, marked as what it is, with the failure on record."""
    async with down(row) as here:
        got = await here.post({**row.asked, "stream": stream}, path=row.path)

    assert (got.status, got.headers["x-tenken-answer"]) == (200, "static")
    assert STATIC.encode() in got.body
    [one] = here.kept.exchanges
    assert (one.outcome, one.finish) == (Outcome.ANSWERED, FINISH)
    assert (one.code, one.usage.total) == ("no_healthy_upstream", 0)
    assert one.attempts[0].failure is not None


async def test_official_clients_read_a_static_answer() -> None:
    """Whole and streamed, of both vendors."""
    async with down(apis.CHAT) as here, down(apis.MESSAGES) as there:
        host, port = here.server.address
        mine = openai.AsyncOpenAI(base_url=f"http://{host}:{port}/v1", api_key=KEY)
        chat = await mine.chat.completions.create(**ASKED)  # type: ignore[call-overload]
        chunks = [
            one.choices[0].delta.content or ""
            async for one in await mine.chat.completions.create(**ASKED, stream=True)  # type: ignore[call-overload]
        ]
        answer = await mine.responses.create(model="desk", input="hello")
        async with mine.responses.stream(model="desk", input="hello") as events:
            async for _ in events:
                pass
            streamed = await events.get_final_response()
        host, port = there.server.address
        other = anthropic.AsyncAnthropic(base_url=f"http://{host}:{port}", api_key=KEY)
        message = await other.messages.create(**apis.MESSAGES.asked)  # type: ignore[call-overload]
        async with other.messages.stream(**apis.MESSAGES.asked) as parts:  # type: ignore[arg-type]
            said = await parts.get_final_text()
        await mine.close()
        await other.close()

    assert chat.choices[0].message.content == STATIC == "".join(chunks)
    assert answer.output_text == STATIC == streamed.output_text
    assert message.content[0].text == STATIC == said


@pytest.mark.parametrize(
    ("behaviour", "status", "code"),
    [(fails(400), 400, "x"), (answers, 200, None)],
)
async def test_nothing_is_said_in_place_of_an_answer_or_a_mistake(
    behaviour: Behaviour, status: int, code: str | None
) -> None:
    """A caller's mistake is told to the caller."""
    async with provider(behaviour) as origin:
        plan = plan_of((target("t0", origin),), static_answer=STATIC)
        async with standing(plan) as here:
            got = await here.post(ASKED)

    assert got.status == status
    assert "x-tenken-answer" not in got.headers
    assert code is None or got.code == code


async def test_nothing_is_added_to_a_cut_stream() -> None:
    """What was begun by a model is not ended by somebody else."""
    async with provider(streams(ROLE, TEXT, cut=True)) as origin:
        plan = plan_of((target("t0", origin),), static_answer=STATIC)
        async with standing(plan) as here:
            got = await here.post({**ASKED, "stream": True})

    assert STATIC.encode() not in got.body
    assert b"upstream_stream_interrupted" in got.body


def refusing() -> Behaviour:
    async def behaviour(_request: Request, reply: Reply) -> None:
        reply.send(400, (), json.dumps(TOO_LONG).encode())

    return behaviour


async def sized(
    *sizes: tuple[Behaviour, int | None], larger: int = 0, body: object = ASKED
) -> tuple[Got, Ground]:
    """Ask over targets with these contexts; the last `larger` ones are for what is too long."""
    async with AsyncExitStack() as stack:
        targets: list[Target] = []
        for number, (behaviour, context) in enumerate(sizes):
            one = target(f"t{number}", await stack.enter_async_context(provider(behaviour)))
            targets.append(replace(one, model="gpt-own", context_tokens=context))
        plan = plan_of(tuple(targets))
        names = tuple(one.id for one in targets)
        first = len(names) - larger
        desk = replace(plan.routes["desk"], targets=names[:first], larger_context=names[first:])
        here = await stack.enter_async_context(standing(replace(plan, routes={"desk": desk})))
        return await here.post(body), here


async def test_what_is_too_long_is_asked_where_it_fits() -> None:
    """Not at one that holds no more; the larger ones are asked for nothing else."""
    got, here = await sized((refusing(), 1000), (answers, 1000), (answers, 8000), larger=1)
    _, other = await sized((fails(500), 1000), (answers, 8000), larger=1)

    assert got.status == 200
    assert [one.target for one in here.kept.exchanges[0].attempts] == ["t0", "t2"]
    assert {one.target for one in other.kept.exchanges[0].attempts} == {"t0"}


async def test_what_no_target_holds_is_the_caller_s_to_shorten() -> None:
    """Told as the APIs tell it."""
    got, _ = await sized((refusing(), 1000), (answers, 1000))

    assert (got.status, got.code) == (400, "context_length_exceeded")
    assert got.json["error"]["param"] == "messages"  # type: ignore[index]
    assert got.headers["x-should-retry"] == "false"


def long(words: int) -> object:
    return {"model": "desk", "messages": [{"role": "user", "content": "word " * words}]}


async def test_a_prompt_near_the_limit_is_counted() -> None:
    """1,000 words are 1,000 tokens and a little; who cannot hold them is not called."""
    fits, here = await sized((fails(500), 900), (answers, 1100), body=long(1000))
    larger, there = await sized((fails(500), 900), (answers, 1100), larger=1, body=long(1000))
    refused, nowhere = await sized((answers, 900), (answers, 950), larger=1, body=long(1000))

    assert (fits.status, larger.status, refused.status) == (200, 200, 400)
    for one in (here, there):
        assert [it.target for it in one.kept.exchanges[0].attempts] == ["t1"]
    assert (refused.code, nowhere.kept.exchanges[0].attempts) == ("context_length_exceeded", ())
    message = refused.json["error"]["message"]  # type: ignore[index]
    assert "1004 tokens" in message
    assert "950" in message


async def test_what_is_surely_too_long_is_not_counted() -> None:
    """No text has more bytes a token than sixteen."""
    got, _ = await sized((answers, 900), body=long(4000))

    assert (got.status, got.code) == (400, "context_length_exceeded")


async def test_slices_of_a_text_are_counted_as_the_whole() -> None:
    """But for a token at each cut."""
    text = "in words, 言葉で " * 20_000
    lengths = Lengths()
    whole = await lengths.count([text])
    parts = await lengths.count([text[at : at + 1000] for at in range(0, len(text), 1000)])

    assert abs(whole - parts) <= len(text) // 1000
