"""The events that a KPI or a signal counts, told from its cells."""

from tenken.pattern import Pattern
from tenken.readiness.facts.documents import Column, Statement

IDENTIFIER = Pattern(r"[A-Za-z][A-Za-z0-9]*(?:[._:-][A-Za-z0-9_]+)+")
CODE_SPAN = Pattern(r"`([^`\s]{3,120})`")


def events_in(statement: Statement) -> tuple[str, ...]:
    """The identifiers that a formula counts: what stands in code marks, or looks like a name."""
    said = statement.text(Column.EVENT)
    if said:
        parts = said.replace(";", ",").split(",")
        return tuple(word for part in parts if (word := part.strip(" `\"'")))
    counted = (Column.FORMULA, Column.METRIC, Column.WHAT, Column.REASON)
    joined = " ".join(statement.text(column) for column in counted)
    named = [one for one in IDENTIFIER.findall(joined) if "_" in one or "." in one]
    return tuple(dict.fromkeys(CODE_SPAN.findall(joined) or named))
