"""Whatever is sent to whichever API: an answer or an error in its shape, never a fault of ours."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from tests.gateway import ground
from tests.gateway.apis import CHAT, EMBEDDINGS, MESSAGES, RESPONSES, Row
from tests.gateway.ground import Ground, plan_of, provider, standing, target

pytestmark = pytest.mark.slow

ROWS = (CHAT, RESPONSES, MESSAGES, EMBEDDINGS)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["user", "system", "tool", "desk", "text", "auto", "2e308", "image_url"])
)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["role", "content", "type", "text", "name", "function", "x", "url"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    [
        "model", "messages", "input", "max_tokens", "max_completion_tokens", "stream", "tools",
        "tool_choice", "temperature", "n", "user", "metadata", "response_format", "stream_options",
        "system", "instructions", "previous_response_id", "store", "background", "api_base",
        "stop", "max_output_tokens", "thinking", "dimensions", "encoding_format", "logprobs",
    ]
)  # fmt: skip
CHANGES = st.dictionaries(FIELDS, JSON, max_size=3)
TESTED = settings(
    max_examples=settings().max_examples // 4,  # a whole gateway: 25, and 5,000 in `make fuzz`
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Standing(Struct):
    """A gateway that stands for all examples of a test, and the loop that it runs on."""

    runner: asyncio.Runner
    here: Ground
    row: Row

    def ask(self, body: bytes) -> ground.Got:
        return self.runner.run(self.here.post(body, path=self.row.path))


@pytest.fixture(params=ROWS, ids=lambda row: row.path)
def gateway(request: pytest.FixtureRequest) -> Iterator[Standing]:
    row: Row = request.param
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()

        async def opened() -> Ground:
            origin = await stack.enter_async_context(provider(ground.answering(row.answer)))
            one = replace(target("t0", origin), dialect=row.side)
            return await stack.enter_async_context(standing(plan_of((one,))))

        yield Standing(runner, runner.run(opened()), row)
        runner.run(stack.aclose())


def held(gateway: Standing, body: bytes) -> None:
    """Hold an answer to what every answer keeps."""
    got = gateway.ask(body)

    assert gateway.here.faults == []
    assert got.status == 200 or 400 <= got.status < 500, got.body
    assert got.headers["x-request-id"]
    if got.status != 200:
        error = got.json["error"]
        assert isinstance(error, dict)
        assert error["message"]
        assert error["type"]
        assert (got.json.get("type") == "error") == (gateway.row is MESSAGES)


@TESTED
@given(changes=CHANGES)
def test_fields_of_any_kind(gateway: Standing, changes: dict[str, object]) -> None:
    """A good body with some fields that are anything."""
    held(gateway, json.dumps({**gateway.row.asked, **changes}).encode())


@TESTED
@given(data=st.data())
def test_bodies_that_are_damaged(gateway: Standing, data: st.DataObject) -> None:
    """Cut, doubled, with bytes of any kind in their midst."""
    whole = json.dumps(gateway.row.asked).encode()
    at = data.draw(st.integers(0, len(whole)))
    held(gateway, whole[:at] + data.draw(st.binary(max_size=8)) + whole[at:])
    held(gateway, whole[:at])


@TESTED
@given(body=st.binary(max_size=200) | JSON.map(lambda one: json.dumps(one).encode()))
def test_bodies_of_any_bytes(gateway: Standing, body: bytes) -> None:
    """And of any JSON."""
    held(gateway, body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"model":"desk","messages":' + b"[" * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b'{"model":"desk","n":' + b"1" * 5000 + b"}",
        b'{"model":"desk","messages":[' + b'{"role":"user","content":"x"},' * 20_000 + b"0]}",
        b'{"model":"desk","tools":[' + b"{}," * 20_000 + b"{}]}",
        b'{"model":"desk","mod\\u0065l":"other","messages":[],"input":[]}',
        b'{"model":"' + b"d" * 1_000_000 + b'"}',
        b'{"model":"desk","user":"\\ud800"}',
        b'{"model":"desk","temperature":1e400}',
    ],
    ids=["deep list", "deep object", "long number", "messages", "tools", "twice", "name", "half",
         "endless"],
)  # fmt: skip
def test_bodies_that_are_too_much(gateway: Standing, body: bytes) -> None:
    """Refused as a whole."""
    held(gateway, body)
    assert gateway.ask(body).status in {400, 404, 413}
