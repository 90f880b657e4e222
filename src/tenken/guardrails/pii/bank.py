"""Bank accounts: a branch and seven digits, and the two numbers of ゆうちょ."""

from tenken.guardrails.pii.labels import Kind, near, words_for
from tenken.guardrails.pii.numbers import stands_alone
from tenken.guardrails.pii.shapes import HYPHEN
from tenken.guardrails.rule import Rule, Rules, Spot
from tenken.pattern import Pattern

FILL = r"(?:預金|口座|番号|No\.?|[ :.,、()は/])"
SYMBOL = r"1\d{3}0"
"""記号 of ゆうちょ: five digits between a one and a zero."""
NUMBER = r"\d{1,7}1"
"""番号 of ゆうちょ: up to eight digits; the last is a one."""


def _is_account(spot: Spot) -> bool:
    """Not the amount that is to be paid, which may stand where the number would."""
    return stands_alone(spot) and not spot.behind(1).startswith(("円", "名", "件", "人"))


def _is_yucho(spot: Spot) -> bool:
    label = near(spot)
    return stands_alone(spot) and label is not None and label.kind in {Kind.YUCHO, Kind.BANK}


DETECTOR = Rules(
    "pii.bank",
    Rule(
        id="pii.jp.bank_account.type",
        risk="pii.jp.bank_account",
        pattern=Pattern(rf"(?:普通|当座|貯蓄|\(普\)|\(当\)){FILL}{{0,6}}(\d{{7}})\b"),
        gate=r"(?:普通|当座|貯蓄|\(普\)|\(当\))\D{0,18}\d{7}",
        holds=_is_account,
    ),
    Rule(
        id="pii.jp.bank_account.word",
        risk="pii.jp.bank_account",
        pattern=Pattern(
            rf"(?:口座番号|口座No|口座|(?i:account (?:number|no\.?)|acct\.?(?: no\.?)?))"
            rf"(?: is|{FILL}|[^\d\n。]{{0,8}}){{0,4}}(\d{{6,8}}|\d{{3}}{HYPHEN}\d{{7}})\b"
        ),
        gate=r"口座|account|acct",
        holds=_is_account,
    ),
    Rule(
        id="pii.bank_account.en",
        risk="pii.jp.bank_account",
        pattern=Pattern(
            r"(?i:\b(?:account|acct)\b\.?(?: (?:number|no\.?))?)(?: is|[ :#]){0,3}(\d{8,12})\b"
        ),
        gate="account|acct",
        holds=_is_account,
        score=0.8,
    ),
    Rule(
        id="pii.jp.bank_account.yucho",
        risk="pii.jp.bank_account",
        pattern=Pattern(
            rf"記号[ :はが]{{0,3}}({SYMBOL}[^\d\n。]{{0,4}}番号[ :はが]{{0,3}}{NUMBER})\b"
        ),
        gate="記号",
        holds=stands_alone,
    ),
    Rule(
        id="pii.jp.bank_account.yucho_short",
        risk="pii.jp.bank_account",
        pattern=Pattern(rf"\b{SYMBOL}(?: ?{HYPHEN} ?(?:\d ?{HYPHEN} ?)?| ){NUMBER}\b"),
        gate=words_for(Kind.YUCHO, Kind.BANK),
        holds=_is_yucho,
    ),
)
