"""What a model or a caller says stays text: it ends no stream, opens no header, runs nothing."""

import json

import pytest

from tests.gateway import ground
from tests.gateway.ground import (
    DONE,
    STOP,
    answering,
    event,
    plan_of,
    provider,
    standing,
    streams,
    target,
)

pytestmark = pytest.mark.anyio
ASKED = {"model": "desk", "messages": [{"role": "user", "content": "hello"}]}
SAID = (
    "data: [DONE]",
    "data: [DONE]\n\n",
    "\n\nevent: error\ndata: {}\n\n",
    "\r\r",
    "\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    "\x1b[2J\x1b]0;owned\x07",
    "\x00",
    "{{7*7}} ${7*7} {0.__class__} {%print(1)%}",
    "\u2028\u2029\ufeff",
)


@pytest.mark.parametrize("said", SAID)
async def test_what_a_model_says_is_one_event(said: str) -> None:
    """The client sees the very text, in a stream that ends where the provider's does."""
    events = (event(choices=[{"delta": {"content": said}}]), STOP, DONE)
    async with (
        provider(streams(*events)) as origin,
        standing(plan_of((target("t0", origin),))) as here,
    ):
        got = await here.post({**ASKED, "stream": True})

    parts = [part.removeprefix(b"data: ") for part in got.body.split(b"\n\n") if part]
    texts = [json.loads(part)["choices"][0]["delta"].get("content") for part in parts[:-1]]
    assert said in texts
    assert parts[-1] == b"[DONE]"
    assert got.body.count(b"[DONE]") == 1 + said.count("[DONE]")


@pytest.mark.parametrize("said", SAID)
async def test_what_is_said_both_ways_comes_through_as_it_was(said: str) -> None:
    """And is never filled in, cleaned or run."""
    answer = {**ground.ANSWER, "choices": [{"message": {"content": said}, "finish_reason": "x"}]}
    seen: list[bytes] = []

    async def watching(request: object, reply: object) -> None:
        seen.append(request.body)  # type: ignore[attr-defined]
        await answering(answer)(request, reply)  # type: ignore[arg-type]

    async with (
        provider(watching) as origin,
        standing(plan_of((target("t0", origin),))) as here,
    ):
        got = await here.post({**ASKED, "messages": [{"role": "user", "content": said}]})

    assert json.loads(seen[0])["messages"][0]["content"] == said
    assert got.json["choices"] == answer["choices"]


@pytest.mark.parametrize("finish", ["stop\r\nx-evil: 1", "a\x00b", "data: x\n\n", "x" * 10_000])
async def test_a_provider_s_own_words_open_no_header(finish: str) -> None:
    """Its id and its reason to stop are kept short and come back in no header."""
    answer = {
        **ground.ANSWER,
        "id": finish,
        "choices": [{"message": {"content": "hello"}, "finish_reason": finish}],
    }
    async with (
        provider(answering(answer)) as origin,
        standing(plan_of((target("t0", origin),))) as here,
    ):
        got = await here.post(ASKED)

    assert got.status == 200
    assert "x-evil" not in got.headers
    [kept] = here.kept.exchanges
    assert len(kept.finish) <= 64
    assert not {"\r", "\n", "\x00"} & set(kept.finish)


@pytest.mark.parametrize(
    "header",
    [
        ("x-request-id", "a" * 10_000),
        ("x-request-id", "id\x01"),
        ("x-request-id", "../../etc/passwd"),
        ("traceparent", "00-" + "0" * 32 + "-" + "0" * 16 + "-01"),
        ("traceparent", "00-" + "z" * 32 + "-" + "1" * 16 + "-01"),
        ("traceparent", "\xff" * 55),
        ("x-datadog-trace-id", "9" * 400),
        ("x-datadog-trace-id", "-1"),
        ("x-cloud-trace-context", "/".join(["a"] * 50)),
        ("x-tenken-session", "s" * 10_000),
        ("x-tenken-use-case", "{{7*7}}"),
        ("x-request-timeout-ms", "NaN"),
        ("x-request-timeout-ms", "-5"),
        ("x-request-timeout-ms", "1e400"),
        ("x-stainless-read-timeout", "1_000"),
        ("idempotency-key", "k" * 10_000),
    ],
)
async def test_a_header_that_means_no_good_is_refused_or_means_nothing(
    header: tuple[str, str],
) -> None:
    """An answer or a plain refusal, never a fault of ours; what goes on is as it should be."""
    async with (
        provider(ground.answers) as origin,
        standing(plan_of((target("t0", origin),))) as here,
    ):
        got = await here.post(ASKED, headers=(header,))

    assert got.status in {200, 400, 403, 404}
    assert here.faults == []
    given = got.headers["x-request-id"]
    assert 1 <= len(given) <= 128
    assert given.isprintable()
    for kept in here.kept.exchanges:
        assert len(kept.id) <= 128
        assert len(kept.trace) == 32
        assert int(kept.trace, 16) > 0
