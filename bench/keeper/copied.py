"""Copies a ledger that `made.py` made on SQLite to Postgres: sooner than it is made there anew.

python bench/keeper/copied.py /tmp/ledger.db postgresql://...

The rows are the same, sums and all; Postgres takes them by COPY, its indexes are made at the end.
"""

import argparse
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Boolean, Engine, LargeBinary, Table, inspect, text

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bench.keeper.made import hurried  # noqa: E402 - no package

from tenken.store.engine import opened  # noqa: E402
from tenken.store.migration import migrate  # noqa: E402
from tenken.store.money import PLACES, Money  # noqa: E402
from tenken.store.months import month_of, partition  # noqa: E402
from tenken.store.tables import METADATA, MONTHLY  # noqa: E402

DAY_US = 86_400_000_000
AT_ONCE = 20_000


def copied(source: sqlite3.Connection, engine: Engine) -> Iterator[tuple[str, int]]:
    """Copy every table; gives its name and how many rows."""
    partition(engine, {month_of(at) for at in _days(source)})
    there = {*inspect(engine).get_table_names()}
    for table in METADATA.sorted_tables:
        if table.name in there and _is_there(source, table):
            yield table.name, _table(source, engine, table)


def _days(source: sqlite3.Connection) -> range:
    """Give a moment of every day that a record is of."""
    names = [table.name for table in MONTHLY]
    found = [
        source.execute(f"SELECT min(at), max(at) FROM {name}").fetchone()  # noqa: S608 - names of ours
        for name in names
    ]
    known = [one for one in found if one[0] is not None]
    return range(min(one[0] for one in known), max(one[1] for one in known) + DAY_US, DAY_US)


def _is_there(source: sqlite3.Connection, table: Table) -> bool:
    asked = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
    return bool(source.execute(asked, (table.name,)).fetchone()[0])


def _table(source: sqlite3.Connection, engine: Engine, table: Table) -> int:
    names = ", ".join(f'"{one.name}"' for one in table.columns)
    told = ", ".join(_told(one.name, one.type) for one in table.columns)
    rows = source.execute(f'SELECT {told} FROM "{table.name}"')  # noqa: S608 - names of ours
    count = 0
    with engine.begin() as connection:
        connection.execute(text(f'TRUNCATE "{table.name}" CASCADE'))
        driver = connection.connection.driver_connection
        assert driver is not None  # noqa: S101 - it was connected just now
        with driver.cursor().copy(f'COPY "{table.name}" ({names}) FROM STDIN') as into:
            while some := rows.fetchmany(AT_ONCE):
                into.write("".join(map(_line, some)))
                count += len(some)
    return count


def _told(name: str, kind: object) -> str:
    match kind:
        case Money():
            return f"\"{name}\" || 'e-{PLACES}'"
        case Boolean():
            return f"iif(\"{name}\", 't', 'f')"
        case LargeBinary():
            return f"'\\x' || hex(\"{name}\")"
        case _:
            return f'"{name}"'


def _line(row: tuple[object, ...]) -> str:
    return "\t".join(map(_cell, row)) + "\n"


def _cell(value: object) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str) and ("\\" in value or "\n" in value or "\t" in value):
        return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
    return str(value)


def main() -> None:
    """Copy a ledger."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("url")
    asked = parser.parse_args()
    engine, began = opened(asked.url), time.monotonic()
    migrate(engine)
    source = sqlite3.connect(f"{asked.source.resolve().as_uri()}?mode=ro", uri=True)
    with hurried(engine):
        for name, count in copied(source, engine):
            print(f"{name:24} {count:>12,}  {time.monotonic() - began:6.0f} s", flush=True)
    source.close()
    engine.dispose()
    print(f"{time.monotonic() - began:.0f} s with its indexes")


if __name__ == "__main__":
    main()
