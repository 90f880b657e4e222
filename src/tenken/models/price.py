"""What tokens cost, exactly: each token is in one class, and each class has its price."""

from decimal import Decimal

from msgspec import Struct

from tenken.wire.usage import Usage

MILLION = Decimal(1_000_000)
FREE = Decimal(0)


class Prices(Struct, frozen=True, kw_only=True):
    """US dollars for a million tokens of each class."""

    input: Decimal = FREE
    cache_read: Decimal = FREE
    cache_write: Decimal = FREE
    cache_write_hour: Decimal = FREE
    output: Decimal = FREE
    reasoning: Decimal = FREE
    above_tokens: int | None = None
    """A request that reads more than this is paid at the prices of `above`, all of it."""
    above: "Prices | None" = None

    def cost(self, usage: Usage) -> Decimal:
        """Give what a call costs; exact, since the classes do not overlap."""
        prices = self
        if self.above_tokens is not None and usage.read > self.above_tokens:
            prices = self.above or self
        total = usage.input * prices.input + usage.output * prices.output
        if usage.cache_read or usage.cache_write or usage.cache_write_hour or usage.reasoning:
            total += (
                usage.cache_read * prices.cache_read
                + usage.cache_write * prices.cache_write
                + usage.cache_write_hour * prices.cache_write_hour
                + usage.reasoning * prices.reasoning
            )
        return total / MILLION
