"""How far a sink is in each journal: written when the sink has been given what stands before."""

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.dialects import postgresql, sqlite

from tenken.journal.reader import Position
from tenken.store.engine import WRITING
from tenken.store.faults import told
from tenken.store.ledger import Applied
from tenken.store.owed.counts import count
from tenken.store.owed.tally import Tally
from tenken.store.tables import POSITIONS

FIELDS = Position.__struct_fields__


class Positions:
    """The positions of one sink, over an engine that somebody else opens. All raise Away."""

    def __init__(self, engine: Engine, sink: str) -> None:
        self._engine = engine
        self._sink = sink

    def applied(self, journal: str) -> Applied:
        """Give how far it is; the beginning of all where it was given nothing yet."""
        table = POSITIONS.c
        asked = select(POSITIONS).where(table.journal == journal, table.sink == self._sink)
        with told(), self._engine.connect() as connection:
            found = connection.execute(asked).mappings().first()
        if found is None:
            return Applied()
        return Applied(Position(**{name: found[name] for name in FIELDS}), found["boot"])

    def save(self, journal: str, applied: Applied, tally: Tally) -> None:
        """Write how far it is, and add up what it was given."""
        at = {name: getattr(applied.position, name) for name in FIELDS} | {"boot": applied.boot}
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            connection.execute(
                _placing(connection), {"journal": journal, "sink": self._sink, **at}
            )
            count(connection, self._sink, tally)


def reached(engine: Engine, sink: str) -> dict[str, int]:
    """Give the sequence up to which a sink is in each journal; raises Away."""
    table = POSITIONS.c
    asked = select(table.journal, func.max(table.sequence)).where(table.sink == sink)
    with told(), engine.connect() as connection:
        rows = connection.execute(asked.group_by(table.journal)).all()
    return {journal: int(sequence) for journal, sequence in rows}


def _placing(connection: Connection) -> postgresql.Insert | sqlite.Insert:
    moved = (*FIELDS, "boot")
    key = ("journal", "sink")
    if connection.dialect.name == "postgresql":
        one = postgresql.insert(POSITIONS)
        at = {name: one.excluded[name] for name in moved}
        return one.on_conflict_do_update(index_elements=key, set_=at)
    two = sqlite.insert(POSITIONS)
    at = {name: two.excluded[name] for name in moved}
    return two.on_conflict_do_update(index_elements=key, set_=at)
