"""The most valuable bad inputs, on every API, each answered in its shape, with status and code.

What a person writes wrong in a file is refused by the commands, before anything is served.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from tenken.gateway.plan import Caller, CallerLimits, Plan
from tenken.policy.deadline import Timeouts
from tenken.store.repeats.memory import MemoryRepeats
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tests.gateway import apis
from tests.gateway.apis import Row
from tests.gateway.ground import (
    KEY,
    Behaviour,
    Got,
    answering,
    fails,
    plan_of,
    provider,
    standing,
    streams,
    target,
)

pytestmark = pytest.mark.anyio
each = pytest.mark.parametrize("row", apis.ALL.values(), ids=apis.ALL)
Body = Callable[[Row], object]
SPOKEN = (apis.CHAT, apis.MESSAGES, apis.RESPONSES)
TYPES = {
    400: "invalid_request_error", 401: "authentication_error", 403: "permission_error",
    404: "not_found_error", 413: "request_too_large", 415: "invalid_request_error",
    422: "invalid_request_error", 409: "invalid_request_error", 429: "rate_limit_error",
    503: "overloaded_error", 504: "timeout_error", 502: "api_error",
}  # fmt: skip
"""Anthropic's, by status."""


class Bad(Struct, frozen=True, kw_only=True):
    """A bad input, and how it is told."""

    body: Body = lambda row: row.asked
    headers: tuple[tuple[str, str], ...] = ()
    key: str | None = KEY
    status: int = 400
    code: str
    kind: str = "invalid_request_error"
    says: str = ""
    """A part of the message."""
    rows: tuple[Row, ...] = tuple(apis.ALL.values())


def raw(text: bytes) -> Body:
    return lambda _row: text


def with_number(number: bytes) -> Body:
    """Put a number where the API wants one."""

    def body(row: Row) -> bytes:
        name = b"dimensions" if row is apis.EMBEDDINGS else b"temperature"
        return json.dumps(row.asked)[:-1].encode() + b', "%b": %b}' % (name, number)

    return body


def in_text(said: bytes) -> Body:
    return lambda row: json.dumps(row.asked).encode().replace(b"hello", said)


def more(**fields: Any) -> Body:
    return lambda row: {**row.asked, **fields}


def without_messages(row: Row) -> object:
    name = "messages" if "messages" in row.asked else "input"
    return {key: value for key, value in row.asked.items() if key != name}


def nested(row: Row) -> bytes:
    return json.dumps(row.asked)[:-1].encode() + b', "user": ' + b"[" * 65 + b"]" * 65 + b"}"


def role(name: str) -> Body:
    def body(row: Row) -> object:
        message = {"role": name, "content": "hello"}
        key = "messages" if "messages" in row.asked else "input"
        return {**row.asked, key: [message]}

    return body


def image(url: str) -> Body:
    def body(row: Row) -> object:
        if row is apis.MESSAGES:
            part: object = {"type": "image", "source": {"type": "url", "url": url}}
        elif row is apis.RESPONSES:
            part = {"type": "input_image", "image_url": url}
        else:
            part = {"type": "image_url", "image_url": {"url": url}}
        key = "messages" if "messages" in row.asked else "input"
        return {**row.asked, key: [{"role": "user", "content": [part]}]}

    return body


def orphan(row: Row) -> object:
    """A tool's result that nobody asked for."""
    if row is apis.MESSAGES:
        result: object = {"type": "tool_result", "tool_use_id": "call_1", "content": "x"}
        return {**row.asked, "messages": [{"role": "user", "content": [result]}]}
    return {
        **row.asked,
        "messages": [{"role": "tool", "tool_call_id": "call_1", "content": "x"}],
    }


