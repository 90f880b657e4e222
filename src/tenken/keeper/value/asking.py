"""Asks a database of the team's own for one number, and changes nothing there.

The statement must be a single SELECT; where the database can be told to refuse writing it is told.
What protects in the end is a user that may read and no more: the documentation asks for one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import re2
from sqlalchemy import Connection, NullPool, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from tenken.sentence import Sentence, say

READS = re2.compile(r"(?is)^\s*(select|with)\b[^;]*;?\s*$")
SECONDS = 20
READ_ONLY = {
    "postgresql": ("SET TRANSACTION READ ONLY", f"SET LOCAL statement_timeout = '{SECONDS}s'"),
    "mysql": ("SET SESSION TRANSACTION READ ONLY", f"SET max_execution_time = {SECONDS * 1000}"),
    "sqlite": ("PRAGMA query_only = ON",),
}


class Unanswered(Exception):
    """There is no number."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.id)
        self.sentence = sentence


def asked(url: str, sql: str, *, since: str, until: str) -> float:
    """Give the number that a query gives; raises Unanswered.

    `since` and `until` are the period's ends in ISO 8601. Only the kind of a fault is told: what a
    driver says may hold the address, and with it a password.
    """
    if not READS.match(sql):
        raise Unanswered(say("kpi.query_reads_only"))
    try:
        with _reading(url) as connection:
            rows = connection.execute(text(sql), _named(sql, since, until)).fetchmany(2)
    except (SQLAlchemyError, ArgumentError, NoSuchModuleError, ImportError, ValueError) as error:
        raise Unanswered(say("kpi.query_failed", error=type(error).__name__)) from None
    match [tuple(row) for row in rows]:
        case [(int() | float() | Decimal() as value,)] if not isinstance(value, bool):
            return float(value)
        case _:
            raise Unanswered(say("kpi.query_no_number"))


@contextmanager
def _reading(url: str) -> Iterator[Connection]:
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    engine = create_engine(parsed, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            for statement in READ_ONLY.get(parsed.get_backend_name(), ()):
                connection.execute(text(statement))
            yield connection
            connection.rollback()
    finally:
        engine.dispose()


def _named(sql: str, since: str, until: str) -> dict[str, str]:
    values = {"since": since, "until": until}
    return {name: value for name, value in values.items() if f":{name}" in sql}
