"""Who is let in: one key, in one of three headers, whole; and nobody says where a call goes."""

import hashlib
from collections.abc import Iterator
from contextlib import AsyncExitStack
from itertools import product

import pytest
from msgspec.structs import replace

from tenken.gateway.plan import Key, Plan
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tests.gateway.apis import CHAT, EMBEDDINGS, MESSAGES, RESPONSES, Row
from tests.gateway.ground import KEY, NOW, Got, answering, plan_of, provider, standing, target

pytestmark = pytest.mark.anyio
ASKED = CHAT.asked
EXPIRED, REVOKED = "tk-" + "e" * 40, "tk-" + "r" * 40
QUOTES = ("'", '"', "`", "')", '")', "'))", "\\'", "%27", "1", "x'")
JOINS = (" OR ", " AND ", " UNION ", "; ", "/**/OR/**/")
STATEMENTS = (
    "1=1", "'a'='a", "SELECT * FROM keys", "DROP TABLE exchanges", "SELECT pg_sleep(9)",
    "ATTACH DATABASE 'x' AS y", "COPY keys TO PROGRAM 'id'", "xp_cmdshell('id')", "1=1 --",
    "1=1 #",
)  # fmt: skip
INJECTIONS = tuple(map("".join, product(QUOTES, JOINS, STATEMENTS)))


def bad_keys() -> Iterator[tuple[str, str]]:
    """Keys that are none, by what is wrong with them."""
    yield "unknown", "tk-" + "b" * 40
    yield "revoked", REVOKED
    yield "expired", EXPIRED
    yield "all but its last character", KEY[:-1]
    yield "its first twenty characters", KEY[:20] + "b" * (len(KEY) - 20)
    yield "one character more", f"{KEY}a"
    yield "other case", KEY.upper()
    yield "what is stored of it", hashlib.sha256(KEY.encode()).hexdigest()
    yield "what is stored of it, in capitals", hashlib.sha256(KEY.encode()).hexdigest().upper()
    yield "said twice", f"{KEY},{KEY}"
    yield "another scheme", f"Basic {KEY}"
    yield "empty", '""'


def served(plan: Plan) -> Plan:
    """One key that is good, and one that has ended; of one that was revoked nothing is left."""
    sha256 = hashlib.sha256(EXPIRED.encode()).digest()
    ended = Key(caller="app", sha256=sha256, expires_at=round(NOW.timestamp() * 1e6) - 1)
    return replace(plan, keys={**plan.keys, sha256: ended})


def told(got: Got) -> tuple[int, object]:
    """What a caller learns, but for the id of the request."""
    body = dict(got.json)
    body.pop("request_id", None)
    return got.status, body


async def refusals(keys: list[str], row: Row) -> list[tuple[int, object]]:
    """Ask with each key; gives what came of it."""
    async with standing(served(plan_of(()))) as here:
        found = [told(await here.post(row.asked, path=row.path, key=key)) for key in keys]
        assert here.faults == []
    return found


@pytest.mark.parametrize("row", [CHAT, MESSAGES, RESPONSES, EMBEDDINGS], ids=lambda it: it.path)
async def test_every_bad_key_is_told_the_same(row: Row) -> None:
    """Unknown, revoked, expired, nearly right or what is stored of a good one: one text."""
    names, keys = zip(*bad_keys(), strict=True)
    found = await refusals(list(keys), row)

    assert {name: one[0] for name, one in zip(names, found, strict=True)} == dict.fromkeys(
        names, 401
    )
    assert all(one == found[0] for one in found)


async def test_what_looks_like_a_statement_is_a_bad_key_like_any() -> None:
    """Five hundred of them; nothing is looked up but a digest, in memory."""
    assert len(INJECTIONS) == 500
    found = await refusals(["tk-nothing", *INJECTIONS], CHAT)

    assert found[0][0] == 401
    assert [one for one in found if one != found[0]] == []


CARRIERS = ("authorization", "x-api-key", "api-key")


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize(
    ("model", "status"), [("desk", 200), ("t0", 403), ("other", 404)], ids=["his", "t0", "none"]
)
async def test_a_key_may_the_same_in_whichever_header_it_comes(
    carrier: str, model: str, status: int
) -> None:
    """One policy, wherever a client puts it."""
    value = f"Bearer {KEY}" if carrier == "authorization" else KEY
    async with (
        provider(answering(CHAT.answer)) as origin,
        standing(plan_of((target("t0", origin),))) as here,
    ):
        got = await here.post({**ASKED, "model": model}, key=None, headers=((carrier, value),))

    assert got.status == status


