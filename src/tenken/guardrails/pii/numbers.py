"""Numbers that an office gave a person or a company: a check digit, and a word that names them."""

from collections.abc import Callable

from tenken.guardrails.detector import Within
from tenken.guardrails.pii.checks import (
    is_card,
    is_corporate_number,
    is_iban,
    is_insurer,
    is_licence,
    is_my_number,
)
from tenken.guardrails.pii.labels import Kind, near, words_for
from tenken.guardrails.pii.shapes import BETWEEN, HYPHEN, digits
from tenken.guardrails.rule import Condition, Rule, Rules, Spot
from tenken.pattern import Pattern

GAP = rf"(?:{BETWEEN}| )?"
TWELVE = rf"\b\d{{4}}{GAP}\d{{4}}{GAP}\d{{4}}\b"
THIRTEEN = rf"\bT?\d{GAP}\d{{4}}{GAP}\d{{4}}{GAP}\d{{4}}\b"
CARD_BARE = r"(?:\b|(?i:jcb|visa|amex|diners|card|master(?:card)?))(\d{14,16})\b"
CARD_GROUPED = (
    rf"\b\d{{4}}(?:{BETWEEN}| )(?:\d{{4}}(?:{BETWEEN}| )\d{{4}}(?:{BETWEEN}| )\d{{4}}"
    rf"|\d{{6}}(?:{BETWEEN}| )\d{{4,5}})\b"
)
IBAN = r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b"
NEXT_TO = 6
"""So near to its exact name, a licence number needs no check digit: the rule is unofficial."""


def stands_alone(spot: Spot) -> bool:
    """Tell whether a number does not go on before or behind."""
    before, behind = spot.before(2), spot.behind(2)
    return not (_goes_on(before[::-1]) or _goes_on(behind))


def _goes_on(outwards: str) -> bool:
    joint, beyond = outwards[:1], outwards[1:]
    return (
        joint.isdecimal()
        or joint in {"_", "/", "=", "%"}
        or (joint != "" and joint in "-‐‒–—―−.,~" and beyond.isdecimal())
    )


def named(*kinds: Kind, check: Callable[[str], bool] | None = None) -> Condition:
    """Hold where the nearest word names one of the kinds, and the digits pass the check."""

    def holds(spot: Spot) -> bool:
        if not stands_alone(spot) or not (check is None or check(digits(spot.value))):
            return False
        label = near(spot)
        return label is not None and label.kind in kinds

    return holds


def _is_licence(spot: Spot) -> bool:
    label = near(spot)
    if label is None or label.kind is not Kind.LICENCE or not stands_alone(spot):
        return False
    exact = label.word.endswith(("番号", "number", "no.", "no")) and label.distance <= NEXT_TO
    return exact or is_licence(digits(spot.value))


def _is_card_by_itself(spot: Spot) -> bool:
    """Groups that pass the check digit are a card unless a word right beside denies it."""
    if not stands_alone(spot) or not is_card(digits(spot.value)):
        return False
    label = near(spot)
    return label is None or label.kind is Kind.CARD or not label.numbers


def _is_company(spot: Spot) -> bool:
    """`T` and thirteen digits is a form by itself: the number that invoices carry."""
    if not stands_alone(spot) or not is_corporate_number(digits(spot.value)):
        return False
    label = near(spot)
    return spot.value.startswith("T") or (label is not None and label.kind is Kind.CORPORATE)


def _is_iban(spot: Spot) -> bool:
    return is_iban(spot.value.replace(" ", ""))


def _is_ssn(spot: Spot) -> bool:
    value = digits(spot.value)
    issued = value[:3] not in {"000", "666"} and value[0] != "9"
    issued = issued and value[3:5] != "00" and value[5:] != "0000"
    return issued and named(Kind.SSN)(spot)


HEALTH_WORDS = f"保険|{words_for(Kind.HEALTH)}"