READ: Mapping[str, Bad] = {
    "1 no credential": Bad(
        key=None, status=401, code="missing_api_key", kind="authentication_error",
        says="Authorization: Bearer",
    ),
    "2 wrong key": Bad(
        key="tk-wrong", status=401, code="invalid_api_key", kind="authentication_error",
    ),
    "2 two keys": Bad(headers=(("x-api-key", KEY),), code="ambiguous_credentials"),
    "3 not allowed": Bad(
        body=more(model="t0"), status=403, code="model_not_allowed", kind="permission_error",
        says="among them: desk",
    ),
    "4 unknown model": Bad(
        body=more(model="dexk"), status=404, code="model_not_found", kind="not_found_error",
        says="nearest name is desk",
    ),
    "5 no JSON": Bad(body=raw(b"{"), code="invalid_json", says="line 1, column"),
    "5 empty": Bad(body=raw(b""), code="invalid_json"),
    "5 array": Bad(body=raw(b"[]"), code="invalid_json", says="object"),
    "5 BOM": Bad(body=raw(b"\xef\xbb\xbf{}"), code="invalid_json"),
    "5 UTF-16": Bad(body=raw("{}".encode("utf-16")), code="invalid_json"),
    "6 NaN": Bad(body=with_number(b"NaN"), code="invalid_number", says="NaN at "),
    "6 1e400": Bad(body=with_number(b"1e400"), code="invalid_number"),
    "6 digits": Bad(body=with_number(b"9" * 5000), code="invalid_number"),
    "7 lone surrogate": Bad(body=in_text(b"\\ud800"), code="invalid_unicode"),
    "7 no UTF-8": Bad(body=in_text(b"\xff"), code="invalid_unicode", says="at byte"),
    "8 deep": Bad(body=nested, code="too_deep", says="64"),
    "10 media type": Bad(
        headers=(("content-type", "text/plain"),), status=415, code="unsupported_media_type",
        says="application/json",
    ),
    "11 nothing said": Bad(body=without_messages, code="missing_required_parameter"),
    "11 no message": Bad(
        body=more(messages=[]), code="missing_required_parameter",
        rows=(apis.CHAT, apis.MESSAGES),
    ),
    "11 no list": Bad(
        body=more(messages={}), code="missing_required_parameter",
        rows=(apis.CHAT, apis.MESSAGES),
    ),
    "12 role": Bad(body=role("robot"), code="invalid_value", rows=SPOKEN, says="Allowed: "),
    "13 unknown": Bad(
        body=more(api_base="http://10.0.0.1"), code="unknown_parameter", says="api_base"
    ),
    "13 misspelt": Bad(body=more(modle="x"), code="unknown_parameter", says="mean model?"),
    "14 range": Bad(body=lambda row: {**row.asked, **row.bad}, code="invalid_value"),
    "15 too long": Bad(
        body=lambda row: json.loads(json.dumps(row.asked).replace("hello", "word " * 5000)),
        code="context_length_exceeded", says="1000", rows=SPOKEN,
    ),
    "16 no call": Bad(
        body=orphan, code="invalid_tool_call", says="call_1", rows=(apis.CHAT, apis.MESSAGES)
    ),
    "17 private image": Bad(
        body=image("http://10.0.0.1/a.png"), code="invalid_image", rows=SPOKEN
    ),
    "17 bad data": Bad(
        body=image("data:image/png;base64,###"), code="invalid_image",
        rows=(apis.CHAT, apis.RESPONSES),
    ),
    "22 bad key": Bad(headers=(("idempotency-key", "x" * 256),), code="invalid_value"),
    "20 loop": Bad(headers=(("via", "1.1 tenken, 1.1 tenken"),), code="loop_detected"),
}  # fmt: skip
CASES = [
    pytest.param(row, bad, id=f"{name} - {api}")
    for name, bad in READ.items()
    for api, row in apis.ALL.items()
    if row in bad.rows
]


def told(got: Got, row: Row, *, status: int, code: str, kind: str = "") -> Mapping[str, Any]:
    """Check the shape and give the error."""
    body: Any = got.json
    error: Mapping[str, Any] = body["error"]
    assert got.status == status, error
    assert got.headers["x-request-id"]
    if row is apis.MESSAGES:
        assert body["type"] == "error"
        assert set(error) == {"type", "message"}
        assert body["request_id"] == got.headers["x-request-id"]
    else:
        assert set(error) == {"message", "type", "param", "code"}
        assert error["code"] == code
        assert not kind or error["type"] == kind
    return error


