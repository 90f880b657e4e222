"""How much of a stream waits since it may still become a name, an address or a date of birth.

No particle and no mark stands in them, but for what is said here: so most of a clause may leave.
All texts here are folded.
"""

from functools import cache

from tenken.guardrails.pii.names.lexicon import given_readings, longer_surnames, surname_readings
from tenken.guardrails.pii.shapes import is_ideograph
from tenken.pattern import Pattern

LONGEST = 80
"""A name or an address is not longer before it is seen for the first time."""
READING = 14
"""So far behind a surname a given name or an honorific may stand: 高橋(たかはし)さん."""
KANA_MOST = 6
BROKEN = frozenset("がでにはへを")
"""Particles that stand in no name of a place, and in few of people."""
SURNAME_MOST = 4
FULL_NAME = 8
"""Characters of a surname, a space and a given name, before a bracket with how they are read."""
_NAMES = "㐀-䶿一-鿿々〆ヶヵァ-ヺー・゙゚ぁ-かき-てと-なぬ-のば-ぷべ-ゑん-ゖ"
_JOINTS = "‐‑‒–—―−─━〒〇○零~"
_HIRAGANA = "[ぁ-ゖー]"
_KANA_ALONE = "".join(map(chr, range(ord("ぁ"), ord("ゖ") + 1))) + "ー"
_KANA = frozenset(_KANA_ALONE)
_KANJI = "[㐀-䶿一-鿿々〆ヶヵ]"
_SMALL = "(?:de|da|van|von|der|del|la|bin|al|el)"
_SMALL_BEGUN = "(?:d|de|da|v|va|van|vo|von|der|del|l|la|b|bi|bin|a|al|e|el)?"
_FIGURE = "0-9〇元一二三四五六七八九十年月日"
_DATE = rf"[{_FIGURE}明治大正昭和平成令MTSHR/.\- ]{{0,24}}[{_FIGURE}]"
_BRACKET, _CLOSED = r"[\[({<【〔《「]", r"[\])}>】〕》」]"
_MARK = "[アットマーク★☆■◎]{1,6}"
_AT = rf" ?(?:{_MARK}|{_BRACKET} ?(?:@|[Aa][Tt]?|{_MARK})?(?: ?{_CLOSED})?) ?"
_DOT = (
    rf" ?(?:{_BRACKET} ?(?:[Dd]?[Oo]?[Tt]?|[ドット.点]{{0,3}}) ?{_CLOSED}?|[ドット]{{1,3}}|\.) ?"
)
_LABEL = "[A-Za-z0-9-]"
_HOST = rf"{_LABEL}{{1,61}}(?:{_DOT}{_LABEL}{{0,61}}){{0,4}} ?"
_MAIL = rf"\b[A-Za-z0-9][A-Za-z0-9._+-]{{0,62}}{_AT}(?:{_HOST})?"
"""A mail address that is written for people only."""
_OPEN = Pattern(
    rf"(?:(?:[{_NAMES}{_JOINTS}]|\b[A-Z0-9#][!-~]*| {_SMALL} | {{1,2}})*(?: {_SMALL_BEGUN})?"
    rf"|{_HIRAGANA}{{1,6}} {_HIRAGANA}{{0,6}}|{_KANJI}{{1,5}} {_HIRAGANA}{{0,5}}"
    rf"|{_MAIL}|{_DATE}(?:\([^)\n]{{0,8}}\)?)?[^\d。\n]{{0,7}})\z"
)
"""What a text ends with that may go on to be one of them, from where it begins."""


def phrase(folded: str, start: int) -> int:
    """Give where the phrase that goes on begins; the length if none does."""
    size = len(folded)
    cut = max(start, size - LONGEST)
    near = folded[cut:] if cut else folded
    at = _OPEN.begins(near)
    if at and not near.isascii():
        at = min(at, _surname(near), _kana(near))
    return cut + at


def _surname(near: str) -> int:
    """Where a surname begins behind which a given name or a reading in brackets goes on."""
    bracket = near.rfind("(", -READING - KANA_MOST)
    read = bracket > 0 and is_ideograph(near[bracket - 1])
    at = max(0, bracket - FULL_NAME) if read else len(near)
    bare = near.rstrip(_KANA_ALONE)
    if len(near) - len(bare) > KANA_MOST:
        return at
    bare = bare.removesuffix(" ")
    if bare[-1:] not in _surnames_end():
        return at
    known = _surnames()
    for width in range(SURNAME_MOST, 1, -1):
        if bare[-width:] in known:
            return min(at, len(bare) - width)
    return at


def _kana(near: str) -> int:
    """Where a reading of a name begins that has a particle in it: は of はな, に of にこ."""
    size = len(near)
    if near[-1] not in _KANA or BROKEN.isdisjoint(near[-KANA_MOST:]):
        return size
    for at in range(max(0, size - KANA_MOST), size):
        if near[at:] in _begun():
            return at
    return size


@cache
def _surnames() -> frozenset[str]:
    return frozenset(longer_surnames())


@cache
def _surnames_end() -> frozenset[str]:
    """The characters that surnames end with."""
    return frozenset(name[-1] for name in longer_surnames())


@cache
def _begun() -> frozenset[str]:
    """How the readings begin that a particle would cut, and an honorific behind them."""
    known = {one for one in given_readings() | surname_readings() if not BROKEN.isdisjoint(one)}
    begun = {one[:end] for one in known for end in range(1, len(one) + 1)}
    return frozenset(begun | {one + called for one in known for called in ("く", "ち", "ちゃ")})
