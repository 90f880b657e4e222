"""Adds up what became of what sinks were given."""

from collections.abc import Mapping

from msgspec.structs import asdict
from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects import postgresql, sqlite

from tenken.store.faults import told
from tenken.store.owed.tables import SINK_COUNTS
from tenken.store.owed.tally import Tally


def count(connection: Connection, sink: str, tally: Tally) -> None:
    """Add numbers to those of a sink, within a transaction."""
    rows = [{"sink": sink, "what": what, "count": n} for what, n in asdict(tally).items() if n]
    if rows:
        connection.execute(_adding(connection.dialect.name), rows)


def counted(engine: Engine) -> Mapping[str, Tally]:
    """Give the numbers of every sink; raises Away."""
    found: dict[str, dict[str, int]] = {}
    with told(), engine.connect() as connection:
        for sink, what, number in connection.execute(select(SINK_COUNTS)):
            if what in Tally.__struct_fields__:
                found.setdefault(sink, {})[what] = int(number)
    return {sink: Tally(**numbers) for sink, numbers in found.items()}


def _adding(database: str) -> postgresql.Insert | sqlite.Insert:
    key = ("sink", "what")
    if database == "postgresql":
        one = postgresql.insert(SINK_COUNTS)
        more = {"count": SINK_COUNTS.c.count + one.excluded.count}
        return one.on_conflict_do_update(index_elements=key, set_=more)
    two = sqlite.insert(SINK_COUNTS)
    more = {"count": SINK_COUNTS.c.count + two.excluded.count}
    return two.on_conflict_do_update(index_elements=key, set_=more)
