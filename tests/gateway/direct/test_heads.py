"""Heads that differ from one request to the next: whatever they say, both ways tell the same."""

import asyncio
import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from openai import AsyncOpenAI

from tenken.gateway.heads.said import ITS_OWN, own_of, said_by
from tenken.gateway.heads.trace import inherited
from tenken.transport.intake import Intake
from tenken.transport.limits import ServerLimits
from tenken.transport.message import OWN, Notes, Request
from tenken.transport.reply import Reply
from tests.gateway.direct.cases import ASKED, Case, Headers, times
from tests.gateway.direct.own import EVERYTHING, ONE, OTHER, SENT, SPAN, TWO
from tests.gateway.direct.ways import ANOTHER, sides, untimed
from tests.gateway.ground import (
    KEY,
    NOW,
    Behaviour,
    Steady,
    answers,
    fails,
    plan_of,
    provider,
    standing,
    target,
)

pytestmark = pytest.mark.anyio

VALUES = {
    "x-request-id": ["r-1", "r-2", "a/b", "x" * 128, "x" * 129, "", "日本", " r", "r 1", "%b"],
    "traceparent": [
        f"00-{ONE}-{SPAN}-01", f"00-{TWO}-{OTHER}-00", f"00-{'0' * 32}-{SPAN}-01", "x",
        f"ff-{ONE}-{SPAN}-01", f"01-{ONE}-{SPAN}-01-more", f"00-{ONE}-{SPAN}-ff",
    ],
    "x-datadog-trace-id": ["1", "2", "0", "x", "9" * 20],
    "x-datadog-parent-id": ["1", "0", "9" * 20],
    "x-datadog-sampling-priority": ["1", "0", "-1", ""],
    "x-datadog-tags": ["_dd.p.tid=640cfd8d00000000", "a"],
    "x-cloud-trace-context": [f"{ONE}/5;o=1", f"{TWO}/6;o=0", ONE.upper(), "x"],
    "x-stainless-retry-count": ["0", "0", "1", "x"],
    "tracestate": ["a=1", "b=2"],
    "baggage": ["a=1", "b=2, c=3"],
    "x-tenken-session": ["s-1", "s-2"],
    "x-tenken-use-case": ["answer", "none"],
    "x-tenken-drill": ["d-1", "d-2"],
    "x-stainless-read-timeout": ["20", "30"],
    "via": ["1.1 a", "1.1 tenken"],
    "x-anything": ["1", "2"],
}  # fmt: skip
PARENT = "([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})"
named = st.sampled_from([*VALUES])
callers = st.sampled_from([KEY, KEY, KEY, ANOTHER])


@st.composite
def heads(draw: st.DrawFn) -> tuple[Headers, ...]:
    """Some requests with the same names, of which some have other values; some are shaped anew."""
    shape = draw(st.lists(named, max_size=5))
    made = list[Headers]()
    for _ in range(draw(st.integers(2, 5))):
        names = shape if draw(st.integers(0, 5)) else draw(st.lists(named, max_size=3))
        made.append(tuple((name, draw(st.sampled_from(VALUES[name]))) for name in names))
    return tuple(made)


@given(heads(), st.tuples(*[callers] * 5), st.sampled_from([answers, answers, fails(400)]))
@settings(max_examples=60, deadline=None)
async def test_whatever_a_head_says_both_ways_tell_the_same(
    own: tuple[Headers, ...], keys: tuple[str, ...], behaviour: Behaviour
) -> None:
    """To the caller, to the provider, in the journal; of two callers on one connection."""
    case = Case("", [ASKED] * len(own), (), times(behaviour), 9, own, keys[: len(own)])
    straight = await sides(case, direct=True, others=0)
    staged = await sides(case, direct=False, others=0)

    assert straight.got == staged.got
    assert straight.calls == staged.calls
    assert straight.intents == staged.intents
    assert [*map(untimed, straight.exchanges)] == [*map(untimed, staged.exchanges)]


