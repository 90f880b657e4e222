"""The official Node client, unchanged but for address and key, against the gateway.

One Node process asks all of it; `make node-clients` has installed what `node/` names.
"""

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from msgspec.structs import replace
from tools.node_clients import modules

from tenken.drills.provider.fault import Fault, Wrong
from tenken.drills.provider.plan import FaultPlan
from tenken.drills.provider.server import FakeProvider
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tests.gateway import ground
from tests.gateway.ground import Behaviour, Kept, plan_of, provider, standing, streams, target
from tests.wire.translate import golden

pytestmark = pytest.mark.live
ASKS = Path(__file__).parent / "node" / "asks.cjs"
PACKAGES = ("openai-6", "openai")
OLDEST = 18
"""The Node that both were seen to run on, and Debian 12 has."""
LONG_S = 60.0
CALL = {
    "id": "c1",
    "type": "function",
    "function": {"name": "weather", "arguments": '{"city": "Kyoto"}'},
}

Asked = Mapping[str, Mapping[str, object]]


def in_health(text: str = "hello there") -> Behaviour:
    """A provider that speaks every API."""
    return misbehaving(Fault(kind=Wrong.TEXT, text=text))


def misbehaving(fault: Fault) -> Behaviour:
    """A provider that does so with every call."""
    return FakeProvider(FaultPlan(then=fault), clock=asyncio.get_running_loop().time)


def calling() -> Behaviour:
    """A provider that wants a tool called, and tells what it heard of it."""

    async def behaviour(request: Request, reply: Reply) -> None:
        heard = json.loads(request.body)["messages"][-1]
        message: dict[str, object] = {"role": "assistant", "content": f"{heard['content']}ny"}
        finish = "stop"
        if heard["role"] != "tool":
            message, finish = {**message, "content": None, "tool_calls": [CALL]}, "tool_calls"
        choice = {"index": 0, "message": message, "finish_reason": finish}
        body = golden.body({**ground.ANSWER, "choices": [choice]})
        reply.send(200, ((b"content-type", b"application/json"),), body)

    return behaviour


def worlds() -> Mapping[str, tuple[str, Behaviour]]:
    """By what is asked: whose words the provider speaks, and what it does."""
    well = in_health()
    return {
        "whole": ("openai", well),
        "stream": ("openai", well),
        "gathered": ("anthropic", well),
        "tools": ("openai", calling()),
        "structured": ("openai", in_health('{"city": "Kyoto"}')),
        "responses": ("openai", well),
        "embeddings": ("openai", well),
        "bad_request": ("openai", well),
        "unknown_model": ("openai", well),
        "wrong_key": ("openai", well),
        "broken": ("openai", misbehaving(Fault(kind=Wrong.STATUS, status=500))),
        "limited": ("openai", misbehaving(Fault(kind=Wrong.STATUS, status=429))),
        "cut": ("openai", streams(ground.ROLE, ground.TEXT, cut=True)),
    }


def version() -> int:
    """Give which Node is here; 0 where none is."""
    node = shutil.which("node")
    if node is None:
        return 0
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.removeprefix("v").partition(".")[0])


class Heard:
    """What one package had, and what the gateways have on record."""

    def __init__(self, asked: Asked, kept: Mapping[str, Kept]) -> None:
        self.asked = asked
        self.kept = kept


async def heard_by(package: str) -> Heard:
    """Put up a gateway for each case, and have them all asked."""
    async with AsyncExitStack() as stack:
        cases: dict[str, str] = {}
        kept: dict[str, Kept] = {}
        for name, (side, behaviour) in worlds().items():
            origin = await stack.enter_async_context(provider(behaviour))
            one = replace(target("t0", origin), dialect=side, base_path="/v1")
            here = await stack.enter_async_context(standing(plan_of((one,))))
            host, port = here.server.address
            cases[name], kept[name] = f"http://{host}:{port}/v1", here.kept
        return Heard(await asyncio.to_thread(run, package, cases), kept)


def run(package: str, cases: Mapping[str, str]) -> Asked:
    """Run Node once."""
    done = subprocess.run(
        ["node", str(ASKS), package],
        input=json.dumps({"key": ground.KEY, "cases": cases}),
        env={"NODE_PATH": str(modules()), "PATH": os.environ["PATH"]},  # noqa: TID251 - to find node
        capture_output=True,
        text=True,
        timeout=LONG_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(line) for line in done.stdout.splitlines())


@pytest.fixture(scope="module", params=PACKAGES)
def heard(request: pytest.FixtureRequest) -> Heard:
    """Everything that a package had."""
    here = version()
    if not here or not modules():
        why = "Node or its clients are not installed: make system node-clients"
        if os.environ.get("CI") == "true":  # noqa: TID251 - the rim of the live tests
            pytest.fail(why)
        pytest.skip(why)
    if here < OLDEST:
        pytest.skip(f"Node {here} is too old for the clients: {OLDEST} is needed")
    return asyncio.run(heard_by(request.param))


def test_it_is_answered(heard: Heard) -> None:
    """Whole and as streams, over providers of two kinds, with the request's id."""
    assert heard.asked["whole"] == {"text": "hello there", "id": True}
    assert heard.asked["stream"] == {"text": "hello there", "counted": True}
    assert heard.asked["gathered"] == {"text": "hello there"}


def test_its_tools_are_called(heard: Heard) -> None:
    """By the client's own runner: asked, called, told, answered."""
    assert heard.asked["tools"] == {"text": "sunny", "called": [{"city": "Kyoto"}]}


def test_its_schema_is_kept(heard: Heard) -> None:
    """And read into the type that it was made of."""
    assert heard.asked["structured"] == {"city": "Kyoto"}


def test_its_other_apis_are_answered(heard: Heard) -> None:
    """Responses, whole and streamed, and embeddings."""
    assert heard.asked["responses"] == {
        "text": "hello there",
        "first": "response.created",
        "last": "response.completed",
    }
    assert heard.asked["embeddings"] == {"numbers": True}


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("bad_request", ("BadRequestError", 400, "missing_required_parameter")),
        ("unknown_model", ("NotFoundError", 404, "model_not_found")),
        ("wrong_key", ("AuthenticationError", 401, "invalid_api_key")),
        ("broken", ("InternalServerError", 503, "no_healthy_upstream")),
        ("limited", ("RateLimitError", 429, "rate_limit_exceeded")),
    ],
)
def test_errors_are_its_own(heard: Heard, name: str, error: tuple[str, int, str]) -> None:
    """Of the right class, with status, code, words and the request's id."""
    told = heard.asked[name]
    assert (told["class"], told["status"], told["code"]) == error
    assert told["message"]
    assert told["id"]


def test_it_does_not_try_again_what_was_tried_enough(heard: Heard) -> None:
    """The gateway has, and says so: of each there is one request on record."""
    assert [len(heard.kept[name].exchanges) for name in ("broken", "limited")] == [1, 1]


def test_a_stream_that_breaks_raises(heard: Heard) -> None:
    """After what came, and never as if it were whole."""
    assert heard.asked["cut"] == {"text": "hello", "raised": "APIError"}
