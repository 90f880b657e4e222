"""Each API goes the whole path: answered, streamed, failed over, cut and refused in its shape."""

import json
from collections.abc import Mapping
from contextlib import AsyncExitStack

import pytest
from msgspec.structs import replace

from tenken.gateway.plan import Target
from tenken.journal.exchange import Outcome
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tenken.wire.failure import Failure
from tests.gateway import apis
from tests.gateway.apis import Row
from tests.gateway.ground import (
    Behaviour,
    Got,
    Ground,
    answering,
    fails,
    plan_of,
    provider,
    standing,
    streams,
    target,
)

pytestmark = pytest.mark.anyio
NONE: Mapping[str, object] = {}
STREAM = {"stream": True}
each = pytest.mark.parametrize("row", apis.ALL.values(), ids=apis.ALL)
each_stream = pytest.mark.parametrize("row", apis.STREAMING.values(), ids=apis.STREAMING)


def answers(row: Row) -> Behaviour:
    return answering(row.answer)


async def asked(
    row: Row,
    *behaviours: Behaviour,
    sides: tuple[str, ...] = (),
    more: Mapping[str, object] = NONE,
) -> tuple[Got, Ground]:
    """Ask over providers that behave so; the API's own side where none is said."""
    async with AsyncExitStack() as stack:
        targets: list[Target] = []
        for number, behaviour in enumerate(behaviours):
            origin = await stack.enter_async_context(provider(behaviour))
            side = sides[number] if sides else row.side
            targets.append(replace(target(f"t{number}", origin), dialect=side))
        here = await stack.enter_async_context(standing(plan_of(tuple(targets))))
        return await here.post({**row.asked, **more}, path=row.path), here


@each
async def test_an_answer_passes_and_is_counted(row: Row) -> None:
    """The bytes are the provider's own."""
    got, here = await asked(row, answers(row))

    assert (got.status, got.json) == (200, row.answer)
    [one] = here.kept.exchanges
    assert ((one.usage.read, one.usage.written), one.outcome) == (row.tokens, Outcome.ANSWERED)
    assert here.faults == []


@each
async def test_the_provider_is_asked_in_the_same_words(row: Row) -> None:
    """But for the model, and for what nobody may keep."""
    seen: list[Request] = []

    async def watching(request: Request, reply: Reply) -> None:
        seen.append(request)
        await answers(row)(request, reply)

    await asked(row, watching)

    sent = json.loads(seen[0].body)
    assert sent.pop("store", False) is False
    assert (sent, seen[0].path) == ({**row.asked, "model": "t0-model"}, row.path)
    assert (b"anthropic-version" in dict(seen[0].headers)) is (row is apis.MESSAGES)


@each
async def test_a_target_that_fails_is_followed_by_the_next(row: Row) -> None:
    """On every API."""
    got, here = await asked(row, fails(529), answers(row))

    assert (got.status, got.json) == (200, row.answer)
    assert [one.target for one in here.kept.exchanges[0].attempts] == ["t0", "t1"]


@each_stream
async def test_a_stream_passes_as_it_came(row: Row) -> None:
    """Its tokens are counted."""
    untold = (_tokens_of_chat(),) if row is apis.CHAT else ()
    parts = (row.preamble, row.text, *untold, row.rest)

    got, here = await asked(row, streams(*parts), more=STREAM)

    assert got.body == row.preamble + row.text + row.rest
    [one] = here.kept.exchanges
    assert ((one.usage.read, one.usage.written), one.usage.source) == (row.tokens, "provider")


@each_stream
async def test_a_stream_that_fails_before_its_first_word_is_asked_elsewhere(row: Row) -> None:
    """Its preamble never reaches the caller."""
    good = streams(row.preamble, row.text, row.rest)

    got, here = await asked(row, streams(row.preamble, cut=True), good, more=STREAM)

    assert got.body == row.preamble + row.text + row.rest
    assert len(here.kept.exchanges[0].attempts) == 2


@each_stream
async def test_a_cut_stream_ends_with_an_error_of_its_api(row: Row) -> None:
    """No client takes it for a whole answer."""
    got, here = await asked(row, streams(row.preamble, row.text, cut=True), more=STREAM)

    assert got.body.startswith(row.preamble + row.text)
    last = got.body[len(row.preamble + row.text) :].decode()
    said = json.loads(last.partition("data: ")[2])
    match row.path:
        case "/v1/chat/completions":
            assert said["error"]["code"] == "upstream_stream_interrupted"
        case "/v1/messages":
            assert (said["type"], said["error"]["type"]) == ("error", "api_error")
            assert last.startswith("event: error\n")
        case _:
            assert (said["type"], said["code"]) == ("error", "upstream_stream_interrupted")
    assert here.kept.exchanges[0].outcome is Outcome.INTERRUPTED


