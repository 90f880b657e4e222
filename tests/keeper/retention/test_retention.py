"""What is too old goes, what is not stays, and sums tell the same as before."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, func, insert, select

from tenken.config.operating.retention import RetentionSettings
from tenken.keeper.retention.work import DAY_US, LATER_S, Retaining, limits_of
from tenken.store.engine import opened
from tenken.store.ledger import Ledger
from tenken.store.migration import migrate
from tenken.store.retention.aging import Aging
from tenken.store.retention.forgetting import Forgetting, Forgotten, Whose
from tenken.store.rollups.grain import Grain, Window
from tenken.store.rollups.reading import Rollups
from tenken.store.tables import ATTEMPTS, EXCHANGES, MATCHES, REVIEWS
from tenken.store.watch.leases import Leases
from tests.journal.making import AT, exchange

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
    work = Retaining(Aging(engine), settings=lambda: settings, lease=Leases(engine), holder=holder)
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
    Leases(engine).hold("retention", "another", NOW, 3600)
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
