"""Feedback as it is read: of one request, and what waits for its request."""

from msgspec import Struct
from sqlalchemy import Engine, func, select

from tenken.store.engine import WRITING
from tenken.store.faults import told
from tenken.store.feedback.hearing import forget, match
from tenken.store.feedback.tables import FEEDBACK


class Heard(Struct, frozen=True, kw_only=True):
    """One thing said of a request."""

    at: int
    kind: str
    value: float
    unit: str
    via: str


class FeedbackBook:
    """The table of feedback, over an engine that somebody else opens and ends."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, request: str) -> tuple[Heard, ...]:
        """Give what was said of a request, the oldest first; raises Away."""
        table = FEEDBACK.c
        asked = select(table.at, table.kind, table.value, table.unit, table.via)
        asked = asked.where((table.about == request) | (table.request == request))
        with told(), self._engine.connect() as connection:
            rows = connection.execute(asked.order_by(table.at)).mappings()
            return tuple(Heard(**{str(k): v for k, v in row.items()}) for row in rows)

    def waiting(self) -> int:
        """Count what no request was found for; raises Away."""
        asked = select(func.count()).where(FEEDBACK.c.matched.is_(False))
        with told(), self._engine.connect() as connection:
            return int(connection.scalar(asked) or 0)

    def match(self, *, since: int) -> int:
        """Tie what waits to requests that have come meanwhile; raises Away."""
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            return match(connection, since=since)

    def forget(self, *, before: int) -> int:
        """Take out what has waited from before a moment on; raises Away."""
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            return forget(connection, before=before)
