"""Numbers and names in an answer that the given documents do not hold.

No more than that: a flipped negation, a paraphrase, a wrong sum of right numbers are beyond it,
and a number that is missing may be right. It is a hint for a reader, never a finding of untruth.
"""

from collections.abc import Iterator, Sequence

from tenken.guardrails.folding import fold, lower
from tenken.guardrails.match import Match
from tenken.guardrails.output.numerals import Number, numbers
from tenken.guardrails.text import Context, Text
from tenken.pattern import Pattern

RISK = "grounding.unsupported"
NUMBER_SCORE, NAME_SCORE = 0.7, 0.55
COUNTED = 10
"""Whole numbers up to this are steps and counts of the answer's own, unless they have a unit."""
_NAME = Pattern(
    r"[一-龥]{2,8}(?:株式会社|有限会社|合同会社|銀行|大学|病院|省|庁|市|県|区|町|村|駅|部|課)"
    r"|(?:株式会社|有限会社|合同会社)[一-龥ァ-ヶーA-Za-z]{2,12}"
    r"|[一-龥]{2,4}(?:さん|様|氏|先生|社長|部長|課長)"
    r"|[ァ-ヶー]{4,12}(?:社|銀行|ビル|プラン|コース)"
    r"|\b[A-Z][a-z]{2,}(?: [A-Z][a-z]{2,}){1,3}\b"
    r"|\b[A-Z]{2,6}-?\d{2,6}\b"
)
_ADDRESS = Pattern(r"https?://[^\s)>\]\"'<、。]{3,300}[^\s)>\]\"'<、。.,;:!?]")
_COMMON = frozenset(
    ("お客様", "皆様", "担当者様", "神様", "王様", "一人様", "二人様", "一名様", "二名様")
)


class Unsupported:
    """Looks for numbers, names and addresses that the given documents do not hold."""

    name = "grounding.unsupported"
    risks = (RISK,)
    gates: tuple[str, ...] = ()
    """Always asked: it answers at once where no document is given."""

    def applies(self, context: Context) -> bool:
        """Tell whether documents are given."""
        return bool(context.given)

    def inspect(self, text: Text, context: Context) -> Sequence[Match]:
        """Give what stands in the answer alone; what the user said is given too."""
        if not self.applies(context):
            return ()
        given = lower(fold("\n".join((*context.given, *context.history))))
        return [*_numbers(text, given), *_names(text, given)]


DETECTOR = Unsupported()


def _numbers(text: Text, given: str) -> Iterator[Match]:
    known = set(_keys(given))
    values = {value for value, _ in known}
    for number in numbers(text.lowered):
        if _is_count(number) or _stands_in(number, known, values):
            continue
        yield _match("grounding.number", NUMBER_SCORE, number.start, number.end)


def _keys(lowered: str) -> Iterator[tuple[object, str]]:
    for number in numbers(lowered):
        yield number.value.normalize(), number.unit


def _stands_in(number: Number, known: set[tuple[object, str]], values: set[object]) -> bool:
    """With its unit; a number without one on either side agrees with any."""
    value = number.value.normalize()
    if not number.unit:
        return value in values
    return (value, number.unit) in known or (value, "") in known


def _is_count(number: Number) -> bool:
    return not number.unit and number.value <= COUNTED and number.value == int(number.value)


def _names(text: Text, given: str) -> Iterator[Match]:
    for rule, pattern in (("grounding.name", _NAME), ("grounding.address", _ADDRESS)):
        for found in pattern.finditer(text.folded):
            name = lower(found[0])
            if name not in given and name not in _COMMON and _bare(name) not in given:
                yield _match(rule, NAME_SCORE, found.start(), found.end())


def _bare(name: str) -> str:
    """Without its title, as 佐藤さん of 佐藤; without the verb of `Ask Hana Mori`."""
    for title in ("さん", "様", "氏", "先生", "社長", "部長", "課長"):
        if name.endswith(title):
            return name[: -len(title)]
    rest = name.partition(" ")[2]
    return rest if " " in rest else name


def _match(rule: str, score: float, start: int, end: int) -> Match:
    return Match(risk=RISK, rule=rule, score=score, start=start, end=end)
