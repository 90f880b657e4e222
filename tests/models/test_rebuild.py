"""A table is read from a wheel's JSON, exactly; what is no table is told as that."""

from decimal import Decimal

import pytest

from tenken.errors import UsageError
from tenken.models.known import read_models, write_models
from tenken.models.rebuild import read_table, read_wheel
from tests.models.tables import AS_OF, known, table, wheel


def test_prices_are_exact_decimals_for_a_million_tokens() -> None:
    """Floats of the table are read by their digits, not by their nearest binary number."""
    row = known().rows["openai", "small-1"]

    assert (row.input, row.output) == (Decimal("0.15"), Decimal("0.6"))
    assert row.cache_read == Decimal("0.075")
    assert row.context_tokens == 128_000


def test_only_what_we_speak_to_is_kept_under_the_name_that_is_sent() -> None:
    """Pictures, commitments and other providers stay out; prefixes of the table go."""
    assert set(known().rows) == {
        ("openai", "small-1"),
        ("azure", "eu/small-1"),
        ("google", "long-1"),
    }


def test_a_table_comes_back_as_it_was_written() -> None:
    """Line by line, in one order."""
    text = write_models(known())

    assert read_models(text) == known()
    assert write_models(read_models(text)) == text


def test_a_wheel_is_read_without_running_it() -> None:
    """Its JSON alone."""
    assert read_wheel(wheel(), name="litellm 1.0", as_of=AS_OF) == known()


@pytest.mark.parametrize("given", [b"", b"no zip", wheel(name="other.json")])
def test_what_is_no_wheel_is_told(given: bytes) -> None:
    """With the way to get one."""
    with pytest.raises(UsageError) as told:
        read_wheel(given, name="x", as_of=AS_OF)
    assert told.value.sentence.id == "pricing.no_table"


@pytest.mark.parametrize("given", [b"", b"[]", b"{", b"[" * 100_000, b'{"a": 1'])
def test_a_broken_table_is_told(given: bytes) -> None:
    """And never half read."""
    with pytest.raises(UsageError) as told:
        read_table(given, name="x", as_of=AS_OF)
    assert told.value.sentence.id == "pricing.bad_table"


@pytest.mark.parametrize("price", [-1.0, "0.1", None, True])
def test_a_price_that_is_none_is_not_known(price: object) -> None:
    """Neither zero nor what can be made of it."""
    entries = {"m": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": price}}

    assert read_table(table(entries), name="x", as_of=AS_OF).rows["openai", "m"].prices is None
