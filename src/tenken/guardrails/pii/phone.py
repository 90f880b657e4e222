"""Phone numbers: all Japanese shapes, American ones, and any that begin with a country's code."""

from tenken.guardrails.detector import Within
from tenken.guardrails.pii.labels import Kind, near
from tenken.guardrails.pii.numbers import stands_alone
from tenken.guardrails.pii.shapes import BETWEEN, HYPHEN, KANJI, digits, is_japanese
from tenken.guardrails.rule import Condition, Rule, Rules, Spot
from tenken.pattern import Pattern

AT_ONCE = r"(?:\b|(?i:tel|fax|phone|mobile|cell)\.?)"
"""A number begins, perhaps right behind its word: `FAX045-…`."""
JAPANESE = (
    rf"{AT_ONCE}(0\d{{1,4}}{BETWEEN}\d{{1,4}}{BETWEEN}\d{{3,4}}"
    rf"|0\d{{1,4}} \d{{1,4}} \d{{3,4}}"
    rf"|0\d{{1,4}}\.\d{{1,4}}\.\d{{4}}"
    rf"|0\d{{1,4}}の\d{{2,4}}の\d{{4}}"
    rf"|0\d{{1,4}} ?\(\d{{1,4}}\) ?(?:{HYPHEN} ?)?\d{{3,4}}"
    rf"|\(0\d{{1,4}}\) ?(?:{HYPHEN} ?)?\d{{1,4}}(?:{BETWEEN}| )\d{{4}}"
    rf"|0\d{{1,4}}{BETWEEN}\d{{5,8}}"
    rf"|0\d{{5,6}}{BETWEEN}\d{{4}})\b"
)
AMERICAN_BARE = r"\b[2-9]\d{2}[2-9]\d{6}\b"
JAPANESE_GATE = (
    rf"(?:\b|(?:tel|fax|phone|mobile|cell)\.?)0\d{{1,6}} ?(?:{HYPHEN}|[ .()の]) ?{HYPHEN}? ?\d"
)
IN_KANJI = (
    rf"[〇○零]{KANJI}{{1,4}}[-‐‒–—―−ー─━・の 、(]{KANJI}{{1,4}}[-‐‒–—―−ー─━・の 、)]{KANJI}{{3,4}}"
    rf"|[〇○零][五七八九][〇○零]{KANJI}{{8}}"
)
BARE = rf"{AT_ONCE}(0[1-9]\d{{8,9}})\b"
BRITISH = (
    r"\b0(?:7\d{3} ?\d{6}|7\d{3} \d{3} \d{3}|2\d ?\d{4} ?\d{4}|1\d{2} ?\d{3} ?\d{4}|1\d{3} ?\d{6}"
    r"|1\d{3} \d{3} ?\d{3})\b"
)
INTERNATIONAL = r"(?:\+|\b00|\b010-?)(?:[1-9]\d{0,2})(?:[-‐‒–—―−─━ー. ]{0,2}\(?\d{1,5}\)?){2,5}\b"
AMERICAN = (
    r"(?:(?:\b1[-. ])?\([2-9]\d{2}\) ?[2-9]\d{2}[-‐–. ]\d{4}"
    r"|\b(?:1[-. ])?[2-9]\d{2}(?:-[2-9]\d{2}-|\.[2-9]\d{2}\.| [2-9]\d{2} |/[2-9]\d{2}-)\d{4})\b"
)
MOBILE = ("050", "070", "080", "090", "060")


def is_number(value: str) -> bool:
    """Tell whether digits can be dialled in Japan.

    >>> is_number("09012345678"), is_number("0312345678"), is_number("0312345")
    (True, True, False)
    """
    if value.startswith((*MOBILE, "0800")):
        return len(value) == 11
    return len(value) == 10 and value[1] != "0"


def _named_otherwise(spot: Spot) -> bool:
    """A word right before says that this is the number of something else.

    `my number` is a person's in Japan and a telephone's in English.
    """
    label = near(spot)
    own = {Kind.PHONE, Kind.MY_NUMBER, Kind.POSTAL}
    return label is not None and label.kind not in own and label.numbers


def _shaped(spot: Spot) -> bool:
    return stands_alone(spot) and is_number(digits(spot.value)) and not _named_otherwise(spot)


def _named(spot: Spot) -> bool:
    """Digits in one run are a phone number only where a word says so."""
    label = near(spot)
    if not (stands_alone(spot) and is_number(digits(spot.value))):
        return False
    if label is not None:
        return label.kind is Kind.PHONE
    return digits(spot.value).startswith(MOBILE) and _spoken_of(spot)


def _spoken_of(spot: Spot) -> bool:
    """私の番号は, …まで, …にお願いします: a way to reach somebody."""
    return spot.before(6).rstrip().endswith(("番号は", "番号が", "番号:", "番号")) or spot.behind(
        2
    ).startswith(("まで", "へ", "に", "宛"))


def _called(spot: Spot) -> bool:
    label = near(spot)
    return stands_alone(spot) and label is not None and label.kind is Kind.PHONE


def _in_kanji(spot: Spot) -> bool:
    return is_number(digits(spot.value))


def _international(spot: Spot) -> bool:
    plain = spot.value.replace("(0)", "")
    if not 9 <= len(digits(plain)) <= 15 or not stands_alone(spot):
        return False
    label = near(spot)
    return spot.value.startswith("+") or (label is not None and label.kind is Kind.PHONE)


def _american(spot: Spot) -> bool:
    """Among Japanese words three groups of digits are as often the number of an order."""
    label = near(spot)
    if not stands_alone(spot) or _named_otherwise(spot):
        return False
    if label is not None and label.kind is Kind.PHONE:
        return True
    return not is_japanese(spot.before(16) + spot.behind(16))


def _rule(name: str, pattern: str, gate: str, holds: Condition, *, score: float = 0.9) -> Rule:
    return Rule(
        id=f"pii.phone.{name}", risk="pii.phone", pattern=Pattern(pattern), gate=Within(gate),
        holds=holds, score=score,
    )  # fmt: skip


DETECTOR = Rules(
    "pii.phone",
    _rule("jp", JAPANESE, JAPANESE_GATE, _shaped, score=0.95),
    _rule("jp_bare", BARE, r"0[1-9]\d{8}", _named, score=0.8),
    _rule("jp_kanji", IN_KANJI, rf"[〇○零]{KANJI}", _in_kanji),
    _rule("international", INTERNATIONAL, r"(?:\+|00|010)-?[1-9]", _international),
    _rule("us", AMERICAN, r"[2-9]\d{2}\)? ?[-./ ]?[2-9]\d{2}[-‐–. ]\d{4}", _american, score=0.8),
    _rule("uk", BRITISH, r"0[127]\d{1,3} ?\d{3}", _called, score=0.7),
    _rule("us_bare", AMERICAN_BARE, r"[2-9]\d{9}", _called, score=0.7),
)
