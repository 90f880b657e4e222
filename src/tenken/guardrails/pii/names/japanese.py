"""Japanese names: in kanji, in kana, in Latin letters, and what stands in the field for a name."""

from collections.abc import Sequence
from functools import cached_property

from tenken.guardrails.detector import Latin, Within
from tenken.guardrails.match import Match
from tenken.guardrails.pii.names.lexicon import (
    given_readings,
    given_romaji,
    in_hiragana,
    is_given,
    longer_surnames,
    short_surnames,
    shortened,
    surname_readings,
    surname_romaji,
    words,
)
from tenken.guardrails.pii.names.surnames import (
    FIRMS,
    NO_GIVEN,
    NO_NAME_ENDS,
    OURS,
    Name,
    led_by_short_surname,
    led_by_surname,
)
from tenken.guardrails.pii.shapes import IDEOGRAPH, is_hiragana, is_ideograph
from tenken.guardrails.rule import Rule, Ruleset, Spot, apart
from tenken.guardrails.text import Context, Text
from tenken.pattern import Pattern

RISK = "pii.name"
CALLED = "(?:様|さま|さん|氏|先生|殿|君|くん|ちゃん)"
HIRAGANA, KATAKANA = "[ぁ-ゖー]", "[ァ-ヺー\u3099\u309a]"
FIELDS = (
    "氏名|お名前|名前|ご芳名|芳名|担当者名|担当者|ご担当|担当|申請者|申込者|"
    "申込人|契約者|名義人|口座名義|名義|患者名|患者|差出人|宛名|受取人|"
    "送り主|依頼者|依頼人|作成者|記入者|代表者|責任者|保護者|署名|受信者|"
    "被保険者|会員名|顧客名|社員名|本人名|世帯主|代表取締役|取締役"
)
READINGS = (
    "フリガナ|ふりがな|カナ|かな|読み|ヨミ|よみ|口座名義|名義|(?:氏名|"
    "名前)\\((?:カナ|かな|フリガナ|ふりがな)\\)"
)
WORDS = words("not in a field")
"""What a field for a name holds when it holds none, or who is no single person."""
NOBODY = frozenset(
    "長者員客方先社店局課部室行院学校会組団家業主役士師係人達名同仕模多有異般意連位皆神王仏奥姫殿皇貴両各何別一左御中世子父母兄姉弟妹娘孫嫁婿親疲労苦馳"
    "走粗互陰窓口署庁所村市町区県国都府館寺機事産"
)
"""In front of 様 what ends so is nobody's name: 店長様, 関係者様, 仕様."""
NO_HONORIFICS = ("様式", "様子", "様相", "様態", "様変", "様々", "氏名", "君主", "殿堂", "先生方")
"""Words that begin as an honorific does."""
CALLINGS = frozenset(words("callings"))
AHEAD = " \n、。「『(:・,/→>"
CHINESE_OR_KOREAN = frozenset("李王張陳劉楊黄趙呉朴崔鄭尹姜")
SINGLES = "".join(sorted(CHINESE_OR_KOREAN | short_surnames()))
IN_NAMES = "[㐀-䶿一-鿿々〆ヶヵぁ-ゖァ-ヺー]"
BEHIND_SURNAME = r" ?[㐀-䶿一-鿿々〆ヶ]| ?[ぁ-ゖー]{2}| ?と[申言名]|\("
"""A given name, an honorific, how the name is read, or that it is somebody's who speaks."""
WESTERN = frozenset(words("western"))


class Names:
    """Finds them."""

    name = "pii.name"
    risks = (RISK,)
    as_written = True

    @cached_property
    def gates(self) -> tuple[str, ...]:
        """A surname with more behind it, or what stands beside names."""
        return (
            Within(rf"(?:{'|'.join(longer_surnames())})(?:{BEHIND_SURNAME})"),
            Within(f"[{''.join(sorted(short_surnames()))}] {IN_NAMES}"),
            f"(?:{'|'.join(OURS)}){IDEOGRAPH}",
            *RULES.gates,
        )

    def inspect(self, text: Text, context: Context) -> Sequence[Match]:  # noqa: ARG002 - the same everywhere
        """Give every name, each once."""
        folded = text.folded
        named = [*led_by_surname(folded), *led_by_short_surname(folded)]
        return apart([*RULES.matches(text), *[_match(text, name) for name in named]])


