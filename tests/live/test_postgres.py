"""The ledger in a real Postgres: migrated, cut by months, applied once by two at a time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from threading import Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from msgspec.structs import replace
from sqlalchemy import URL, Engine, create_engine, inspect, select, text

from tenken.config.operating.retention import RetentionSettings
from tenken.journal.exchange import Exchange, Identity, Outcome
from tenken.journal.reader import Position
from tenken.journal.writer import Writer
from tenken.keeper.drain import Drain
from tenken.keeper.retention.work import DAY_US, LATER_S, Retaining
from tenken.store.browsing.browsing import Browsing
from tenken.store.browsing.lines import Line, Sought
from tenken.store.engine import opened
from tenken.store.faults import Away, Clash, Moved
from tenken.store.ledger import Batch, Ledger
from tenken.store.migration import migrate, revision
from tenken.store.owed.counts import counted
from tenken.store.owed.owed import Owed
from tenken.store.parking import Parking
from tenken.store.people.audit import Audit, Entry
from tenken.store.proofs.figures import Figures
from tenken.store.proofs.lines import Proofs
from tenken.store.retention.aging import Aging
from tenken.store.retention.forgetting import Forgetting, Whose
from tenken.store.rollups.grain import Grain, Window
from tenken.store.rollups.reading import Asked, Rollups
from tenken.store.rollups.tables import (
    CALLER_ROLLUPS,
    CALLER_SERIES,
    MODEL_ROLLUPS,
    MODEL_SERIES,
    ROUTE_ROLLUPS,
    ROUTE_SERIES,
)
from tenken.store.sinks.replaying import Span, replay
from tenken.store.tables import METADATA, MONTHLY
from tenken.store.watch.leases import Leases
from tenken.store.watch.tables import ALERTS, INCIDENTS
from tests.journal.making import AT, exchange, intent
from tests.keeper.sinks.feeding import Held, fed, feed_of
from tests.live.postgres import postgres_server
from tests.live.serving import until
from tests.store.comparing import compared
from tests.store.rollups.counting import totals
from tests.store.watch.past import past_rows

pytestmark = pytest.mark.live
DAY = date(2026, 11, 18)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    with postgres_server(tmp_path_factory.mktemp("server")) as found:
        yield found.url


@pytest.fixture
def engine(server: URL, request: pytest.FixtureRequest) -> Iterator[Engine]:
    name = request.node.name[:50]
    admin = create_engine(
        server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    admin.dispose()
    url = server.set(database=name)
    found = opened(url.render_as_string(hide_password=False))
    migrate(found)
    yield found
    found.dispose()


def at(month: int) -> int:
    return int(datetime(2026, month, 15, tzinfo=UTC).timestamp()) * 1_000_000


def batch(after: Position, sequence: int, *exchanges: Exchange) -> Batch:
    position = Position(segment=1, offset=sequence, sequence=sequence, previous=b"x" * 16)
    return Batch(journal="w0", boot="b", after=after, position=position, exchanges=exchanges)


def test_migrations_lead_where_the_tables_are(engine: Engine) -> None:
    """Two that start at once take turns; a second run changes nothing."""
    starting = [Thread(target=migrate, args=(engine,)) for _ in range(3)]
    for one in starting:
        one.start()
    for one in starting:
        one.join()

    with engine.connect() as connection:
        assert compare_metadata(compared(connection), METADATA) == []
    assert revision(engine) == "0017"


def test_each_month_has_its_own_partition(engine: Engine) -> None:
    """Made when its first record comes, and a month may be dropped alone."""
    ledger = Ledger(engine)
    spring, autumn = replace(exchange(1), at=at(3)), replace(exchange(2), at=at(11))

    ledger.apply(batch(Position(), 1, spring, autumn))
    ledger.record((replace(exchange(3), at=at(11)),))
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE exchanges_2026_03"))

    names = set(inspect(engine).get_table_names())
    assert {f"{table.name}_2026_11" for table in MONTHLY} <= names
    assert ledger.exchanges(spring.id) == ()
    assert ledger.exchanges(autumn.id) == (autumn,)


def test_records_come_back_whole_and_sums_are_exact(engine: Engine) -> None:
    """Money to the last decimal, over more than a float holds."""
    ledger = Ledger(engine)
    cheap = replace(exchange(1), cost=Decimal("0.000000000001"))
    dear = replace(exchange(2), cost=Decimal("123456789.123456789012"))

    ledger.apply(batch(Position(), 1, cheap, dear))

    assert ledger.exchanges(cheap.id) == (cheap,)
    [spent] = ledger.daily(DAY)
    assert spent.cost == Decimal("123456789.123456789013")


def test_of_two_that_apply_the_same_batch_one_does(engine: Engine) -> None:
    """Whoever is first; the other is told."""
    moved: list[Exception] = []
    one = batch(Position(), 1, *[exchange(number) for number in range(200)])

    def applies() -> None:
        try:
            Ledger(engine).apply(one)
        except Moved as error:
            moved.append(error)

    both = [Thread(target=applies) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()

    assert len(moved) == 1
    [spent] = Ledger(engine).daily(DAY)
    assert spent.requests == 200


def test_what_stood_as_unknown_gives_way(engine: Engine) -> None:
    """As on SQLite; a NUL in a provider's words blocks nothing."""
    ledger = Ledger(engine)
    real = exchange(1)
    ledger.record((replace(real, outcome=Outcome.UNKNOWN, finish="a\0b"),))

    ledger.apply(batch(Position(), 1, real))

    assert ledger.exchanges(real.id) == (real,)


