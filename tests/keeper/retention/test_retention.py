"""What is too old goes, what is not stays, and sums tell the same as before."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Column, Engine, delete, func, insert, select

from tenken.config.operating.retention import RetentionSettings
from tenken.keeper.retention.work import DAY_US, LATER_S, Retaining, limits_of
from tenken.store.engine import opened
from tenken.store.ledger import Ledger
from tenken.store.migration import migrate
from tenken.store.people.audit import Audit, Entry
from tenken.store.people.tables import AUDIT
from tenken.store.retention.forgetting import Forgetting, Forgotten, Whose
from tenken.store.rollups.grain import Grain, Window
from tenken.store.rollups.reading import Rollups
from tenken.store.tables import ATTEMPTS, EXCHANGES, MATCHES, REVIEWS
from tenken.store.watch.leases import Leases
from tenken.store.watch.tables import (
    ALERT_EVENTS,
    ALERTS,
    DELIVERIES,
    INCIDENT_EVENTS,
    INCIDENTS,
)
from tests.journal.making import AT, exchange
from tests.store.watch.past import past_rows

NOW = AT + 40 * DAY_US
ALL = Window(AT - 50 * DAY_US, NOW)
MINUTE_US = Grain.MINUTE.us


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = opened(f"sqlite:///{tmp_path}/ledger.db")
    migrate(found)
    yield found
    found.dispose()


def retain(engine: Engine, settings: RetentionSettings, *, holder: str = "a") -> int:
    """Take away all that is too old; gives how many steps that took."""
    work = Retaining(engine, settings=lambda: settings, lease=Leases(engine), holder=holder)
    steps = 1
    while work.step(NOW) < LATER_S:
        steps += 1
    return steps


def counted(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return [
            connection.scalar(select(func.count()).select_from(table)) or 0
            for table in (EXCHANGES, ATTEMPTS, MATCHES, REVIEWS)
        ]


def standing(engine: Engine, name: Column[str]) -> set[str]:
    with engine.connect() as connection:
        return {*connection.scalars(select(name))}


def past(engine: Engine, *days: int) -> None:
    with engine.begin() as connection:
        for day, at in zip(days, days_ago(*days), strict=True):
            past_rows(connection, f"{day}", at)


def days_ago(*days: int) -> list[int]:
    return [NOW - day * DAY_US for day in days]


def test_requests_go_when_they_are_old_and_sums_stay(engine: Engine) -> None:
    """With their attempts, matches and reviews; whatever else is there stays."""
    ledger = Ledger(engine)
    moments = days_ago(39, 31, 29, 1)
    ledger.record([replace(exchange(n), at=at) for n, at in enumerate(moments)])
    with engine.begin() as connection:
        for at in moments:
            row = {"id": "x", "span": "y", "at": at, "number": 1, "judged_at": 1}
            judged = {"is_true": True, "judged_by": "a", "why": ""}
            connection.execute(insert(REVIEWS), {**row, **judged})
    before = Rollups(engine).totals(ALL)

    retain(engine, RetentionSettings(exchanges_days=30))

    assert counted(engine) == [2, 4, 2, 2]
    assert Rollups(engine).totals(ALL) == before
    assert before.requests == 4


def test_nothing_goes_where_nothing_is_said(engine: Engine) -> None:
    """Requests stay for ever unless the file says otherwise."""
    Ledger(engine).record([replace(exchange(1), at=1)])

    retain(engine, RetentionSettings())

    assert counted(engine) == [1, 2, 1, 0]


def test_finer_sums_go_and_windows_widen(engine: Engine) -> None:
    """A window that begins where minutes are gone is read by hours, then by days."""
    moments = days_ago(38, 20, 3)
    Ledger(engine).record([replace(exchange(n), at=at) for n, at in enumerate(moments)])
    settings = RetentionSettings(minutes_days=10, hours_days=30)
    rollups = Rollups(engine)
    narrow = [Window(at - at % MINUTE_US, at + 1) for at in moments]
    assert [rollups.totals(window).requests for window in narrow] == [1, 1, 1]
    aside = [Window(at - 2 * MINUTE_US, at - MINUTE_US) for at in moments]
    assert [rollups.totals(window).requests for window in aside] == [0, 0, 0]

    retain(engine, settings)

    assert rollups.totals(ALL).requests == 3
    assert [rollups.totals(window).requests for window in narrow] == [1, 1, 1]
    assert [rollups.totals(window).requests for window in aside] == [1, 1, 0]
    assert len(rollups.series(ALL, Grain.MINUTE)) == 1
    assert len(rollups.series(ALL, Grain.HOUR)) == 2
    assert len(rollups.series(ALL, Grain.DAY)) == 3
    assert rollups.ever().exchanges[0].totals.requests == 3


def test_sums_go_by_whole_days() -> None:
    """So that no hour or day is half there."""
    limits = limits_of(RetentionSettings(minutes_days=1, hours_days=2), NOW)

    assert limits.minutes is not None
    assert limits.hours is not None
    assert limits.minutes % DAY_US == limits.hours % DAY_US == 0
    assert limits.minutes <= NOW - DAY_US
    assert limits.exchanges is None


def test_one_keeper_does_it(engine: Engine) -> None:
    """The others come again later."""
    Leases(engine).hold("retention", "another", NOW, 300)
    Ledger(engine).record([replace(exchange(1), at=1)])

    assert retain(engine, RetentionSettings(exchanges_days=1)) == 1

    assert counted(engine)[0] == 1


def test_a_session_is_forgotten(engine: Engine) -> None:
    """All of it, and nothing of another's; sums stay."""
    who = exchange(1).identity
    mine = replace(who, session="5e55", session_known="derived")
    other = replace(who, session="0the", session_known="stated")
    records = [replace(exchange(n), identity=mine if n % 3 else other) for n in range(1, 10)]
    Ledger(engine).record(records)
    forgetting = Forgetting(engine)
    whose = Whose(sessions=("5e55",))
    assert forgetting.count(whose) == Forgotten(exchanges=6)
    assert forgetting.count(Whose(sessions=("5e55",), caller="nobody")) == Forgotten()

    assert forgetting.some(whose) == Forgotten(exchanges=6)

    assert forgetting.some(whose) == Forgotten()
    assert counted(engine)[:3] == [3, 6, 3]
    assert Rollups(engine).totals(Window(AT - DAY_US, NOW)).requests == 9


