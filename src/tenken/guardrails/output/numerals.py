"""Numbers as people write them: digits, commas, kanji, units; the same number is the same text."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from msgspec import Struct

from tenken.pattern import Pattern

DIGITS = {numeral: value for value, numeral in enumerate("〇一二三四五六七八九")} | {
    "零": 0, "壱": 1, "弐": 2, "参": 3, "両": 2,
}  # fmt: skip
SMALL = {"十": 10, "百": 100, "千": 1000, "拾": 10}
LARGE = {"万": 10**4, "億": 10**8, "兆": 10**12}
WORDS = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "k": 10**3}
UNITS = {
    "％": "%", "パーセント": "%", "percent": "%", "円": "yen", "¥": "yen", "yen": "yen",
    "jpy": "yen",
    "ドル": "usd", "$": "usd", "usd": "usd", "dollars": "usd", "dollar": "usd", "日間": "day",
    "日": "day", "days": "day", "day": "day", "時間": "hour", "hours": "hour", "hour": "hour",
    "分": "minute", "minutes": "minute", "minute": "minute", "年": "year", "years": "year",
    "year": "year", "か月": "month", "ヶ月": "month", "カ月": "month", "ヵ月": "month",
    "ケ月": "month", "箇月": "month", "月": "month", "months": "month", "month": "month",
    "週間": "week", "weeks": "week", "week": "week", "名": "person", "人": "person",
    "people": "person", "キロ": "km", "キロメートル": "km",
}  # fmt: skip
"""Units that have several names; any other is not compared."""
_KANJI = "〇一二三四五六七八九十百千万億兆零壱弐参拾"
_NUMBER = Pattern(
    r"([¥$]?)(?:(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?:([万億兆千百]+)|\s?(thousand|million|billion|k)\b)?|([{_KANJI}]{{1,16}}))"
    r"\s?(%|％|パーセント|percent|円|yen|jpy|ドル|usd|dollars?|日間|日|days?|時間|hours?|分|minutes?"
    r"|年|years?|[かヶカヵケ箇]月|月|months?|週間|weeks?|名|人|people|キロ(?:メートル)?)?"
)


class Number(Struct, frozen=True, kw_only=True):
    """A number in a text."""

    value: Decimal
    unit: str
    """Its common name; empty where none is known."""
    start: int
    end: int


def numbers(folded: str) -> Iterator[Number]:
    """Give the numbers of a folded text in small letters, kanji numerals too.

    >>> [(str(n.value), n.unit) for n in numbers("三千五百円と1.2万人、15%")]
    [('3500', 'yen'), ('12000.0', 'person'), ('15', '%')]
    """
    for match in _NUMBER.finditer(folded):
        sign, digits, large, word, kanji, unit = match.groups()
        if kanji and _is_part_of_a_word(kanji, unit):
            continue
        value = _of_kanji(kanji) if kanji else _of_digits(digits, large, word)
        if value is not None:
            name = UNITS.get(unit or "", unit or "") or UNITS.get(sign or "", "")
            yield Number(value=value, unit=name, start=match.start(), end=match.end())


def _is_part_of_a_word(kanji: str, unit: str | None) -> bool:
    """As in 一般, 千葉, 百貨店; and 一人 and 一日 say nothing of how many there are."""
    if unit:
        return kanji == "一"
    return len(kanji) == 1 or kanji[0] in "万億兆千百"


def _of_digits(digits: str, large: str | None, word: str | None) -> Decimal | None:
    try:
        value = Decimal(digits.replace(",", ""))
    except InvalidOperation:
        return None
    for numeral in large or "":
        value *= LARGE.get(numeral) or SMALL[numeral]
    return value * WORDS[word] if word else value


def _of_kanji(kanji: str) -> Decimal | None:
    """Read 三千五百, and digits one by one as in 二〇二六."""
    if all(numeral in DIGITS for numeral in kanji):
        return Decimal("".join(str(DIGITS[numeral]) for numeral in kanji))
    total = part = digit = 0
    for numeral in kanji:
        if numeral in DIGITS:
            digit = DIGITS[numeral]
        elif numeral in SMALL:
            part += (digit or 1) * SMALL[numeral]
            digit = 0
        else:
            total += (part + digit or 1) * LARGE[numeral]
            part = digit = 0
    return Decimal(total + part + digit)
