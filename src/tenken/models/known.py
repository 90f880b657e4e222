"""What is known of models: price, context, retirement; each row with where it was read.

The table in `data/` is a snapshot; `tenken models rebuild` makes a newer one.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from tenken.models.price import Prices

Vendor = Literal["openai", "azure", "anthropic", "google", "vertex", "bedrock"]
VENDORS: tuple[Vendor, ...] = ("openai", "azure", "anthropic", "google", "vertex", "bedrock")
Whole = Annotated[int, Meta(ge=1)]


class LongPrices(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a request costs that reads more than `above_tokens`."""

    above_tokens: Whole
    input: Decimal
    output: Decimal
    cache_read: Decimal | None = None
    cache_write: Decimal | None = None
    cache_write_hour: Decimal | None = None


class Row(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A model at a provider. Prices are US dollars for a million tokens, of the plain service.

    What is not there is not known. Priced otherwise, and not in here: batches, priority, and the
    provider's own tools.
    """

    provider: str
    """The kind of provider; one of `VENDORS` in a table."""
    model: str
    """As it is sent to the provider."""
    input: Decimal | None = None
    output: Decimal | None = None
    cache_read: Decimal | None = None
    """As input where the vendor names none."""
    cache_write: Decimal | None = None
    """As input where the vendor names none."""
    cache_write_hour: Decimal | None = None
    """As `cache_write` where the vendor names none."""
    reasoning: Decimal | None = None
    """As output where the vendor names none."""
    long: LongPrices | None = None
    context_tokens: Whole | None = None
    output_tokens_max: Whole | None = None
    retires_on: date | None = None
    source: str = ""
    """Where the vendor says so, as the snapshot's own source has it."""
    checked_at: date | None = None
    """When somebody of this project read it there; empty for what only the snapshot says."""

    @property
    def key(self) -> tuple[str, str]:
        """What a row is found by."""
        return (self.provider, self.model)

    @property
    def prices(self) -> Prices | None:
        """Give what tokens cost; None where that is not known."""
        if self.input is None:
            return None
        output = self.output or Decimal(0)
        cache_write = _or(self.cache_write, self.input)
        return Prices(
            input=self.input,
            output=output,
            cache_read=_or(self.cache_read, self.input),
            cache_write=cache_write,
            cache_write_hour=_or(self.cache_write_hour, cache_write),
            reasoning=_or(self.reasoning, output),
            above_tokens=self.long.above_tokens if self.long else None,
            above=_above(self.long) if self.long else None,
        )


class Origin(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first line of a table: where its rows come from."""

    read_from: str
    """The package and its version."""
    sha256: str
    """Of the file in it."""
    as_of: date
    licence: str


class Models(Struct, frozen=True, kw_only=True):
    """Everything that is known, by provider and model."""

    origin: Origin
    rows: Mapping[tuple[str, str], Row]

    def find(self, vendor: str, model: str) -> Row | None:
        """Give what is known of a model under the very name that is sent."""
        return self.rows.get((vendor, model))


def read_models(text: bytes) -> Models:
    """Read a table: its origin, then a row a line; raises msgspec.DecodeError."""
    head, _, rest = text.partition(b"\n")
    rows = ROWS.decode_lines(rest)
    return Models(origin=ORIGIN.decode(head), rows={row.key: row for row in rows})


def write_models(models: Models) -> bytes:
    """Give the text of a table, in one order, so that two can be compared line by line."""
    rows = (models.rows[key] for key in sorted(models.rows))
    return b"\n".join([ENCODER.encode(models.origin), *(ENCODER.encode(r) for r in rows), b""])


def _or(price: Decimal | None, other: Decimal) -> Decimal:
    return other if price is None else price


def _above(long: LongPrices) -> Prices:
    cache_write = _or(long.cache_write, long.input)
    return Prices(
        input=long.input,
        output=long.output,
        cache_read=_or(long.cache_read, long.input),
        cache_write=cache_write,
        cache_write_hour=_or(long.cache_write_hour, cache_write),
        reasoning=long.output,
    )


ORIGIN = msgspec.json.Decoder(Origin)
ROWS = msgspec.json.Decoder(Row)
ENCODER = msgspec.json.Encoder()