async def ask(
    row: Row,
    body: object,
    *,
    behaviour: Behaviour | None = None,
    limits: CallerLimits | None = None,
    timeouts: Timeouts | None = None,
    times: int = 1,
    **more: Any,
) -> Got:
    """Ask so often, and give the last answer."""
    async with provider(behaviour or answering(row.answer)) as origin:
        one = replace(target("t0", origin), dialect=row.side, context_tokens=1000, model="gpt-own")
        plan = plan_of((one,), timeouts=timeouts or Timeouts())
        if limits is not None:
            plan = limited(plan, limits)
        async with standing(plan, repeats=MemoryRepeats(size=1 << 20)) as here:
            for _ in range(times - 1):
                await here.post(body, path=row.path, **more)
            got = await here.post(body, path=row.path, **more)
            assert here.faults == []
            return got


def limited(plan: Plan, limits: CallerLimits) -> Plan:
    app: Caller = plan.callers["app"]
    return replace(plan, callers={"app": replace(app, limits=limits)})


@pytest.mark.parametrize(("row", "bad"), CASES)
async def test_a_bad_input_is_refused_before_any_provider(row: Row, bad: Bad) -> None:
    """With status, code and a message that helps, in the shape of the API that was called."""
    seen: list[Request] = []

    async def watching(request: Request, reply: Reply) -> None:
        seen.append(request)
        await answering(row.answer)(request, reply)

    got = await ask(row, bad.body(row), behaviour=watching, headers=bad.headers, key=bad.key)
    error = told(got, row, status=bad.status, code=bad.code, kind=bad.kind)

    assert bad.says in error["message"]
    if row is apis.MESSAGES:
        assert error["type"] == TYPES[bad.status]
    assert seen == []


@each
async def test_9_a_body_beyond_the_cap_is_not_read(row: Row) -> None:
    """By its length alone; the cap is told."""
    async with standing(plan_of(())) as here:
        reader, writer = await asyncio.open_connection(*here.server.address)
        head = f"POST {row.path} HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999\r\n\r\n"
        writer.write(head.encode())
        said = await reader.read()
        writer.close()

    status, _, body = said.partition(b"\r\n\r\n")
    error = json.loads(body)["error"]
    assert status.startswith(b"HTTP/1.1 413 ")
    assert "36 MiB" in error["message"]
    if row is apis.MESSAGES:
        assert (error["type"], json.loads(body)["type"]) == ("request_too_large", "error")
    else:
        assert (error["code"], error["type"]) == ("request_too_large", "invalid_request_error")


BELOW = {
    "a head that never ends": (431, b"x: " + b"a" * 70_000),
    "no HTTP": (400, b"x\0: y"),
    "a packed body": (415, b"host: x\r\ncontent-encoding: gzip\r\ncontent-length: 9"),
    "a body beyond the cap": (413, b"host: x\r\ncontent-length: 99999999"),
}


@each
@pytest.mark.parametrize("name", BELOW)
async def test_what_is_refused_before_it_is_a_request_has_an_id(row: Row, name: str) -> None:
    """A new one each time, in the header, and in the body where the API has a place for it."""
    status, lines = BELOW[name]
    seen = []
    async with standing(plan_of(())) as here:
        for _ in range(2):
            reader, writer = await asyncio.open_connection(*here.server.address)
            writer.write(b"POST %b HTTP/1.1\r\n%b\r\n\r\n" % (row.path.encode(), lines))
            head, _, body = (await reader.read()).partition(b"\r\n\r\n")
            writer.close()
            first, *said = head.decode().split("\r\n")
            assert first.startswith(f"HTTP/1.1 {status} ")
            assert json.loads(body)["error"]["message"]
            seen.append(dict(line.split(": ", 1) for line in said)["x-request-id"])
            if row is apis.MESSAGES:
                assert json.loads(body)["request_id"] == seen[-1]

    assert all(one.startswith("req-") for one in seen)
    assert len({*seen}) == 2