def test_nobody_is_everybody(engine: Engine) -> None:
    """Where nothing is named nothing goes."""
    Ledger(engine).record([exchange(1)])

    assert Forgetting(engine).some(Whose()) == Forgotten()
    assert Forgetting(engine).some(Whose(submitters=("x",), caller="desk")) == Forgotten()
    assert Forgetting(engine).some(Whose(caller="desk")) == Forgotten(exchanges=1)


def test_what_is_over_goes_and_what_is_open_stays(engine: Engine) -> None:
    """However old it is; and an alert stays as long as the incident that was opened from it."""
    past(engine, 50, 5)

    retain(engine, RetentionSettings(alerts_days=20, incidents_days=30))

    assert standing(engine, ALERTS.c.id) == {"open-50", "open-5", "ended-5"}
    assert standing(engine, ALERT_EVENTS.c.alert) == {"open-50", "open-5", "ended-5"}
    assert standing(engine, DELIVERIES.c.id) == {"due-50", "due-5", "sent-5"}
    assert standing(engine, INCIDENTS.c.id) == {"open-50", "owing-50", "open-5", "closed-5",
                                                "owing-5"}  # fmt: skip
    assert standing(engine, INCIDENT_EVENTS.c.incident) == standing(engine, INCIDENTS.c.id)


def test_an_alert_stays_with_its_incident(engine: Engine) -> None:
    past(engine, 50)

    retain(engine, RetentionSettings(alerts_days=20))

    assert "ended-50" in standing(engine, ALERTS.c.id)
    assert "closed-50" in standing(engine, INCIDENTS.c.id)


def test_the_audit_log_says_up_to_where_it_was_forgotten(engine: Engine) -> None:
    """So that a row that somebody else took out is seen as before."""
    audit = Audit(engine)
    for at in days_ago(50, 40, 30, 5):
        audit.begin(Entry(at=at, actor="hana", application="desk", action="a", subject="s"))

    for days in (45, 20):
        retain(engine, RetentionSettings(audit_days=days))
        assert audit.broken() is None

    assert [one.number for one in audit.newest("desk", 9)] == [4]
    with engine.begin() as connection:
        connection.execute(delete(AUDIT).where(AUDIT.c.number == 4))
    assert audit.broken() is not None


def test_an_audit_log_of_old_rows_alone_is_followed_on(engine: Engine) -> None:
    audit = Audit(engine)
    for at in days_ago(50, 40):
        audit.begin(Entry(at=at, actor="hana", application="desk", action="a", subject="s"))

    retain(engine, RetentionSettings(audit_days=1))
    audit.begin(Entry(at=NOW, actor="hana", application="desk", action="a", subject="s"))

    assert audit.broken() is None
    assert [one.number for one in audit.newest("desk", 9)] == [4]
