"""Letters that look like Latin ones, and kanji that look like katakana.

Source: the characters of Unicode's confusables (UTS #39, revision 30) whose skeleton is a Latin
letter, of the scripts that keyboards and generators of styled text offer; the rest of that list is
left out, since NFKC folds most of it. Kanji beside katakana are our own reading.
"""

import unicodedata
from functools import cache

from tenken.guardrails.view import View
from tenken.guardrails.views.invisible import UNSEEN, UNSEEN_RANGES
from tenken.guardrails.views.reading import picked
from tenken.pattern import Pattern

ALIKE = {
    "a": "аɑαᴀаⲁꭺᎪ", "b": "ЬʙвβᏏᗷ", "c": "сϲᴄⅽᏟⲥ", "d": "ԁᴅɗᎠԀ", "e": "еєεᴇҽᎬ℮",
    "f": "ꜰƒϝք", "g": "ɡցɢԍᏀ", "h": "һհʜнᎻ", "i": "іιɩıɪⅰᎥӏ", "j": "јϳᴊᎫ", "k": "кκᴋᏦ",
    "l": "ⅼʟᏞӀǀ", "m": "мᴍⅿᎷ", "n": "пոηɴռ", "o": "оοσօᴏᎾⲟ", "p": "рρᴘᏢⲣ", "q": "ԛզǫ",
    "r": "гʀᴦᏒꭱ", "s": "ѕꜱʂᏚ", "t": "тτᴛᎢ", "u": "υսᴜцʊ", "v": "νѵᴠᏙⅴ", "w": "ԝωᴡшᏔѡ",
    "x": "хχⅹ", "y": "уүʏγყ", "z": "ᴢʐᏃ",
}  # fmt: skip
CAPITALS = {
    "a": "АΑ", "b": "ВΒ", "c": "СϹ", "e": "ЕΕ", "h": "НΗ", "i": "ІΙ", "j": "Ј", "k": "КΚ",
    "m": "МΜ", "n": "Ν", "o": "ОΟ", "p": "РΡ", "s": "Ѕ", "t": "ТΤ", "x": "ХΧ", "y": "УΥ",
    "z": "Ζ",
}  # fmt: skip
STYLED = (0x1F130, 0x1F150, 0x1F170, 0x1F1E6)
"""Where alphabets in squares and circles begin; NFKC leaves them."""
KATAKANA = {
    "工": "エ", "口": "ロ", "力": "カ", "二": "ニ", "夕": "タ", "卜": "ト", "八": "ハ", "千": "チ",
}  # fmt: skip
MARKS = "\u3099\u309a゛゜"
"""Sounds written apart, as half-width katakana leave them."""
_VOICED = str.maketrans("゛゜", "\u3099\u309a")
_KATAKANA = r"[ァ-ヺー]"
_UNLIKE = (
    r"\x{00C0}-\x{024F}\x{0250}-\x{02AF}\x{0300}-\x{058F}\x{10D0}-\x{10FF}\x{13A0}-\x{13FF}"
    r"\x{1D00}-\x{1EFF}\x{212E}\x{2C80}-\x{2CFF}\x{A720}-\x{A7FF}\x{AB30}-\x{ABBF}"
    r"\x{1F130}-\x{1F1FF}\x{3099}-\x{309C}"
)
CUE = f"[{UNSEEN}{_UNLIKE}]|{_KATAKANA}[工口力二夕卜八千]|[工口力二夕卜八千]{_KATAKANA}"
_CUE = Pattern(CUE)
_LOOKALIKE = Pattern(f"{_KATAKANA}[工口力二夕卜八千]|[工口力二夕卜八千]{_KATAKANA}")


def plain(source: View) -> View | None:
    """Give the text without what cannot be seen, in the letters that it looks like."""
    text = source.text
    if not _CUE.search(text):
        return None
    if _LOOKALIKE.search(text):
        text = _with_katakana(text)
    table = _table()
    kept: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        made = table.get(character, character)
        if made in MARKS and made and kept:
            kept[-1] = _voiced(kept[-1], made)
        elif made:
            kept.append(made)
            places.append(place)
    letters = "".join(kept)
    return None if letters == source.text else picked(source, "plain", letters, places)


@cache
def _table() -> dict[str, str]:
    """What each character is read as; unseen ones as nothing."""
    table = {other: letter for letter, others in ALIKE.items() for other in others}
    table |= {other: letter for letter, others in CAPITALS.items() for other in others}
    for first in STYLED:
        table |= {chr(first + n): chr(ord("a") + n) for n in range(26)}
    table |= {chr(code): _without_accent(chr(code)) for code in range(0xC0, 0x250)} | {
        chr(code): _without_accent(chr(code)) for code in range(0x1E00, 0x1F00)
    }
    table |= {chr(code): "" for code in range(0x300, 0x370)}
    for first, last in UNSEEN_RANGES:
        table |= {chr(code): "" for code in range(first, last + 1)}
    return table


def _without_accent(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0]
    return base if base.isascii() else character


def _voiced(before: str, mark: str) -> str:
    made = unicodedata.normalize("NFC", before + mark.translate(_VOICED))
    return made if len(made) == 1 else before


def _with_katakana(text: str) -> str:
    """Read a kanji as katakana where one stands beside it, as in プ口ンプト."""
    letters = list(text)
    for place, character in enumerate(text):
        if character in KATAKANA and _beside_katakana(text, place):
            letters[place] = KATAKANA[character]
    return "".join(letters)


def _beside_katakana(text: str, place: int) -> bool:
    beside = text[max(0, place - 1) : place + 2]
    return any("ァ" <= other <= "ヺ" or other == "ー" for other in beside)
