"""What processes took, in quarters of an hour: a few rows a quarter for each machine."""

from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Column,
    Engine,
    Float,
    Table,
    Text,
    delete,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from tenken.store.engine import WRITING
from tenken.store.faults import told
from tenken.store.tables import METADATA

QUARTER_US = 900_000_000
RESOURCES = Table(
    "resources",
    METADATA,
    Column("measure", Text, primary_key=True),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("instance", Text, primary_key=True),
    Column("total", Float, nullable=False),
    Column("samples", BigInteger, nullable=False),
)
"""`total` of `samples` adds up to what a machine took, minute by minute."""


class Taken(Struct, frozen=True, kw_only=True):
    """What all machines together took in a quarter of an hour, on the mean."""

    measure: str
    at: int
    """Its beginning, in microseconds since 1970."""
    value: float
    samples: int


class Resources:
    """The table, over an engine that somebody else opens and ends. All raise Away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(**WRITING)

    def add(self, instance: str, at: int, values: Mapping[str, float]) -> None:
        """Add what a machine takes at a moment."""
        start = at - at % QUARTER_US
        rows = [
            {"measure": name, "at": start, "instance": instance, "total": value, "samples": 1}
            for name, value in values.items()
        ]
        if not rows:
            return
        table = RESOURCES.c
        key = [table.measure, table.at, table.instance]
        more = {"total": table.total, "samples": table.samples}
        with told(), self._writing.begin() as connection:
            if connection.dialect.name == "postgresql":
                one = postgresql.insert(RESOURCES)
                sums = {name: column + one.excluded[name] for name, column in more.items()}
                connection.execute(one.on_conflict_do_update(index_elements=key, set_=sums), rows)
                return
            two = sqlite.insert(RESOURCES)
            sums = {name: column + two.excluded[name] for name, column in more.items()}
            connection.execute(two.on_conflict_do_update(index_elements=key, set_=sums), rows)

    def since(self, at: int) -> tuple[Taken, ...]:
        """Give what was taken in each quarter of an hour from a moment on, by time."""
        table = RESOURCES.c
        asked = (
            select(
                table.measure, table.at, func.sum(table.total / table.samples).label("value"),
                func.max(table.samples).label("samples"),
            )
            .where(table.at >= at)
            .group_by(table.measure, table.at)
            .order_by(table.at, table.measure)
        )  # fmt: skip
        with told(), self._engine.connect() as connection:
            return tuple(
                Taken(measure=row.measure, at=row.at, value=row.value, samples=int(row.samples))
                for row in connection.execute(asked)
            )

    def forget(self, before: int) -> None:
        """Take away what is of no use any more."""
        with told(), self._writing.begin() as connection:
            connection.execute(delete(RESOURCES).where(RESOURCES.c.at < before))
