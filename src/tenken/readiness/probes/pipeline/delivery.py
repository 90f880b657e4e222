"""What the probes on delivery share: deploys, the order of environments, gates and canaries."""

from collections.abc import Sequence

from msgspec import Struct

from tenken.evidence import Answer, Finding, FindingKind, Remark
from tenken.place import Place
from tenken.readiness.answers import fails, gap, holds, lie, not_visible, partly, seen, unknown
from tenken.readiness.facts.pipeline import (
    Blind,
    BlindSpot,
    Canary,
    NeutraliserKind,
    Purpose,
    Run,
    Signal,
    Stage,
)
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.pipeline.aims import (
    is_one_target,
    never_started,
    same_target,
    started_by_nothing,
    strange_branches,
    without_traffic,
)
from tenken.readiness.probes.pipeline.checks import SHOWN, hollow_finding
from tenken.readiness.probes.pipeline.order import (
    SHIPPING,
    Placed,
    Reach,
    before,
    blind_spots,
    deploys,
    happens,
    may_happen,
    neutralisers,
    reach,
    runs_for,
    stage,
)
from tenken.sentence import Sentence, say, words

HINTS = ("deploy", "release", "cd", "argocd")
DEPLOYS = (Purpose.DEPLOY, Purpose.DEPLOY_ELSEWHERE)
ENVIRONMENTS = (Stage.DEV, Stage.STAGING, Stage.PRODUCTION)
WATCHED = (Signal.ERRORS, Signal.ACCURACY, Signal.COST)
AT_ONCE = ("gcloud run deploy", "deploy-cloudrun", "gcloud beta run deploy")
"""Deploys that move all traffic to the new revision unless told otherwise."""


def deployed(placed: Placed) -> Remark:
    """`gcloud run deploy` brings the code to prod."""
    return seen(
        "pipeline.deploys",
        placed.run.place,
        command=placed.run.command,
        stage=stage(placed).value,
        job=placed.job.name,
    )


def deployed_by_hand(survey: Survey) -> tuple[Finding, ...]:
    """Commands in scripts and Makefiles with which a person deploys past the pipeline."""
    found = survey.pipeline.by_hand[:SHOWN]
    return tuple(gap("pipeline.deployed_by_hand", it.place, command=it.command) for it in found)


def live_deploys(survey: Survey) -> tuple[Placed, ...]:
    """Deploys with an effect, however they are started."""
    remote = survey.repository.remote
    found = deploys(survey.pipeline)
    return tuple(it for it in found if not neutralisers(it, remote))


def idle_deploys(survey: Survey) -> tuple[Finding, ...]:
    """Why nothing is ever deployed, where that is so of every deploy."""
    live = live_deploys(survey)
    found = [never_started(survey, it) for it in live]
    idle = tuple(it for it in found if it is not None)
    return tuple(dict.fromkeys(idle))[:SHOWN] if len(idle) == len(live) else ()


def automatic(survey: Survey) -> tuple[Placed, ...]:
    """Deploys that a push, a tag or another workflow starts."""
    live = live_deploys(survey)
    return tuple(it for it in live if happens(it, SHIPPING) and not it.job.manual)


def handed_over(survey: Survey) -> tuple[Placed, ...]:
    """Deploys that a workflow of another repository carries out: when, but not how, is seen."""
    remote = survey.repository.remote
    return tuple(
        it
        for it in runs_for(survey.pipeline, Purpose.DEPLOY_ELSEWHERE)
        if not neutralisers(it, remote)
        and any(reach(it, occasion) is not Reach.NEVER for occasion in SHIPPING)
    )


def production(survey: Survey) -> tuple[Placed, ...]:
    """Deploys that reach production: named so, or the only ones of no name."""
    live = live_deploys(survey)
    named = tuple(it for it in live if stage(it) is Stage.PRODUCTION)
    return named or tuple(it for it in live if stage(it) is Stage.UNKNOWN)


def trigger_spot(survey: Survey) -> BlindSpot | None:
    """Cloud Build: a deploy whose trigger is kept elsewhere."""
    return next(
        (
            spot
            for placed in live_deploys(survey)
            for spot in placed.job.blind_spots
            if spot.because is Blind.TRIGGER_ELSEWHERE
        ),
        None,
    )


def no_deploy(survey: Survey, missing: Sentence) -> Answer:
    """Nothing deploys in the pipelines that can be read."""
    hollow = [it for it in deploys(survey.pipeline) if it not in live_deploys(survey)]
    if hollow:
        return fails(*(hollow_finding(survey, it) for it in hollow[:SHOWN]))
    spots = tuple(blind_spots(survey.pipeline, *HINTS))
    if spots:
        notes = tuple(gap("pipeline.not_read", it.place, what=it.detail) for it in spots[:SHOWN])
        return not_visible(missing, *notes)
    return unknown(missing)