@given(heads())
def test_what_a_head_says_is_the_same_where_another_was_read_before(
    own: tuple[Headers, ...],
) -> None:
    """Nothing of a request is told of the next one."""
    intake = Intake(ServerLimits(), "")
    for headers in own:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
        intake.feed(f"GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n{lines}\r\n".encode(), 1.0)
        request = intake.ready.popleft()
        assert isinstance(request, Request)
        alone = said_by(replace(request, notes=Notes()))
        assert replace(said_by(request), whose=None) == replace(alone, whose=None)


@given(st.dictionaries(st.sampled_from([*ITS_OWN]), st.binary(max_size=200)))
def test_what_is_no_text_is_no_name_and_no_trace(named: dict[bytes, bytes]) -> None:
    """Whatever bytes they are, they are read; what comes of them fits a record and a head."""
    own = own_of(named)

    assert own.id.isascii()
    assert len(own.id) <= 128
    assert not own.id or own.id.isprintable()
    assert own.retries < 1000
    if own.found is not None:
        assert len(bytes.fromhex(own.found.trace)) == 16
        assert len(bytes.fromhex(own.found.parent)) in {0, 8}


@given(st.text("0af-AF\n", max_size=60) | st.from_regex(PARENT), st.integers(0, 55), st.binary())
def test_a_trace_is_the_one_that_stands_in_its_header(said: str, at: int, odd: bytes) -> None:
    """As the pattern of the standard says, however it is looked for; version 00 ends with it."""
    for value in (said.encode(), said.encode()[:at] + odd[:1] + said.encode()[at + 1 :]):
        found = inherited({b"traceparent": value})
        match, more = re.match(PARENT.encode(), value), value[55:]
        if (
            match is None
            or (more and (match[1] == b"00" or not more.startswith(b"-")))
            or match[1] == b"ff"
            or not (match[2].strip(b"0") and match[3].strip(b"0"))
        ):
            assert found is None
        else:
            assert found is not None
            assert (found.trace.encode(), found.parent.encode()) == (match[2], match[3])
            assert found.sampled == (int(match[4], 16) % 2 == 1)


@given(st.lists(st.sampled_from(["_dd.p.tid=", "640cfd8d00000000", ",", "a=b", " "]), max_size=7))
def test_the_upper_half_of_a_trace_is_the_first_tag_of_that_name(pieces: list[str]) -> None:
    """Wherever it stands among others, and only where it begins a tag."""
    tags = "".join(pieces)
    halves = [tag[10:] for tag in tags.split(",") if tag.startswith("_dd.p.tid=")]
    upper = halves[0] if halves[:1] == ["640cfd8d00000000"] else "0" * 16
    said = {"trace-id": b"1", "parent-id": b"2", "tags": tags.encode()}
    found = inherited({f"x-datadog-{name}".encode(): value for name, value in said.items()})

    assert found is not None
    assert found.trace == upper + "1".zfill(16)


def test_what_is_looked_at_of_its_own_is_known_as_its_own() -> None:
    """A head would be parsed anew for each of them otherwise; and all of them are tried here."""
    assert ITS_OWN <= OWN
    assert {name.decode() for name in ITS_OWN} <= VALUES.keys()


async def test_a_key_that_is_revoked_opens_nothing_whatever_a_head_says() -> None:
    """On a connection on which it did; nor does one that has expired."""
    async with provider(answers) as origin:
        one = plan_of((target("t0", origin),))
        (digest, key), = one.keys.items()  # fmt: skip
        ends = int((NOW + timedelta(seconds=9)).timestamp()) * 1_000_000
        one = replace(one, keys={digest: replace(key, expires_at=ends)})
        outside, plans = Moving(), [one]
        async with standing(one, plan=lambda: plans[-1], outside=outside) as here:
            before = [await here.post(ASKED, headers=own) for own in EVERYTHING]
            outside.later_s = 9
            expired = await here.post(ASKED, headers=EVERYTHING[0])
            outside.later_s = 8
            still = await here.post(ASKED, headers=EVERYTHING[1])
            plans.append(replace(one, keys={}))
            revoked = await here.post(ASKED, headers=EVERYTHING[2])

    assert [one.status for one in (*before, still)] == [200] * 5
    assert here.straight.count == 4
    assert (expired.status, revoked.status) == (401, 401)
    assert revoked.headers["x-request-id"] == "r:3.x_y"


