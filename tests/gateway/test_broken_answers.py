"""An answer that nobody can read is a provider's fault: the next target is asked."""

import json

import pytest
from msgspec.structs import replace

from tenken.guardrails.guard import Guard
from tenken.guardrails.policy.loading import load_policy
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tenken.wire.failure import Failure
from tests.gateway import apis
from tests.gateway.ground import Behaviour, plan_of, provider, standing, streams, target
from tests.gateway.screening.test_screening import DETECTORS, POLICY

pytestmark = pytest.mark.anyio
JSON = ((b"content-type", b"application/json"),)
DEEP = b"[" * 100_000 + b"]" * 100_000
BREAKS = {"letters": b'"\xff"', "too deep": DEEP, "half a pair": b'"\\ud800"'}


def says(body: bytes) -> Behaviour:
    """A provider that answers just that."""

    async def behaviour(_request: Request, reply: Reply) -> None:
        reply.send(200, JSON, body)

    return behaviour


@pytest.mark.parametrize("guarded", [False, True])
@pytest.mark.parametrize("broken", BREAKS.values(), ids=BREAKS)
@pytest.mark.parametrize("api", apis.STREAMING.values(), ids=apis.STREAMING)
async def test_the_next_target_answers(api: apis.Row, broken: bytes, *, guarded: bool) -> None:
    """Whether it stands in the id or in a field that only a guard looks through."""
    name = b'"more"' if guarded else b'"id"'
    answer = json.dumps({**api.answer, "more": "@", "id": "@"}).encode()
    answer = answer.replace(name + b': "@"', name + b":" + broken)
    policy = load_policy(POLICY, file="guard/policy.yaml", detectors=DETECTORS)
    async with (
        provider(says(answer)) as first,
        provider(says(json.dumps(api.answer).encode())) as second,
    ):
        targets = tuple(
            replace(target(id_, at), dialect=api.side) for id_, at in (("a", first), ("b", second))
        )
        plan = plan_of(targets)
        plan = replace(plan, guard=Guard(policy, DETECTORS)) if guarded else plan
        async with standing(plan) as ground:
            got = await ground.post(dict(api.asked), path=api.path)
            attempts = ground.kept.exchanges[0].attempts

    assert got.status == 200
    assert [one.failure for one in attempts] == [Failure.INVALID_RESPONSE, None]


@pytest.mark.parametrize("broken", BREAKS.values(), ids=BREAKS)
@pytest.mark.parametrize("api", apis.STREAMING.values(), ids=apis.STREAMING)
async def test_the_next_target_streams(api: apis.Row, broken: bytes) -> None:
    """A stream that cannot be read from its first event on."""
    begin = api.preamble.replace(b'{"', b'{"id":' + broken + b',"', 1)
    begin = begin or api.text.replace(b'{"', b'{"id":' + broken + b',"', 1)
    async with (
        provider(streams(begin, api.rest)) as first,
        provider(streams(api.preamble, api.text, api.rest)) as second,
    ):
        targets = tuple(
            replace(target(id_, at), dialect=api.side) for id_, at in (("a", first), ("b", second))
        )
        async with standing(plan_of(targets)) as ground:
            got = await ground.post({**api.asked, "stream": True}, path=api.path)

    assert got.status == 200
    assert got.body.endswith(api.rest)


async def test_a_call_that_its_model_could_not_write_rests_no_target() -> None:
    """Whose tools are hard to call must not cool a model for everybody."""
    call = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{"}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    answer = json.dumps({"id": "c-1", "choices": [choice]}).encode()
    asked = {**apis.MESSAGES.asked}
    async with (
        provider(says(answer)) as origin,
        standing(plan_of((target("t0", origin),))) as ground,
    ):
        got = [await ground.post(asked, path=apis.MESSAGES.path) for _ in range(8)]
        attempts = [one for exchange in ground.kept.exchanges for one in exchange.attempts]

    assert {one.status for one in got} == {502}
    assert [one.failure for one in attempts] == [Failure.INVALID_RESPONSE] * 8
