"""Rules say what the keeper itself would, and what they cannot say is told."""

from typing import Any, Literal

import pytest
from msgspec.structs import replace

from tenken.config.operating.objectives import BurnPair
from tenken.keeper.generating.datadog import datadog
from tenken.keeper.generating.given import Generated, Given
from tenken.keeper.generating.prometheus import prometheus
from tenken.keeper.generating.promql import Events, indicator_of
from tenken.messages.speech import Language, Speech
from tests.keeper.generating.given import (
    ALERTS,
    CATALOGUE,
    DOGS,
    OWN,
    UNMEASURED,
    WORDS,
    given,
    read,
    slo,
)


def rules(made: Generated) -> Any:
    """Give each group's rules."""
    body = read(made.files[0].text)
    return {group["name"]: group["rules"] for group in body["groups"]}


def test_an_objective_is_recorded_over_each_window_and_alarms_twice() -> None:
    """Eight windows, what is left, a page and a ticket."""
    made = rules(prometheus(given(CATALOGUE[0])))
    group = made["tenken-slo-availability"]

    assert [one["record"] for one in group if "record" in one] == [
        f"tenken_slo:burn:{window}" for window in ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
    ]
    assert [one["record"] for one in made["tenken-slo-availability-budget"]] == [
        "tenken_slo:budget_left"
    ]
    alarms = [one for one in group if "alert" in one]
    assert [(one["alert"], one["labels"]["window"]) for one in alarms] == [
        ("TenkenSloPage", "1h"), ("TenkenSloPage", "6h"),
        ("TenkenSloTicket", "1d"), ("TenkenSloTicket", "3d"),
    ]  # fmt: skip
    chosen = '{application="desk",slo="availability"}'
    page = alarms[0]
    assert page["expr"] == (
        f"tenken_slo:burn:1h{chosen} > 14.4 and tenken_slo:burn:5m{chosen} > 14.4"
    )
    assert page["annotations"]["runbook_url"] == (
        "https://git.example.com/desk/docs/runbooks/answers.md"
    )


def test_an_objective_without_a_runbook_has_that_of_all() -> None:
    """And so has the alert that nothing is seen."""
    settings = replace(ALERTS, runbooks={"burn": "docs/burn.md"})
    asked = replace(given(WORDS, OWN), alerts=settings)

    text = prometheus(asked).files[0].text

    assert text.count("runbook_url: https://git.example.com/desk/docs/burn.md") == 5


def test_no_traffic_is_no_success() -> None:
    """Every share is one of events that there are; nothing stands in for a missing series."""
    text = prometheus(given()).files[0].text

    assert "vector(" not in text
    for one in CATALOGUE:
        indicator = indicator_of(one)
        if isinstance(indicator, Events):
            assert indicator.bad_share("5m").endswith(" > 0)")
        else:
            assert indicator is not None
            assert "> 0" in indicator.good


def test_sums_that_stand_still_are_told() -> None:
    """Without its store the keeper shows those of before: nothing would burn, or be missing."""
    [alive] = rules(prometheus(given(CATALOGUE[0])))["tenken-slo-alive"]

    assert alive["expr"] == "absent(tenken_store_up == 1)"


def test_cancelled_requests_are_in_no_denominator() -> None:
    """Nor are those refused for a reason of the caller's."""
    text = prometheus(given(*CATALOGUE)).files[0].text

    assert "cancelled" not in text
    assert "refused" not in text


def test_what_prometheus_cannot_say_is_told() -> None:
    """By objective."""
    made = prometheus(given(CATALOGUE[4], CATALOGUE[7], UNMEASURED, WORDS, OWN, DOGS))

    assert [(one.slo, one.sentence.id) for one in made.losses] == [
        ("safety-violation-rate", "slo.loss_failures_match"),
        ("cost-per-request", "slo.loss_unweighed"),
        ("eval-pass-rate", "slo.loss_no_metric"),
        ("words", "slo.loss_words"),
        ("own", "slo.loss_untested"),
        ("dogs", "slo.loss_language"),
    ]
    speech = Speech(Language.EN)
    assert speech(made.losses[2].sentence) == (
        "Prometheus does not watch it: `eval_pass_rate` is exposed as no metric"
    )


