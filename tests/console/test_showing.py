"""Figures as people read them, scales of charts, and what is remembered of sums and of tries."""

from collections.abc import Iterator
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tenken.console.doors.knocking import (
    BEGUN_MOST,
    FREE,
    MINUTE_US,
    REMEMBERED,
    Knocking,
    Tries,
    wait_s,
)
from tenken.console.pages.figures import percentile
from tenken.console.showing.blocks import Chart, Kind, Series
from tenken.console.showing.charts import drawing, ticks
from tenken.console.showing.reasons import reason
from tenken.console.showing.words import Words, money, seconds, share
from tenken.console.sums import KEPT_US, Recent
from tenken.gateway.calling.attempt import SENT_AGAIN
from tenken.messages.speech import Language, Speech
from tenken.policy.retry import RetryBudget, RetryPlan, Tried, decide, told
from tenken.store.people.federated import MOST_LOGINS
from tenken.store.rollups.sums import BUCKETS
from tenken.wire.failure import Failure
from tests.console.ground import START, manifest_of

TOKYO = Words(Language.JA, ZoneInfo("Asia/Tokyo"))
HOUR_US = 3_600_000_000


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (money(Decimal("1234.5")), "$1,234.50"), (money(Decimal("0.0042")), "$0.0042"),
        (money(Decimal("0.0000042")), "$0.0000042"), (money(Decimal(0)), "$0.00"),
        (share(0.99996), "99.996%"), (share(0.999999), "99.999%"), (share(1.0), "100%"),
        (share(0.0004), "0.04%"), (seconds(0.0123), "12 ms"),
        (seconds(0.0004), "0.4 ms"), (seconds(0.0), "0 ms"), (seconds(75), "1 m 15 s"),
        (seconds(7200), "2 h 0 m"), (TOKYO(START, "moment"), "2026-11-19 09:00:00"),
        (TOKYO(None, "money"), "–"), (TOKYO("\u202ex"), "\\u202ex"),
    ],
)  # fmt: skip
def test_figures_are_told_as_exactly_as_they_matter(said: str, expected: str) -> None:
    """What is not quite all is never rounded to all; nothing is told as nothing, not as zero."""
    assert said == expected


@pytest.mark.parametrize(
    ("largest", "kind", "expected"),
    [
        (7, "whole", (0, 2, 4, 6, 8)), (0, "whole", (0, 1)), (1, "whole", (0, 1)),
        (0.0031, "share", (0, 0.001, 0.002, 0.003, 0.004)), (100, "money", (0, 25, 50, 75, 100)),
    ],
)  # fmt: skip
def test_scales_have_round_steps(largest: float, kind: Kind, expected: tuple[float, ...]) -> None:
    """Up to above the largest; things that are counted have whole steps."""
    assert ticks(largest, kind) == expected


def test_a_line_is_broken_where_nothing_is_known() -> None:
    """A gap is no zero, and a value alone is a dot."""
    series = Series(name="p95", label="p95", values=(1.0, 2.0, None, 3.0, None))
    chart = Chart(
        name="x", label="x", unit="s", kind="seconds", drawn="lines", series=(series,),
        at=tuple(START + number * HOUR_US for number in range(5)), step_us=HOUR_US,
    )  # fmt: skip
    (line,) = drawing(chart, TOKYO).lines

    assert line.path.count("M") == 2
    assert line.path.count("L") == 1
    assert len(line.dots) == 1


def test_a_percentile_lies_within_its_bucket() -> None:
    """Nothing has none; what exceeds every bound is told as the largest."""
    counts = (0, 100, *(0,) * (BUCKETS - 2))

    assert percentile(counts, 0.5) == pytest.approx(0.015)
    assert percentile((0,) * BUCKETS, 0.5) is None
    assert percentile((*(0,) * (BUCKETS - 1), 1), 0.5) == pytest.approx(81.92)


def test_tries_wait_longer_each_time_and_are_forgotten() -> None:
    """From the sixth on, up to a quarter of an hour; after an hour it is as at first."""
    waits = [wait_s(Tries(wrong, 0), 1) for wrong in (0, FREE - 1, FREE, FREE + 3, FREE + 20)]

    assert waits == [0, 0, 2, 16, 900]
    assert wait_s(Tries(FREE + 20, 0), 3_601_000_000) == 0


