"""What tokens cost, exactly: each token is in one class, and each class has its price."""

from decimal import Decimal

from msgspec import Struct

from tenken.wire.usage import Usage

MILLION = Decimal(1_000_000)


class Prices(Struct, frozen=True, kw_only=True):
    """US dollars for a million tokens of each class."""

    input: Decimal = Decimal(0)
    cache_read: Decimal = Decimal(0)
    cache_write: Decimal = Decimal(0)
    output: Decimal = Decimal(0)
    reasoning: Decimal = Decimal(0)

    def cost(self, usage: Usage) -> Decimal:
        """Give what a call costs; exact, since the classes do not overlap."""
        total = usage.input * self.input + usage.output * self.output
        if usage.cache_read or usage.cache_write or usage.reasoning:
            total += (
                usage.cache_read * self.cache_read
                + usage.cache_write * self.cache_write
                + usage.reasoning * self.reasoning
            )
        return total / MILLION
