"""Whether what runs is what the repository holds."""

from tenken.evidence import Finding
from tenken.pattern import Pattern
from tenken.readiness.answers import lie, seen
from tenken.readiness.facts.observed.history import HistoryFacts, digest_in
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.facts.observed.traces import ModelCall
from tenken.readiness.probes.observed.said import Observed, fails, holds, share, unknown
from tenken.sentence import say

FEWEST_RECORDS = 100
FEWEST_CALLS = 100
REVISION = Pattern(
    r"(?i)(?:v|git-|sha-)?([0-9a-f]{7,40})((?:[-+.]?(?:dirty|modified|uncommitted))?)"
)


def running_revision_resolves_to_a_clean_commit(sighting: Sighting) -> Observed:
    """Every revision that writes records is a commit of the default branch, without changes."""
    running, history = sighting.running, sighting.history
    n = running.records if running else 0
    if running is None or n < FEWEST_RECORDS:
        return unknown(say("observed.too_few_records", n=n, least=FEWEST_RECORDS))
    named = {
        version: match
        for version in running.revisions
        if (match := REVISION.fullmatch(version)) is not None
    }
    told = sum(running.revisions[version] for version in named)
    figures = (share("records_with_a_revision", told, n),)
    if dirty := [version for version, match in named.items() if match.group(2)]:
        lies = (lie("observed.revision_is_dirty", revision=one, n=running.revisions[one])
                for one in dirty)  # fmt: skip
        return fails(*lies, figures=figures)
    if history is None or not history.is_whole:
        return unknown(say("observed.history_is_cut"), figures=figures)
    if told < n:
        return unknown(say("observed.records_without_revision", n=n, times=n - told),
                       figures=figures)  # fmt: skip
    for version, match in named.items():
        if not history.has_commit(match.group(1).lower()):
            # The clone may be older than what runs: that is not known to be wrong.
            return unknown(say("observed.revision_is_nowhere", revision=version,
                               n=running.revisions[version]), figures=figures)  # fmt: skip
    return holds(seen("observed.revisions_are_commits", n=n, revisions=len(named)),
                 figures=figures)  # fmt: skip


def traces_carry_a_prompt_version_that_resolves(sighting: Sighting) -> Observed:
    """Every model call names its prompt's version, and the version leads to a content in git."""
    traces, history = sighting.traces, sighting.history
    calls = traces.real_calls if traces else ()
    nameless = [one for one in calls if not one.prompt]
    figures = (share("calls_with_a_prompt", len(calls) - len(nameless), len(calls)),)
    if len(calls) < FEWEST_CALLS:
        return unknown(say("observed.too_few_calls", n=len(calls), least=FEWEST_CALLS),
                       figures=figures)  # fmt: skip
    if nameless:
        return fails(_nameless(nameless[0], len(nameless), len(calls)), figures=figures)
    versions = {one.prompt for one in calls}
    elsewhere = sorted(one for one in versions if not digest_in(one))
    if elsewhere:
        return unknown(say("observed.prompt_at_a_registry", prompt=elsewhere[0]), figures=figures)
    if history is None or not history.is_whole:
        return unknown(say("observed.history_is_cut"), figures=figures)
    if lost := _lost(versions, history):
        return fails(*lost, figures=figures)
    return holds(seen("observed.prompts_resolve", n=len(calls), versions=len(versions)),
                 figures=figures)  # fmt: skip


def _nameless(call: ModelCall, times: int, n: int) -> Finding:
    return lie("observed.call_without_prompt", call.span.place, n=n, times=times,
               span=call.span.name)  # fmt: skip


def _lost(versions: set[str], history: HistoryFacts) -> list[Finding]:
    lost = sorted(one for one in versions if not history.has_content(one))
    return [lie("observed.prompt_leads_nowhere", prompt=one) for one in lost[:5]]
