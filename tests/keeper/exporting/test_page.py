"""Queries on the page of the ledger run on what is exported; its columns are the files'."""

from pathlib import Path

import duckdb
import pytest
import re2

from tenken.journal.feedback import Feedback, FeedbackKind
from tenken.keeper.exporting.datasets import DATASETS, Dataset
from tenken.keeper.exporting.export import Export
from tenken.keeper.exporting.parquet import Parquet
from tenken.store.engine import opened
from tenken.store.feedback.hearing import hear
from tenken.store.ledger import Ledger
from tenken.store.migration import migrate
from tests.journal.making import AT, exchange
from tests.shape.source import ROOT

PAGES = ("reference", "ja")
SQL = re2.compile(r"(?s)```sql\n(.*?)```")
NAMED = re2.compile(r"`([a-z_]+)`")
TOKENS = (
    "input",
    "cache_read",
    "cache_write",
    "cache_write_hour",
    "output",
    "reasoning",
    "usage_source",
)
LOCAL = "read_parquet('out/"
FOUR = """
CREATE SCHEMA tenken;
CREATE MACRO toDate(moment) AS moment::DATE;
CREATE MACRO s3(address, form) AS TABLE
    SELECT * FROM read_parquet('out/matches/*/*.parquet', hive_partitioning = true);
CREATE VIEW tenken.attempts AS
    SELECT * FROM read_parquet('out/attempts/*/*.parquet', hive_partitioning = true);
"""
"""What the other dialects name, under names that DuckDB has."""


def page(folder: str) -> str:
    return (ROOT / "docs" / folder / "ledger.md").read_text("utf-8")


def queries(folder: str) -> list[str]:
    return [one for one in SQL.findall(page(folder)) if LOCAL in one]


@pytest.fixture
def exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand where `out` holds what a ledger exported."""
    monkeypatch.chdir(tmp_path)
    engine = opened(f"sqlite:///{tmp_path}/ledger.db")
    migrate(engine)
    one = exchange(1)
    Ledger(engine).record([one, exchange(2)])
    rated = Feedback(
        id="f1", at=AT + 9, caller="desk", kind=FeedbackKind.RATING, request=one.id, value=4.0
    )
    with engine.begin() as connection:
        hear(connection, [rated])
    Export(engine, "out", Parquet(), now=lambda: AT + 10).run(told=lambda _: None)
    engine.dispose()


@pytest.mark.parametrize("query", queries("reference"))
@pytest.mark.usefixtures("exported")
def test_queries_of_the_page_find_rows(query: str) -> None:
    """As they stand."""
    with duckdb.connect() as database:
        found = database.execute(query).fetchall()

    assert found


@pytest.mark.usefixtures("exported")
def test_columns_that_other_dialects_ask_for_are_in_the_files() -> None:
    """No BigQuery and no ClickHouse is here: what they name is, under DuckDB."""
    others = [one for one in SQL.findall(page("reference")) if LOCAL not in one]
    asked = [one[one.index("SELECT") :] for one in others]
    assert len(asked) == 2

    with duckdb.connect() as database:
        database.execute(FOUR)
        for query in asked:
            plain = query.replace("DATE_SUB(CURRENT_DATE(), INTERVAL 28 DAY)", "DATE '2026-01-01'")
            assert database.execute(plain).fetchall()


def test_both_languages_have_the_same_queries() -> None:
    assert len(queries("reference")) == 3
    assert queries("reference") == queries("ja")


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda one: one.name)
def test_the_columns_of_a_table_are_told(dataset: Dataset) -> None:
    """All of them and no other, in the row of the page that is the table's."""
    rows = [line for line in page("reference").splitlines() if line.startswith("| `")]
    [row] = [row for row in rows if row.startswith(f"| `{dataset.name}` | `id`")]
    told = [*NAMED.findall(row)][1:]
    if "as above" in row:
        told += [*TOKENS]

    assert {*told} == {field.name for field in dataset.fields}
    assert len(told) == len({*told})
