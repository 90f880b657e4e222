"""Each day is handed out whole, again when it changed, and never twice."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import IO, Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from tenken.errors import UsageError
from tenken.journal.exchange import Outcome
from tenken.journal.feedback import Feedback, FeedbackKind
from tenken.keeper.exporting.datasets import DATASETS, Dataset
from tenken.keeper.exporting.export import Done, Export, Written
from tenken.keeper.exporting.parquet import Parquet
from tenken.store.engine import opened
from tenken.store.feedback.hearing import hear
from tenken.store.ledger import Ledger
from tenken.store.migration import migrate
from tenken.store.retention.aging import Aging
from tenken.store.watch.leases import Leases
from tests.journal.making import AT, exchange

DAY_US = 86_400_000_000
NOW = AT + 2 * DAY_US
FIRST, SECOND = date(2026, 11, 18), date(2026, 11, 19)


class Lines:
    """Writes a line for each row, where Parquet is not what is asked about."""

    def write(
        self, to: IO[bytes], dataset: Dataset, pieces: Iterable[Sequence[Sequence[Any]]]
    ) -> int:
        at = [one.name for one in dataset.fields].index("id")
        ids = [row[at] for piece in pieces for row in piece]
        to.write("".join(f"{id_}\n" for id_ in ids).encode())
        return len(ids)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = opened(f"sqlite:///{tmp_path}/ledger.db")
    migrate(found)
    yield found
    found.dispose()


def exported(engine: Engine, to: Path, *, since: date | None = None) -> list[Written]:
    told: list[Written] = []
    done = Export(engine, str(to), Lines(), now=lambda: NOW).run(since=since, told=told.append)
    assert (done.written, done.kept) == (len(told), 0)
    return told


def ids(to: Path, day: date) -> list[str]:
    return (to / f"exchanges/day={day}/part-0.parquet").read_text().split()


def test_days_that_changed_are_written_again(engine: Engine, tmp_path: Path) -> None:
    """Whole; those that did not are left as they are, and nothing else lies about."""
    ledger, to = Ledger(engine), tmp_path / "out"
    later = replace(exchange(9), at=AT + DAY_US, outcome=Outcome.UNKNOWN)
    ledger.record([exchange(1), exchange(2), later])
    assert [one.day for one in exported(engine, to)] == [FIRST, SECOND]
    assert exported(engine, to) == []

    ledger.record([exchange(3)])
    [again] = exported(engine, to)
    ledger.record([replace(later, outcome=Outcome.ANSWERED)])
    [settled] = exported(engine, to)

    assert (again.day, again.rows["exchanges"], again.rows["attempts"]) == (FIRST, 3, 6)
    assert settled.day == SECOND
    assert ids(to, FIRST) == ["req-000001", "req-000002", "req-000003"]
    assert ids(to, SECOND) == ["req-000009"]
    assert [one.day for one in exported(engine, to, since=SECOND)] == [SECOND]
    assert not list(to.rglob("*.writing"))


def test_what_the_ledger_has_let_go_of_stays_where_it_was_handed_out(
    engine: Engine, tmp_path: Path
) -> None:
    """Rows go with their age and sums stay: an archive is not emptied for that."""
    ledger, to = Ledger(engine), tmp_path / "out"
    ledger.record([exchange(1), exchange(2), replace(exchange(9), at=AT + DAY_US)])
    exported(engine, to)
    limit = AT + DAY_US // 2
    assert Aging(engine).exchanges(limit) == 2
    ledger.record([replace(exchange(3), at=AT + 5)])

    def again(since: date | None = None) -> Done:
        export = Export(engine, str(to), Lines(), now=lambda: NOW)
        return export.run(since=since, whole_since=limit, told=lambda _: None)

    assert again() == Done(written=0, kept=1)
    assert again() == Done()
    assert again(FIRST) == Done(written=1, kept=1)
    assert ids(to, FIRST) == ["req-000001", "req-000002"]


def test_a_run_that_is_killed_has_lost_no_file(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is the one before until the new one is in its place."""
    to = tmp_path / "out"
    Ledger(engine).record([exchange(1)])
    exported(engine, to)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("fsspec.implementations.local.LocalFileSystem.mv", killed)
    with pytest.raises(KeyboardInterrupt):
        exported(engine, to, since=FIRST)

    assert ids(to, FIRST) == ["req-000001"]


