"""What is read at a gateway: health for everybody, models for callers, metrics behind a token."""

import anthropic
import openai
import pytest
from msgspec import Struct
from msgspec.structs import replace

from tenken.gateway.identify import Authenticate
from tenken.gateway.pages.gauges import Vitals
from tenken.gateway.pages.pages import Pages
from tenken.gateway.plan import Plan
from tenken.messages.speech import Language, Speech
from tenken.policy.breaker import State
from tenken.transport.message import Request, every
from tenken.transport.reply import Reply
from tenken.transport.server import Server
from tests.gateway import ground
from tests.gateway.ground import (
    KEY,
    Got,
    Ground,
    Steady,
    answers,
    plan_of,
    provider,
    standing,
    target,
)

pytestmark = pytest.mark.anyio
ASKED = {"model": "desk", "messages": [{"role": "user", "content": "hello"}]}


class Worker(Struct):
    """What a worker would say."""

    recording: bool = True
    ending: bool = False
    parked: int | None = 2

    def vitals(self) -> Vitals:
        return Vitals(
            in_flight=lambda: 3,
            waiting=lambda: 1,
            breakers=lambda: {"t0": State.CLOSED, "t1": State.OPEN},
            recording=lambda: self.recording,
            journal_bytes=lambda: 4096,
            ending=lambda: self.ending,
            parked=lambda: self.parked,
        )


def plan() -> Plan:
    found = plan_of(())
    app = replace(found.callers["app"], models=frozenset({"small"}))
    return replace(found, callers={"app": app})


def pages_of(worker: Worker, token: bytes = b"") -> Pages:
    return Pages(
        plan=plan, authenticate=Authenticate(), vitals=worker.vitals(), wall_us=lambda: 0,
        chance=Steady().token, speech=Speech(Language.EN), token=token,
    )  # fmt: skip


async def read(path: str, *headers: tuple[str, str], worker: Worker | None = None,
               token: bytes = b"") -> Got:  # fmt: skip
    pages = pages_of(worker or Worker(), token)
    async with standing(plan(), pages=pages) as here:
        return await ground.read(here.server.address, path, headers)


async def read_alone(path: str) -> Got:
    """Read on the listener of metrics."""
    server = Server(pages_of(Worker()).alone)
    await server.start()
    got = await ground.read(server.address, path, (BEARER,))
    await server.drain(0)
    return got


BEARER = ("authorization", f"Bearer {KEY}")


async def test_models_are_what_the_caller_may_use() -> None:
    """In OpenAI's shape; one of them too."""
    got = await read("/v1/models", BEARER)
    one = await read("/v1/models/desk", BEARER)
    none = await read("/v1/models/other", BEARER)

    assert got.json["object"] == "list"
    assert [it["id"] for it in got.json["data"]] == ["desk", "small"]  # type: ignore[attr-defined]
    assert one.json == {"id": "desk", "object": "model", "created": 0, "owned_by": "tenken"}
    assert (none.status, none.code) == (404, "model_not_found")


async def test_models_speak_anthropic_s_shape_when_asked() -> None:
    """By the header that its clients send; errors too."""
    version = ("anthropic-version", "2023-06-01")
    got = await read("/v1/models", ("x-api-key", KEY), version)
    denied = await read("/v1/models", version)

    assert (got.json["has_more"], got.json["first_id"], got.json["last_id"]) == (
        False,
        "desk",
        "small",
    )
    assert denied.json["type"] == "error"


async def test_official_clients_list_models() -> None:
    """Of both vendors."""
    async with standing(plan(), pages=pages_of(Worker())) as here:
        host, port = here.server.address
        async with openai.AsyncOpenAI(base_url=f"http://{host}:{port}/v1", api_key=KEY) as mine:
            names = [one.id async for one in mine.models.list()]
        async with anthropic.AsyncAnthropic(
            base_url=f"http://{host}:{port}", api_key=KEY
        ) as other:
            also = [one.id async for one in other.models.list()]

    assert names == also == ["desk", "small"]


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/healthz", (), 200),
        ("/readyz", (), 200),
        ("/v1/models", (), 401),
        ("/v1/models", (("authorization", "Bearer tk-wrong"),), 401),
        ("/v1/models", (BEARER, ("x-api-key", KEY)), 400),
        ("/metrics", (), 404),
        ("/metrics", (BEARER,), 404),
        ("/docs", (BEARER,), 404),
    ],
)
async def test_nothing_is_open_but_health(
    path: str, headers: tuple[tuple[str, str], ...], status: int
) -> None:
    """What is not named is not there."""
    assert (await read(path, *headers)).status == status