def test_what_is_remembered_of_tries_is_bounded() -> None:
    """Whoever tries many names fills nothing up."""
    knocking = Knocking()
    for number in range(REMEMBERED + 50):
        knocking.wrong(f"name-{number}", "192.0.2.1", number)

    assert len(knocking._tries) <= REMEMBERED


@pytest.mark.parametrize(
    ("flood", "beside"),
    [("192.0.2.1", "192.0.2.2"), ("2001:db8::1", "2001:db8:0:1::1"), ("testclient", "another")],
)
def test_nobody_begins_so_many_logins_that_others_are_shut_out(flood: str, beside: str) -> None:
    """By one network, and within a minute."""
    knocking, nearby = Knocking(), "2001:db8::ffff" if ":" in flood else flood

    begun = [knocking.begins(flood, 0) for _ in range(BEGUN_MOST + 5)]

    assert begun.count(True) == BEGUN_MOST
    assert not knocking.begins(nearby, MINUTE_US - 1)
    assert knocking.begins(beside, MINUTE_US - 1)
    assert knocking.begins(flood, MINUTE_US)
    assert 10 * BEGUN_MOST < MOST_LOGINS


def test_what_is_remembered_of_logins_that_begin_is_bounded() -> None:
    """Whoever has many networks takes the places of new ones, and of none that has begun."""
    knocking = Knocking()
    for number in range(REMEMBERED + 5):
        knocking.begins(f"network-{number}", 0)

    assert len(knocking._begun) == REMEMBERED
    assert knocking.begins("network-0", 0)
    assert not knocking.begins("new", 0)


def test_a_sum_is_read_once_for_all_who_look() -> None:
    """For ten seconds; then anew."""
    recent, read = Recent(), []

    def asked() -> int:
        read.append(1)
        return len(read)

    assert [recent.once("x", at, asked) for at in (1, KEPT_US, KEPT_US + 1)] == [1, 1, 2]


def test_settings_have_an_origin_as_their_address() -> None:
    """A path, a name with a password, or another scheme is none."""
    bare = "application: {name: bare, owner: somebody}\n"
    for url in ("https://a@b", "ftp://console.example.com", "https://console.example.com/x"):
        with pytest.raises(Exception, match="malformed"):
            manifest_of(f"{bare}console: {{url: '{url}'}}\n")


EVERY = RetryPlan()


def decided() -> Iterator[str]:
    """Everything that `decide` gives as a reason, over all that it looks at."""
    for failure in Failure:
        for times in range(1, EVERY.attempts_max + 1):
            for others in ((), ("second",)):
                for tokens in (0.0, 10.0):
                    for left_s in (0.0, 30.0):
                        for patience in (None, 60.0):
                            for committed in (False, True):
                                one = Tried(
                                    target="first", failure=failure, committed=committed,
                                    retry_after_s=patience,
                                )  # fmt: skip
                                yield told(decide(
                                    EVERY, (one,) * times, others=others, left_s=left_s,
                                    budgets={"first": RetryBudget(tokens=tokens)}, chance=0.5,
                                ))  # fmt: skip


REASONS = sorted({*decided(), SENT_AGAIN, "second answered first"})


@pytest.mark.parametrize("language", list(Language))
def test_every_reason_is_a_sentence(language: Language) -> None:
    """None is shown as the record keeps it; the failure in it is a word, too."""
    said = {kept: reason(Speech(language), kept) for kept in REASONS}
    plain = {"second answered first"} if language is Language.EN else set()

    assert len(REASONS) > 30
    assert {kept for kept, text in said.items() if text == kept} == plain
    assert [text for text in said.values() if "_" in text or "{" in text] == []


def test_two_of_them() -> None:
    """One that goes on, and one that gives up."""
    japanese = Speech(Language.JA)

    assert reason(japanese, "overloaded at gpt-4o-openai") == (
        "gpt-4o-openai が失敗: プロバイダーが過負荷"
    )
    assert reason(Speech(Language.EN), "first asks for 60 s of patience") == (
        "Given up: first asks to wait for 60 s"
    )


def test_one_of_another_version_is_shown_as_it_is() -> None:
    """It was meant for people, too."""
    assert reason(Speech(Language.JA), "the moon was full") == "the moon was full"