def test_a_record_that_fits_no_column_is_parked_and_others_go_on(
    engine: Engine, tmp_path: Path
) -> None:
    """In the transaction that moves the journal on; without the row in what is told."""
    journal = Writer(tmp_path / "w0", worker=0, boot="b", at=AT)
    for number in range(4):
        journal.settle(replace(exchange(number), status=70_000 if number == 1 else 200))
    journal.close()
    drain = Drain(tmp_path / "w0", journal="w0", ledger=Ledger(engine))
    until(lambda: drain.step(AT).idle)

    [spent] = Ledger(engine).daily(DAY)
    [standing] = Parking(engine).found(10)

    assert spent.requests == 3
    said = "value ... is out of range for type smallint"
    assert standing.parked.why == f"NumericValueOutOfRange: {said}"


def test_a_journal_waits_while_the_database_is_away(engine: Engine, tmp_path: Path) -> None:
    """Nothing is lost, nothing is there twice."""
    folder = tmp_path / "w0"
    journal = Writer(folder, worker=0, boot="b", at=AT)
    for number in range(1200):
        journal.intent(intent(number))
        journal.settle(exchange(number))
    journal.close()
    drain = Drain(folder, journal="w0", ledger=Ledger(engine))
    drain.step(AT)
    nobody = opened("postgresql://nobody@127.0.0.1:9/none")
    with pytest.raises(Away):
        Drain(folder, journal="w0", ledger=Ledger(nobody)).step(AT)
    with engine.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )

    until(lambda: drain.step(AT).idle)

    [spent] = Ledger(engine).daily(DAY)
    assert spent.requests == 1200


def test_a_connection_that_the_server_ended_is_another_one_at_the_next_question(
    engine: Engine,
) -> None:
    """Nobody is told that it was away while nobody asked."""
    reading, ending = opened(str(engine.url)), opened(str(engine.url))
    Ledger(engine).record([exchange(1)])
    before = Rollups(reading).first()
    with ending.begin() as connection:
        ended = connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        ).all()

    after = Rollups(reading).first()

    assert ended
    assert before == after is not None
    reading.dispose()
    ending.dispose()


def test_sums_are_a_recount_and_months_go_in_one_step(engine: Engine) -> None:
    """As on SQLite: in pieces, twice, after some stood as unknown; and sums stay."""
    records = [
        replace(
            exchange(n),
            at=at(n % 3 + 3) + n,
            identity=Identity(caller=f"c{n % 4}", use_case="answer", drill="d" * (n % 5 == 0)),
            outcome=Outcome.REFUSED if n % 7 == 0 else Outcome.ANSWERED,
        )
        for n in range(200)
    ]
    lost = [replace(one, outcome=Outcome.UNKNOWN, cost=Decimal(9)) for one in records[::3]]
    for first in range(0, 200, 40):
        Ledger(engine).record([*lost[first : first + 40], *records[first : first + 50]])
    Ledger(engine).record(records)
    rollups, asked = Rollups(engine), Asked(drills=True)
    window = Window(at(3), at(6))

    assert rollups.totals(window, asked) == totals(records)
    assert rollups.totals(window) == totals([one for one in records if not one.identity.drill])
    shares = {one.name: one.totals for one in rollups.by("caller", window, asked)}
    assert shares["c1"] == totals(one for one in records if one.identity.caller == "c1")
    paged = [one.id for one in _pages(engine, Sought(window=window, outcome=Outcome.REFUSED))]
    refused = [one for one in records if one.outcome is Outcome.REFUSED]
    assert paged == [one.id for one in sorted(refused, key=lambda one: -one.at)]

    assert Aging(engine).exchanges(at(5)) == 2
    assert Aging(engine).exchanges(at(5)) == 0
    assert rollups.totals(window, asked) == totals(records)
    may = [one for one in records if one.at >= at(5)]
    left = Browsing(engine).page(Sought(window=window), most=200)
    assert len(left.lines) == len(may)
    assert Forgetting(engine).some(Whose(caller="c1")).exchanges == sum(
        one.identity.caller == "c1" for one in may
    )
    while Aging(engine).sums(Grain.MINUTE, at(6)):
        pass
    whole = Window(Grain.HOUR.start(window.since), window.until)
    assert rollups.totals(whole, asked) == totals(records)
    Ledger(engine).record([replace(exchange(7), at=at(3))])


