"""What deploys claim to reach: one target under several names, a branch that nobody pushes to."""

from collections.abc import Iterable, Iterator, Sequence

from tenken.evidence import Finding
from tenken.pattern import Pattern
from tenken.readiness.answers import gap, lie
from tenken.readiness.facts.pipeline import Occasion, PipelineFacts, Purpose, Stage
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.tree import Role
from tenken.readiness.probes.pipeline.checks import CODE
from tenken.readiness.probes.pipeline.order import SHIPPING, Placed, covers, runs_for, stage

VARIES = Pattern(
    r"(?i)\$[{(\s]*([\w.]*(?:env|stage|project|service|cluster|namespace|app|target)[\w.]*)"
)
"""A variable that may hold another value in each environment."""
SCOPED = Pattern(r"\b(vars|secrets)(\.|\[)")
"""A value that the forge keeps for each environment by itself."""
TOLD_WHERE = ("gcloud", "deploy-cloudrun", "kubectl", "helm", "aws ecs", "az containerapp", "oc ")
"""Tools whose command names the service, workload or release that it replaces."""
KNOWN_BRANCH = Pattern(
    r"(?i)main|master|trunk|default|develop|\bdev\b|release|stag|stg|prod|live|deploy|publish|\bv?[0-9]"
    r"|next|stable|canary|preview|hotfix|[*$]"
)
"""Names under which teams keep a branch that they release from."""


def same_target(placed: Iterable[Placed]) -> Iterator[Finding]:
    """One command for several environments, in jobs that are given nothing different."""
    alike: dict[tuple[str, ...], list[Placed]] = {}
    for it in placed:
        alike.setdefault((it.run.command, *it.run.selects, *it.job.settings), []).append(it)
    for group in alike.values():
        first = group[0].run
        if len({stage(it) for it in group}) < 2 or _varies(group[0]):
            continue
        if _is_kept_unseen(group[0]):
            yield gap("pipeline.one_command_for_all", first.place, command=first.command)
        elif not _is_scoped(group[0]):
            yield lie("pipeline.one_target_for_all", first.place, command=first.command)


def is_one_target(placed: Sequence[Placed]) -> bool:
    """Every deploy is the same command with the same settings."""
    return len({(it.run.command, *it.run.selects, *it.job.settings) for it in placed}) == 1


def _varies(it: Placed) -> bool:
    """A variable says where to, and what it holds is not written in the job."""
    written = {setting.partition("=")[0] for setting in it.job.settings}
    found = (VARIES.findall(word) for word in (it.run.command, *it.run.selects))
    return any(name not in written for names in found for name in names)


def _is_scoped(it: Placed) -> bool:
    """An environment may give the command other values under the same names."""
    words = (it.run.command, *it.run.selects, *it.job.settings)
    return bool(it.job.environment) and any(SCOPED.search(word) for word in words)


def _is_kept_unseen(it: Placed) -> bool:
    """A file of the tool says where to, or GitLab gives the job variables that nobody names."""
    told = it.run.tool.startswith(TOLD_WHERE)
    by_forge = not it.job.pipeline.startswith(".github/") and "--project" not in it.run.command
    return bool(it.job.environment) and (by_forge or not told)


def without_traffic(placed: Iterable[Placed], facts: PipelineFacts) -> Iterator[Finding]:
    """Revisions that are put beside the one that serves, and never get a request."""
    if any(runs_for(facts, Purpose.TRAFFIC)) or facts.canaries:
        return
    for it in placed:
        if it.run.target is not None and it.run.target.percent == 0:
            yield lie("pipeline.deploy_without_traffic", it.run.place, command=it.run.command)


def strange_branches(placed: Iterable[Placed], here: str | None) -> Iterator[Finding]:
    """Production that only a push to a branch of no known purpose reaches."""
    for it in placed:
        if stage(it) is Stage.PRODUCTION and _is_strange(it, here):
            yield started_by_nothing(it)


def never_started(survey: Survey, it: Placed) -> Finding | None:
    """Only a branch that nobody pushes to, or a change that is never one of code, starts it."""
    if _is_strange(it, survey.repository.branch):
        return started_by_nothing(it)
    code = [
        entry.path
        for entry in survey.tree.entries
        if entry.role is Role.PRODUCTION and entry.suffix in CODE
    ]
    filters = [it.job.occasions[one] for one in set(it.job.occasions) & SHIPPING]
    if not code or not filters or any(covers(one, path) for one in filters for path in code):
        return None
    place = filters[0].place or it.job.place
    return lie("pipeline.hollow_paths_miss", place, command=it.run.command, detail=code[0])


def _is_strange(it: Placed, here: str | None) -> bool:
    starts = set(it.job.occasions) & SHIPPING
    known = any(one == here or KNOWN_BRANCH.search(one) for one in it.job.branches)
    return starts == {Occasion.BRANCH} and not known


def started_by_nothing(it: Placed) -> Finding:
    """A deploy that no push and no tag starts, with the branches that it waits for."""
    command, branches = it.run.command, ", ".join(it.job.branches)
    if not branches:
        return lie("pipeline.deploy_started_by_nothing", it.job.place, command=command)
    return lie("pipeline.deploy_never_started", it.job.place, command=command, branches=branches)
