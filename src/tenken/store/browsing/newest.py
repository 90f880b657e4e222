"""The newest rows, in bounded number: calls, and what sessions took."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct
from sqlalchemy import Dialect, Engine, bindparam, case, func, select

from tenken.store.asking import Written, answered, asking, written
from tenken.store.tables import ATTEMPTS, EXCHANGES


class CallLine(Struct, frozen=True, gc=False):
    """A call to a target; times in microseconds since 1970."""

    target: str
    provider: str
    credential: str
    model: str
    began: int
    ended: int
    failure: str | None
    """Its class; None where the call gave a whole answer."""


class SessionLine(Struct, frozen=True, kw_only=True):
    """What a session took of the requests that were looked at."""

    session: str
    """A keyed hash."""
    requests: int
    tokens: int


class Sessions(Struct, frozen=True, kw_only=True):
    """The sessions of the newest requests."""

    looked_at: int
    """Requests, with and without a session."""
    lines: tuple[SessionLine, ...]


class Newest:
    """Reads the ledger, over an engine that somebody else opens and ends. All raise Away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def calls(self, since: int, most: int) -> tuple[CallLine, ...]:
        """Give the newest calls of requests since then."""
        with asking(self._engine) as connection:
            asked = {"since": since, "most": most, "passed_over": 0}
            rows: Sequence[Sequence[Any]] = answered(connection, _calls(connection.dialect), asked)
        return tuple(CallLine(*row) for row in rows)

    def sessions(
        self, since: int, most: int, use_cases: tuple[str, ...] | None = None
    ) -> Sessions:
        """Sum the tokens of the sessions of the newest requests since then, drills left out."""
        table = EXCHANGES.c
        tokens = (
            table.input + table.cache_read + table.cache_write + table.cache_write_hour
            + table.output + table.reasoning
        )  # fmt: skip
        asked = (
            select(table.session, table.session_known, table.drill, tokens.label("tokens"))
            .where(table.at >= since)
            .order_by(table.at.desc())
            .limit(most)
        )
        asked = asked.where(table.use_case.in_(use_cases)) if use_cases is not None else asked
        newest = asked.subquery()
        named = (newest.c.session_known != "none") & (newest.c.drill == "")
        session = case((named, newest.c.session), else_=None).label("session")
        summed = select(
            session, func.count().label("requests"), func.sum(newest.c.tokens).label("tokens")
        ).group_by(session)
        with asking(self._engine) as connection:
            rows = connection.execute(summed).all()
        lines = (
            SessionLine(session=row.session, requests=row.requests, tokens=int(row.tokens))
            for row in rows
            if row.session is not None
        )
        return Sessions(
            looked_at=sum(row.requests for row in rows),
            lines=tuple(sorted(lines, key=lambda one: (-one.tokens, one.session))),
        )


@lru_cache(maxsize=4)
def _calls(dialect: Dialect) -> Written:
    table = ATTEMPTS.c
    asked = (
        select(
            table.target, table.provider, table.credential, table.model,
            (table.at + table.began_us).label("began"),
            (table.at + table.ended_us).label("ended"), table.failure,
        )
        .where(table.at >= bindparam("since"))
        .order_by(table.at.desc())
        .limit(bindparam("most"))
        .offset(bindparam("passed_over"))  # SQLite's way to limit has one in any case
    )  # fmt: skip
    return written(asked, dialect)
