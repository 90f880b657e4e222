"""Writes Parquet. `pyarrow` is loaded here, when something is written, and nowhere else."""

from collections.abc import Iterable, Sequence
from typing import IO, Any

from tenken.errors import UsageError
from tenken.keeper.exporting.datasets import Dataset, Field

MONEY = (30, 12)
"""Digits, and how many of them are decimals."""


class Parquet:
    """Makes files; raises UsageError where `pyarrow` is not installed."""

    def __init__(self) -> None:
        try:
            import pyarrow as pa  # noqa: PLC0415 - an extra
            from pyarrow import parquet  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise UsageError("ledger.no_pyarrow") from error
        self._arrow: Any = pa
        self._parquet: Any = parquet

    def write(
        self, to: IO[bytes], dataset: Dataset, pieces: Iterable[Sequence[Sequence[Any]]]
    ) -> int:
        """Write rows in pieces; gives how many there were."""
        schema = self._schema(dataset)
        rows = 0
        with self._parquet.ParquetWriter(to, schema, compression="zstd") as writer:
            for piece in pieces:
                columns = zip(*piece, strict=True)
                arrays = [
                    self._arrow.array(column, type=field.type)
                    for column, field in zip(columns, schema, strict=True)
                ]
                writer.write_table(self._arrow.Table.from_arrays(arrays, schema=schema))
                rows += len(piece)
        return rows

    def _schema(self, dataset: Dataset) -> Any:
        return self._arrow.schema(
            [
                self._arrow.field(one.name, self._type(one), nullable=one.may_be_null)
                for one in dataset.fields
            ]
        )

    def _type(self, field: Field) -> Any:
        if field.kind == "money":
            return self._arrow.decimal128(*MONEY)
        if field.kind == "moment":
            return self._arrow.timestamp("us", tz="UTC")
        return getattr(self._arrow, "bool_" if field.kind == "bool" else field.kind)()
