"""Sums are what a recount gives, whatever was brought, in whatever pieces, however often."""

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import Engine, event, func, select

from tenken.console.sums import Recent, Sums
from tenken.journal.exchange import Exchange, Identity, Outcome
from tenken.store.engine import opened
from tenken.store.faults import Unfit
from tenken.store.ledger import Ledger
from tenken.store.migration import migrate
from tenken.store.rollups.grain import TIMED, Grain, Piece, Window, cover
from tenken.store.rollups.reading import Asked, Rollups
from tenken.store.rollups.totals import Dimension, Peak
from tenken.store.tables import EXCHANGES
from tests.journal.making import exchange
from tests.store.rollups.counting import calls, found, screened, settled, totals, wanted
from tests.store.rollups.made import AT, HOURS_US, several, unknown

MINUTE_US = Grain.MINUTE.us
ASKED = st.builds(
    Asked,
    use_case=st.sampled_from((None, "answer", "")),
    caller=st.sampled_from((None, None, "desk")),
    model=st.sampled_from((None, None, "m")),
    drills=st.booleans(),
)
NAMES: tuple[Dimension, ...] = ("use_case", "route", "caller", "release", "provider", "model")
MOMENTS = st.integers(AT - 2 * HOURS_US, AT + 62 * HOURS_US)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with its tables: making them takes longer than what is asked here."""
    path = tmp_path_factory.mktemp("empty") / "ledger.db"
    engine = opened(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@contextmanager
def fresh(empty: Path) -> Iterator[Engine]:
    with TemporaryDirectory() as folder:
        shutil.copy(empty, folder)
        engine = opened(f"sqlite:///{folder}/ledger.db")
        yield engine
        engine.dispose()


def pieces(brought: Sequence[Exchange], data: st.DataObject) -> Iterator[Sequence[Exchange]]:
    while brought:
        size = data.draw(st.integers(1, len(brought)))
        yield brought[:size]
        brought = brought[size:]


def recounted(rollups: Rollups, records: Sequence[Exchange]) -> None:
    """Compare all that is kept since the beginning."""
    ever = rollups.ever()
    by_names: Counter[tuple[str, ...]] = Counter()
    for one in records:
        last = one.attempts[-1].model if one.attempts else ""
        by_names[one.identity.route, one.identity.release, last] += 1
    kept: Counter[tuple[str, ...]] = Counter()
    for combination in ever.exchanges:
        names = (combination.route, combination.release, combination.model)
        kept[names] += combination.totals.requests
    assert kept == by_names
    assert calls(records) == Counter(
        {
            (one.target, one.provider, one.model, one.failure, one.drill): one.calls
            for one in ever.attempts
        }
    )
    matches: Counter[tuple[str, str, str, str]] = Counter()
    for match in ever.matches:
        matches[match.use_case, match.rule, match.action, match.stage] += match.matches
    assert matches == found(records)
    looks: Counter[tuple[str, str, str, bool]] = Counter()
    for look in ever.screenings:
        looks[look.use_case, look.route, look.stage, look.drill] += look.screened
    assert looks == screened(records)


@settings(max_examples=20)
@given(several(), st.data())
def test_sums_are_a_recount(
    empty: Path, exchanges: tuple[Exchange, ...], data: st.DataObject
) -> None:
    """In any batches, twice, by a keeper that begins anew, after some stood as unknown."""
    with fresh(empty) as engine:
        lost = [unknown(one) for one in exchanges if data.draw(st.booleans())]
        order = data.draw(st.permutations([*lost, *exchanges, *exchanges[:2]]))
        for batch in pieces(order, data):
            Ledger(engine).record(batch)
        records, rollups = settled(order), Rollups(engine)

        recounted(rollups, records)
        for _ in range(2):
            asked = data.draw(ASKED)
            since, until = sorted((data.draw(MOMENTS), data.draw(MOMENTS)))
            window = Window(since, until + 1)
            first, end = Grain.MINUTE.start(since), Grain.MINUTE.end(until + 1)
            inside = [one for one in records if first <= one.at < end and wanted(one, asked)]
            assert rollups.totals(window, asked) == totals(inside)
            shares = {one.name: one.totals.requests for one in rollups.by("caller", window, asked)}
            assert shares == Counter(one.identity.caller for one in inside)
            name = data.draw(st.sampled_from(NAMES))
            shared = rollups.by(name, window, asked)
            assert sum(one.totals.requests for one in shared) == len(inside)
            assert {one.name: one.totals.cost for one in shared} == {
                share: one.cost for share, one in rollups.consumed(name, window, asked).items()
            }
            for grain in TIMED:
                points = rollups.series(Window(first, end), grain, asked)
                around = [
                    one
                    for one in records
                    if grain.start(first) <= one.at < grain.end(end) and wanted(one, asked)
                ]
                counts = Counter(grain.start(one.at) for one in around)
                assert {one.at: one.totals.requests for one in points} == counts


def test_the_busiest_minute_of_a_caller_is_of_all_it_asked(empty: Path) -> None:
    """Whatever routes and models it went to, and drills left out."""
    with fresh(empty) as engine:
        minutes = [
            replace(exchange(n), at=AT + minute * MINUTE_US + n, identity=who)
            for n, (minute, who) in enumerate(
                [
                    (0, Identity(caller="desk", route="a")),
                    (0, Identity(caller="desk", route="b")),
                    (1, Identity(caller="desk", route="a")),
                    (1, Identity(caller="shop")),
                    (0, Identity(caller="desk", drill="outage")),
                ]
            )
        ]
        Ledger(engine).record(minutes)

        found = Rollups(engine).busiest(Window(AT, AT + HOURS_US), Grain.MINUTE)

        each = minutes[0].usage.total
        assert found == {
            "desk": Peak(requests=2, tokens=2 * each),
            "shop": Peak(requests=1, tokens=each),
        }


@given(MOMENTS, st.integers(1, 62 * HOURS_US), st.integers(0, 3), st.integers(0, 3))
def test_a_window_is_covered_once(since: int, length: int, minutes: int, hours: int) -> None:
    """By stretches that touch each other, each at the beginning of its grain."""
    day = Grain.DAY.us
    window = Window(since, since + length)
    here = Grain.DAY.start(AT)
    pieces = cover(window, {Grain.MINUTE: here + minutes * day, Grain.HOUR: here + hours * day})

    assert pieces[0].since <= window.since
    assert pieces[-1].until >= window.until
    assert all(one.until == other.since for one, other in pairwise(pieces))
    assert all(
        one.since % one.grain.us == one.until % one.grain.us == 0 and one.since < one.until
        for one in pieces
    )
    assert len(pieces) <= 5
    for one in pieces:
        assert one.grain is not Grain.MINUTE or one.since >= here + minutes * day


def test_a_window_of_every_grain_is_one_question(empty: Path) -> None:
    """A page asks many: each is a way to the server and back."""
    since = AT - AT % Grain.DAY.us + MINUTE_US
    with fresh(empty) as engine:
        asked: list[str] = []
        sums = Sums(engine, Recent(), AT)
        sums.totals(Window(since, since + MINUTE_US))  # since when sums are kept is known now
        event.listen(engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
        sums.totals(Window(since, since + 2 * Grain.DAY.us))

    assert asked[0] == "BEGIN"
    assert [one.count("UNION ALL") for one in asked[1:]] == [3]  # minutes, hours, a day, a minute


def test_a_window_of_nothing_has_no_pieces() -> None:
    """And one of a minute has one."""
    assert cover(Window(60_000_000, 60_000_000), {}) == ()
    assert cover(Window(59_999_999, 60_000_001), {}) == (Piece(Grain.MINUTE, 0, 120_000_000),)


def test_a_batch_that_is_refused_is_not_counted(empty: Path) -> None:
    """Rows and sums stand or fall together."""
    with fresh(empty) as engine:
        ledger, rollups = Ledger(engine), Rollups(engine)
        ledger.record([exchange(1)])
        before = rollups.ever()

        with pytest.raises(Unfit):
            ledger.record([exchange(2), replace(exchange(3), status=2**70)])

        assert rollups.ever() == before
        with engine.connect() as connection:
            assert connection.scalar(select(func.count()).select_from(EXCHANGES)) == 1


def test_what_stood_before_there_were_sums_is_summed(tmp_path: Path) -> None:
    """By the step that makes their tables; requests themselves come through it whole."""
    records = [
        replace(exchange(n), identity=Identity(caller=f"c{n % 3}", use_case="answer"))
        for n in range(1, 40)
    ]
    records.append(replace(exchange(40), attempts=(), matches=(), outcome=Outcome.REFUSED))
    made = opened(f"sqlite:///{tmp_path}/made.db")
    migrate(made)
    Ledger(made).record(records)
    old = opened(f"sqlite:///{tmp_path}/old.db")
    migrate(old, "0004")
    with old.connect() as connection:
        connection.exec_driver_sql(f"ATTACH '{tmp_path}/made.db' AS made")
        for table in ("exchanges", "attempts", "matches"):
            columns = [
                row[1] for row in connection.exec_driver_sql(f"PRAGMA main.table_info({table})")
            ]
            listed = ", ".join(f'"{name}"' for name in columns)
            connection.exec_driver_sql(
                f"INSERT INTO main.{table} ({listed}) SELECT {listed} FROM made.{table}"  # noqa: S608
            )
        connection.commit()

    migrate(old)

    assert Rollups(old).ever() == Rollups(made).ever()
    window = Window(AT - HOURS_US, AT + HOURS_US)
    assert Rollups(old).totals(window) == totals(records)
    assert Ledger(old).exchanges(exchange(7).id) == (records[6],)
    with old.connect() as connection:
        listed_columns = select(EXCHANGES.c.model, EXCHANGES.c.tries, EXCHANGES.c.found)
        rows = set(connection.execute(listed_columns))
    assert {tuple(row) for row in rows} == {("n", 2, 1), ("", 0, 0)}
    for engine in (made, old):
        engine.dispose()
