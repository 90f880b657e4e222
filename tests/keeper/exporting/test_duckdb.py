"""What is exported is read by DuckDB, which shares no line with what wrote it."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from tenken.journal.feedback import Feedback, FeedbackKind
from tenken.keeper.exporting.datasets import DATASETS, Dataset, Kind
from tenken.keeper.exporting.export import Export
from tenken.keeper.exporting.parquet import Parquet
from tenken.store.engine import opened
from tenken.store.feedback.hearing import hear
from tenken.store.ledger import Ledger
from tenken.store.migration import migrate
from tests.journal.making import AT, exchange

DAY_US = 86_400_000_000
TYPES: dict[Kind, str] = {
    "string": "VARCHAR",
    "int64": "BIGINT",
    "int32": "INTEGER",
    "int16": "SMALLINT",
    "bool": "BOOLEAN",
    "float64": "DOUBLE",
    "money": "DECIMAL(30,12)",
    "moment": "TIMESTAMP WITH TIME ZONE",
}
SMALLEST = Decimal("0.000000000001")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = opened(f"sqlite:///{tmp_path}/ledger.db")
    migrate(found)
    yield found
    found.dispose()


@pytest.fixture
def out(engine: Engine, tmp_path: Path) -> Path:
    """Give two days: three requests, each with two calls and a match, and one rating."""
    cheap = replace(exchange(2), cost=SMALLEST)
    Ledger(engine).record([exchange(1), cheap, replace(exchange(9), at=AT + DAY_US)])
    rated = Feedback(
        id="f1", at=AT + 9, caller="desk", kind=FeedbackKind.RATING, request=cheap.id, value=5.0
    )
    with engine.begin() as connection:
        hear(connection, [rated])
    return handed_out(engine, tmp_path / "out")


def handed_out(engine: Engine, to: Path) -> Path:
    Export(engine, str(to), Parquet(), now=lambda: AT + 2 * DAY_US).run(told=lambda _: None)
    return to


def asked(out: Path, sql: str) -> Sequence[tuple[Any, ...]]:
    """Answer a query in which a table's name stands for its files."""
    with duckdb.connect() as database:
        database.execute("SET TimeZone = 'UTC'")
        for one in DATASETS:
            files = f"{out}/{one.name}/*/*.parquet"
            database.read_parquet(files, hive_partitioning=True).create_view(one.name)
        return database.execute(sql).fetchall()


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda one: one.name)
def test_columns_are_of_the_types_that_are_told(out: Path, dataset: Dataset) -> None:
    """In their order, and the day is read from the folder."""
    described = [(name, type_) for name, type_, *_ in asked(out, f"DESCRIBE {dataset.name}")]

    assert described == [
        *((field.name, TYPES[field.kind]) for field in dataset.fields),
        ("day", "DATE"),
    ]


def test_values_are_those_of_the_rows(out: Path) -> None:
    """Money to its last decimal and moments to the microsecond; what is missing is no zero."""
    row = asked(
        out, "SELECT cost, epoch_us(\"at\"), day, outcome FROM exchanges WHERE id = 'req-000002'"
    )
    tried = asked(out, "SELECT failure FROM attempts WHERE id = 'req-000002' ORDER BY number")

    assert row == [(SMALLEST, AT + 2, date(2026, 11, 18), "answered")]
    assert tried == [("server_error",), (None,)]


def test_rows_of_one_request_meet_by_its_key(out: Path) -> None:
    """What was said of an answer, too."""
    met = asked(
        out,
        "SELECT count(DISTINCT e.id), count(*), sum(a.cost) FROM exchanges e"
        ' JOIN attempts a USING (id, span, "at") JOIN matches m USING (id, span, "at")',
    )
    rated = asked(
        out,
        "SELECT e.id, f.kind, f.value FROM feedback f"
        ' JOIN exchanges e ON (f.about, f.span, f.about_at) = (e.id, e.span, e."at")',
    )

    assert met == [(3, 6, 3 * Decimal("0.00123"))]
    assert rated == [("req-000002", "rating", 5.0)]


def test_a_later_run_leaves_nothing_twice(engine: Engine, out: Path) -> None:
    """A day that changed takes its own place."""
    Ledger(engine).record([exchange(3), replace(exchange(8), at=AT + DAY_US + 1)])
    handed_out(engine, out)

    counted = asked(out, "SELECT day, count(*) FROM exchanges GROUP BY day ORDER BY day")

    assert counted == [(date(2026, 11, 18), 3), (date(2026, 11, 19), 2)]
