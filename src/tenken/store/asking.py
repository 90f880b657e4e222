"""Statements that are written once: whoever asks often pays for no building of them.

Building and naming a statement of fifty sums takes longer than a small ledger takes to answer it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Dialect, Row, Select


class Written(Struct, frozen=True):
    """A statement as a driver takes it."""

    text: str
    order: tuple[str, ...] | None
    """The names of its values where they are given by place; None where by name."""


def written(asked: Select[Any], dialect: Dialect) -> Written:
    """Write a statement down; each of its values has a name."""
    compiled = asked.compile(dialect=dialect)
    placed = compiled.positiontup if compiled.positional else None
    return Written(str(compiled), None if placed is None else tuple(placed))


def answered(
    connection: Connection, asked: Written, values: Mapping[str, object]
) -> Sequence[Row[Any]]:
    """Ask; gives rows as the driver does, so that money is told as the database keeps it."""
    given = dict(values) if asked.order is None else tuple(values[one] for one in asked.order)
    return connection.exec_driver_sql(asked.text, given).all()