DETECTOR = Rules(
    "pii.numbers",
    Rule(
        id="pii.jp.my_number",
        risk="pii.jp.my_number",
        pattern=Pattern(TWELVE),
        gate=words_for(Kind.MY_NUMBER),
        holds=named(Kind.MY_NUMBER, check=is_my_number),
        score=0.95,
    ),
    Rule(
        id="pii.jp.driver_licence",
        risk="pii.jp.driver_licence",
        pattern=Pattern(TWELVE),
        gate=words_for(Kind.LICENCE),
        holds=_is_licence,
    ),
    Rule(
        id="pii.jp.corporate_number",
        risk="pii.jp.corporate_number",
        pattern=Pattern(THIRTEEN),
        gate=Within(rf"\d{GAP}\d{{4}}{GAP}\d{{4}}{GAP}\d{{4}}"),
        holds=_is_company,
    ),
    Rule(
        id="pii.jp.residence_card",
        risk="pii.jp.residence_card",
        pattern=Pattern(r"(?i)\b[A-Z]{2} ?\d{8} ?[A-Z]{2}\b"),
        gate=Within(r"[a-z]{2} ?\d{8} ?[a-z]{2}"),
        holds=named(Kind.RESIDENCE),
    ),
    Rule(
        id="pii.jp.passport",
        risk="pii.jp.passport",
        pattern=Pattern(r"(?i)\b[A-Z]{2} ?\d{7}\b"),
        gate=words_for(Kind.PASSPORT),
        holds=named(Kind.PASSPORT),
    ),
    Rule(
        id="pii.jp.passport.other",
        risk="pii.jp.passport",
        pattern=Pattern(r"\b(?:[A-Z]\d{8}|\d{9}|[A-Z]\d{7})\b"),
        gate=words_for(Kind.PASSPORT),
        holds=named(Kind.PASSPORT),
        score=0.8,
    ),
    Rule(
        id="pii.jp.health_insurance.insurer",
        risk="pii.jp.health_insurance",
        pattern=Pattern(r"\b(?:\d{8}|\d{6})\b"),
        gate=HEALTH_WORDS,
        holds=named(Kind.HEALTH, check=is_insurer),
    ),
    Rule(
        id="pii.jp.health_insurance.insured",
        risk="pii.jp.health_insurance",
        pattern=Pattern(
            r"(?:保険証|保険者証|被保険者|資格確認書|健康保険|健保)[^\d]{0,20}"
            r"((?:記号)?[ :は]{0,3}\d{2,8}(?:[ ・,、のと-]{1,3}(?:番号)?|番号)"
            r"[ :は]{0,3}\d{1,8})\b"
        ),
        gate=HEALTH_WORDS,
        holds=stands_alone,
    ),
    Rule(
        id="pii.jp.health_insurance.number",
        risk="pii.jp.health_insurance",
        pattern=Pattern(
            r"(?:被保険者(?:証)?の?(?:記号|番号|記号番号|記号・番号)|"
            r"保険者番号|保険証の?番号|保険証の?記号番号"
            r"|(?i:(?:health )?insurance (?:card )?(?:number|no\.?|id)))"
            r"(?:は|が|:|の|is|,|、|\(8桁\)| ){0,4}(\d{5,10})\b"
        ),
        gate=HEALTH_WORDS,
        holds=stands_alone,
        score=0.85,
    ),
    Rule(
        id="pii.jp.pension_number",
        risk="pii.jp.pension_number",
        pattern=Pattern(rf"\b\d{{4}}{GAP}\d{{6}}\b"),
        gate=words_for(Kind.PENSION),
        holds=named(Kind.PENSION),
    ),
    Rule(
        id="pii.card.grouped",
        risk="pii.card",
        pattern=Pattern(CARD_GROUPED),
        gate=Within(r"\d{4}[^\d]{1,3}(?:\d{4}[^\d]{1,3}\d{4}|\d{6}[^\d]{1,3}\d{4})"),
        holds=_is_card_by_itself,
        score=0.95,
    ),
    Rule(
        id="pii.card.bare",
        risk="pii.card",
        pattern=Pattern(CARD_BARE),
        gate=Within(r"\d{14}"),
        holds=named(Kind.CARD, check=is_card),
    ),
    Rule(
        id="pii.iban",
        risk="pii.iban",
        pattern=Pattern(IBAN),
        gate=Within(r"[a-z]{2}\d{2} ?[a-z0-9]{4} ?[a-z0-9]{4}"),
        holds=_is_iban,
        score=0.95,
    ),
    Rule(
        id="pii.us.ssn",
        risk="pii.us.ssn",
        pattern=Pattern(rf"\b\d{{3}}(?:{HYPHEN}\d{{2}}{HYPHEN}| \d{{2}} )\d{{4}}\b|\b\d{{9}}\b"),
        gate=words_for(Kind.SSN),
        holds=_is_ssn,
    ),
)