def _match(text: Text, name: Name) -> Match:
    view = "text" if text.original is text.folded else "folded"
    return Match(
        risk=RISK, rule=f"pii.name.ja.{name.rule}", score=name.score, start=name.start,
        end=name.end, view=view,
    )  # fmt: skip


def _called_otherwise(spot: Spot) -> bool:
    """A surname of one character, one that no list holds, or a given name alone."""
    value, called = spot.value, spot.behind(4).lstrip()
    if called.startswith(NO_HONORIFICS) or (spot.before() and is_ideograph(spot.before())):
        return False
    if len(value) == 1:
        if value in CHINESE_OR_KOREAN:
            return not called.startswith("様")
        return value in short_surnames() and value not in NOBODY and value not in CALLINGS
    if value in CALLINGS or value.startswith(WORDS):
        return False
    if called.startswith(("さん", "くん", "君", "ちゃん")):
        return is_given(value)
    if value[-1] in NOBODY:
        return False
    addressed = spot.before() == "" or spot.before() in AHEAD
    return called.startswith("様") and addressed and not spot.before(5).endswith(FIRMS)


def _called_in_kana(spot: Spot) -> bool:
    parts = spot.value.replace("・", " ").split()
    if all(part in WESTERN for part in parts) or "・" in spot.value:
        return True
    kana = in_hiragana(spot.value)
    known = kana in surname_readings() or (kana in given_readings() and len(kana) > 2)
    return known or _in_two(kana)


def _child(spot: Spot) -> bool:
    """A given name in hiragana, as children are called."""
    return spot.value in given_readings()


def _in_field(spot: Spot) -> bool:
    """A surname begins it, or it has the form of a name and is no word."""
    value = spot.value
    if value.startswith(WORDS) or is_ideograph(spot.behind()) or value[-1] in NO_NAME_ENDS:
        return False
    if value.startswith(longer_surnames()):
        return True
    first, _, last = value.partition(" ")
    if last:
        return len(first) <= 4 and not is_hiragana(spot.behind())
    named = spot.before(8).rstrip(" :=は】])\t").endswith(("氏名", "名前", "芳名", "名義"))
    return named and 3 <= len(value) <= 5 and value[-1] not in NOBODY


def _is_given(spot: Spot) -> bool:
    """A given name behind what somebody is to the speaker."""
    return is_given(spot.value) or in_hiragana(spot.value) in given_readings() - NO_GIVEN


def _both_read(spot: Spot) -> bool:
    first, _, last = in_hiragana(spot.value).replace("・", " ").partition(" ")
    return first in surname_readings() and last in given_readings()


def _introduced(spot: Spot) -> bool:
    value = spot.value
    if value.startswith(WORDS) or value[-1] in NO_NAME_ENDS:
        return False
    return value in short_surnames() or len(value) >= 2


def _in_two(kana: str) -> bool:
    return any(
        kana[:at] in surname_readings() and kana[at:] in given_readings()
        for at in range(2, len(kana) - 1)
    )


def _romanised(spot: Spot) -> bool:
    first, last = (shortened(part) for part in spot.value.replace(",", "").split())
    return (first in given_romaji() and last in surname_romaji()) or (
        first in surname_romaji() and last in given_romaji()
    )


_SYLLABLE = r"(?:[bdfghjkmnprstwyz]|[bghkmnpr]y|sh|t?ch|ts|jy|kky?|ppy?|ssh?|tt)?[aeiou]h?[nm]?"
ROMAJI = (
    rf"(?:(?:{_SYLLABLE}){{2,}}|(?:cho|dan|en|gen|go|jin|jo|jun|kan|ken|kin|ko|kyo|mi|ren|rin?|ryo"
    "|shin|sho|shun?|so|yo|yu)h?)"
)
"""A word of two Japanese syllables or more, however long vowels are spelt, or a name of one."""
KIN = (
    "息子|娘|妻|夫|長男|次男|三男|長女|次女|三女|孫|弟|妹|兄|姉|主人|旦那|家内|"
    "友人|彼氏|彼女|恋人|同僚|後輩|先輩|部下|上司"
)