@each
async def test_a_bad_body_is_refused_in_the_shape_of_the_api(row: Row) -> None:
    """And reaches no provider."""
    got, here = await asked(row, answers(row), more=row.bad)

    error = got.json["error"]
    assert isinstance(error, dict)
    assert (got.status, error["type"]) == (400, "invalid_request_error")
    if row is apis.MESSAGES:
        assert (got.json["type"], set(error)) == ("error", {"type", "message"})
    else:
        assert (error["code"], error["param"]) == ("invalid_value", next(iter(row.bad)))
    assert here.kept.exchanges[0].attempts == ()


async def test_only_targets_that_have_the_api_are_asked() -> None:
    """The others are passed over; where there is none the caller is told."""
    got, here = await asked(apis.EMBEDDINGS, fails(500), answers(apis.EMBEDDINGS),
                            sides=("anthropic", "openai"))  # fmt: skip
    refused, _ = await asked(apis.EMBEDDINGS, fails(500), sides=("anthropic",))

    assert (got.status, len(here.kept.exchanges[0].attempts)) == (200, 1)
    assert (refused.status, refused.code) == (400, "unsupported_api")


async def test_what_must_be_kept_goes_to_the_first_that_keeps() -> None:
    """And nowhere else when that one fails."""
    sides = ("openai", "openai-stored", "openai-stored")
    more = {"previous_response_id": "resp_0"}
    good = answers(apis.RESPONSES)

    got, here = await asked(apis.RESPONSES, good, good, good, sides=sides, more=more)
    refused, _ = await asked(apis.RESPONSES, good, more=more)

    assert got.status == 200
    assert [one.target for one in here.kept.exchanges[0].attempts] == ["t1"]
    assert (refused.status, refused.code) == (400, "unsupported_parameter")


async def test_a_response_that_failed_is_asked_elsewhere() -> None:
    """Though its status is one of success."""
    failed = replace(
        apis.RESPONSES,
        answer={**apis.RESPONSE, "status": "failed", "error": {"code": "server_error"}},
    )

    got, _ = await asked(apis.RESPONSES, answers(failed), answers(apis.RESPONSES))

    assert (got.status, got.json) == (200, apis.RESPONSE)


def _tokens_of_chat() -> bytes:
    return (
        b'data: {"id":"c1","choices":[],'
        b'"usage":{"prompt_tokens":20,"completion_tokens":5,"total_tokens":25}}\n\n'
    )


async def test_a_chat_is_answered_by_another_provider_s_api() -> None:
    """When the first target fails, whole and streamed; the caller sees its own API."""
    sides = ("openai", "anthropic")
    away = streams(apis.MESSAGES.preamble, apis.MESSAGES.text, apis.MESSAGES.rest)

    got, here = await asked(apis.CHAT, fails(503), answers(apis.MESSAGES), sides=sides)
    streamed, there = await asked(apis.CHAT, fails(503), away, sides=sides, more=STREAM)

    assert json.loads(got.body)["choices"][0]["message"]["content"] == "hello"
    assert b'"content":"hello"' in streamed.body
    assert streamed.body.endswith(b"data: [DONE]\n\n")
    for one in (here, there):
        [exchange] = one.kept.exchanges
        assert (exchange.usage.read, exchange.usage.written) == (20, 5)


async def test_a_stream_said_anew_ends_with_an_error_when_it_is_cut() -> None:
    """In the shape of the API that was called."""
    cut = streams(apis.MESSAGES.preamble, apis.MESSAGES.text, cut=True)

    got, _ = await asked(apis.CHAT, cut, sides=("anthropic",), more=STREAM)

    assert b'"content":"hello"' in got.body
    assert b'"code":"upstream_stream_interrupted"' in got.body
    assert b"[DONE]" not in got.body


async def test_a_target_without_words_for_a_field_is_passed_over() -> None:
    """It is not called; where no other is left, the field is named."""
    more = {"n": 2}

    got, here = await asked(
        apis.CHAT, fails(500), answers(apis.CHAT), sides=("anthropic", "openai"), more=more
    )
    refused, _ = await asked(apis.CHAT, fails(500), sides=("anthropic",), more=more)
    down, _ = await asked(
        apis.CHAT, fails(503), fails(500), sides=("openai", "anthropic"), more=more
    )

    assert got.status == 200
    assert [one.failure for one in here.kept.exchanges[0].attempts] == [Failure.NO_WORDS, None]
    assert (refused.status, refused.code) == (400, "unsupported_parameter")
    assert (down.status, down.code) == (503, "no_healthy_upstream")
