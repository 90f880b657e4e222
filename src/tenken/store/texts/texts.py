"""The sealed texts of exchanges: the store holds nothing that it could read."""

from collections.abc import Sequence

from sqlalchemy import Engine, select, tuple_

from tenken.journal.exchange import Exchange
from tenken.journal.texts import Whose
from tenken.store.faults import told
from tenken.store.tables import TEXTS

Key = tuple[str, str, int]
"""Of a request: its id, our span of it, and when it arrived."""


class SealedTexts:
    """Gives sealed texts, over an engine that somebody else opens and ends."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, whose: Whose) -> bytes | None:
        """Give those of one exchange; None where there are none, any more. Raises Away."""
        key = (whose.id, whose.span, whose.at)
        return self.among([key]).get(key)

    def among(self, keys: Sequence[Key]) -> dict[Key, bytes]:
        """Give those of some exchanges; raises Away."""
        if not keys:
            return {}
        table = TEXTS.c
        asked = select(table.id, table.span, table.at, table.sealed).where(
            tuple_(table.at, table.id, table.span).in_([(at, id_, span) for id_, span, at in keys])
        )
        with told(), self._engine.connect() as connection:
            return {(id_, span, at): sealed for id_, span, at, sealed in connection.execute(asked)}


def whose_of(one: Exchange) -> Whose:
    """Give whose texts an exchange's are."""
    return Whose(one.id, one.span, one.at)
