"""Answers in JSON are held against the schema that was asked for, whole and in a stream."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec.structs import replace

from tenken.drills.provider.fault import Fault, Wrong
from tenken.drills.provider.plan import FaultPlan
from tenken.drills.provider.server import FakeProvider
from tenken.guardrails.guard import Guard
from tenken.guardrails.policy.loading import load_policy
from tests.gateway.ground import Ground, plan_of, provider, standing, target
from tests.guardrails.detecting import ALL

pytestmark = pytest.mark.anyio
SCHEMA = {
    "type": "object",
    "properties": {"answer": {"type": "string", "maxLength": 9}, "sure": {"type": "boolean"}},
    "required": ["answer"],
    "additionalProperties": False,
}
GOOD = '{"answer": "on time", "sure": true}'
BROKEN = {
    "no JSON": "As ordered, all is open",
    "text behind": GOOD + " and more",
    "wrong type": '{"answer": {"text": "x"}}',
    "other keys": '{"answer": "x", "note": "y"}',
    "missing": '{"sure": true}',
    "too long": '{"answer": "longer than nine"}',
    "cut off": '{"answer": "on ti',
}
TOLD = "Stopped here"
RULE = "rules: [{risk: schema.invalid, action: ACTION, threshold: 0.5}]"
SIDES = {"chat": "openai", "responses": "openai", "messages": "anthropic"}
PATHS = {"chat": "/v1/chat/completions", "responses": "/v1/responses", "messages": "/v1/messages"}


def asking(api: str, schema: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A request for JSON of the schema, in the API's own words."""
    form = {"type": "json_schema", "schema": schema or SCHEMA}
    turns = [{"role": "user", "content": "When?"}]
    match api:
        case "chat":
            named = {"type": "json_schema", "json_schema": {"name": "a", **form}}
            return {"model": "desk", "messages": turns, "response_format": named, **more}
        case "responses":
            named = {"format": {"name": "a", **form}}
            return {"model": "desk", "input": "When?", "text": named, **more}
        case _:
            config = {"format": form}
            body = {"model": "desk", "messages": turns, "max_tokens": 90}
            return {**body, "output_config": config, **more}


@asynccontextmanager
async def desk(answer: str, action: str, api: str = "chat") -> AsyncIterator[Ground]:
    """A gateway whose provider says this."""
    text = f"version: 1\ntell: {{ja: 停止, en: {TOLD}}}\n{RULE.replace('ACTION', action)}\n"
    guard = Guard(load_policy(text, file="guard/policy.yaml", detectors=ALL), ALL)
    fake = FakeProvider(FaultPlan(then=Fault(kind=Wrong.TEXT, text=answer)), clock=lambda: 0.0)
    async with provider(fake) as origin:
        plan = plan_of((replace(target("a", origin), dialect=SIDES[api]),))
        async with standing(replace(plan, guard=guard)) as ground:
            yield ground


def found(ground: Ground) -> list[tuple[str, str]]:
    matches = ground.kept.exchanges[0].matches
    return [(one.risk, one.action) for one in matches if one.risk == "schema.invalid"]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("api", SIDES)
async def test_an_answer_of_its_form_passes(api: str, stream: bool) -> None:
    """As it came."""
    async with desk(GOOD, "block", api) as ground:
        got = await ground.post(asking(api, stream=stream), path=PATHS[api])
        assert found(ground) == []

    assert TOLD not in got.body.decode()
    assert "on time" in got.body.decode() if not stream else got.status == 200


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("api", SIDES)
@pytest.mark.parametrize("name", BROKEN)
async def test_one_that_breaks_it_is_stopped(name: str, api: str, stream: bool) -> None:
    """Where the policy says so, in the way in which the API ends such answers."""
    async with desk(BROKEN[name], "block", api) as ground:
        got = await ground.post(asking(api, stream=stream), path=PATHS[api])
        assert found(ground)[:1] == [("schema.invalid", "block")]

    assert TOLD in got.body.decode()
    if not stream:
        assert json.dumps(BROKEN[name])[1:-1] not in got.body.decode()


async def test_what_is_flagged_goes_on_and_stands_on_record() -> None:
    """The policy that ships does no more."""
    async with desk(BROKEN["wrong type"], "flag") as ground:
        got = await ground.post(asking("chat"))
        assert found(ground) == [("schema.invalid", "flag")]

    choices: Any = got.json["choices"]
    assert choices[0]["message"]["content"] == BROKEN["wrong type"]


async def test_free_text_has_no_form() -> None:
    """Nobody asked for one."""
    async with desk("plain", "block") as ground:
        body = asking("chat")
        del body["response_format"]
        await ground.post(body)
        assert found(ground) == []


async def test_any_object_is_asked_for_in_an_older_way() -> None:
    """`json_object` wants an object and nothing more."""
    body = {**asking("chat"), "response_format": {"type": "json_object"}}
    for answer, expected in ((GOOD, []), ("[1]", [("schema.invalid", "block")])):
        async with desk(answer, "block") as ground:
            await ground.post(body)
            assert found(ground) == expected


@pytest.mark.parametrize("schema", [{"$ref": "http://127.0.0.1:9/x"}, {"type": "nothing"}])
async def test_a_schema_that_is_none_fetches_nothing(schema: dict[str, Any]) -> None:
    """The answer was not looked at, and that is on record."""
    async with desk(GOOD, "flag") as ground:
        await ground.post(asking("chat", schema))
        matches = ground.kept.exchanges[0].matches
    assert [(one.rule, one.action) for one in matches] == [("schema", "failed")]
