"""KPIs of a store and of a team's own database, kept as they were."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tenken.config.application import Application, Identity
from tenken.config.operating.impact import Kpi, KpiQuery
from tenken.keeper.value.asking import Unanswered, asked
from tenken.keeper.value.work import EVERY_S, KpiWork, kpis
from tenken.store.engine import opened
from tenken.store.migration import migrate
from tenken.store.rollups.reading import Rollups
from tenken.store.value.points import KpiPoint, KpiPoints
from tenken.store.watch.leases import Leases

NOW = 1_760_000_000_000_000
PERIOD = {"since": "2025-01-01T00:00:00+00:00", "until": "2025-01-08T00:00:00+00:00"}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = opened(f"sqlite:///{tmp_path}/store.db")
    migrate(made)
    yield made
    made.dispose()


@pytest.fixture
def theirs(tmp_path: Path) -> str:
    path = tmp_path / "theirs.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE tickets (at TEXT, deflected INT)")
        rows = [("2025-01-02", 1), ("2025-01-03", 0), ("2024-12-30", 1)]
        connection.executemany("INSERT INTO tickets VALUES (?, ?)", rows)
    return f"sqlite:///{path}"


def test_a_database_of_the_team_gives_one_number(theirs: str) -> None:
    sql = "SELECT avg(deflected) FROM tickets WHERE at >= :since AND at < :until"

    assert asked(theirs, sql, **PERIOD) == 0.5


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("DELETE FROM tickets", "kpi.query_reads_only"),
        ("SELECT 1; DELETE FROM tickets", "kpi.query_reads_only"),
        ("SELECT 1, 2", "kpi.query_no_number"),
        ("SELECT at FROM tickets", "kpi.query_no_number"),
        ("SELECT 1 WHERE 0", "kpi.query_no_number"),
        ("SELECT x FROM nowhere", "kpi.query_failed"),
        ("WITH gone AS (SELECT 1) DELETE FROM tickets", "kpi.query_failed"),
    ],
)
def test_it_is_asked_and_never_changed(theirs: str, sql: str, why: str) -> None:
    with pytest.raises(Unanswered) as told:
        asked(theirs, sql, **PERIOD)

    assert told.value.sentence.id == why
    assert asked(theirs, "SELECT count(*) FROM tickets", **PERIOD) == 3


def test_a_fault_tells_no_address() -> None:
    with pytest.raises(Unanswered) as told:
        asked("nosuch://user:hush@example.com/db", "SELECT 1", **PERIOD)

    assert "hush" not in str(told.value.sentence)


def application(*found: Kpi) -> Application:
    return Application(application=Identity(name="desk", owner="desk"), kpis=found)


def kpi(**fields: object) -> Kpi:
    return Kpi(id="k", formula="f", owner="o", **fields)  # type: ignore[arg-type]


def test_points_are_kept_of_what_was_and_what_had_no_data(engine: Engine, theirs: str) -> None:
    query = KpiQuery(url_env="THEIRS", sql="SELECT count(*) FROM tickets")
    app = application(
        kpi(query=query), Kpi(id="none", formula="f", owner="o", expression="impact.JPY")
    )
    points = KpiPoints(engine)
    work = KpiWork(
        lambda: app,
        rollups=Rollups(engine),
        points=points,
        lease=Leases(engine),
        holder="me",
        environment={"THEIRS": theirs},
    )

    assert work.step(NOW) == EVERY_S
    assert work.step(NOW) == EVERY_S
    assert points.last() == (
        KpiPoint(kpi="k", at=NOW, value=3.0),
        KpiPoint(kpi="none", at=NOW, value=None),
    )
    assert [one.at for one in points.since("k", 0)] == [NOW]


def test_another_keeper_leaves_it_to_who_holds_the_lease(engine: Engine) -> None:
    assert Leases(engine).hold("kpis", "other", NOW, 60)
    points = KpiPoints(engine)
    app = application(kpi(expression="requests"))
    work = KpiWork(
        lambda: app, rollups=Rollups(engine), points=points, lease=Leases(engine), holder="me",
        environment={},
    )  # fmt: skip
    work.step(NOW)

    assert points.last() == ()


def test_a_database_that_nobody_named_is_told(engine: Engine) -> None:
    app = application(kpi(query=KpiQuery(url_env="THEIRS", sql="SELECT 1")))
    (found,) = kpis(app, Rollups(engine), now=NOW, environment={})

    assert found.why is not None
    assert found.why.id == "kpi.query_no_url"
