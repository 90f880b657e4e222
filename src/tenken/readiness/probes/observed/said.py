"""How a probe answers about a running system: with figures, and at the grade of what was seen."""

from math import sqrt

from msgspec import Struct

from tenken.evidence import Answer, Finding, Grade, Holding, Measurement, Remark
from tenken.sentence import Sentence

Z = 1.96


class Observed(Struct, frozen=True, kw_only=True):
    """An answer with the figures behind it."""

    answer: Answer
    measurements: tuple[Measurement, ...] = ()


def holds(
    *remarks: Remark, figures: tuple[Measurement, ...] = (), notes: tuple[Finding, ...] = ()
) -> Observed:
    """It was seen to be so."""
    answer = Answer(holding=Holding.HOLDS, grade=Grade.OBSERVED, seen=remarks, findings=notes)
    return Observed(answer=answer, measurements=figures)


def fails(
    *findings: Finding, figures: tuple[Measurement, ...] = (), remarks: tuple[Remark, ...] = ()
) -> Observed:
    """It was seen not to be so."""
    answer = Answer(holding=Holding.FAILS, grade=Grade.OBSERVED, seen=remarks, findings=findings)
    return Observed(answer=answer, measurements=figures)


def partly(
    remarks: tuple[Remark, ...], *findings: Finding, figures: tuple[Measurement, ...] = ()
) -> Observed:
    """It was seen to be so in places."""
    answer = Answer(holding=Holding.PARTLY, grade=Grade.OBSERVED, seen=remarks, findings=findings)
    return Observed(answer=answer, measurements=figures)


def unknown(
    missing: Sentence, *findings: Finding, figures: tuple[Measurement, ...] = ()
) -> Observed:
    """What was looked at does not settle it; `missing` says what would."""
    answer = Answer(holding=Holding.UNKNOWN, grade=Grade.NONE, findings=findings, missing=missing)
    return Observed(answer=answer, measurements=figures)


def share(name: str, count: int, n: int) -> Measurement:
    """A share of n with its 95 % interval (Wilson's, which holds for small n)."""
    if n == 0:
        return Measurement(name=name, value=0.0, unit="share", n=0)
    part, room = count / n, Z * Z / n
    middle = (part + room / 2) / (1 + room)
    half = Z * sqrt(part * (1 - part) / n + room / (4 * n)) / (1 + room)
    return Measurement(
        name=name, value=part, unit="share", n=n,
        low=max(0.0, middle - half), high=min(1.0, middle + half),
    )  # fmt: skip
