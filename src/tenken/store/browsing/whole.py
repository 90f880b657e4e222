"""Reads rows, and exchanges with all that belongs to them."""

from typing import Any

from sqlalchemy import Connection, Select, select

from tenken.journal.exchange import Exchange
from tenken.store.rows import Row, exchange_of
from tenken.store.tables import ATTEMPTS, EXCHANGES, MATCHES


def read(connection: Connection, asked: Select[Any]) -> list[Row]:
    """Give rows by the names of their columns."""
    return [
        {str(name): v for name, v in row.items()} for row in connection.execute(asked).mappings()
    ]


def of_key(id_: str, span: str, at: int) -> Select[Any]:
    """Ask for the row of one exchange."""
    table = EXCHANGES.c
    return select(EXCHANGES).where(table.id == id_, table.span == span, table.at == at)


def read_whole(connection: Connection, asked: Select[Any]) -> tuple[Exchange, ...]:
    """Give a few exchanges with their attempts and matches."""
    return tuple(_whole(connection, row) for row in read(connection, asked))


def _whole(connection: Connection, row: Row) -> Exchange:
    parts = [
        read(
            connection,
            select(table)
            .where(table.c.id == row["id"], table.c.span == row["span"], table.c.at == row["at"])
            .order_by(table.c.number),
        )
        for table in (ATTEMPTS, MATCHES)
    ]
    return exchange_of(row, *parts)
