"""How a probe answers about a running system: with figures, and at the grade of what was seen."""

from msgspec import Struct

from tenken.evidence import Answer, Finding, Grade, Holding, Measurement, Remark, share
from tenken.sentence import Sentence

__all__ = ["Observed", "fails", "holds", "partly", "share", "unknown"]


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
