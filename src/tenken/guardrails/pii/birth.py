"""Dates of birth: a date alone is nobody's; the words beside it make it one."""

from tenken.guardrails.rule import Rule, Rules, Spot
from tenken.pattern import Pattern

_KANJI = "[〇元一二三四五六七八九十]{1,4}"
_MONTHS = (
    "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_ERA = r"(?:明治|大正|昭和|平成|令和|明|大|昭|平|令|[MTSHR]\.?)"
_YEAR = r"(?:19|20)\d{2}"
DATE = (
    rf"(?:{_YEAR} ?年 ?\d{{1,2}} ?月 ?\d{{1,2}} ?日?"
    rf"|{_YEAR}(?:[-/.]| [-/.] ?)\d{{1,2}}(?:[-/.]| [-/.] ?)\d{{1,2}}"
    rf"|{_ERA} ?(?:\d{{1,2}}|元) ?(?:年(?:\({_YEAR}年?\))?|[-/.])"
    rf" ?\d{{1,2}} ?(?:月|[-/.]) ?\d{{1,2}} ?日?"
    rf"|{_ERA}{_KANJI}年{_KANJI}月{_KANJI}日|[一二〇九]{_KANJI}年{_KANJI}月{_KANJI}日"
    rf"|{_YEAR}\d{{4}}"
    rf"|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:{_YEAR}|\d{{2}})"
    rf"|(?i:{_MONTHS}) {_DAY},? {_YEAR}|{_DAY} (?:of )?(?i:{_MONTHS}),? {_YEAR}"
    rf"|(?i:{_MONTHS}) {_DAY}|\d{{1,2}} ?月 ?\d{{1,2}} ?日)"
)
_WORDS = "生年月日|誕生日|バースデー|生まれた日|生れた日"
_WORDS_EN = r"date of birth|birth ?date|birthday|\bdob\b|\bd\.o\.b\.?|\bborn\b"
_THINGS = (
    "サービス|会社|企業|ブランド|制度|商品|製品|プロジェクト|機能|施設|番組|作品|キャラクター|事業"
)
_NOT_BORN = Pattern(rf"^.{{0,8}}?(?:変わ|かわ|まれた(?:{_THINGS})|した(?:{_THINGS}))")
_NOBODY = Pattern(rf"(?:{_THINGS}|当社|弊社|当行)[はがもの、]")


def _of_a_person(spot: Spot) -> bool:
    """Firms and services are born too."""
    return not (_NOT_BORN.search(spot.behind(20)) or _NOBODY.search(spot.before(14)))


DETECTOR = Rules(
    "pii.birth",
    Rule(
        id="pii.birth_date.named",
        risk="pii.birth_date",
        pattern=Pattern(rf"(?:{_WORDS}|(?i:{_WORDS_EN}))[^\d。]{{0,18}}?({DATE})"),
        gate=f"{_WORDS}|{_WORDS_EN}",
        holds=_of_a_person,
    ),
    Rule(
        id="pii.birth_date.born",
        risk="pii.birth_date",
        pattern=Pattern(
            rf"({DATE})(?:\([^)\n]{{1,8}}\))?(?:に|、| |、?[^\d。\n]{{2,4}}で)?"
            r"(?:生まれ|生れ|うまれ|産まれ|誕生日|生(?:$|[ 、。)\n」]))"
        ),
        gate=r"生まれ|生れ|うまれ|産まれ|誕生日|[\d日a-z)でに、 ]生",
        holds=_of_a_person,
        score=0.85,
    ),
)
