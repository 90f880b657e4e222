"""Reads GitHub's REST API (version 2022-11-28): runs on the default branch, and deployments."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec

from tenken.readiness.collectors.observed.fields import Record, moment, text
from tenken.readiness.collectors.observed.prometheus import Get
from tenken.readiness.facts.observed.forge import (
    AlsoAsked,
    Deployed,
    ForgeFacts,
    PipelineRun,
)
from tenken.readiness.facts.observed.records import Kept

MOST = 50
NOTHING_ELSE = AlsoAsked()
RUN = "/actions/runs/"


def read_forge(
    get: Get, repository: str, now: datetime, also: AlsoAsked = NOTHING_ELSE
) -> ForgeFacts | None:
    """Ask for one repository, `OWNER/NAME`; None where it is not there for whoever asks."""
    root = f"/repos/{quote(repository)}"
    about = _asked(get, root)
    if not isinstance(about, Mapping):
        return None
    branch = text(about.get("default_branch"))
    return ForgeFacts(
        kept=Kept(latest=now, earliest=now),
        default_branch=branch,
        runs=tuple(_runs(get, root, branch)),
        deployments=tuple(_deployments(get, root)),
        issues=dict(_issues(get, root, also.issues)),
        runs_of={one: tuple(_runs_of(get, root, one, branch)) for one in sorted(also.workflows)},
    )


def _issues(get: Get, root: str, numbers: Iterable[int]) -> Iterator[tuple[int, str]]:
    for number in sorted(numbers)[:MOST]:
        found = _asked(get, f"{root}/issues/{number}")
        if isinstance(found, Mapping) and (state := text(found.get("state"))):
            yield number, state


def _runs_of(get: Get, root: str, workflow: str, branch: str) -> Iterator[PipelineRun]:
    file = quote(workflow.rpartition("/")[2])
    path = f"{root}/actions/workflows/{file}/runs?branch={quote(branch)}&status=completed"
    answer = _asked(get, f"{path}&per_page={MOST}")
    for one in _list(answer.get("workflow_runs") if isinstance(answer, Mapping) else None):
        yield _run(one, workflow)


def _runs(get: Get, root: str, branch: str) -> Iterator[PipelineRun]:
    path = (
        f"{root}/actions/runs?branch={quote(branch)}&event=push&status=completed&per_page={MOST}"
    )
    answer = _asked(get, path)
    known: set[str] = set()
    for one in _list(answer.get("workflow_runs") if isinstance(answer, Mapping) else None):
        workflow = text(one.get("path")) or text(one.get("name"))
        if workflow not in known:  # the newest stands first
            known.add(workflow)
            yield _run(one, workflow)


def _run(one: Record, workflow: str) -> PipelineRun:
    return PipelineRun(
        workflow=workflow,
        commit=text(one.get("head_sha")),
        conclusion=text(one.get("conclusion")),
        at=moment(one.get("updated_at")),
    )


def _deployments(get: Get, root: str) -> Iterator[Deployed]:
    known: set[str] = set()
    for one in _list(_asked(get, f"{root}/deployments?per_page={MOST}")):
        environment = text(one.get("environment"))
        if environment in known:
            continue
        known.add(environment)
        path = f"{root}/deployments/{text(one.get('id'))}/statuses?per_page=1"
        newest = next(iter(_list(_asked(get, path))), {})
        link = text(newest.get("log_url")) or text(newest.get("target_url"))
        yield Deployed(
            environment=environment,
            commit=text(one.get("sha")),
            at=moment(one.get("created_at")),
            state=text(newest.get("state")),
            run=link if RUN in link else "",
        )


def _asked(get: Get, path: str) -> Any:
    status, body = get(path)
    if status != 200:
        return None
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return None


def _list(found: Any) -> list[Record]:
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
