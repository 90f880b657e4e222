"""Check digits: one digit right, and no other in its place."""

from collections.abc import Callable

import pytest

from tenken.guardrails.pii.checks import (
    is_card,
    is_corporate_number,
    is_iban,
    is_insurer,
    is_licence,
    is_my_number,
)

NUMBERS = [
    (is_my_number, "123456789018", 11),
    (is_corporate_number, "7000012050002", 0),
    (is_licence, "305678901270", 10),
    (is_card, "4111111111111111", 15),
    (is_card, "378282246310005", 14),
    (is_insurer, "06139463", 7),
]


@pytest.mark.parametrize(("is_right", "number", "place"), NUMBERS)
def test_one_check_digit_in_ten_is_right(
    is_right: Callable[[str], bool], number: str, place: int
) -> None:
    right = [
        digit for digit in "0123456789" if is_right(number[:place] + digit + number[place + 1 :])
    ]

    assert right == [number[place]]


@pytest.mark.parametrize("number", ["", "1", "1" * 12, "12345678901"])
def test_a_number_of_another_length_or_of_one_digit_is_none(number: str) -> None:
    assert not is_my_number(number)
    assert not is_corporate_number(number)


@pytest.mark.parametrize("number", ["4901234567894", "9111111111111111", "41111111111111111"])
def test_a_barcode_and_an_unknown_issuer_are_no_card(number: str) -> None:
    assert not is_card(number)


def test_an_account_is_known_by_its_country_length_and_digits() -> None:
    assert is_iban("DE89370400440532013000")
    assert not is_iban("DE88370400440532013000")
    assert not is_iban("XX89370400440532013000")
    assert not is_iban("DE8937040044053201300")
