"""What an application's file says of its models itself, before the table is asked."""

from collections.abc import Mapping
from decimal import Decimal

from msgspec.structs import replace

from tenken.config.application import Model, ModelPrices
from tenken.models.known import Models, Row

EMBEDDED = "embedded"
"""Runs on this machine: nobody charges for its tokens."""


def row_of(model: Model, vendors: Mapping[str, str], known: Models) -> Row:
    """Give what is known of a model; prices of the file's own stand before the table's, whole.

    `vendors` tells each provider's kind by its id. A model that no table has gives an empty row.
    """
    vendor, name = vendors.get(model.provider, ""), model.known_as or model.model
    row = known.find(vendor, name) or Row(provider=vendor, model=name)
    if vendor == EMBEDDED:
        return replace(row, input=Decimal(0), output=Decimal(0))
    return _priced(row, model.prices) if model.prices else row


def _priced(row: Row, own: ModelPrices) -> Row:
    return replace(
        row,
        input=_exact(own.input),
        output=_exact(own.output),
        cache_read=_maybe(own.cache_read),
        cache_write=_maybe(own.cache_write),
        cache_write_hour=_maybe(own.cache_write_hour),
        reasoning=None,
        long=None,
        source=own.source,
        checked_at=own.checked_at,
    )


def _exact(price: float) -> Decimal:
    return Decimal(str(price))


def _maybe(price: float | None) -> Decimal | None:
    return None if price is None else _exact(price)
