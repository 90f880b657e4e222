"""What the lines of a running application's log tell."""

from collections import Counter
from collections.abc import Callable, Mapping

from tenken.guardrails.pii.checks import is_card, is_my_number
from tenken.pattern import Pattern
from tenken.readiness.answers import gap, lie, seen
from tenken.readiness.facts.documents import Column, Subject
from tenken.readiness.facts.observed.logs import LogLine
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.facts.words.data_kinds import type_of
from tenken.readiness.probes.observed.said import Observed, fails, holds, share, unknown
from tenken.sentence import say

FEWEST_LINES = 1000
WELL_FORMED = 0.999
WITH_AN_ID = 0.9
"""Lines of the start and of work between requests belong to no request."""


EDGE, END = r"(?:^|[^0-9A-Za-z_-])", r"(?:$|[^0-9A-Za-z_-])"
"""A part of an id or of a moment stands between hyphens and letters."""
PHONE = r"0[0-9]{1,4}-[0-9]{1,4}-[0-9]{3,4}|\+81[- ]?[0-9]{1,4}[- ][0-9]{1,4}[- ][0-9]{3,4}"
TELLTALE: Mapping[str, Pattern] = {
    "email": Pattern(r"([A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})"),
    "phone": Pattern(f"{EDGE}({PHONE}){END}"),
    "credit_card": Pattern(f"{EDGE}((?:[0-9]{{4}}[- ]){{3}}[0-9]{{4}}){END}"),
    "my_number": Pattern(f"{EDGE}([0-9]{{4}}[- ][0-9]{{4}}[- ][0-9]{{4}}){END}"),
}
CHECKS: Mapping[str, Callable[[str], bool]] = {
    "credit_card": is_card,
    "my_number": is_my_number,
    # A day such as 01-23-2026 has fewer digits.
    "phone": lambda digits: len(digits) in {10, 11, 12},
}
"""Types that can be told in a line of figures and ids; others need the words around them."""
OWN = Pattern(r"(?i)\.iam\.gserviceaccount\.com|@users\.noreply\.|^(?:no-?reply|root)@")
"""Addresses of machines, not of persons."""


def sampled_logs_hold_no_listed_type(sighting: Sighting) -> Observed:
    """No line holds data of a type that is listed as sensitive, where a line can tell it."""
    listed = {type_of(one.text(Column.NAME))
              for one in sighting.survey.documents.on(Subject.DATA_TYPE)}  # fmt: skip
    sought = {name: pattern for name, pattern in TELLTALE.items() if name in listed}
    lines = sighting.logs.lines if sighting.logs else ()
    if not sought:
        return unknown(say("observed.no_type_to_seek"))
    holding = [(one, kind) for one in lines if (kind := _holds(one, sought))]
    figures = (share("lines_without_listed_data", len(lines) - len(holding), len(lines)),)
    if holding:
        first, kind = holding[0]
        told = lie("observed.line_holds_listed_data", first.place, n=len(lines),
                   times=len(holding), kind=kind)  # fmt: skip
        return fails(told, figures=figures)
    if len(lines) < FEWEST_LINES:
        return unknown(
            say("observed.too_few_lines", n=len(lines), least=FEWEST_LINES), figures=figures
        )
    kinds = ", ".join(sorted(sought))
    return holds(seen("observed.lines_hold_none", n=len(lines), kinds=kinds), figures=figures)


def _holds(line: LogLine, sought: Mapping[str, Pattern]) -> str:
    for kind, pattern in sought.items():
        for found in pattern.findall(line.text):
            digits = "".join(filter(str.isdigit, found))
            if not OWN.search(found) and (kind not in CHECKS or CHECKS[kind](digits)):
                return kind
    return ""


def log_lines_parse_with_required_fields(sighting: Sighting) -> Observed:
    """Lines parse and carry time, severity, message and the id of their request."""
    lines = sighting.logs.lines if sighting.logs else ()
    n = len(lines)
    lacking = Counter(one.lacks for one in lines if one.lacks)
    formed = share("well_formed_lines", n - lacking.total(), n)
    identified = share("lines_with_an_id", sum(bool(one.ids) for one in lines), n)
    figures = (formed, identified)
    if n and formed.value < WELL_FORMED and lacking.total() > FEWEST_LINES * (1 - WELL_FORMED):
        what, times = lacking.most_common(1)[0]
        first = next(one.place for one in lines if one.lacks == what)
        sentence = lie(
            "observed.lines_lack", first, n=n, times=times, what=f"wording.observed_field_{what}"
        )
        return fails(sentence, figures=figures)
    if n < FEWEST_LINES:
        return unknown(say("observed.too_few_lines", n=n, least=FEWEST_LINES), figures=figures)
    if identified.value < WITH_AN_ID:
        first = next(one.place for one in lines if not one.ids)
        with_id = round(identified.value * n)
        lacking_ids = gap("observed.lines_without_id", first, n=n, with_id=with_id)
        return fails(lacking_ids, figures=figures)
    return holds(seen("observed.lines_are_structured", n=n), figures=figures)