@each
async def test_18_a_limit_a_minute_says_limit_use_and_when(row: Row) -> None:
    """In headers that official clients obey, too."""
    got = await ask(row, row.asked, limits=CallerLimits(rpm=1), times=2)
    error = told(got, row, status=429, code="rate_limit_exceeded", kind="requests")

    assert "limit of 1 requests" in error["message"]
    assert 1 <= int(got.headers["retry-after"]) <= 61
    assert got.headers["x-ratelimit-limit-requests"] == "1"
    assert got.headers["x-ratelimit-remaining-requests"] == "0"
    assert got.headers["x-ratelimit-reset-requests"].endswith("s")


@each
async def test_19_what_never_fits_is_no_matter_of_time(row: Row) -> None:
    """Nobody is told to come again."""
    name = {"/v1/messages": "max_tokens", "/v1/responses": "max_output_tokens"}
    body = {**row.asked, name.get(row.path, "max_tokens"): 5000}
    if row is apis.EMBEDDINGS:
        body = {**row.asked, "input": "word " * 20_000}
    got = await ask(row, body, limits=CallerLimits(tpm=1000))
    told(got, row, status=400, code="request_exceeds_limit")

    assert got.headers["x-should-retry"] == "false"
    assert "retry-after" not in got.headers


@each
async def test_20_a_budget_says_which_and_when_it_begins_anew(row: Row) -> None:
    """And that trying again helps nobody."""
    got = await ask(row, row.asked, limits=CallerLimits(budget_usd=Decimal("0.0000001")))
    error = told(got, row, status=429, code="insufficient_quota", kind="insufficient_quota")

    assert "The budget of 0.0000001 US dollars per day of caller/app" in error["message"]
    assert "0.00 are spent" in error["message"], "nothing yet: this request alone is too dear"
    assert "00:00 UTC" in error["message"]
    assert got.headers["x-should-retry"] == "false"
    if row is apis.MESSAGES:
        assert error["type"] == "billing_error"


@each
async def test_23_targets_that_are_down_are_named(row: Row) -> None:
    """With when to come again."""
    got = await ask(row, row.asked, behaviour=fails(500))
    error = told(got, row, status=503, code="no_healthy_upstream", kind="server_error")

    assert "t0" in error["message"]
    assert int(got.headers["retry-after"]) >= 1
    assert got.headers["x-should-retry"] == "false"


@each
async def test_24_a_timeout_says_which(row: Row) -> None:
    """The first of its four."""

    async def silent(_request: Request, reply: Reply) -> None:
        while not reply.gone:
            await asyncio.Event().wait()

    got = await ask(row, row.asked, behaviour=silent, timeouts=Timeouts(ttft_s=0.05))
    error = told(got, row, status=504, code="upstream_timeout", kind="timeout_error")

    assert "first" in error["message"]
    assert got.headers["x-should-retry"] == "false"


@each
async def test_24_rubbish_is_the_provider_s(row: Row) -> None:
    """Not the caller's mistake."""

    async def rubbish(_request: Request, reply: Reply) -> None:
        reply.send(200, (), b"<html>")

    got = await ask(row, row.asked, behaviour=rubbish)
    told(got, row, status=502, code="upstream_invalid_response", kind="server_error")


@pytest.mark.parametrize("row", apis.STREAMING.values(), ids=apis.STREAMING)
async def test_24_a_cut_stream_is_told_within(row: Row) -> None:
    """It has begun with 200."""
    cut = streams(row.preamble, row.text, cut=True)
    got = await ask(row, {**row.asked, "stream": True}, behaviour=cut)

    assert got.status == 200
    assert b"error" in got.body.removeprefix(row.preamble + row.text)
