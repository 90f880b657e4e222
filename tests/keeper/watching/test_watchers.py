"""Each watcher speaks of what it looks at, whether it is well or not."""

from datetime import date
from decimal import Decimal

import msgspec
from msgspec.structs import replace

from tenken.config.application import Application
from tenken.config.operating.alerting import AlertRules, GuardRule
from tenken.keeper.alerts.advance import Standing, advance
from tenken.keeper.alerts.policy import Policy
from tenken.keeper.alerts.signal import Signal
from tenken.keeper.watching import budgets, ends, guards, lag, undelivered
from tenken.keeper.watching.slowly import Slowly
from tenken.models.known import Models, Origin, Row
from tenken.store.rollups.totals import MatchTotals
from tenken.store.watch.outbox import Progress
from tests.store.watch.standing import delivery

TODAY = date(2026, 11, 23)
S = 1_000_000


def found(severity: str, count: int, *, action: str = "block", risk: str = "harm") -> MatchTotals:
    return MatchTotals(
        use_case="support", risk=risk, rule="r", action=action, stage="input",
        severity=severity, drill=False, matches=count,
    )  # fmt: skip


def firing(signals: tuple[Signal, ...]) -> dict[str, str]:
    return {one.key: one.severity for one in signals if one.firing}


def test_what_is_critical_pages_and_what_is_low_does_not() -> None:
    """One match of a critical risk is enough; many of a mild one are not."""
    rules = AlertRules().guards
    seen = [
        guards.Seen(rule=rule, matches=(found("critical", 1), found("low", 900)),
                    requests={"support": 1000, "search": 10})
        for rule in rules
    ]  # fmt: skip

    signals = guards.watch(seen)

    assert firing(signals) == {"guard/support/critical/page": "page"}
    assert {one.subject.use_case for one in signals} == {"support", "search"}
    assert len({one.key for one in signals}) == len(signals)


def test_a_share_is_asked_for_besides_a_number() -> None:
    """Ten matches are many of a hundred requests, and few of ten thousand."""
    rule = GuardRule(severity="high", alert="ticket", matches_min=10, percent_min=5.0)
    matches = (found("high", 8, risk="a"), found("high", 2, risk="b"))

    [many] = guards.watch([guards.Seen(rule=rule, matches=matches, requests={"support": 100})])
    [few] = guards.watch([guards.Seen(rule=rule, matches=matches, requests={"support": 10_000})])

    assert (many.firing, few.firing) == (True, False)
    assert many.cause is not None
    assert many.cause.fields == {"risk": "a", "count": 8}


def test_of_two_rules_for_one_risk_both_are_heard() -> None:
    """A burst pages although the hour as a whole would not."""
    rules = (
        GuardRule(severity="high", alert="page", matches_min=10, minutes=5),
        GuardRule(severity="high", alert="page", matches_min=500, minutes=60),
    )
    seen = [
        guards.Seen(rule=rule, matches=(found("high", 20),), requests={"support": 90})
        for rule in rules
    ]

    assert firing(guards.watch(seen)) == {"guard/support/high/page": "page"}
    change = advance(Standing(), guards.watch(seen), Policy(), 0)
    assert [one.key for one in change.alerts] == ["guard/support/high/page"]


def test_a_detector_that_failed_is_no_violation() -> None:
    """It counts in the objective of availability."""
    rule = GuardRule(severity="critical", alert="page")
    seen = guards.Seen(
        rule=rule, matches=(found("critical", 5, action="failed"),), requests={"support": 9}
    )

    assert firing(guards.watch([seen])) == {}


def test_a_journal_that_is_behind_pages() -> None:
    """By its oldest record that the ledger lacks; one that has all is well."""
    journals = [
        lag.Behind(journal="host/0", oldest_at=0),
        lag.Behind(journal="host/1", oldest_at=None),
    ]

    signals = lag.watch(journals, allowed_s=120, now=120 * S)

    assert firing(signals) == {"lag/host/0": "page"}
    assert lag.watch(journals, allowed_s=0, now=120 * S) == ()


def test_a_journal_that_nobody_can_read_on_pages() -> None:
    """Nothing that the ledger lacks is seen there, and it lacks all that follows."""
    [signal] = lag.watch(
        [lag.Behind(journal="host/0", oldest_at=None, damaged=True)], allowed_s=120, now=120 * S
    )

    assert (signal.firing, signal.what.id) == (True, "alerts.lag_damaged")


