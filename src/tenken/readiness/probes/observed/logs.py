"""What the lines of a running application's log tell."""

from collections import Counter

from tenken.readiness.answers import gap, lie, seen
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.probes.observed.said import Observed, fails, holds, share, unknown
from tenken.sentence import say

FEWEST_LINES = 1000
WELL_FORMED = 0.999
WITH_AN_ID = 0.9
"""Lines of the start and of work between requests belong to no request."""


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
            "observed.lines_lack", first, n=n, times=times, what=f"observed.field_{what}"
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
