"""What the models of an application cost, as one figure a token."""

from collections.abc import Mapping
from decimal import Decimal

from tenken.config.manifest import Manifest
from tenken.models.own import row_of
from tenken.models.price import MILLION
from tenken.models.shipped import shipped

Each = tuple[float, float, float]


def prices_of(manifest: Manifest | None) -> Mapping[str, Each]:
    """US dollars for a token read, one read from a cache and one written, by the model's names."""
    if manifest is None:
        return {}
    known, found = shipped(), dict[str, Each]()
    for model in manifest.application.models:
        vendors = {model.provider: manifest.vendors.get(model.provider, model.provider)}
        if prices := row_of(model, vendors, known).prices:
            each = _each(prices.input), _each(prices.cache_read), _each(prices.output)
            found.update({model.model: each, model.id: each})
    return found


def _each(price: Decimal) -> float:
    return float(price / MILLION)