RULES = Ruleset(
    Rule(
        id="pii.name.ja.kin",
        risk=RISK,
        pattern=Pattern(
            rf"(?:{KIN})(?:の|、|である)({IDEOGRAPH}{{2,3}}|[ぁ-ゖ]{{2,4}}?|{KATAKANA}{{2,5}})"
            "(?:[がはをにとのもへ、。, ]|です|から|より|$)"
        ),
        gate=f"(?:{KIN})(?:の|、|である){IN_NAMES}",
        holds=_is_given,
        score=0.7,
    ),
    Rule(
        id="pii.name.ja.called_otherwise",
        risk=RISK,
        pattern=Pattern(rf"({IDEOGRAPH}{{1,4}}) ?(?:様|さん|氏|先生|くん|君|ちゃん)"),
        gate=Within(
            rf"{IDEOGRAPH} ?(?:さん|くん|君|ちゃん)|[{SINGLES}] ?(?:氏|先生)"
            rf"|[^{''.join(sorted(NOBODY))}\n\x21-\x7fぁ-ゖ] ?様"
        ),
        holds=_called_otherwise,
        score=0.7,
    ),
    Rule(
        id="pii.name.ja.called_in_kana",
        risk=RISK,
        pattern=Pattern(rf"({KATAKANA}{{2,10}}(?:[・ ]{KATAKANA}{{2,10}})?) ?{CALLED}"),
        gate=Within(rf"{KATAKANA}{{2}} ?{CALLED}"),
        holds=_called_in_kana,
        score=0.7,
    ),
    Rule(
        id="pii.name.ja.child",
        risk=RISK,
        pattern=Pattern(r"(?:^|[^ぁ-ゖ]|[はがのをにとも])([ぁ-ゖ]{2,4}?)(?:くん|ちゃん)"),
        gate=Within("[ぁ-ゖ](?:くん|ちゃん)"),
        holds=_child,
        score=0.7,
    ),
    Rule(
        id="pii.name.ja.introduced_any",
        risk=RISK,
        pattern=Pattern(
            rf"({IDEOGRAPH}{{1,4}} ?{IDEOGRAPH}{{0,3}}|"
            rf"{KATAKANA}{{2,8}}(?:[・ ]{KATAKANA}{{2,8}})?)"
            "(?:と申し|ともうし|と名乗)"
        ),
        gate=Within("と申し|ともうし|と名乗"),
        holds=_introduced,
        score=0.75,
    ),
    Rule(
        id="pii.name.ja.field",
        risk=RISK,
        pattern=Pattern(
            rf"(?:{FIELDS})(?:\([^)\n]{{0,8}}\))?[】\]]?(?: ?[:=] ?|は、?|\t| )[「『]?"
            rf"(?:[^\n:、。 ]{{1,10}}(?:部|課|室|係|チーム) )?"
            rf"({IDEOGRAPH}{{1,5}}(?: (?:{IDEOGRAPH}{{1,3}}|{HIRAGANA}{{2,4}}))?)"
        ),
        gate=rf"(?:{FIELDS})(?:\([^)\n]{{0,8}}\))?[】\]]?(?: ?[:=]|は|\t| ).",
        holds=_in_field,
        score=0.8,
    ),
    Rule(
        id="pii.name.ja.reading",
        risk=RISK,
        pattern=Pattern(
            rf"(?:{READINGS})[)\]】]?(?: ?[:=] ?|は|\t| )"
            rf"({KATAKANA}{{2,8}} ?{KATAKANA}{{0,9}}|{HIRAGANA}{{2,7}} {HIRAGANA}{{2,7}})"
        ),
        gate=rf"(?:{READINGS})[)\]】]?(?: ?[:=] ?|は|\t| )(?:{KATAKANA}|{HIRAGANA})",
        score=0.8,
    ),
    Rule(
        id="pii.name.ja.kana",
        risk=RISK,
        pattern=Pattern(
            rf"({KATAKANA}{{2,7}}[ ・]{KATAKANA}{{2,7}}|{HIRAGANA}{{2,6}} {HIRAGANA}{{2,6}})"
        ),
        gate=Within(rf"{KATAKANA}{{2}}[ ・]{KATAKANA}{{2}}|{HIRAGANA}{{2}} {HIRAGANA}{{2}}"),
        holds=_both_read,
        score=0.75,
    ),
    Rule(
        id="pii.name.ja.romaji",
        risk=RISK,
        pattern=Pattern(
            r"\b([A-Z](?:[a-z]{1,12}|[A-Z]{1,12}),? [A-Z](?:[a-z]{1,12}|[A-Z]{1,12}))\b"
        ),
        gate=Latin(rf"\b{ROMAJI},? {ROMAJI}\b"),
        holds=_romanised,
        score=0.75,
    ),
)
DETECTOR = Names()