# --------------------------------------------------------------------------- environments


class Environments(Struct, frozen=True, kw_only=True):
    """Which environments are reached without a person, and in which order."""

    places: dict[Stage, Place]
    remarks: tuple[Remark, ...]
    unordered: tuple[Placed, ...]
    """Deploys to production that do not wait for one to staging."""
    handed: tuple[Placed, ...]
    """Deploys whose last steps are those of another repository."""


def environments(survey: Survey) -> Environments:
    """Walk from pushes and tags to the environments."""
    handed = handed_over(survey)
    found = (*automatic(survey), *handed)
    places = {stage(it): it.run.place for it in reversed(found)}
    remarks = [deployed(it) for it in found]
    for delivery in survey.pipeline.deliveries:
        if delivery.automated:
            places.setdefault(delivery.target.stage, delivery.place)
            where = delivery.target.stage.value
            how = "pipeline.promoted" if delivery.pipeline else "pipeline.delivered"
            remarks.append(seen(how, delivery.place, tool=delivery.tool, stage=where))
    staged = [it for it in found if stage(it) is Stage.STAGING]
    late = tuple(
        it
        for it in found
        if stage(it) is Stage.PRODUCTION and staged and not _waits(survey, it, staged)
    )
    return Environments(places=places, remarks=tuple(remarks), unordered=late, handed=handed)


def _waits(survey: Survey, last: Placed, staged: list[Placed]) -> bool:
    """Production waits for staging, or is started by another event than staging is."""
    earlier = {placed.job.key for placed in before(survey.pipeline, last, *DEPLOYS)}
    if any(it.job.key in earlier for it in staged):
        return True
    apart = not any(set(last.job.occasions) & set(it.job.occasions) for it in staged)
    return apart or last.job.branches != staged[0].job.branches


def judged_environments(survey: Survey) -> Answer:
    """Say which of dev, staging and production are reached, and in what order."""
    reached = environments(survey)
    missing = tuple(it.value for it in ENVIRONMENTS if it not in reached.places)
    started = automatic(survey)
    same = tuple(same_target(started))
    if any(it.kind is FindingKind.LIE for it in same) and is_one_target(started):
        return fails(*same, remarks=reached.remarks[:3])
    late = (
        *(
            lie("pipeline.production_does_not_wait", it.job.place, job=it.job.name)
            for it in reached.unordered
        ),
        *same,
        *without_traffic(started, survey.pipeline),
        *strange_branches(started, survey.repository.branch),
    )
    unseen = tuple(
        gap("pipeline.not_read", it.run.place, what=it.run.command)
        for it in reached.handed[:SHOWN]
    )
    if not missing and not late:
        return partly(reached.remarks[:6], unseen) if unseen else holds(*reached.remarks[:6])
    first = next(iter(reached.places.values()))
    if len(reached.places) == 1:
        only = next(iter(reached.places)).value
        if unseen:
            return not_visible(say("pipeline.missing_environments"), *unseen)
        if only == Stage.UNKNOWN.value and (chosen := _chosen(started)):
            return partly(reached.remarks[:6], chosen)
        one = gap("pipeline.one_environment", first, stage=only)
        return fails(*_never_started(survey), one, remarks=reached.remarks[:3])
    absent = ", ".join(missing)
    gaps = (gap("pipeline.environments_missing", first, missing=absent),) if missing else ()
    return partly(reached.remarks[:6], (*late, *gaps, *unseen))


def _chosen(started: Sequence[Placed]) -> tuple[Finding, ...]:
    """Several branches, or a branch and a tag, deploy to an environment that a run works out."""
    return tuple(
        gap("pipeline.environment_worked_out", it.job.place, environment=it.job.environment or "")
        for it in started
        if "${{" in (it.job.environment or "")
        and (len(it.job.branches) > 1 or len({*SHIPPING} & set(it.job.occasions)) > 1)
    )[:1]


def undecided_environments(survey: Survey) -> Answer | None:
    """Deploys that a push starts under a condition that no file here decides."""
    perhaps = tuple(it for it in live_deploys(survey) if may_happen(it, SHIPPING))
    if not perhaps:
        return None
    first = perhaps[0]
    reached = {stage(it) for it in perhaps} - {Stage.UNKNOWN}
    if len(reached) < 2:
        return unknown(say("pipeline.deploy_undecided", command=first.run.command))
    missing = ", ".join(it.value for it in ENVIRONMENTS if it not in reached)
    gaps = [gap("pipeline.deploy_under_condition", first.job.place, job=first.job.name)]
    if missing:
        gaps.append(gap("pipeline.environments_missing", first.run.place, missing=missing))
    return partly(tuple(dict.fromkeys(map(deployed, perhaps)))[:6], tuple(gaps))