class Moving(Steady):
    """Time that may be later."""

    later_s = 0

    def wall_us(self) -> int:
        return super().wall_us() + self.later_s * 1_000_000


async def test_a_client_that_leaves_is_on_record_under_its_own_id() -> None:
    """And in its own trace."""
    begun = asyncio.Event()

    async def one(request: Request, reply: Reply) -> None:
        if b"slow" in request.body:
            begun.set()
            await asyncio.Event().wait()
        await answers(request, reply)

    async with provider(one) as origin, standing(plan_of((target("t0", origin),))) as here:
        await here.post(ASKED, headers=EVERYTHING[0])
        here.kept.settled.clear()
        async with asyncio.TaskGroup() as group:
            slow = {**ASKED, "user": "slow"}
            asking = group.create_task(here.post(slow, headers=EVERYTHING[1]))
            await begun.wait()
            asking.cancel()
        await here.kept.settled.wait()

    assert here.straight.count == 1
    last = here.kept.exchanges[-1]
    assert (last.id, last.trace, last.parent, last.sampled) == ("r-2", TWO, OTHER, False)
    assert (last.status, here.kept.intents[-1].id) == (499, "r-2")


Written = Callable[[bytes], tuple[str, bytes]]


async def test_an_official_client_with_a_trace_of_its_own_goes_the_direct_way() -> None:
    """As one that is instrumented sends its requests."""
    async with provider(answers) as origin, standing(plan_of((target("t0", origin),))) as here:
        host, port = here.server.address
        async with AsyncOpenAI(api_key=KEY, base_url=f"http://{host}:{port}/v1") as client:
            for number in range(1, 5):
                await client.chat.completions.create(
                    model="desk",
                    messages=[{"role": "user", "content": f"hello {number}"}],
                    extra_headers={"traceparent": f"00-{number:032x}-{number:016x}-01"},
                )

    assert here.straight.count == 3
    assert [int(one.trace, 16) for one in here.kept.exchanges] == [1, 2, 3, 4]


def chunked(body: bytes) -> tuple[str, bytes]:
    return "transfer-encoding: chunked", b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)


def expecting(body: bytes) -> tuple[str, bytes]:
    return f"expect: 100-continue\r\ncontent-length: {len(body)}", body


def large(body: bytes) -> tuple[str, bytes]:
    return f"content-length: {len(body) + 50_000}", body + b" " * 50_000


@pytest.mark.parametrize("written", [chunked, expecting, large])
@pytest.mark.parametrize("direct", [True, False], ids=["direct", "staged"])
async def test_a_head_that_comes_without_its_body_is_known(written: Written, direct: bool) -> None:
    """It is parsed each time, and what was worked out of it is not again."""
    async with provider(answers) as origin:
        plan = plan_of((target("t0", origin),))
        async with standing(plan, direct=direct) as here:
            reader, writer = await asyncio.open_connection(*here.server.address)
            for ((_, trace),) in SENT:
                framing, body = written(json.dumps(ASKED).encode())
                head = (
                    f"POST /v1/chat/completions HTTP/1.1\r\nhost: gateway\r\n"
                    f"content-type: application/json\r\nauthorization: Bearer {KEY}\r\n"
                    f"traceparent: {trace}\r\n{framing}\r\n\r\n"
                )
                writer.write(head.encode())
                if "expect" in framing:
                    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
                writer.write(body)
                answer = await reader.readuntil(b"\r\n\r\n")
                assert answer.startswith(b"HTTP/1.1 200 ")
                length = int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                await reader.readexactly(length)
            writer.close()
            await writer.wait_closed()

    assert here.straight.count == (3 if direct else 0)
    sent = [(one.trace, one.parent, one.sampled, one.status) for one in here.kept.exchanges]
    assert sent == [
        (ONE, SPAN, True, 200), (TWO, OTHER, False, 200),
        (ONE, OTHER, True, 200), (TWO, SPAN, False, 200),
    ]  # fmt: skip