def test_sinks_are_fed_from_a_real_postgres(engine: Engine, tmp_path: Path) -> None:
    """Positions, what is owed, replays and numbers: the statements are its own."""
    journal = Writer(tmp_path / "0", worker=0, boot="b", at=AT)
    for number in range(3):
        journal.settle(exchange(number))
    journal.close()
    held = Held()
    feed = feed_of(held, tmp_path, engine)
    fed(feed)
    ledger = Ledger(engine, sinks=("held", "other"))
    ledger.record([exchange(number) for number in range(3, 6)])
    fed(feed)
    fed(feed_of(held, tmp_path, engine))

    assert held.taken == [exchange(number).id for number in range(6)]
    # The first three stand in the journal alone: nothing has brought them into the ledger.
    assert replay(engine, "held", Span(since=AT + 1, until=AT + 5)) == 2
    fed(feed)
    assert held.taken[6:] == [exchange(number).id for number in range(3, 5)]
    assert counted(engine)["held"].exchanges == 8
    assert Owed(engine, "other").debt().exchanges == 3


def _pages(engine: Engine, sought: Sought) -> Iterator[Line]:
    page = Browsing(engine).page(sought, most=7)
    yield from page.lines
    while page.following is not None:
        page = Browsing(engine).page(sought, behind=page.following, most=7)
        yield from page.lines


def test_evidence_and_what_is_over_are_kept_as_on_sqlite(engine: Engine) -> None:
    """Lines in a chain, figures of single exchanges, and what watching left behind."""
    proofs, now = Proofs(engine), AT + 40 * DAY_US
    for number in range(3):
        proofs.add(AT + number, lambda before, number=number: f"{before}{number}")  # type: ignore[misc]
    with pytest.raises(Clash):
        proofs.add(AT, lambda _before: _both(proofs))
    assert [one.line for one in proofs.since(AT, 9)] == ["0", "01", "012", "other"]
    assert proofs.forget(AT + 9) == 3
    Ledger(engine).record([replace(exchange(1), outcome=Outcome.BLOCKED), exchange(2)])
    assert Figures(engine).span(0) == (exchange(1).at, exchange(2).at)
    assert Figures(engine).blocks(0).answers == 1
    assert [one.route for one in Figures(engine).sessions(0)] == [exchange(2).identity.route]

    audit = Audit(engine)
    for at_ in (AT, now):
        audit.begin(Entry(at=at_, actor="hana", application="desk", action="a", subject="s"))
    with engine.begin() as connection:
        past_rows(connection, "old", AT)
    retention = RetentionSettings(alerts_days=20, incidents_days=30, audit_days=20)
    work = Retaining(engine, settings=lambda: retention, lease=Leases(engine), holder="a")
    while work.step(now) < LATER_S:
        pass
    with engine.connect() as connection:
        assert {*connection.scalars(select(ALERTS.c.id))} == {"open-old"}
        assert {*connection.scalars(select(INCIDENTS.c.id))} == {"open-old", "owing-old"}
    assert audit.broken() is None
    assert len(audit.newest("desk", 9)) == 1


def _both(proofs: Proofs) -> str:
    """Another keeper writes a line between our reading and our writing."""
    proofs.add(AT + 10, lambda _before: "other")
    return "ours"


def test_narrow_sums_are_made_of_those_that_stand_there(engine: Engine) -> None:
    """A step that finds sums gives those by some names alone what a recount gives."""
    names = (ROUTE_ROLLUPS, CALLER_ROLLUPS, MODEL_ROLLUPS, ROUTE_SERIES, CALLER_SERIES,
             MODEL_SERIES)  # fmt: skip
    Ledger(engine).record([exchange(number) for number in range(20)])
    whole = Window(AT - DAY_US, AT + DAY_US)
    before = [Rollups(engine).by(one, whole) for one in ("route", "caller", "model")]
    step = import_module("tenken.store.migrations.versions.v0012_narrow_sums")
    with engine.begin() as connection:
        for table in names:
            table.drop(connection)
        with Operations.context(MigrationContext.configure(connection)):
            step.upgrade()

    assert [Rollups(engine).by(one, whole) for one in ("route", "caller", "model")] == before
    assert before[0][0].totals.requests > 0
