"""What is on record of money, in whole numbers: the same as in decimal ones."""

from decimal import Decimal
from math import ceil

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.gateway.direct.forms import FINISH, forms_of, tariff_of
from tenken.journal.exchange import Identity
from tenken.models.price import Prices
from tenken.store.counters.counters import NANO
from tenken.transport.addresses import Origin
from tenken.wire.usage import Usage
from tests.gateway.ground import target

prices = st.decimals(0, 1000, places=4)
tokens = st.integers(0, 2**32 - 1)


@given(prices, prices, prices, prices, tokens, tokens, tokens, tokens)
def test_whole_numbers_cost_what_decimal_ones_do(  # noqa: PLR0917
    input_: Decimal, cached: Decimal, output: Decimal, thought: Decimal,
    read: int, again: int, written: int, reasoned: int,
) -> None:  # fmt: skip
    """On record, and of a budget."""
    priced = Prices(input=input_, cache_read=cached, output=output, reasoning=thought)
    usage = Usage(input=read, cache_read=again, output=written, reasoning=reasoned)
    tariff = tariff_of(priced)
    assert tariff is not None

    cost = (
        read * tariff.input + again * tariff.cache_read
        + written * tariff.output + reasoned * tariff.reasoning
    )  # fmt: skip
    told = msgspec.convert(tariff.text(cost).decode(), Decimal)
    assert told == priced.cost(usage)
    assert tariff.nano(cost) == ceil(priced.cost(usage) * NANO)


@pytest.mark.parametrize("dollars", [1, 9, 10, 20, 100, 12_000, 1_000_000])
def test_whole_dollars_are_read_as_they_are(dollars: int) -> None:
    """As a record's reader reads them, however many zeros they end with."""
    tariff = tariff_of(Prices(input=Decimal("2.50"), output=Decimal(10)))
    assert tariff is not None
    written = tariff.text(dollars * tariff.parts)

    assert msgspec.convert(written.decode(), Decimal) == dollars
    assert tariff.text(0) == b"0"


def test_prices_that_differ_with_the_size_go_the_long_way() -> None:
    """Which of them holds is known of each request alone."""
    assert tariff_of(Prices(above_tokens=1000, above=Prices(input=Decimal(2)))) is None


@pytest.mark.parametrize("name", [FINISH])
def test_names_that_look_like_marks_are_told(name: str) -> None:
    """A record would be filled in at the wrong place."""
    odd = target(name, Origin(host="h", port=1, tls=False))
    with pytest.raises(ValueError, match="once"):
        forms_of(Identity(), "", odd)
