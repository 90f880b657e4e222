"""What was changed by whom, in a chain: a row that is altered or taken away is seen.

A row is written before the change is made, so that there is no change without one; how it went
is noted after, and is not part of the chain.
"""

import hashlib
from typing import Literal

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from tenken.store.engine import WRITING
from tenken.store.faults import told
from tenken.store.people.tables import AUDIT

LOCK = 0x7E4E_4B45_4E02
"""Two that write at once take turns: each row needs the digest before it."""
FIRST = bytes(32)
FORGOTTEN = "audit_forgotten"
"""What a row says of those before it that were too old."""
Outcome = Literal["begun", "done", "refused", "failed"]


class Entry(Struct, frozen=True, kw_only=True):
    """One change, as it was asked for."""

    at: int
    actor: str
    application: str
    action: str
    subject: str
    detail: str = ""


class Noted(Struct, frozen=True, kw_only=True):
    """An entry as it is kept."""

    number: int
    entry: Entry
    outcome: Outcome
    digest: bytes


class Audit:
    """The table of changes, over an engine that somebody else opens and ends. All raise Away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, entry: Entry) -> int:
        """Note what is about to be changed; gives the row's number."""
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
            return _added(connection, entry, "begun")

    def end(self, number: int, outcome: Outcome) -> None:
        """Note how it went."""
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            connection.execute(
                update(AUDIT).where(AUDIT.c.number == number).values(outcome=outcome)
            )

    def newest(
        self, application: str, most: int, *, before: int | None = None
    ) -> tuple[Noted, ...]:
        """Give what was changed last."""
        asked = select(AUDIT).where(AUDIT.c.application == application)
        asked = asked.where(AUDIT.c.number < before) if before is not None else asked
        with told(), self._engine.connect() as connection:
            rows = connection.execute(asked.order_by(AUDIT.c.number.desc()).limit(most))
            return tuple(_noted(dict(row)) for row in rows.mappings())

    def forget(self, before: int, *, now: int) -> int:
        """Take out rows from before a moment; gives how many.

        A row of the chain says which was the last of them and what its digest was: without such a
        row a chain that begins in its middle is broken.
        """
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
            kept = select(func.min(AUDIT.c.number)).where(AUDIT.c.at >= before).scalar_subquery()
            behind_all = select(func.max(AUDIT.c.number) + 1).scalar_subquery()
            end = func.coalesce(kept, behind_all)
            old = select(AUDIT.c.number, AUDIT.c.digest).where(AUDIT.c.number < end)
            last = connection.execute(old.order_by(AUDIT.c.number.desc()).limit(1)).first()
            if last is None:
                return 0
            said = Entry(
                at=now, actor="", application="", action=FORGOTTEN, subject=str(last.number),
                detail=last.digest.hex(),
            )  # fmt: skip
            _added(connection, said, "done")
            return connection.execute(delete(AUDIT).where(AUDIT.c.number <= last.number)).rowcount

    def broken(self) -> int | None:
        """Give the first row that is not as it was written, or follows none; None where all is."""
        with told(), self._engine.connect() as connection:
            previous, number = _begins(connection)
            rows = connection.execute(select(AUDIT).order_by(AUDIT.c.number)).mappings()
            for one in (_noted(dict(row)) for row in rows):
                number += 1
                if one.number != number or one.digest != digest(number, one.entry, previous):
                    return number
                previous = one.digest
        return None


def _begins(connection: Connection) -> tuple[bytes, int]:
    """Give the digest and the number that the first row follows on, as the chain itself says."""
    first = connection.scalar(select(func.min(AUDIT.c.number))) or 1
    said = select(AUDIT.c.detail).where(
        AUDIT.c.action == FORGOTTEN, AUDIT.c.subject == str(first - 1)
    )
    found = connection.scalar(said) if first > 1 else None
    return (bytes.fromhex(found), first - 1) if found else (FIRST, 0)


def _added(connection: Connection, entry: Entry, outcome: Outcome) -> int:
    newest = select(AUDIT.c.number, AUDIT.c.digest).order_by(AUDIT.c.number.desc())
    last = connection.execute(newest.limit(1)).first()
    number = last.number + 1 if last else 1
    chained = digest(number, entry, last.digest if last else FIRST)
    values = {"number": number, "outcome": outcome, "digest": chained}
    connection.execute(insert(AUDIT), {**values, **msgspec.structs.asdict(entry)})
    return int(number)


def digest(number: int, entry: Entry, previous: bytes) -> bytes:
    """Give what chains a row to those before it."""
    said = msgspec.msgpack.encode((number, *msgspec.structs.astuple(entry)))
    return hashlib.sha256(previous + said).digest()


def _noted(row: dict[str, object]) -> Noted:
    entry = msgspec.convert({name: row[name] for name in Entry.__struct_fields__}, Entry)
    kept = {name: row[name] for name in ("number", "outcome", "digest")}
    return msgspec.convert({"entry": entry, **kept}, Noted)
