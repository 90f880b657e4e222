"""A job waits for the jobs it needs: where one of them is left out, so is it."""

from collections.abc import Mapping

from msgspec.structs import replace

from tenken.readiness.facts.pipeline import Job, Neutraliser, NeutraliserKind, Occasion


def held_back(jobs: tuple[Job, ...]) -> tuple[Job, ...]:
    """Take from each job the occasions on which a job that it needs does not run.

    Only what surely does not run holds anything back; `if: always()` waits for nobody.
    """
    done = {job.key: job for job in jobs}
    for job in _after_their_needs(jobs):
        done[job.key] = _held(job, done)
    return tuple(done[job.key] for job in jobs)


def _after_their_needs(jobs: tuple[Job, ...]) -> tuple[Job, ...]:
    """Each job after the jobs that it needs; without recursion, for chains of any length."""
    by_key = {job.key: job for job in jobs}
    ordered: dict[str, Job] = {}
    seen: set[str] = set()
    stack = [job.key for job in reversed(jobs)]
    while stack:
        key = stack[-1]
        waits = [it for it in by_key[key].needs if it in by_key and it not in seen]
        if key not in seen and waits:
            seen.add(key)
            stack += waits
            continue
        seen.add(key)
        ordered.setdefault(stack.pop(), by_key[key])
    return tuple(ordered.values())


def _held(job: Job, known: Mapping[str, Job]) -> Job:
    if any(it.kind is NeutraliserKind.RUNS_ANYWAY for it in job.neutralisers):
        return job
    for name in sorted({_name(key) for key in job.needs}):
        needed = [known[key] for key in job.needs if key in known and _name(key) == name]
        if needed:
            job = _without(job, needed)
    return job


def _name(key: str) -> str:
    """Copies of a matrix and the jobs of a called workflow are one job to those that need it."""
    path, _, name = key.partition("#")
    return f"{path}#{name.partition('(')[0].partition('/')[0]}"


def _without(job: Job, needed: list[Job]) -> Job:
    run_on: set[Occasion] = set()
    for other in needed:
        run_on |= other.occasions.keys() | other.perhaps
    occasions = {it: paths for it, paths in job.occasions.items() if it in run_on}
    perhaps = frozenset(job.perhaps & run_on)
    if len(occasions) == len(job.occasions) and perhaps == job.perhaps:
        return job
    if occasions or perhaps:
        return replace(job, occasions=occasions, perhaps=perhaps)
    never = Neutraliser(
        kind=NeutraliserKind.NEVER, place=needed[0].place, detail=f"needs: {needed[0].name}"
    )
    return replace(
        job,
        occasions={},
        perhaps=frozenset(),
        neutralisers=(*job.neutralisers, never),
        runs=tuple(replace(run, neutralisers=(*run.neutralisers, never)) for run in job.runs),
    )
