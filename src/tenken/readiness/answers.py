"""The few ways a probe answers, so that probes read as sentences."""

from tenken.evidence import Answer, Finding, FindingKind, Grade, Holding, Remark
from tenken.place import Place
from tenken.sentence import Field, Sentence, say


def seen(id: str, place: Place | None = None, /, **fields: Field) -> Remark:  # noqa: A002 - positional only
    """Something that supports the answer, and where."""
    return Remark(sentence=say(id, **fields), place=place)


def lie(id: str, place: Place | None = None, /, **fields: Field) -> Finding:  # noqa: A002 - positional only
    """Something that looks done and is not."""
    return Finding(kind=FindingKind.LIE, sentence=say(id, **fields), place=place)


def gap(id: str, place: Place | None = None, /, **fields: Field) -> Finding:  # noqa: A002 - positional only
    """Something missing."""
    return Finding(kind=FindingKind.GAP, sentence=say(id, **fields), place=place)


def note(id: str, place: Place | None = None, /, **fields: Field) -> Finding:  # noqa: A002 - positional only
    """Something worth knowing that changes no verdict."""
    return Finding(kind=FindingKind.NOTE, sentence=say(id, **fields), place=place)


def holds(
    *remarks: Remark, grade: Grade = Grade.CONFIGURED, notes: tuple[Finding, ...] = ()
) -> Answer:
    """The sentence is true; at least one remark says why."""
    return Answer(holding=Holding.HOLDS, grade=grade, seen=remarks, findings=notes)


def declared(*remarks: Remark, notes: tuple[Finding, ...] = ()) -> Answer:
    """A text says so and nothing shows it in effect."""
    return Answer(holding=Holding.HOLDS, grade=Grade.DECLARED, seen=remarks, findings=notes)


def partly(remarks: tuple[Remark, ...], findings: tuple[Finding, ...]) -> Answer:
    """True in some places, false in others."""
    return Answer(holding=Holding.PARTLY, seen=remarks, findings=findings)


def fails(*findings: Finding, remarks: tuple[Remark, ...] = ()) -> Answer:
    """Seen to be false."""
    return Answer(holding=Holding.FAILS, grade=Grade.CONFIGURED, seen=remarks, findings=findings)


def spoiled(answer: Answer, by: Finding) -> Answer:
    """Give what is left of an answer when one more thing was seen that is not so."""
    findings = (by, *answer.findings)
    return partly(answer.seen, findings) if answer.seen else fails(*findings)


def unknown(missing: Sentence, *findings: Finding) -> Answer:
    """Nothing found that settles it; `missing` says what was looked for."""
    return Answer(holding=Holding.UNKNOWN, grade=Grade.NONE, findings=findings, missing=missing)


def not_visible(missing: Sentence, *findings: Finding) -> Answer:
    """Kept where a repository cannot show it."""
    return Answer(
        holding=Holding.NOT_VISIBLE, grade=Grade.NONE, findings=findings, missing=missing
    )


def not_applicable(*remarks: Remark) -> Answer:
    """Proved not to apply; the remarks are the proof."""
    return Answer(holding=Holding.NOT_APPLICABLE, grade=Grade.CONFIGURED, seen=remarks)
