"""Postal codes and addresses, Japanese ones down to the block, English ones with a street."""

from tenken.guardrails.detector import Latin, Within
from tenken.guardrails.pii.labels import Kind, near, words_for
from tenken.guardrails.pii.names.lexicon import words
from tenken.guardrails.pii.numbers import stands_alone
from tenken.guardrails.pii.shapes import BETWEEN, HYPHEN
from tenken.guardrails.rule import Rule, Rules, Spot
from tenken.pattern import Pattern

PREFECTURES, CITIES = words("prefectures"), words("cities")
PREFECTURE = f"(?:{'|'.join(PREFECTURES)})"
CITY = f"(?:{'|'.join(CITIES)})"
NAME = "[㐀-䶿一-鿿々〆ヶヵァ-ヺーぁ-かき-てと-なぬ-のば-ぷべ-ゑん-ゖ]"
"""Characters of the names of places: no particle が, で, に, は, へ, を."""
LATIN = "[A-Za-z]"
AMOUNT = r"(?:\d{1,5})"
KANJI_AMOUNT = "(?:[一二三四五六七八九十百〇]{1,5})"
UNIT = "(?:丁目|番地の?|番町|番|号室|号棟|号館|号|条|線|地割|番館)"
JOINT = rf"(?:{BETWEEN}|の|ノ|[東西南北])?"
DIGITS = rf"{AMOUNT}{UNIT}?(?:{JOINT}{AMOUNT}{UNIT}?){{0,6}}"
KANJI_BLOCK = (
    rf"{KANJI_AMOUNT}(?:丁目|番地|条[東西南北]|"
    rf"番{KANJI_AMOUNT})(?:{JOINT}(?:{AMOUNT}|{KANJI_AMOUNT}){UNIT}?){{0,5}}"
)
BLOCK = rf"(?:{KANJI_BLOCK}|{DIGITS})"
ROOM = (
    rf"(?:(?:{NAME}|{LATIN}|・){{2,20}} ?(?:\d{{1,2}}F|\d{{1,2}}階|"
    rf"\d{{1,4}}号室|[A-Z]?\d{{2,4}}号?)"
    rf"|(?:{NAME}|{LATIN}|・){{1,16}}(?:ビル|ビルディング|タワー|マンション|"
    rf"ハイツ|コーポ|荘|アパート|レジデンス"
    rf"|メゾン|パレス|ハウス|プラザ|ヒルズ)(?: ?\d{{1,4}}(?:号室|階|F)?)?)"
)
TOWN = rf"(?:{NAME}{{1,8}}?[市区町村郡] ?){{1,4}}?"
FULL = rf"{PREFECTURE} ?{TOWN}{NAME}{{0,14}}? ?{BLOCK}(?: ?{ROOM})?"
KNOWN = rf"{CITY} ?{NAME}{{0,14}}? ?{BLOCK}(?: ?{ROOM})?"
UNKNOWN = rf"{NAME}{{1,5}}[市区町村郡] ?{NAME}{{0,12}}? ?{BLOCK}(?: ?{ROOM})?"
KYOTO = (
    rf"(?:京都府)?京都市?{NAME}{{1,4}}区{NAME}{{2,20}}?(?:上る|下る|入る|上ル|下ル|入ル|東入|西入)"
    rf"(?:{NAME}{{1,10}}町)?(?:{DIGITS})?"
)
"""By the streets that cross, and which way from there."""
FIELD_WORDS = (
    "住所|所在地|届け先|届先|送付先|送り先|配送先|発送先|本籍|住まい|転居先|引っ越し先|引越し先"
)
FIELD = (
    rf"(?:{FIELD_WORDS})(?:\([^)\n]{{0,8}}\))?[はが: ・→\n]{{1,3}}(?:〒? ?\d{{3}}-\d{{4}}[ \n]?)?"
    rf"((?:{PREFECTURE}|{NAME}{{1,6}}[市区町村郡])(?:{NAME}|\d|{HYPHEN}|・){{0,40}}(?: {ROOM})?"
    rf"|{NAME}{{2,12}}{DIGITS}(?: ?{ROOM})?)"
)
POSTAL = rf"〒 ?\d{{3}}(?:{BETWEEN}| )?\d{{4}}\b|\b\d{{3}}{HYPHEN}\d{{4}}\b|\b\d{{7}}\b"
STREETS = (
    "Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Way|Place|Pl|Square|Sq"
    "|Terrace|Ter|Parkway|Pkwy|Highway|Hwy|Circle|Cir|Crescent|Close|Row|Alley|Trail|Loop|Plaza"
)
CAPITAL = r"[A-Z][A-Za-z'.]{1,18}"
UNITS = r"(?:Apt|Apartment|Suite|Ste|Unit|Floor|Fl|Room|Rm|#)"
ZIP = r"(?:[A-Z]{2} \d{5}(?:-\d{4})?|\d{5}|[A-Z]{1,2}\d[A-Z0-9]? \d[A-Z]{2})"
ENGLISH = (
    rf"\b\d{{1,5}}[A-Za-z]? (?:[NSEW]\.? |North |South |East |West )?"
    rf"(?:(?:{CAPITAL}|\d{{1,3}}(?:st|nd|rd|th)) ){{1,3}}"
    rf"(?:{STREETS})\b\.?(?: [NS]?[EW]?\b)?(?:,? {UNITS}\.? ?[A-Z]?-?\d{{1,5}}[A-Z]?)?"
    rf"(?:,? {CAPITAL}(?: {CAPITAL}){{0,2}})?(?:,? {ZIP})?"
)
ROMANISED = (
    r"\b\d{1,3}(?:-\d{1,4}){1,3},? [A-Z][a-z]+(?:[ -][A-Z]?[a-z]+)?,? "
    r"(?:[A-Z][a-z]+-(?:ku|shi|cho|machi|gun|mura)(?:, ?)?"
    r"){1,3}(?:,? ?[A-Z][a-z]+(?:-(?:to|fu|ken))?)?(?:,? \d{3}-\d{4})?"
)
PO_BOX = r"\bP\.?O\.? Box \d{1,6}\b"
COUNTED = words("counted")
"""What is counted behind a number that is no block of a town."""
ABOUT_TOWNS = (
    "市場",
    "地区",
    "学区",
    "区分",
    "区間",
    "市民",
    "町内",
    "区役所",
    "市役所",
    "町村",
    "村上",
)
"""Words with a character that towns end in."""
_SCORE = Pattern(rf"{CITY} ?\d{{1,5}}{BETWEEN}\d{{1,5}}")
AMOUNTS = "[0-9一二三四五六七八九十百〇]"
FIRM = ("丁目", "番地", "号", "条", "地割")


