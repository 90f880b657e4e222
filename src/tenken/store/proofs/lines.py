"""Lines of signed evidence, each naming the one before; what a line holds is not known here."""

from collections.abc import Callable

from msgspec import Struct
from sqlalchemy import BigInteger, Column, Engine, Table, Text, delete, insert, select

from tenken.store.engine import WRITING
from tenken.store.faults import told
from tenken.store.tables import METADATA

PROOFS = Table(
    "proofs",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("line", Text, nullable=False),
)


class ProofLine(Struct, frozen=True, kw_only=True):
    """One line."""

    number: int
    at: int
    """When it was written, in microseconds since 1970."""
    line: str


class Proofs:
    """The table of evidence, over an engine that somebody else opens and ends. All raise Away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, at: int, make: Callable[[str], str]) -> int:
        """Write the line that `make` gives for the one before; gives its number.

        Two who write at once cannot both: the number is the key, and the second is told (Clash).
        """
        table = PROOFS.c
        newest = select(table.number, table.line).order_by(table.number.desc()).limit(1)
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            last = connection.execute(newest).first()
            number, before = (int(last.number), str(last.line)) if last else (0, "")
            row = {"number": number + 1, "at": at, "line": make(before)}
            connection.execute(insert(PROOFS), row)
        return number + 1

    def since(self, at: int, most: int) -> tuple[ProofLine, ...]:
        """Give the lines written since, the oldest first; of more than `most`, the newest."""
        table = PROOFS.c
        asked = select(PROOFS).where(table.at >= at).order_by(table.number.desc()).limit(most)
        with told(), self._engine.connect() as connection:
            rows = connection.execute(asked).all()
        return tuple(ProofLine(number=row.number, at=row.at, line=row.line) for row in rows[::-1])

    def forget(self, before: int) -> int:
        """Let go of lines that are older; the newest stays, since the next one names it."""
        table = PROOFS.c
        newest = select(table.number).order_by(table.number.desc()).limit(1).scalar_subquery()
        old = delete(PROOFS).where(table.at < before, table.number != newest)
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            return connection.execute(old).rowcount
