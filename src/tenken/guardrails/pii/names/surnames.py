"""Names that begin with a surname in kanji: in full, in front of an honorific, introduced.

A surname alone is a bridge, a firm or a town as often as a person; it counts only in front of
様, さん, 氏 or 先生, and where somebody says who is speaking.
"""

from collections.abc import Iterator
from functools import cache

from msgspec import Struct

from tenken.guardrails.pii.names.lexicon import (
    given_readings,
    is_given,
    longer_surnames,
    short_surnames,
    words,
)
from tenken.guardrails.pii.shapes import is_hiragana, is_ideograph
from tenken.pattern import Pattern

HONORIFICS = ("様", "さま", "さん", "氏", "先生", "殿", "君", "くん", "ちゃん")
TITLES = (*HONORIFICS, *words("titles"))
"""What may follow a full name at once."""
LONGEST_READING = 14
INTRODUCED = ("と申", "ともうし", "といい", "と言い", "と名乗", "って言い", "っていい")
SPEAKING = ("です", "でございます", "でした")
BEFORE_SPEAKER = "の、。はが「(\n :　,社部課室係店院所学"
CALLINGS = (
    "弁護士", "税理士", "司法書士", "行政書士", "会計士", "医師", "看護師", "准教授", "教授",
    "教諭", "講師", "容疑者", "被告", "夫妻", "夫人",
)  # fmt: skip
"""Behind a surname they say who somebody is, as 先生 does."""
OF_MANY = ("会", "事務所", "法人", "連", "組合", "協会", "資格", "試験", "室", "団")
"""福岡弁護士会 is nobody."""
OURS = (
    "弊社の", "当社の", "小社の", "当店の", "当院の", "当方の", "担当の", "後任の", "前任の",
    "部下の", "同僚の",
)  # fmt: skip
"""Whose surname stands alone in business mail."""
OURS_DO = ("が", "は", "より", "から", "まで", "と", "に", "へ", "も", "を", "の", "、")
PARTICLES = "がをにでとものはへやさちくよ様氏殿君"
NO_GIVEN = frozenset(words("never given"))
"""Readings of given names that are words behind a surname: 佐藤より, 鈴木なお."""
PLACES = frozenset(words("places"))
"""Better known as a place or a firm: 福岡です says where somebody is."""
FIRMS = ("株式会社", "有限会社", "合同会社", "(株)", "(有)", "㈱", "㈲")
NO_NAME_ENDS = frozenset(
    "長者員客方先社店局課部室行院学校会組団家業主役士師係人達名所産事機設輸町市区県村駅店舗館寺城"
)
"""What stands between a surname and 様 and ends so is no given name: 田中商店様, 鈴木部長様."""

NAMESAKES = (
    "記念", "賞", "杯", "文庫", "美術館", "博物館", "文学館", "資料館", "劇場", "財団", "研究所",
    "学園", "大学", "高校", "病院", "商店", "製作所", "工務店", "建設", "株式会社", "公園", "通り",
    "全集", "ステージ", "タワー", "ビル", "プラザ", "ヒルズ", "モール", "ホール", "スクエア",
    "ハイツ", "コーポ", "マンション", "クリニック", "医院", "歯科", "薬局", "書店", "酒造", "工業",
    "電機", "運輸", "旅館", "ホテル", "神社", "城",
)  # fmt: skip
"""What is called after somebody: a hall, a prize, a firm."""
_KNOWN_BY_WORK = Pattern(
    "という(?:人気|有名な|実在の)?(?:小説|映画|漫画|作品|曲|歌|本|番組|ドラマ|芸名|筆名|地名|駅|店|会社|"
    "漫画家|小説家|作家|俳優|女優|歌手|画家|選手|政治家|武将|詩人|落語家|人名)"
)
"""Whom everybody may speak of, or a work."""


class Name(Struct, frozen=True):
    """Where a name stands, and what showed that it is one."""

    start: int
    end: int
    rule: str
    score: float


def led_by_surname(folded: str) -> Iterator[Name]:
    """Give the names that begin with a surname of two characters or more."""
    for start, word in surname().words(folded):
        end = start + len(word)
        name = _in_full(folded, start, end) or _called(folded, start, end)
        name = name or _introduced(folded, start, end)
        if name is None or folded.endswith(FIRMS, max(0, start - 4), start):
            continue
        if name.rule != "full" or not _public(folded, name.end):
            yield name