def test_pairs_that_cannot_fire_are_in_no_rule() -> None:
    """At 90 % nothing burns 14.4 times."""
    made = rules(prometheus(given(slo("fallback_rate", target=90))))

    assert "14.4" not in str(made)


def test_a_query_is_asked_as_it_was_written() -> None:
    """Over each window, and a missing good series is none where there are events."""
    group = rules(prometheus(given(OWN)))["tenken-slo-own"]

    assert group[0]["expr"] == (
        "(1 - ((sum(rate(scans_good_total[5m]))) or 0 * (sum(rate(scans_total[5m])))) / "
        "((sum(rate(scans_total[5m]))) > 0)) / 0.01"
    )
    assert group[-1]["labels"]["owner"] == "scan team"


@pytest.mark.parametrize(("faster", "window"), [(1, "5m"), (60, "5s"), (3600, "1s")])
def test_windows_can_be_shortened_for_tests(faster: int, window: str) -> None:
    """All of them alike, down to a second."""
    made = given(CATALOGUE[0], faster=faster)

    assert made.window(5) == window
    assert [file.path for file in prometheus(made).files][1:] == (
        ["tenken-slo.tests.yaml"] if faster == 1 else []
    )


def test_a_team_s_own_pair_is_taken() -> None:
    """In place of the standard ones."""
    pair = BurnPair(burn=5, long_minutes=90, short_minutes=10, severity="ticket")
    objective = given(CATALOGUE[0]).objectives[0]
    from_team = objective.__class__(slo=objective.slo, pairs=(pair,))
    made = rules(prometheus(given().__class__(
        application="desk", owner="", objectives=(from_team,)
    )))  # fmt: skip

    alarms = [one for one in made["tenken-slo-availability"] if "alert" in one]
    assert [one["alert"] for one in alarms] == ["TenkenSloTicket"]
    assert "tenken_slo:burn:90m" in alarms[0]["expr"]
    assert "owner" not in alarms[0]["labels"]


def elsewhere(by: Literal["prometheus", "datadog"]) -> Given:
    """Give what is asked where somebody else pages."""
    asked = given(CATALOGUE[0])
    return replace(asked, alerts=replace(asked.alerts, by=by, console_url="https://c.example.com"))


def test_who_pages_in_our_place_tells_of_all_that_is_watched() -> None:
    """Of objectives by their own rules, of all else by kind."""
    made = prometheus(elsewhere("prometheus"))
    group = rules(made)["tenken-alerts"]

    assert [(one["alert"], one["labels"]["severity"]) for one in group] == [
        ("TenkenPage", "page"), ("TenkenTicket", "ticket"),
    ]  # fmt: skip
    assert group[0]["expr"] == (
        'max by (kind) (tenken_alerts_open{kind!="burn",severity="page"}) > 0'
    )
    assert group[0]["annotations"]["console_url"] == "https://c.example.com/alerts"
    assert [one.sentence.id for one in made.losses] == ["slo.loss_mild"]
    assert "the ledger is behind" in made.files[1].text


def test_where_we_page_or_another_does_nobody_is_told_twice() -> None:
    """Their rules would be a second pager."""
    for asked in (given(CATALOGUE[0]), elsewhere("datadog")):
        assert "tenken-alerts" not in rules(prometheus(asked))
    for other in (given(CATALOGUE[0]), elsewhere("prometheus")):
        assert "tenken_alerts_page" not in datadog(other).files[0].text


def test_datadog_tells_of_all_that_is_watched() -> None:
    """By two monitors, one for each urgency, of several alerts each."""
    made = datadog(elsewhere("datadog")).files[0].text

    for severity, handle in (("page", "@pagerduty-duty"), ("ticket", "@webhook-hook")):
        monitor = made.partition(f'"tenken_alerts_{severity}"')[2].partition("\n}")[0]
        assert f"{{severity:{severity},!kind:burn}} by {{kind}} > 0" in monitor
        assert handle in monitor


def test_without_objectives_there_is_still_something_to_tell() -> None:
    """The rules of what else is watched."""
    made = prometheus(replace(elsewhere("prometheus"), objectives=()))

    assert list(rules(made)) == ["tenken-slo-alive", "tenken-alerts"]
