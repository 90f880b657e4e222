"""Whether runs of evaluations lead back to what they judged, and judged what is released."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from tenken.evidence import Finding
from tenken.readiness.answers import gap, lie, seen
from tenken.readiness.facts.datasets import DatasetState
from tenken.readiness.facts.observed.evaluations import RunSeen
from tenken.readiness.facts.observed.history import HistoryFacts, digest_in
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.probes.observed.said import Observed, fails, holds, share, unknown
from tenken.sentence import say, words

LATELY = timedelta(days=90)
LAST = timedelta(days=30)
FEWEST_RUNS = 3
NEARLY = 0.05
"""How far two runs of one unit may be apart: of the figure, or of one where it is less."""
MOST_TOLD = 5
FEWEST_CALLS = 100


def runs_cite_a_resolvable_dataset_digest(sighting: Sighting) -> Observed:
    """Every run names a digest of its data that leads to exactly this content."""
    runs, history = _lately(sighting), sighting.history
    if short := _too_few(runs):
        return short
    known = _declared_digests(sighting)
    bare = [one for one in runs if not digest_in(one.dataset)]
    if bare:
        return fails(_told("observed.run_without_digest", bare, len(runs)))
    lost = [one for one in runs if not _is_known(one.dataset, history, known)]
    figures = (share("runs_that_resolve", len(runs) - len(lost), len(runs)),)
    if lost and _may_be_elsewhere(history):
        return unknown(say("observed.history_is_cut"), figures=figures)
    if lost:
        return fails(_told("observed.run_digest_leads_nowhere", lost, len(runs)), figures=figures)
    return holds(seen("observed.runs_resolve", n=len(runs)), figures=figures)


def random_run_resolves_and_repeats(sighting: Sighting) -> Observed:
    """Whichever run is picked leads back to what it ran on, and run again comes to the same.

    All of them are looked at in place of one picked by chance.
    """
    runs, history = _lately(sighting), sighting.history
    if short := _too_few(runs):
        return short
    if vague := [one for one in runs if _unnamed(one)]:
        parts = words("part", _unnamed(vague[0]))
        told = lie("observed.run_lacks", vague[0].place, n=len(runs), times=len(vague),
                   parts=parts)  # fmt: skip
        return fails(told)
    if _may_be_elsewhere(history):
        return unknown(say("observed.history_is_cut"))
    known = _declared_digests(sighting)
    lost = [one for one in runs if not _resolves(one, history, known)]
    if lost:
        return fails(_told("observed.run_unit_leads_nowhere", lost, len(runs)))
    pairs = list(_repeated(runs))
    if not pairs:
        return unknown(say("observed.no_run_repeated", n=len(runs)))
    apart = [found for pair in pairs if (found := _differ(*pair))]
    figures = (share("runs_that_repeat", len(pairs) - len(apart), len(pairs)),)
    if apart:
        return fails(*apart[:MOST_TOLD], figures=figures)
    return holds(seen("observed.runs_repeat", n=len(runs), pairs=len(pairs)), figures=figures)


def declared_metrics_were_computed_in_the_last_run(sighting: Sighting) -> Observed:
    """Every metric of `gates` has a figure in the newest runs."""
    manifest, runs = sighting.survey.manifest, sighting.runs.runs if sighting.runs else ()
    gates = manifest.application.gates if manifest else ()
    if not gates:
        return unknown(say("observed.no_gates"))
    since = sighting.about.now - LAST
    computed = {name for one in runs if one.at and one.at >= since for name in one.metrics}
    if not computed:
        return unknown(say("observed.no_runs_lately", days=LAST.days))
    missing = sorted({one.metric for one in gates if _plain(one.metric) not in computed})
    figures = (share("gates_computed", len(gates) - len(missing), len(gates)),)
    if missing:
        told = lie("observed.metric_not_computed", metrics=", ".join(missing), days=LAST.days)
        return fails(told, figures=figures)
    return holds(seen("observed.metrics_computed", n=len(gates)), figures=figures)


def each_release_digest_has_an_evaluation_run(sighting: Sighting) -> Observed:
    """Whatever prompt and model answer users were evaluated together."""
    return _released(
        sighting, lambda _run, _since: True, "observed.released_without_run",
        "observed.released_were_run",
    )  # fmt: skip


def evaluation_of_the_same_unit_precedes_each_release(sighting: Sighting) -> Observed:
    """They were evaluated, with a good end, before the first user met them."""
    return _released(
        sighting,
        lambda run, since: run.passed is True and run.at is not None and run.at < since,
        "observed.released_before_run",
        "observed.run_before_release",
    )


# -- runs


def _lately(sighting: Sighting) -> tuple[RunSeen, ...]:
    since = sighting.about.now - LATELY
    runs = sighting.runs.runs if sighting.runs else ()
    return tuple(one for one in runs if one.at and one.at >= since)


def _too_few(runs: tuple[RunSeen, ...]) -> Observed | None:
    ids = {one.id or (one.at, one.unit) for one in runs}
    if len(ids) >= FEWEST_RUNS:
        return None
    return unknown(say("observed.too_few_runs", n=len(ids), least=FEWEST_RUNS, days=LATELY.days))


def _told(id_: str, runs: list[RunSeen], n: int) -> Finding:
    return lie(id_, runs[0].place, n=n, times=len(runs), run=runs[0].id or str(runs[0].place))


def _unnamed(one: RunSeen) -> tuple[str, ...]:
    parts = {
        "prompt": one.prompt, "model": one.model, "dataset": one.dataset,
        "parameters": one.parameters, "result": one.metrics,
    }  # fmt: skip
    return tuple(name for name, value in parts.items() if not value)


def _declared_digests(sighting: Sighting) -> frozenset[str]:
    """Of data sets that are kept outside git, as a reviewed file of the repository pins them."""
    documents = sighting.survey.documents
    pointers = (one.sha256 for one in documents.datasets if one.state is not DatasetState.ABSENT)
    pinned = (one.sha256 for one in documents.dataset_manifests if one.matches is not False)
    return frozenset(one.removeprefix("sha256:").lower() for one in (*pointers, *pinned) if one)


def _is_known(named: str, history: HistoryFacts | None, declared: frozenset[str]) -> bool:
    digest = digest_in(named)
    return digest in declared or (history is not None and history.has_content(named))


def _may_be_elsewhere(history: HistoryFacts | None) -> bool:
    return history is None or not history.is_whole


def _resolves(run: RunSeen, history: HistoryFacts | None, declared: frozenset[str]) -> bool:
    return all(
        _is_known(named, history, declared)
        or (history is not None and history.pins(run.commit, named))
        for named in (run.prompt, run.dataset)
    )


def _repeated(runs: Iterable[RunSeen]) -> Iterator[tuple[RunSeen, RunSeen]]:
    """Two runs of one unit; a copy of a record is no second run."""
    by_unit: dict[tuple[str, ...], list[RunSeen]] = defaultdict(list)
    for one in runs:
        by_unit[one.unit].append(one)
    for same in by_unit.values():
        newest = same[0]
        earlier = (one for one in same if one.at != newest.at and one.id != newest.id)
        other = next(earlier, None)
        if other and newest.id and set(newest.metrics) & set(other.metrics):
            yield newest, other


def _differ(newest: RunSeen, other: RunSeen) -> Finding | None:
    for name in sorted(set(newest.metrics) & set(other.metrics)):
        one, two = newest.metrics[name], other.metrics[name]
        if abs(one - two) > NEARLY * max(1.0, abs(two)):
            return gap("observed.run_does_not_repeat", newest.place, metric=name, value=one,
                       before=two, run=newest.id)  # fmt: skip
    return None


# -- what is released


Fits = Callable[[RunSeen, datetime], bool]
"""Whether a run speaks for what users first met then."""


def _released(sighting: Sighting, fits: Fits, otherwise: str, well: str) -> Observed:
    calls = sighting.traces.real_calls if sighting.traces else ()
    runs = sighting.runs.runs if sighting.runs else ()
    if len(calls) < FEWEST_CALLS:
        return unknown(say("observed.too_few_calls", n=len(calls), least=FEWEST_CALLS))
    first: dict[tuple[str, str], datetime] = {}
    for call in calls:
        unit, now = (_bare(call.prompt), call.model), sighting.about.now
        first[unit] = min(first.get(unit, now), call.span.at or now)
    if any(not prompt for prompt, _ in first):
        nameless = sum(1 for call in calls if not call.prompt)
        return unknown(say("observed.calls_without_prompt", n=len(calls), times=nameless))
    without = [
        (unit, since)
        for unit, since in first.items()
        if not any((_bare(run.prompt), run.model) == unit and fits(run, since) for run in runs)
    ]
    figures = (share("released_units_evaluated", len(first) - len(without), len(first)),)
    if without:
        (prompt, model), _ = without[0]
        return fails(lie(otherwise, prompt=prompt, model=model), figures=figures)
    return holds(seen(well, n=len(first)), figures=figures)


def _bare(named: str) -> str:
    return digest_in(named) or named.lower()


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