def led_by_short_surname(folded: str) -> Iterator[Name]:
    """Give the names in full that begin with a surname of one character: 林 太郎."""
    for start, _ in _SPACED.words(folded):
        apart = start == 0 or not is_ideograph(folded[start - 1])
        if apart and folded[start] in short_surnames():
            end = given_after(folded, start + 1)
            if end > 0:
                yield Name(start, end, "full", 0.75)


def _public(folded: str, end: int) -> bool:
    behind = folded[end : end + LONGEST_READING]
    if behind.startswith(NAMESAKES):
        return True
    return behind.startswith("という") and _KNOWN_BY_WORK.match(behind) is not None


def given_after(folded: str, at: int) -> int:
    """Give the end of the given name that begins here, behind one space or none; 0 for none."""
    begin = at + 1 if folded[at : at + 1] == " " else at
    for width in (3, 2, 1):
        end = begin + width
        given = folded[begin:end]
        if len(given) == width and _ends_here(folded, end) and is_given(given):
            return end
    return _kana_after(folded, begin)


def _ends_here(folded: str, end: int) -> bool:
    return not is_ideograph(folded[end : end + 1]) or folded.startswith(TITLES, end)


def _kana_after(folded: str, begin: int) -> int:
    run = 0
    while run < 5 and is_hiragana(folded[begin + run : begin + run + 1]):
        run += 1
    for width in range(run, 1, -1):
        given, behind = folded[begin : begin + width], folded[begin + width : begin + width + 1]
        goes_on = is_hiragana(behind) and behind not in PARTICLES
        if not goes_on and given in given_readings() and given not in NO_GIVEN:
            return begin + width
    return 0


def _in_full(folded: str, start: int, end: int) -> Name | None:
    last = given_after(folded, end)
    return Name(start, last, "full", 0.8) if last else None


def _called(folded: str, start: int, end: int) -> Name | None:
    """A surname, perhaps a given name that no list holds, and an honorific."""
    for last in _possible_ends(folded, end):
        behind = _past_reading(folded, last)
        if folded.startswith(HONORIFICS, behind):
            if last > end and folded[last - 1] in NO_NAME_ENDS:
                return None
            return Name(start, last, "called", 0.85)
    return None


def _past_reading(folded: str, at: int) -> int:
    """Skip how the name is read, 高橋(たかはし)さん, or a space."""
    if folded[at : at + 1] == "(":
        closed = folded.find(")", at, at + LONGEST_READING)
        return closed + 1 if closed >= 0 else at
    return at + 1 if folded[at : at + 1] == " " else at


def _possible_ends(folded: str, end: int) -> Iterator[int]:
    yield end
    begin = end + 1 if folded[end : end + 1] == " " else end
    for last in range(begin, begin + 3):
        if not is_ideograph(folded[last : last + 1]):
            return
        yield last + 1


def _practises(folded: str, start: int, end: int) -> bool:
    calling = next((one for one in CALLINGS if folded.startswith(one, end)), None)
    if calling is None or folded[start:end] in PLACES:
        return False
    return not folded.startswith(OF_MANY, end + len(calling))


def _introduced(folded: str, start: int, end: int) -> Name | None:
    if _practises(folded, start, end):
        return Name(start, end, "called", 0.75)
    if folded.startswith(INTRODUCED, _past_reading(folded, end)):
        return Name(start, end, "introduced", 0.8)
    speaks = folded.startswith(SPEAKING, end) and folded[start:end] not in PLACES
    if speaks and (start == 0 or folded[start - 1] in BEFORE_SPEAKER):
        return Name(start, end, "introduced", 0.7)
    ours = folded.endswith(OURS, max(0, start - 3), start) and folded.startswith(OURS_DO, end)
    if ours and folded[start:end] not in PLACES:
        return Name(start, end, "introduced", 0.7)
    return None


_SPACED = Pattern("[㐀-䶿一-鿿々] [㐀-䶿一-鿿々ぁ-ゖ]")


@cache
def surname() -> Pattern:
    """Give the pattern of all that are longer than one character."""
    return Pattern("|".join(longer_surnames()))
