"""Whether data sets are fed from what users really ask."""

from collections.abc import Iterator

from tenken.pattern import Pattern
from tenken.readiness.answers import lie, seen
from tenken.readiness.facts.datasets import Case
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.probes.observed.said import Observed, fails, holds, partly, share, unknown
from tenken.sentence import say

FEWEST_ROWS = 5
PRODUCTION = Pattern(r"(?i)prod|live|trace|log|本番|実運用|ユーザー")
ID = Pattern(r"[A-Za-z0-9][A-Za-z0-9_-]{7,}")


def recent_rows_come_from_production(sighting: Sighting) -> Observed:
    """Rows that were added in the time of the records stem from requests that the records hold."""
    origins = sighting.origins
    if origins is None or origins.kept.earliest is None or origins.kept.latest is None:
        return unknown(say("observed.no_origins"))
    since, until = origins.kept.earliest.date(), origins.kept.latest.date()
    rows = [
        case
        for one in sighting.survey.documents.datasets
        for case in one.cases
        if case.dated and since <= case.dated <= until and _claims(case)
    ]
    traced = [case for case in rows if any(id_ in origins.ids for id_ in _ids(case))]
    figures = (share("rows_traced_back", len(traced), len(rows)),)
    if len(rows) < FEWEST_ROWS:
        return unknown(
            say("observed.too_few_rows", n=len(rows), least=FEWEST_ROWS, since=str(since),
                until=str(until)),
            figures=figures,
        )  # fmt: skip
    lost = [case for case in rows if case not in traced]
    if not lost:
        return holds(seen("observed.rows_traced", rows[0].place, n=len(rows)), figures=figures)
    told = lie("observed.rows_from_nowhere", lost[0].place, n=len(rows), times=len(lost))
    if not traced:
        return fails(told, figures=figures)
    some = (seen("observed.rows_traced", traced[0].place, n=len(traced)),)
    return partly(some, told, figures=figures)


def _claims(case: Case) -> bool:
    """It says that it comes from production, or names an id."""
    return (
        case.kind == "production"
        or bool(PRODUCTION.search(f"{case.source} {case.origin}"))
        or (any(_ids(case)))
    )


def _ids(case: Case) -> Iterator[str]:
    for said in (case.origin, case.source):
        yield from (one.lower() for one in ID.findall(said) if any(map(str.isdigit, one)))
