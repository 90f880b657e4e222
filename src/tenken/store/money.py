"""Money in a column: US dollars, exact to twelve decimals, which sum and sort in the database.

Prices are told for a million tokens with at most six decimals, so a token's price has at most
twelve. Postgres keeps a NUMERIC; SQLite knows no decimals, so there it is a whole number of
trillionths, up to nine million dollars in one sum.
"""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from sqlalchemy import BigInteger, Dialect, Numeric
from sqlalchemy.types import TypeDecorator, TypeEngine

PLACES = 12
DIGITS = 30
SMALLEST = Decimal(1).scaleb(-PLACES)
WHOLE = Decimal(10**PLACES)


def trillionths(value: Decimal) -> int:
    """Give an amount as the whole number that it is summed as."""
    return (
        int((value * WHOLE).to_integral_value()) if value else 0
    )  # to the even one, as columns do


class Money(TypeDecorator[Decimal]):
    """A column of US dollars."""

    impl = Numeric(DIGITS, PLACES)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Give the column's type in this database."""
        whole = dialect.name == "sqlite"
        return dialect.type_descriptor(BigInteger() if whole else Numeric(DIGITS, PLACES))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | int | None:
        """Give what is written."""
        if value is None:
            return None
        exact = value.quantize(SMALLEST, rounding=ROUND_HALF_EVEN)
        return int(exact.scaleb(PLACES)) if dialect.name == "sqlite" else exact

    def process_result_value(
        self, value: Decimal | float | None, dialect: Dialect
    ) -> Decimal | None:
        """Give what was written, without the zeros behind it."""
        if value is None:
            return None
        exact = Decimal(value)
        return (exact.scaleb(-PLACES) if dialect.name == "sqlite" else exact).normalize()
