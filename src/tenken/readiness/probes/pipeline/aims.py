"""What deploys claim to reach: one target under several names, a branch that nobody pushes to."""

from collections.abc import Iterable, Iterator

from tenken.evidence import Finding
from tenken.pattern import Pattern
from tenken.readiness.answers import lie
from tenken.readiness.facts.pipeline import Occasion, Stage
from tenken.readiness.probes.pipeline.order import SHIPPING, Placed, stage

VARIES = Pattern(r"(?i)\$[\w\s.({]*(env|stage|project|service|cluster|namespace|app|target)")
"""A variable that may hold another value in each environment."""
KNOWN_BRANCH = Pattern(
    r"(?i)main|master|trunk|default|develop|\bdev\b|release|stag|stg|prod|live|deploy|publish|\bv?[0-9]"
    r"|next|stable|canary|preview|hotfix|[*$]"
)
"""Names under which teams keep a branch that they release from."""


def same_target(placed: Iterable[Placed]) -> Iterator[Finding]:
    """One command for several environments, in jobs that differ in nothing but their names."""
    by_command: dict[tuple[str, ...], list[Placed]] = {}
    for it in placed:
        if not (it.job.environment or it.job.secrets or it.job.logins):
            by_command.setdefault((it.run.command, *it.run.selects), []).append(it)
    for alike in by_command.values():
        run = alike[0].run
        varies = any(VARIES.search(word) for word in (run.command, *run.selects))
        if not varies and len({stage(it) for it in alike}) > 1:
            yield lie("pipeline.one_target_for_all", run.place, command=run.command)


def strange_branches(placed: Iterable[Placed], here: str | None) -> Iterator[Finding]:
    """Production that only a push to a branch of no known purpose reaches."""
    for it in placed:
        starts = set(it.job.occasions) & SHIPPING
        known = any(one == here or KNOWN_BRANCH.search(one) for one in it.job.branches)
        if stage(it) is Stage.PRODUCTION and starts == {Occasion.BRANCH} and not known:
            branches = ", ".join(it.job.branches) or "-"
            yield lie(
                "pipeline.deploy_never_started",
                it.job.place,
                command=it.run.command,
                branches=branches,
            )
