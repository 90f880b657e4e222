"""Tables as their rows are written: tuples in the order of columns that stand here once."""

from functools import cached_property

from msgspec import Struct
from sqlalchemy import Table


class Rows(Struct, frozen=True, kw_only=True, dict=True):
    """A table, and the columns of its tuples. Money stands in them in trillionths."""

    table: Table
    columns: tuple[str, ...]

    @cached_property
    def money(self) -> tuple[int, ...]:
        """Give where money stands."""
        return tuple(n for n, name in enumerate(self.columns) if name == "cost")

    @cached_property
    def listed(self) -> str:
        """Give the columns as a statement lists them."""
        return ", ".join(f'"{name}"' for name in self.columns)

    @cached_property
    def blanks(self) -> str:
        """Give as many blanks."""
        return ", ".join("?" for _ in self.columns)
