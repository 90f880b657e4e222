"""Figures over single exchanges that no sum holds: what sessions took, which blocks count."""

from msgspec import Struct
from sqlalchemy import Engine, and_, func, select

from tenken.store.faults import told
from tenken.store.tables import EXCHANGES, MATCHES

MOST_SESSIONS = 20_000


class SessionSum(Struct, frozen=True, kw_only=True):
    """The tokens of one session on a route."""

    route: str
    read: int
    written: int


class Blocks(Struct, frozen=True, kw_only=True):
    """Answers that a guard stopped, and how many of them have what it found on record."""

    answers: int
    recorded: int


class Figures:
    """Reads the ledger, over an engine that somebody else opens and ends. All raise Away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def span(self, since: int) -> tuple[int, int] | None:
        """Give when the first and the last exchange since then were; None without any."""
        table = EXCHANGES.c
        asked = select(func.min(table.at), func.max(table.at))
        asked = asked.where(table.at >= since, table.drill == "")
        with told(), self._engine.connect() as connection:
            first, last = connection.execute(asked).one()
        return None if first is None else (int(first), int(last))

    def sessions(self, since: int) -> tuple[SessionSum, ...]:
        """Sum the newest sessions since then, those that were answered."""
        table = EXCHANGES.c
        read = func.sum(
            table.input + table.cache_read + table.cache_write + table.cache_write_hour
        )
        written = func.sum(table.output + table.reasoning)
        asked = (
            select(table.route, read.label("read"), written.label("written"))
            .where(table.at >= since, table.drill == "", table.outcome == "answered")
            .group_by(table.route, table.session)
            .order_by(func.max(table.at).desc())
            .limit(MOST_SESSIONS)
        )
        with told(), self._engine.connect() as connection:
            rows = connection.execute(asked).all()
        return tuple(
            SessionSum(route=row.route, read=int(row.read), written=int(row.written))
            for row in rows
        )

    def blocks(self, since: int) -> Blocks:
        """Count what guards stopped since then, and what of it has a match."""
        table, found = EXCHANGES.c, MATCHES.c
        same = and_(found.at == table.at, found.id == table.id, found.span == table.span)
        recorded = select(found.id).where(same).exists()
        stopped = [table.at >= since, table.drill == "", table.outcome == "blocked"]
        counted = select(func.count()).select_from(EXCHANGES)
        with told(), self._engine.connect() as connection:
            answers = connection.scalar(counted.where(*stopped)) or 0
            on_record = connection.scalar(counted.where(*stopped, recorded)) or 0
        return Blocks(answers=int(answers), recorded=int(on_record))