def _never_started(survey: Survey) -> tuple[Finding, ...]:
    """Deploys that no push and no tag starts, such as those of a branch that is not there.

    Not one that another workflow calls as well, nor one whose trigger is kept elsewhere.
    """
    live = live_deploys(survey)
    started = {it.run.place for it in live if happens(it, SHIPPING)}
    idle = [
        it
        for it in live
        if it.run.place not in started
        and not happens(it, SHIPPING)
        and all(spot.because is not Blind.TRIGGER_ELSEWHERE for spot in it.job.blind_spots)
    ]
    return tuple(map(started_by_nothing, idle[:SHOWN]))


# --------------------------------------------------------------------------------- canary


def judged_canary(canary: Canary) -> Answer:
    """Say which of errors, accuracy and cost a rollout in steps looks at."""
    name = canary.tool
    steps = ", ".join(f"{it}%" for it in canary.percents) or "-"
    remark = seen("pipeline.canary", canary.place, tool=name, steps=steps)
    hollow = tuple(
        lie("pipeline.canary_hollow", it.place, tool=name, detail=it.detail)
        for it in canary.neutralisers
    )
    signals = {watch.signal for watch in canary.watches}
    missing = [it.value for it in WATCHED if it not in signals]
    if hollow and not missing:
        return fails(*hollow)
    if not missing:
        return holds(remark, *(_watched(canary, it) for it in WATCHED))
    if canary.analysis_elsewhere:
        absent = gap("pipeline.canary_blind", canary.place, missing=words("watched", missing))
        return not_visible(say("pipeline.missing_analysis"), absent)
    kind = lie if not signals else gap
    found = kind("pipeline.canary_blind", canary.place, missing=words("watched", missing))
    return partly((remark,), (*hollow, found))


def _watched(canary: Canary, signal: Signal) -> Remark:
    watch = next(it for it in canary.watches if it.signal is signal)
    return seen(
        "pipeline.canary_watches",
        watch.place,
        signal=words("watched", [signal.value]),
        name=watch.name,
    )


def judged_traffic(survey: Survey) -> Answer:
    """Without a canary of its own kind: steps of traffic in the pipeline, or all at once."""
    missing = say("pipeline.missing_canary")
    moves = [it for it in runs_for(survey.pipeline, Purpose.TRAFFIC)
             if not neutralisers(it, survey.repository.remote)]  # fmt: skip
    shares = [it for it in moves if it.run.target and (it.run.target.percent or 100) < 100]
    if shares:
        first = shares[0]
        steps = ", ".join(f"{it.run.target.percent}%" for it in shares if it.run.target)
        remark = seen("pipeline.canary", first.run.place, tool=first.run.tool, steps=steps)
        absent = words("watched", (it.value for it in WATCHED))
        return partly((remark,), (gap("pipeline.canary_blind", first.run.place, missing=absent),))
    at_once = [it for it in production(survey) if _all_at_once(it)]
    if at_once and not moves:
        place = at_once[0].run.place
        return fails(gap("pipeline.all_at_once", place, command=at_once[0].run.command))
    newest = next((it.run for it in moves if not _keeps(it.run)), None)
    if newest is not None:
        return fails(lie("pipeline.all_to_latest", newest.place, command=newest.command))
    return no_deploy(survey, missing) if not live_deploys(survey) else unknown(missing)


def _keeps(run: Run) -> bool:
    """All traffic for a revision by its name, such as the one that serves already."""
    weights = [word.rpartition("=")[0].lower() for word in run.selects if word.endswith("=100")]
    return bool(weights) and not any("latest" in name for name in weights)


def _all_at_once(placed: Placed) -> bool:
    tells = placed.run.target is not None and placed.run.target.percent is not None
    return placed.run.tool in AT_ONCE and not tells


def runs_anyway(deploy: Placed) -> Finding | None:
    """A deploy that does not wait for what it names."""
    for it in (*deploy.job.neutralisers, *deploy.run.neutralisers):
        if it.kind is NeutraliserKind.RUNS_ANYWAY:
            return lie("pipeline.hollow_runs_anyway", it.place,
                       command=deploy.run.command, detail=it.detail)  # fmt: skip
    return None