def test_another_number_of_the_same_verdict_is_a_change(engine: Engine, tmp_path: Path) -> None:
    """Four stars are as good as five, and are not the same."""
    to = tmp_path / "out"
    one = exchange(1)
    Ledger(engine).record([one])
    five = Feedback(
        id="f1", at=AT + 9, caller=one.identity.caller, kind=FeedbackKind.RATING, request=one.id,
        value=5.0,
    )  # fmt: skip
    with engine.begin() as connection:
        hear(connection, [five])
    exported(engine, to)
    with engine.begin() as connection:
        hear(connection, [replace(five, at=AT + 10, value=4.0)])

    assert [one.day for one in exported(engine, to)] == [FIRST]


def test_each_place_has_its_own_cursor(engine: Engine, tmp_path: Path) -> None:
    """And a run that was cut short is taken up where it was."""
    Ledger(engine).record([exchange(1), replace(exchange(2), at=AT + DAY_US)])

    class Cut(Lines):
        def write(
            self, to: IO[bytes], dataset: Dataset, pieces: Iterable[Sequence[Sequence[Any]]]
        ) -> int:
            rows = [row for piece in pieces for row in piece]
            if any("req-000002" in row for row in rows):
                raise OSError
            return super().write(to, dataset, [rows])

    to = tmp_path / "cut"
    with pytest.raises(OSError):  # noqa: PT011 - any
        Export(engine, str(to), Cut(), now=lambda: NOW).run(told=lambda _: None)

    assert [one.day for one in exported(engine, to)] == [SECOND]
    assert [one.day for one in exported(engine, tmp_path / "other")] == [FIRST, SECOND]


def test_nothing_is_handed_out_of_an_empty_ledger(engine: Engine, tmp_path: Path) -> None:
    """Nor to a place that nobody knows."""
    assert exported(engine, tmp_path / "out") == []
    with pytest.raises(UsageError):
        Export(engine, "nowhere-at-all://x", Lines(), now=lambda: NOW)


def test_tokens_of_answers_are_held_back() -> None:
    """Whoever holds one may rate the answer."""
    columns = {field.name for one in DATASETS if one.name == "exchanges" for field in one.fields}

    assert {"id", "cost", "caller", "session"} <= columns
    assert not {"feedback", "content"} & columns


def test_without_pyarrow_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing is written."""
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)

    with pytest.raises(UsageError) as refused:
        Parquet()

    assert refused.value.sentence.id == "ledger.no_pyarrow"


class Meanwhile(Lines):
    """While it writes, somebody else begins; gives what became of that."""

    def __init__(self, begin: Callable[[], object]) -> None:
        self._begin = begin

    def write(
        self, to: IO[bytes], dataset: Dataset, pieces: Iterable[Sequence[Sequence[Any]]]
    ) -> int:
        self._begin()
        return super().write(to, dataset, pieces)


def test_one_at_a_time_writes_to_a_place(engine: Engine, tmp_path: Path) -> None:
    """Another is told to wait; elsewhere it may write, and here once the first has ended."""
    Ledger(engine).record([exchange(1)])
    here, elsewhere = tmp_path / "out", tmp_path / "elsewhere"

    def begin() -> None:
        with pytest.raises(UsageError, match="export_under_way"):
            exported(engine, here)
        exported(engine, elsewhere)

    told: list[Written] = []
    Export(engine, str(here), Meanwhile(begin), now=lambda: NOW).run(told=told.append)

    assert [one.day for one in told] == [FIRST]
    assert ids(here, FIRST) == ids(elsewhere, FIRST)
    assert exported(engine, here) == []


def test_one_that_was_held_up_for_too_long_notes_nothing(engine: Engine, tmp_path: Path) -> None:
    """Its place is another's by then: whose days are noted must be the one whose files stand."""
    Ledger(engine).record([exchange(1)])
    here, clock = tmp_path / "out", [NOW]

    def sleep() -> None:
        clock[0] += 3_600_000_000
        later = NOW + 3_600_000_000
        taken = Leases(engine)
        assert taken.hold(slow._lease, "another", later, 600)

    slow = Export(engine, str(here), Meanwhile(sleep), now=lambda: clock[0])
    with pytest.raises(UsageError, match="export_under_way"):
        slow.run(told=lambda _: None)

    assert not (here / "_tenken.json").exists()