@pytest.mark.parametrize(
    ("path", "header"),
    [
        (f"?api_key={KEY}", ("x-none", "x")),
        (f"?key={KEY}&access_token={KEY}", ("x-none", "x")),
        ("", ("cookie", f"api_key={KEY}; authorization={KEY}")),
        ("", ("proxy-authorization", f"Bearer {KEY}")),
        ("", ("x-goog-api-key", KEY)),
        ("", ("x-auth-token", KEY)),
    ],
    ids=["query", "two in the query", "cookie", "proxy", "google", "other header"],
)
async def test_a_key_anywhere_else_is_none(path: str, header: tuple[str, str]) -> None:
    """What stands in logs of proxies or is sent by browsers by themselves opens nothing."""
    async with standing(plan_of(())) as here:
        got = await here.post(ASKED, path=f"{CHAT.path}{path}", key=None, headers=(header,))

    assert (got.status, got.code) == (401, "missing_api_key")


@pytest.mark.parametrize("pair", [*product(CARRIERS, CARRIERS)], ids="-".join)
async def test_two_credentials_are_none(pair: tuple[str, str]) -> None:
    """Equal ones too: which of them counts somebody else may see otherwise."""
    headers = tuple((name, KEY) for name in pair)
    async with standing(plan_of(())) as here:
        got = await here.post(ASKED, key=None, headers=headers)

    assert (got.status, got.code) == (400, "ambiguous_credentials")


ADDRESS_FIELDS = (
    "api_base", "base_url", "api_key", "custom_host", "azure_endpoint", "custom_llm_provider",
    "litellm_params", "extra_headers", "extra_body", "organization", "provider", "proxy",
)  # fmt: skip
ADDRESS_HEADERS = (
    "x-portkey-custom-host", "x-portkey-provider", "x-portkey-config", "x-litellm-api-base",
    "x-api-base", "x-base-url", "x-forwarded-host", "x-forwarded-proto", "forwarded",
    "x-original-url", "x-rewrite-url", "x-envoy-original-dst-host", "x-host", "x-upstream",
)  # fmt: skip


class Watching:
    """Two servers: a provider of ours, and somebody who would like to be asked."""

    def __init__(self) -> None:
        self.ours: list[Request] = []
        self.theirs: list[Request] = []

    async def provider(self, request: Request, reply: Reply) -> None:
        """Answer as a provider."""
        self.ours.append(request)
        await answering(CHAT.answer)(request, reply)

    async def stranger(self, request: Request, reply: Reply) -> None:
        """Take what was meant for another."""
        self.theirs.append(request)
        reply.send(200, (), b"{}")


@pytest.mark.parametrize("name", [*ADDRESS_FIELDS, *ADDRESS_HEADERS])
async def test_no_caller_says_where_a_call_goes(name: str) -> None:
    """A field of that kind is refused, a header means nothing and goes no further."""
    watching = Watching()
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(provider(watching.provider))
        theirs = await stack.enter_async_context(provider(watching.stranger))
        here = await stack.enter_async_context(standing(plan_of((target("t0", ours),))))
        address = f"http://{theirs.host}:{theirs.port}"
        if name in ADDRESS_FIELDS:
            got = await here.post({**ASKED, name: address})
            assert (got.status, got.code) == (400, "unknown_parameter")
        else:
            got = await here.post(ASKED, headers=((name, address),))
            assert got.status == 200

    assert watching.theirs == []
    assert address.encode() not in repr([one.headers for one in watching.ours]).encode()
    assert len(watching.ours) == (0 if name in ADDRESS_FIELDS else 1)


@pytest.mark.parametrize(
    "model",
    ["desk@{host}", "http://{host}/desk", "openai/{host}", "desk#{host}", "desk?base={host}",
     "desk/../t0", "desk\u0000", " desk", "DESK"],
)  # fmt: skip
async def test_no_model_s_name_is_an_address(model: str) -> None:
    """A name is one of the file's, letter by letter."""
    watching = Watching()
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(provider(watching.provider))
        theirs = await stack.enter_async_context(provider(watching.stranger))
        here = await stack.enter_async_context(standing(plan_of((target("t0", ours),))))
        name = model.format(host=f"{theirs.host}:{theirs.port}")
        got = await here.post({**ASKED, "model": name})

    assert (got.status, got.code) == (404, "model_not_found")
    assert (watching.ours, watching.theirs) == ([], [])


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "text/event-stream", "*/*"])
async def test_forms_and_files_are_no_body(kind: str) -> None:
    """No API here takes any; what would read their parts is not there."""
    async with standing(plan_of(())) as here:
        got = await here.post(b"--x\r\n" * 1000, headers=(("content-type", kind),))

    assert (got.status, got.code) == (415, "unsupported_media_type")


async def test_a_range_is_passed_over() -> None:
    """However many parts of an answer are asked for, it is given whole, once."""
    many = ",".join(f"{at}-" for at in range(500))
    async with (
        provider(answering(CHAT.answer)) as origin,
        standing(plan_of((target("t0", origin),))) as here,
    ):
        got = await here.post(ASKED, headers=(("range", f"bytes={many}"),))

    assert (got.status, got.json) == (200, CHAT.answer)
    assert "content-range" not in got.headers
