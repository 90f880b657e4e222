"""What was changed by whom, in a chain: a row that is altered or taken away is seen.

A row is written before the change is made, so that there is no change without one; how it went
is noted after, and is not part of the chain.
"""

import hashlib
from typing import Literal

import msgspec
from msgspec import Struct
from sqlalchemy import Engine, func, insert, select, update

from tenken.store.engine import WRITING
from tenken.store.faults import told
from tenken.store.people.tables import AUDIT

LOCK = 0x7E4E_4B45_4E02
"""Two that write at once take turns: each row needs the digest before it."""
FIRST = bytes(32)
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
            newest = select(AUDIT.c.number, AUDIT.c.digest).order_by(AUDIT.c.number.desc())
            last = connection.execute(newest.limit(1)).first()
            number = last.number + 1 if last else 1
            chained = digest(number, entry, last.digest if last else FIRST)
            connection.execute(
                insert(AUDIT).values(
                    number=number, outcome="begun", digest=chained,
                    **msgspec.structs.asdict(entry),
                )
            )  # fmt: skip
            return int(number)

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

    def broken(self) -> int | None:
        """Give the first row that is not as it was written, or follows none; None where all is."""
        previous, number = FIRST, 0
        with told(), self._engine.connect() as connection:
            rows = connection.execute(select(AUDIT).order_by(AUDIT.c.number)).mappings()
            for one in (_noted(dict(row)) for row in rows):
                number += 1
                if one.number != number or one.digest != digest(number, one.entry, previous):
                    return number
                previous = one.digest
        return None


def digest(number: int, entry: Entry, previous: bytes) -> bytes:
    """Give what chains a row to those before it."""
    said = msgspec.msgpack.encode((number, *msgspec.structs.astuple(entry)))
    return hashlib.sha256(previous + said).digest()


def _noted(row: dict[str, object]) -> Noted:
    entry = msgspec.convert({name: row[name] for name in Entry.__struct_fields__}, Entry)
    kept = {name: row[name] for name in ("number", "outcome", "digest")}
    return msgspec.convert({"entry": entry, **kept}, Noted)
