"""What a call costs: classes of tokens add up; a long request is paid at the long prices."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tenken.models.price import Prices
from tenken.models.rebuild import read_table
from tenken.models.shipped import shipped
from tenken.wire.usage import Usage
from tests.models.tables import AS_OF, ENTRIES, known, table

COUNTS = st.integers(min_value=0, max_value=10**9)
USAGES = st.builds(
    Usage,
    input=COUNTS,
    cache_read=COUNTS,
    cache_write=COUNTS,
    cache_write_hour=COUNTS,
    output=COUNTS,
    reasoning=COUNTS,
)


@given(USAGES, USAGES)
def test_the_cost_of_two_calls_is_the_sum_of_their_costs(one: Usage, other: Usage) -> None:
    """To the last digit, as long as neither is long."""
    prices = Prices(input=Decimal("0.15"), cache_read=Decimal("0.075"), output=Decimal("0.6"))

    assert prices.cost(one.plus(other)) == prices.cost(one) + prices.cost(other)


def test_a_request_that_reads_more_is_paid_at_the_long_prices_whole() -> None:
    """Not only what lies above the threshold; the threshold itself is not above."""
    prices = known().rows["google", "long-1"].prices
    assert prices is not None

    assert prices.cost(Usage(input=200_000, output=10)) == Decimal("0.2001")
    assert prices.cost(Usage(input=100_000, cache_read=100_001, output=10)) == (
        200_001 * Decimal(2) + 10 * Decimal(15)
    ) / Decimal(1_000_000)


def test_what_a_vendor_does_not_price_apart_costs_what_its_kind_costs() -> None:
    """Cached tokens as read ones, reasoning as written ones: never nothing."""
    prices = known().rows["azure", "eu/small-1"].prices

    assert prices is not None
    assert prices.cost(Usage(cache_read=10, cache_write=10)) == prices.cost(Usage(input=20))
    assert prices.cost(Usage(reasoning=10)) == prices.cost(Usage(output=10))


def test_what_is_kept_for_an_hour_has_a_price_of_its_own() -> None:
    """Also where the request is long; as the short kind where the table names none."""
    entry = {
        **ENTRIES["gemini/long-1"],
        "cache_creation_input_token_cost": 1.25e-06,
        "cache_creation_input_token_cost_above_1hr": 2e-06,
        "cache_creation_input_token_cost_above_200k_tokens": 2.5e-06,
        "cache_creation_input_token_cost_above_1hr_above_200k_tokens": 4e-06,
    }
    short = {key: price for key, price in entry.items() if "1hr" not in key}

    told, plain = (
        read_table(table({"gemini/long-1": one}), name="x", as_of=AS_OF)
        .rows["google", "long-1"]
        .prices
        for one in (entry, short)
    )

    assert told is not None
    assert plain is not None
    assert told.cost(Usage(cache_write=10, cache_write_hour=10)) == Decimal("0.0000325")
    assert told.cost(Usage(cache_write_hour=300_000)) == Decimal("1.2")
    assert plain.cost(Usage(cache_write_hour=10)) == plain.cost(Usage(cache_write=10))
    assert plain.cost(Usage(cache_write_hour=300_000)) == Decimal("0.75")


@given(USAGES)
def test_every_token_is_paid_once(usage: Usage) -> None:
    """At one price for all classes, a call costs its tokens."""
    one = Decimal(1_000_000)
    prices = Prices(
        input=one,
        cache_read=one,
        cache_write=one,
        cache_write_hour=one,
        output=one,
        reasoning=one,
    )

    assert prices.cost(usage) == usage.total


def test_the_table_that_is_shipped_can_be_read_and_has_each_provider() -> None:
    """And every row leads to where its figures were read, or to nothing at all."""
    models = shipped()

    assert {vendor for vendor, _ in models.rows} == {
        "openai", "azure", "anthropic", "google", "vertex", "bedrock",
    }  # fmt: skip
    assert all(row.source == "" or row.source.startswith("http") for row in models.rows.values())
