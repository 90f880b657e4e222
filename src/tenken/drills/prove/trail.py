"""What a guard puts on record, read as it grows: from its own log of JSON lines, or our ledger."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import msgspec
from msgspec import Struct
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from tenken.drills.prove.requests import RecordsAt
from tenken.errors import UsageError
from tenken.store.engine import opened
from tenken.store.faults import Away, told
from tenken.store.tables import MATCHES

MOST = 256 << 20
"""Bytes of a log that are read at most."""


class Trail(Protocol):
    """The records of a guard."""

    def actions(self) -> tuple[str, ...]:
        """Give what each record says was done, oldest first; raises UsageError."""
        ...

    def close(self) -> None:
        """Leave it."""
        ...


class LogTrail:
    """A file of JSON lines, from where it ended when the drill began."""

    def __init__(self, at: RecordsAt) -> None:
        self._at = at
        self._path = Path(at.file)
        self._from = self._path.stat().st_size if self._path.is_file() else 0

    def actions(self) -> tuple[str, ...]:
        """Give what each record says; a line that is still being written is read next time."""
        if not self._path.is_file():
            return ()
        with self._path.open("rb") as stream:
            stream.seek(self._from)
            content = stream.read(MOST)
        whole, _, _ = content.rpartition(b"\n")
        found = (self._action(line) for line in whole.splitlines() if line.strip())
        return tuple([one for one in found if one])

    def close(self) -> None:
        """Nothing is open."""

    def _action(self, line: bytes) -> str:
        try:
            row: Any = msgspec.json.decode(line)
        except msgspec.DecodeError:
            return ""  # no record, whatever it is
        if any(str(_field(row, name)) != value for name, value in self._at.fields.items()):
            return ""
        return str(_field(row, self._at.action) or "")


class LedgerTrail:
    """The matches in the database of our gateway, but for those that were there."""

    def __init__(self, at: RecordsAt) -> None:
        where = at.ledger if "://" in at.ledger else f"sqlite:///{Path(at.ledger).absolute()}"
        self._engine: Engine = opened(where)
        self._known = set(self._rows())

    def actions(self) -> tuple[str, ...]:
        """Give what each match of a request that came since led to."""
        rows = self._rows()
        return tuple([action for key, action in rows.items() if key not in self._known])

    def close(self) -> None:
        """Close the database."""
        self._engine.dispose()

    def _rows(self) -> Mapping[tuple[Any, ...], str]:
        table = MATCHES.c
        asked = select(table.at, table.id, table.span, table.number, table.action)
        try:
            with told(), self._engine.connect() as connection:
                rows = connection.execute(asked.order_by(table.at, table.id, table.number)).all()
        except (Away, DBAPIError) as error:
            raise UsageError("prove.no_ledger", error=type(error).__name__) from error
        return {tuple(row[:4]): row[4] for row in rows}


class Added(Struct, frozen=True, kw_only=True):
    """How many records came of one text, by what they say was done."""

    blocked: int = 0
    masked: int = 0


def trail_of(at: RecordsAt) -> Trail:
    """Open the records; raises UsageError where nothing says where they are."""
    if bool(at.file) == bool(at.ledger):
        raise UsageError("prove.no_records")
    return LogTrail(at) if at.file else LedgerTrail(at)


def added(at: RecordsAt, actions: tuple[str, ...]) -> Added:
    """Count what some records say."""
    return Added(
        blocked=sum(one in at.blocked for one in actions),
        masked=sum(one in at.masked for one in actions),
    )


def _field(row: Any, name: str) -> Any:
    for part in name.split("."):
        row = row.get(part) if isinstance(row, dict) else None
    return row