def _in_a_town(spot: Spot) -> bool:
    """A block behind a town of a prefecture: nothing that is counted."""
    return not spot.behind(3).startswith(COUNTED) and not _ends_in_year(spot)


def _in_a_known_town(spot: Spot) -> bool:
    if not _in_a_town(spot) or _scored(spot.value):
        return False
    return _has_block(spot.value) or _numbers(spot.value) >= 2


def _in_some_town(spot: Spot) -> bool:
    value = spot.value
    if any(word in value for word in ABOUT_TOWNS) or not _in_a_town(spot):
        return False
    return "丁目" in value or "番地" in value or _numbers(value) >= 3


def _scored(value: str) -> bool:
    """A city and two figures are a match that it won; an address names the town or has three."""
    return _SCORE.fullmatch(value) is not None


def _has_block(value: str) -> bool:
    return any(word in value for word in FIRM)


def _numbers(value: str) -> int:
    """How many runs of digits there are."""
    plain = "".join(character if character.isdecimal() else " " for character in value)
    return len(plain.split())


def _ends_in_year(spot: Spot) -> bool:
    value = spot.value
    return value[-4:].isdecimal() and value[-4:-2] in {"19", "20"} and _numbers(value) == 1


def _is_postal(spot: Spot) -> bool:
    if not stands_alone(spot):
        return False
    if spot.value.startswith("〒") or ("-" in spot.value and _begins_address(spot.behind(12))):
        return True
    label = near(spot)
    return label is not None and label.kind is Kind.POSTAL


def _begins_address(behind: str) -> bool:
    return behind.lstrip(" \n:,、)").startswith((*PREFECTURES, *CITIES))


DETECTOR = Rules(
    "pii.address",
    Rule(
        id="pii.postal_code",
        risk="pii.postal_code",
        pattern=Pattern(POSTAL),
        gate=rf"{words_for(Kind.POSTAL)}|postal|\d{{3}}{HYPHEN}\d{{4}}",
        holds=_is_postal,
    ),
    Rule(
        id="pii.address.jp",
        risk="pii.address",
        pattern=Pattern(FULL),
        gate=Within(f"{PREFECTURE} ?{NAME}{{1,8}}[市区町村郡]"),
        holds=_in_a_town,
        score=0.9,
    ),
    Rule(
        id="pii.address.jp_city",
        risk="pii.address",
        pattern=Pattern(KNOWN),
        gate=Within(f"{CITY} ?{NAME}{{0,14}} ?{AMOUNTS}"),
        holds=_in_a_known_town,
        score=0.85,
    ),
    Rule(
        id="pii.address.jp_town",
        risk="pii.address",
        pattern=Pattern(UNKNOWN),
        gate=Within(f"{NAME}[市区町村郡] ?{NAME}{{0,12}} ?{AMOUNTS}"),
        holds=_in_some_town,
        score=0.75,
    ),
    Rule(
        id="pii.address.jp_kyoto",
        risk="pii.address",
        pattern=Pattern(KYOTO),
        gate=Within("上る|下る|入る|上ル|下ル|入ル|東入|西入"),
        score=0.85,
    ),
    Rule(
        id="pii.address.jp_field",
        risk="pii.address",
        pattern=Pattern(FIELD),
        gate=rf"(?:{FIELD_WORDS})(?:\([^)\n]{{0,8}}\))?[はが: ・→\n]",
        score=0.8,
    ),
    Rule(
        id="pii.address.en",
        risk="pii.address",
        pattern=Pattern(ENGLISH),
        gate=Latin(rf"\d[a-z]? [^\n]{{2,60}}(?:{STREETS.lower()})"),
        score=0.85,
    ),
    Rule(
        id="pii.address.romanised",
        risk="pii.address",
        pattern=Pattern(ROMANISED),
        gate=Latin("-(?:ku|shi|cho|machi|gun|mura)"),
        score=0.85,
    ),
    Rule(
        id="pii.address.po_box",
        risk="pii.address",
        pattern=Pattern(PO_BOX),
        gate=Latin(r"p\.?o\.? box"),
        score=0.85,
    ),
)
