"""What a replica lets in by itself is its part of what was left, and is charged once."""

import asyncio

from tenken.policy.limit import SPAN
from tenken.store.counters.counters import Held, Kind, Over, Want
from tenken.store.counters.share import Share
from tenken.store.counters.tab import CHARGED, Tab

RPM = Want(Kind.REQUESTS, "app", 1, 90)
TPM = Want(Kind.TOKENS, "app", 100, 9000)
MONEY = Want(Kind.MONEY, "app", 10, 900, 20_000)
PLACES = Want(Kind.PARALLEL, "app", 1, 90)
NOW = 1000.0


def taken(share: Share, want: Want, *, now: float = NOW) -> int:
    """Take as often as there is room, and say how often."""
    for times in range(1000):
        if isinstance(asyncio.run(share.reserve((want,), now=now)), Over):
            return times
    raise AssertionError(want)


def of_server(share: Share, want: Want, *, own: int, used: int) -> None:
    """Let the server have let in so many here, and tell what is used by all."""
    for _ in range(own):
        share.noted(Held((want,), 0, (used,), "ticket"), now=NOW)
    share.heard(want, used, now=NOW)


def test_of_what_nothing_is_known_each_has_an_equal_part() -> None:
    """And of a limit that is smaller than there are replicas, one."""
    assert taken(Share(3), RPM) == 30
    assert taken(Share(3), Want(Kind.REQUESTS, "app", 1, 2)) == 1


def test_of_what_was_left_each_has_an_equal_part() -> None:
    """All three together: what was left, and no more than a part of the whole for any."""
    for want in (RPM, PLACES):
        share = Share(3)
        of_server(share, want, own=10, used=60)

        assert taken(share, want) == 10


def test_what_becomes_free_of_its_own_may_be_let_in_again() -> None:
    """Nothing was left; a minute later all of its own is free, and nothing is known any more."""
    share = Share(3)
    of_server(share, RPM, own=10, used=90)
    assert taken(share, RPM, now=NOW + SPAN - 1) == 0

    assert taken(share, RPM, now=NOW + SPAN) == 30


def test_who_has_more_than_its_part_lets_none_in() -> None:
    """So that others can have theirs when nothing is known any more."""
    share = Share(3)
    of_server(share, RPM, own=40, used=40)

    assert taken(share, RPM) == 0


def test_what_the_others_used_beyond_the_limit_is_not_let_in_here() -> None:
    """What one has let in by itself and has been charged for counts for all."""
    share = Share(3)
    of_server(share, MONEY, own=10, used=910)

    refused = asyncio.run(share.reserve((MONEY,), now=NOW))

    assert refused == Over(MONEY, 900, 0.0)


def test_of_money_the_part_is_that_of_what_is_left_of_the_day() -> None:
    """Of the next day nothing is known."""
    share = Share(3)
    of_server(share, MONEY, own=40, used=600)
    tomorrow = Want(Kind.MONEY, "app", 10, 900, 20_001)

    assert taken(share, MONEY) == 10
    assert taken(share, tomorrow) == 30


def test_a_caller_is_told_of_the_limit_what_is_not_for_this_replica_as_used() -> None:
    """And to come again when something is known to be free."""
    share = Share(3)
    of_server(share, RPM, own=10, used=87)

    first = asyncio.run(share.reserve((RPM,), now=NOW))
    refused = asyncio.run(share.reserve((RPM,), now=NOW + 1))

    assert first == Held((RPM,), 1000, (90,), by="local")
    assert refused == Over(RPM, 90, SPAN - 1.0)


def test_nothing_always_fits_and_more_than_the_limit_never_does() -> None:
    """What is larger than a share takes all of it."""
    share = Share(3)
    of_server(share, TPM, own=0, used=9000)
    nothing = Want(Kind.TOKENS, "app", 0, 9000)
    never = Want(Kind.TOKENS, "app", 9001, 9000)

    assert isinstance(asyncio.run(share.reserve((nothing,), now=NOW)), Held)
    refused = asyncio.run(share.reserve((never,), now=NOW))
    assert isinstance(refused, Over)
    assert refused.never
    large = asyncio.run(Share(3).reserve((Want(Kind.TOKENS, "app", 5000, 9000),), now=NOW))
    assert isinstance(large, Held)
    assert large.wants[0].amount == 3000


