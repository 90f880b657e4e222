"""Check digits: what tells a number of a person from any other run of digits.

The rules are public: My Number in the ministerial ordinance of 2014 (総務省令第85号, article 5),
corporate numbers in that of 2014 (財務省令第70号, article 2), cards in ISO/IEC 7812-1 (Luhn),
IBAN in ISO 13616 (mod 97 of ISO 7064), insurers in the rules for receipts of health insurance.
That of driver's licences was never published and is known from the licences themselves.
"""

from collections.abc import Sequence

MY_NUMBER_WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
LICENCE_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
IBAN_LENGTHS = {
    "AE": 23, "AT": 20, "BE": 16, "BG": 22, "BR": 29, "CH": 21, "CY": 28, "CZ": 24, "DE": 22,
    "DK": 18, "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28,
    "IE": 22, "IL": 23, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27,
    "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SA": 24, "SE": 24, "SI": 19,
    "SK": 24, "TR": 26, "UA": 29,
}  # fmt: skip


def is_my_number(digits: str) -> bool:
    """Tell whether twelve digits end in their check digit.

    >>> is_my_number("123456789018"), is_my_number("123456789012")
    (True, False)
    """
    return len(digits) == 12 and not _one_digit(digits) and _mod_11(digits, MY_NUMBER_WEIGHTS)


def is_licence(digits: str) -> bool:
    """Tell whether the eleventh of twelve digits is the check digit of the ten before it."""
    return len(digits) == 12 and not _one_digit(digits) and _mod_11(digits, LICENCE_WEIGHTS)


def is_corporate_number(digits: str) -> bool:
    """Tell whether the first of thirteen digits is the check digit of the others."""
    if len(digits) != 13 or _one_digit(digits):
        return False
    total = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits[1:])))
    return int(digits[0]) == 9 - total % 9


def is_card(digits: str) -> bool:
    """Tell whether digits are those of a payment card: a known issuer's length, and Luhn.

    Thirteen digits are left out: one barcode in ten would pass.
    """
    return _is_issued(digits) and luhn(digits)


def is_insurer(digits: str) -> bool:
    """Tell whether six or eight digits are the number of an insurer."""
    return len(digits) in {6, 8} and not _one_digit(digits) and luhn(digits)


def is_iban(text: str) -> bool:
    """Tell whether letters and digits without spaces are an account of a country we know."""
    if IBAN_LENGTHS.get(text[:2]) != len(text) or not text.isalnum():
        return False
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97 == 1


def luhn(digits: str) -> bool:
    """Tell whether the last digit is the check digit of Luhn.

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    doubled = (sum(divmod(int(digit) * 2, 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def _mod_11(digits: str, weights: Sequence[int]) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))
    left = total % 11
    return int(digits[len(weights)]) == (0 if left <= 1 else 11 - left)


def _is_issued(digits: str) -> bool:
    match len(digits):
        case 14:
            return digits.startswith(("30", "36", "38", "39"))
        case 15:
            return digits.startswith(("34", "37"))
        case 16:
            return digits.startswith(("4", "51", "52", "53", "54", "55", "35", "60", "62", "64",
                                      "65", "22", "23", "24", "25", "26", "27"))  # fmt: skip
        case _:
            return False


def _one_digit(digits: str) -> bool:
    return len(set(digits)) == 1
