"""Values of KPIs as they were worked out, for how they went and for pages that must be quick."""

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Column,
    Engine,
    Float,
    Select,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
)

from tenken.store.asking import asking
from tenken.store.engine import WRITING
from tenken.store.faults import told
from tenken.store.tables import METADATA

KPI_POINTS = Table(
    "kpi_points",
    METADATA,
    Column("kpi", Text, primary_key=True),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("value", Float),
)
"""No value where there was no data."""


class KpiPoint(Struct, frozen=True, kw_only=True):
    """What a KPI was over the period that ended at a moment (microseconds since 1970)."""

    kpi: str
    at: int
    value: float | None


class KpiPoints:
    """The table of points, over an engine that somebody else opens and ends. All raise Away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def write(self, points: tuple[KpiPoint, ...]) -> None:
        """Write points; those of the same moment are replaced."""
        if not points:
            return
        table = KPI_POINTS.c
        with told(), self._engine.execution_options(**WRITING).begin() as connection:
            for at in {one.at for one in points}:
                names = [one.kpi for one in points if one.at == at]
                gone = delete(KPI_POINTS).where(table.at == at, table.kpi.in_(names))
                connection.execute(gone)
            rows = [{"kpi": one.kpi, "at": one.at, "value": one.value} for one in points]
            connection.execute(insert(KPI_POINTS), rows)

    def last(self) -> tuple[KpiPoint, ...]:
        """Give the last point of each KPI."""
        table = KPI_POINTS.c
        newest = select(table.kpi, func.max(table.at).label("at")).group_by(table.kpi).subquery()
        asked = select(KPI_POINTS).join(
            newest, (table.kpi == newest.c.kpi) & (table.at == newest.c.at)
        )
        return self._read(asked.order_by(table.kpi))

    def since(self, kpi: str, at: int) -> tuple[KpiPoint, ...]:
        """Give a KPI's points from a moment on."""
        table = KPI_POINTS.c
        asked = select(KPI_POINTS).where(table.kpi == kpi, table.at >= at)
        return self._read(asked.order_by(table.at))

    def _read(self, asked: Select[tuple[object, ...]]) -> tuple[KpiPoint, ...]:
        with asking(self._engine) as connection:
            return tuple(
                KpiPoint(kpi=row["kpi"], at=row["at"], value=row["value"])
                for row in connection.execute(asked).mappings()
            )