def test_what_was_let_in_here_is_charged_as_it_was_used_and_once() -> None:
    """Settled before it is charged, or after it: then the difference is."""
    share = Share(3)
    held = asyncio.run(share.reserve((TPM, MONEY, PLACES), now=NOW))
    assert isinstance(held, Held)
    first = share.next("one")
    assert first is not None
    assert share.next("two") == first, "until it is known to have come"
    share.charged(first, [100, 10], now=NOW)
    asyncio.run(share.settle(held, (70, 4, 0), tabbed=True, now=NOW + 2))
    second = share.next("two")

    assert {(one.kind, one.entries) for one in first.lines} == {
        (Kind.TOKENS, ((1000, 100),)),
        (Kind.MONEY, ((20_000, 10),)),
    }
    assert second is not None
    assert {(one.kind, one.entries) for one in second.lines} == {
        (Kind.TOKENS, ((1000, -30),)),
        (Kind.MONEY, ((20_000, -6),)),
    }


def test_what_is_on_its_way_to_the_server_is_not_taken_to_be_in_what_it_tells() -> None:
    """It may have come or not: counted twice, it would be let in twice."""
    share = Share(3)
    for _ in range(6):
        asyncio.run(share.reserve((RPM,), now=NOW))
    assert share.next("one") is not None

    share.heard(RPM, 81, now=NOW)
    assert taken(share, RPM) == 0, "three of what is left, and six that may not be in it"
    share.heard(RPM, 63, now=NOW)

    assert taken(share, RPM) == 9 - 6


def test_more_than_was_thought_counts_now_and_less_than_a_minute_ago_not_at_all() -> None:
    """As it is with whoever counts."""
    share = Share(3)
    one, two = [asyncio.run(share.reserve((TPM,), now=NOW)) for _ in range(2)]
    assert isinstance(one, Held)
    assert isinstance(two, Held)
    asyncio.run(share.settle(one, (150,), tabbed=True, now=NOW + 9))
    asyncio.run(share.settle(two, (10,), tabbed=True, now=NOW + SPAN))

    charge = share.next("one")

    assert charge is not None
    assert charge.lines[0].entries == ((1000, 200), (1009, 50))


def test_a_server_that_has_lost_all_is_charged_with_what_it_had() -> None:
    """What it may have counted since it was last known to have it is not charged twice."""
    share = Share(3)
    of_server(share, RPM, own=4, used=4)
    of_server(share, MONEY, own=2, used=20)
    share.noted(Held((RPM,), 0, (5,), "later"), now=NOW + 1.5)
    asyncio.run(share.reserve((RPM,), now=NOW + 3))
    assert share.next("lost with it") is not None

    share.lost(before=NOW + 1.2, now=NOW + 4)

    charge = share.next("again")
    assert charge is not None
    assert {(one.kind, one.entries) for one in charge.lines} == {
        (Kind.REQUESTS, ((1000, 4), (1003, 1))),
        (Kind.MONEY, ((20_000, 20),)),
    }


def test_an_hour_without_a_server_is_charged_as_the_last_minute() -> None:
    """By more scripts than one where there are many limits."""
    tab = Tab()
    for second in range(3600):
        tab.add(Kind.REQUESTS, "app", second, 1)
    for number in range(CHARGED):
        tab.add(Kind.REQUESTS, f"other-{number}", 3600, 1)
    assert tab.total(Kind.REQUESTS, "app") == SPAN
    assert tab.charges == 2

    count = 0
    for number in range(tab.charges):
        charge = tab.next(str(number))
        assert charge is not None
        count += sum(len(one.entries) for one in charge.lines)
        tab.charged()

    assert count == SPAN + CHARGED
    assert tab.next("none") is None
