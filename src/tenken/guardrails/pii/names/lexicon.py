"""Japanese names: surnames with their readings, given names in kanji, readings of given names.

Made by `make names` of the japanese-personal-name-dataset (its licence lies beside the lists),
without the given names that are ordinary words as well: 未来, 正文, 健康. The 68,000 given names
stay one string that is searched by halves: as a set they would weigh ten times as much.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from unicodedata import normalize

from msgspec import Struct

DATA = Path(__file__).parents[1] / "data"
FIRSTS = 4096
"""There are 2,515 characters that begin a given name of two or three."""
SINGLE = frozenset(
    "誠健翔蓮湊葵樹陸翼純淳潤勇勝茂清豊昇修隆孝聡智哲徹透亮涼遼諒剛豪毅猛武薫馨輝旭司"
    "守護満恵愛舞凛凜彩綾楓桜菫杏梓蘭雅雫忍渚瞳唯結優悠佑祐裕弘宏浩洋博仁忠靖泰康寛廣"
    "敦篤渉航匠拓匡圭慶啓敬巌峻駿俊隼奏律蒼碧暁昂晃昭彰晶静栞萌茜藍翠遥悟譲丞梢幹朔颯"
    "凪澪稔奈希"
)
"""Given names of one character that are common; most such characters are words as well."""
VARIANTS = {
    "高": "髙", "崎": (
        "﨑嵜"
    ), "浜": "濱濵", "辺": "邊邉", "斎": "齋", "斉": "齊", "島": "嶋嶌", "沢": "澤",
    "桜": "櫻", "広": "廣", "国": "國", "真": "眞", "曽": "曾", "瀬": "瀨", "徳": "德", "吉": "𠮷",
    "関": "關", "滝": "瀧", "竜": "龍", "富": "冨", "峰": "峯", "桑": "桒", "館": "舘", "万": "萬",
    "塩": "鹽", "黒": "黑", "与": "與", "柳": "栁", "土": "圡",
}  # fmt: skip
"""Characters of surnames, and how else families write them."""
VARIED = frozenset(VARIANTS)


class Surname(Struct, frozen=True):
    """A surname, how it is read, and how that is written in Latin letters."""

    kanji: str
    kana: str
    romaji: str


@cache
def surnames() -> tuple[Surname, ...]:
    """The 2,000 most frequent ones: nine people in ten."""
    return tuple(Surname(*line.split()) for line in _lines("surnames.txt"))


@cache
def _kanji() -> tuple[str, ...]:
    """The same in kanji alone, which is what every start of a guard needs."""
    return tuple([line.partition(" ")[0] for line in _lines("surnames.txt")])


@cache
def longer_surnames() -> tuple[str, ...]:
    """Those of two characters and more, longest first: they are told from words by themselves."""
    longer = (kanji for kanji in _kanji() if len(kanji) > 1)
    written = sorted({form for kanji in longer for form in _forms(kanji)})
    return tuple(sorted(written, key=len, reverse=True))


def _forms(kanji: str) -> Iterator[str]:
    """A surname as it is, and with the older character that some families write."""
    yield kanji
    for plain in VARIED.intersection(kanji):
        yield from (kanji.replace(plain, other) for other in VARIANTS[plain])


@cache
def short_surnames() -> frozenset[str]:
    """Those of one character, such as 林 and 森: words, but for what stands beside them."""
    return frozenset(kanji for kanji in _kanji() if len(kanji) == 1)


@cache
def surname_readings() -> frozenset[str]:
    """In hiragana."""
    return frozenset(surname.kana for surname in surnames())


@cache
def given_readings() -> frozenset[str]:
    """Of given names, in hiragana."""
    return frozenset(line.split()[0] for line in _lines("readings.txt"))


@cache
def surname_romaji() -> frozenset[str]:
    """In Latin letters, long vowels short."""
    return frozenset(shortened(surname.romaji) for surname in surnames())


@cache
def given_romaji() -> frozenset[str]:
    """In Latin letters, long vowels short."""
    return frozenset(shortened(line.split()[1]) for line in _lines("readings.txt"))


def shortened(romaji: str) -> str:
    """One spelling for the several of a long vowel.

    >>> shortened("Satou"), shortened("Satoh"), shortened("Oono"), shortened("Ohno")
    ('sato', 'sato', 'ono', 'ono')
    """
    text = romaji.lower().replace("ou", "o").replace("oo", "o").replace("uu", "u")
    text = text.removesuffix("h") if text.endswith("oh") else text
    return text.replace("ohn", "on").replace("ohs", "os").replace("oht", "ot").replace("ohk", "ok")


def is_given(name: str) -> bool:
    """Tell whether kanji are a given name.

    >>> is_given("健太郎"), is_given("花子"), is_given("担当")
    (True, True, False)
    """
    if len(name) == 1:
        return name in SINGLE
    return 2 <= len(name) <= 3 and name[1:] in _behind(name[0], len(name))


@lru_cache(maxsize=FIRSTS)
def _behind(first: str, width: int) -> frozenset[str]:
    """Give how the given names of so many characters go on that begin with this one."""
    names = _given_names()[width - 2]
    places = range(len(names) // width)
    start = bisect_left(places, first, key=lambda at: names[at * width])
    end = bisect_right(places, first, key=lambda at: names[at * width])
    return frozenset(names[at * width + 1 : (at + 1) * width] for at in range(start, end))


def in_hiragana(kana: str) -> str:
    """Give katakana as hiragana; half-width sound marks, two characters, become one."""
    composed = normalize("NFC", kana)
    return "".join(chr(ord(c) - 96) if "ァ" <= c <= "ヶ" else c for c in composed)


@cache
def words(section: str) -> tuple[str, ...]:
    """Give the words of a section of the lists of words."""
    return tuple(_sections()[section].split())


@cache
def _sections() -> dict[str, str]:
    whole = "\n".join(line for line in _lines("words.txt") if not line.startswith("#"))
    parts = (part.partition("]\n") for part in f"\n{whole}".split("\n[")[1:])
    return {name: words for name, _, words in parts}


@cache
def _given_names() -> tuple[str, str]:
    two, three = _lines("given_names.txt")
    return two, three


def _lines(name: str) -> list[str]:
    return (DATA / name).read_text(encoding="utf-8").splitlines()
