"""Reads many rows in order, a few thousand in memory at a time."""

from collections.abc import Generator, Sequence
from typing import Any

from sqlalchemy import Engine, Table, select

from tenken.store.faults import told
from tenken.store.rollups.grain import Window

AT_ONCE = 20_000
Values = Sequence[Any]


def stream(
    engine: Engine,
    table: Table,
    *,
    columns: Sequence[str],
    order: Sequence[str],
    window: Window,
    at_once: int = AT_ONCE,
) -> Generator[Sequence[Values], None, None]:
    """Give the rows of a window in pieces; raises Away."""
    asked = (
        select(*(table.c[name] for name in columns))
        .where(table.c.at >= window.since, table.c.at < window.until)
        .order_by(*(table.c[name] for name in order))
    )
    with told(), engine.connect() as connection:
        options = {"yield_per": at_once}
        yield from connection.execution_options(**options).execute(asked).partitions()