@pytest.mark.parametrize(
    ("worker", "said"),
    [
        (Worker(), (200, b"ok\n")),
        (Worker(recording=False), (503, b"journal\n")),
        (Worker(ending=True), (503, b"ending\n")),
    ],
)
async def test_readiness_tells_why_not(worker: Worker, said: tuple[int, bytes]) -> None:
    """A target that rests is no reason; health is another question."""
    got = await read("/readyz", worker=worker)

    assert (got.status, got.body) == said
    assert (await read("/healthz", worker=worker)).status == 200


@pytest.mark.parametrize("alone", [True, False])
async def test_metrics_are_gauges_of_the_process(*, alone: bool) -> None:
    """On a listener of their own, or behind a token that is not a caller's key."""
    told = ("authorization", "Bearer scrape")
    got = await (read_alone("/metrics") if alone else read("/metrics", told, token=b"scrape"))
    lines = got.body.decode().splitlines()

    assert got.status == 200
    assert "tenken_requests_in_flight 3" in lines
    assert 'tenken_breaker_state{target="t1"} 2' in lines
    assert "tenken_journal_bytes 4096" in lines
    assert "tenken_ledger_parked 2" in lines
    assert "tenken_ready 1" in lines
    kinds = {line.split()[3] for line in lines if line.startswith("# TYPE")}
    assert kinds == {"gauge"}


async def test_what_no_keeper_has_counted_has_no_figure() -> None:
    """None is not nought."""
    told = ("authorization", "Bearer scrape")
    got = await read("/metrics", told, worker=Worker(parked=None), token=b"scrape")

    assert "\ntenken_ledger_parked" not in got.body.decode()


async def test_a_wrong_token_opens_no_metrics() -> None:
    """It is as if they were not there; the own listener has nothing else."""
    wrong = ("authorization", "Bearer other")

    assert (await read("/metrics", wrong, token=b"scrape")).status == 404
    assert (await read_alone("/v1/models")).status == 404


async def test_a_gateway_that_calls_itself_is_found() -> None:
    """A gateway behind a gateway is none."""
    async with provider(answers) as origin, standing(plan_of((target("t0", origin),))) as here:
        direct = await here.post(ASKED)
        once = await here.post(ASKED, headers=(("via", "1.1 proxy, 1.1 tenken"),))
        twice = await here.post(ASKED, headers=(("via", "1.1 tenken, 1.0 x, 1.1 Tenken"),))

    assert (direct.status, once.status, twice.status) == (200, 200, 400)
    assert twice.code == "loop_detected"


async def test_a_round_of_gateways_ends() -> None:
    """What comes back says through whom it went, and is refused at the second round."""
    there: list[Ground] = []
    passed: list[list[str]] = []

    async def back(request: Request, reply: Reply) -> None:
        via = [value.decode() for value in every(request.headers, b"via")]
        passed.append(via)
        got = await there[0].post(ASKED, headers=tuple(("via", one) for one in via))
        reply.send(got.status, (), got.body)

    async with provider(back) as origin, standing(plan_of((target("t0", origin),))) as here:
        there.append(here)
        got = await here.post(ASKED)

    assert (got.status, got.code) == (400, "loop_detected")
    assert passed == [["1.1 tenken"], ["1.1 tenken", "1.1 tenken"]]


@pytest.mark.parametrize(
    ("method", "path", "headers", "said"),
    [
        ("GET", "/v1/chat/completions", (), (405, "method_not_allowed", "POST")),
        ("GET", "/v1/messages", (), (405, "", "POST")),
        ("GET", "/v1/feedback", (), (405, "method_not_allowed", None)),
        ("POST", "/chat/completions", (), (404, "not_found", None)),
        ("POST", "/v1/messages/batches", (), (404, "", None)),
        ("GET", "/v1/models", (), (401, "missing_api_key", None)),
        ("GET", "/v1/models", (BEARER,), (200, "", None)),
    ],
)
async def test_whatever_is_answered_has_an_id(
    method: str,
    path: str,
    headers: tuple[tuple[str, str], ...],
    said: tuple[int, str, str | None],
) -> None:
    """The caller's own where there is one; in the shape of the API that was meant."""
    async with standing(plan(), pages=pages_of(Worker())) as here:
        got = await ground.read(here.server.address, path, headers, method=method)
        mine = (*headers, ("x-request-id", "mine"))
        again = await ground.read(here.server.address, path, mine, method=method)

    error = got.json.get("error", {})
    assert isinstance(error, dict)
    assert (got.status, error.get("code", ""), got.headers.get("allow")) == said
    assert got.headers["x-request-id"].startswith("req-")
    assert again.headers["x-request-id"] == "mine"
    assert again.json.get("request_id", "mine") == "mine"