def test_a_budget_is_told_of_before_its_end_and_at_it() -> None:
    """Each once, by keys of their own."""

    def spent(money: str) -> tuple[Signal, ...]:
        one = budgets.Budget(caller="app", limit=Decimal(10), spent=Decimal(money))
        return budgets.watch([one], percent=80)

    assert firing(spent("7.99")) == {}
    assert firing(spent("8")) == {"budget/app/near": "ticket"}
    assert firing(spent("10")) == {"budget/app/near": "ticket", "budget/app/used-up": "page"}
    assert budgets.watch([], percent=0) == ()


APP = {
    "application": {"name": "desk", "owner": "team"},
    "use_cases": [{"id": "support", "description": "answers"}],
    "models": [
        {"id": "old", "provider": "p", "model": "m-1"},
        {"id": "new", "provider": "p", "model": "m-2"},
        {"id": "unused", "provider": "p", "model": "m-1"},
    ],
    "routes": [{"name": "answer", "use_case": "support", "targets": ["old", "new"]}],
}


def retirements(day: date, **further: object) -> tuple[Signal, ...]:
    app = msgspec.convert({**APP, **further}, Application)
    row = Row(provider="openai", model="m-1", retires_on=day)
    origin = Origin(read_from="t 1", sha256="0" * 64, as_of=TODAY, licence="MIT")
    known = Models(origin=origin, rows={row.key: row})
    return ends.watch_models(app, vendors={"p": "openai"}, known=known, days=90, today=TODAY)


def test_a_model_in_use_that_ends_is_told_of_with_what_stays() -> None:
    """One that no route calls is not."""
    [signal] = retirements(date(2027, 1, 1))

    assert (signal.key, signal.severity, signal.firing) == ("retirement/old", "ticket", True)
    assert signal.cause is not None
    assert signal.cause.fields == {"replacement": "new"}


def test_a_replacement_that_is_stated_is_told() -> None:
    """It goes before what the routes have besides."""
    models = (
        {"id": "old", "provider": "p", "model": "m-1", "replacement": "m-2"},
        {"id": "new", "provider": "p", "model": "m-2"},
    )
    [signal] = retirements(date(2027, 1, 1), models=models)

    assert signal.cause is not None
    assert signal.cause.id == "alerts.replacement_stated"
    assert signal.cause.fields == {"replacement": "m-2"}


def test_the_nearer_its_end_the_louder() -> None:
    """Where nothing else is left, that is said."""
    [signal] = retirements(
        date(2026, 11, 30),
        routes=[{"name": "answer", "use_case": "support", "targets": ["old"]}],
    )

    assert signal.severity == "page"
    assert signal.cause is not None
    assert signal.cause.id == "alerts.no_replacement"
    assert firing(retirements(date(2027, 6, 1))) == {}


def test_what_expires_soon_is_told_of() -> None:
    """A fortnight before, and after."""
    several = [
        ends.Ending(kind="key", name="app", day=date(2026, 12, 1)),
        ends.Ending(kind="sign_off", name="0-1-1 (Hana)", day=date(2027, 12, 1)),
    ]

    assert firing(ends.watch_expiry(several, days=14, today=TODAY)) == {"expiry/key/app": "ticket"}
    assert ends.watch_expiry(several, days=0, today=TODAY) == ()


def test_a_receiver_that_takes_nothing_is_told_of() -> None:
    """After five minutes; the others are well."""
    signals = undelivered.watch([delivery()], ["pager", "chat"], now=2_000 + 5 * 60 * S)

    assert firing(signals) == {"delivery/pager": "ticket"}
    assert {one.key for one in signals} == {"delivery/pager", "delivery/chat"}


def test_a_receiver_that_refuses_is_told_of() -> None:
    """Nothing waits then; one that is no longer in the settings is nobody's concern."""
    lost = replace(
        delivery(), state=Progress.GIVEN_UP, ended_at=3_000, answer="400 invalid routing key"
    )
    gone = replace(lost, receiver="gone")

    signals = undelivered.watch([], ["pager", "chat"], refused=[gone, lost], now=4_000)

    assert firing(signals) == {"delivery/pager": "ticket"}
    [said] = [one.what.fields["answer"] for one in signals if one.firing]
    assert said == "400 invalid routing key"


def test_a_watcher_looks_again_when_the_clock_was_set_back() -> None:
    """What it saw an hour ahead does not stand for an hour."""
    looked: list[int] = []

    def watcher(now: int) -> tuple[Signal, ...]:
        looked.append(now)
        return ()

    slowly = Slowly(watcher, every_s=15)
    for at in (3600, 3610, 3615, 10, 20, 25):
        slowly(at * S)

    assert [at // S for at in looked] == [3600, 3615, 10, 25]
