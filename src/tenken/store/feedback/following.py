"""Feedback as a sink follows it: by number, from where it was last."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Engine, delete, insert, select

from tenken.journal.exchange import BAD, Exchange
from tenken.journal.feedback import FeedbackKind, positive
from tenken.store.engine import WRITING
from tenken.store.faults import told
from tenken.store.feedback.tables import FEEDBACK, REACHED
from tenken.store.owed.owed import owe


class Told(Struct, frozen=True, kw_only=True):
    """One thing said of an answer, and which one that was."""

    id: str
    number: int
    at: int
    kind: FeedbackKind
    value: float
    unit: str
    submitter: str
    request: str
    trace: str
    span: str
    use_case: str
    release: str

    @property
    def good(self) -> bool | None:
        """Whether it speaks for the answer."""
        return positive(self.kind, self.value)


class Following:
    """What one sink has not been told yet. All raise Away."""

    def __init__(self, engine: Engine, sink: str) -> None:
        self._engine = engine
        self._sink = sink

    def next(self, most: int) -> tuple[Told, ...]:
        """Give what follows on what it was told; of drills nobody is told."""
        table = FEEDBACK.c
        reached = select(REACHED.c.number).where(REACHED.c.sink == self._sink)
        with told(), self._engine.connect() as connection:
            after = connection.scalar(reached) or 0
            asked = (
                select(FEEDBACK)
                .where(table.number > after, table.drill.is_(False))
                .order_by(table.number)
            )
            rows = connection.execute(asked.limit(most)).mappings().all()
        return tuple(
            Told(
                id=row["id"], number=row["number"], at=row["at"],
                kind=FeedbackKind(row["kind"]), value=row["value"], unit=row["unit"],
                submitter=row["submitter"], request=row["about"], trace=row["trace"],
                span=row["span"], use_case=row["use_case"], release=row["release"],
            )
            for row in rows
        )  # fmt: skip

    def reached(self, number: int) -> None:
        """Take note of how far it is."""
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            connection.execute(delete(REACHED).where(REACHED.c.sink == self._sink))
            connection.execute(insert(REACHED), {"sink": self._sink, "number": number})

    def owe_traces(self, sinks: tuple[str, ...], badly: Iterable[Exchange]) -> None:
        """Owe these sinks the traces of badly rated requests, whatever they left out before."""
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            owe(connection, sinks, (replace(one, feedback=BAD) for one in badly))
