"""CircleCI: workflows, their filters and approvals, and the commands of their jobs."""

from collections.abc import Iterator, Mapping

from tenken.config.node import ABSENT, Node
from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.piece import Files, joined
from tenken.readiness.collectors.pipeline.forges.events import DEFAULT_BRANCHES
from tenken.readiness.collectors.pipeline.systems.planned import EVERY, Planned, Script, job_of
from tenken.readiness.facts.pipeline import (
    Blind,
    BlindSpot,
    Occasion,
    PathFilter,
    Pipeline,
    System,
)

PATH = ".circleci/config.yml"
HARMLESS = frozenset({
    "checkout", "save_cache", "restore_cache", "store_artifacts", "store_test_results",
    "persist_to_workspace", "attach_workspace", "setup_remote_docker", "add_ssh_keys", "when",
    "unless", "run",
})  # fmt: skip
MAX_DEPTH = 5


def read_circle(files: Files, default_branch: str) -> Iterator[Pipeline]:
    """Give the one pipeline of CircleCI."""
    document = files.yaml(PATH) if files.tree.entry(PATH) is not None else ABSENT
    jobs = tuple(
        job_of(planned, files) for planned in _planned(document, default_branch or "main")
    )
    if jobs:
        yield Pipeline(system=System.CIRCLE, path=PATH, name=PATH, jobs=jobs)


def _planned(document: Node, default_branch: str) -> Iterator[Planned]:
    for workflow in document.at("workflows").mapping.values():
        entries = [pair for one in workflow.at("jobs").items for pair in _named(one)]
        approvals = {name for name, told in entries if told.at("type").text == "approval"}
        by_clock = bool(workflow.at("triggers").items)
        for name, told in entries:
            job = document.at("jobs", name)
            if name in approvals or not job:
                continue
            needs = tuple(it.text for it in told.at("requires").items)
            yield Planned(
                path=PATH,
                name=told.at("name").text or name,
                place=Place(PATH, document.at("jobs").line_of(name)),
                scripts=tuple(_scripts(job.at("steps"), document, job)),
                occasions={Occasion.SCHEDULE: EVERY}
                if by_clock
                else _occasions(told.at("filters"), default_branch),
                branches=_texts(told.at("filters", "branches", "only")),
                needs=tuple(it for it in needs if it not in approvals),
                manual=bool(approvals & set(needs)),
                blind=tuple(_blind(job.at("steps"), document)),
            )


def _named(one: Node) -> Iterator[tuple[str, Node]]:
    """`- test`, or `- test: {requires: [lint]}`."""
    if one.text:
        yield one.text, ABSENT
    yield from one.mapping.items()


def _occasions(filters: Node, default_branch: str) -> Mapping[Occasion, PathFilter]:
    """Every push of every branch, and so every pull request, unless it is narrowed."""
    only, ignored = (
        _texts(filters.at("branches", "only")),
        _texts(filters.at("branches", "ignore")),
    )
    defaults = {default_branch, *DEFAULT_BRANCHES}
    if "/.*/" in ignored:
        return {Occasion.TAG: EVERY} if filters.at("tags") else {}
    if not only:
        return {
            Occasion.PULL_REQUEST: EVERY,
            **({} if defaults & set(ignored) else {Occasion.DEFAULT_BRANCH: EVERY}),
        }
    return {Occasion.DEFAULT_BRANCH if defaults & set(only) else Occasion.BRANCH: EVERY}


def _texts(node: Node) -> tuple[str, ...]:
    return tuple(it.text for it in node.many if it.text)


def _scripts(steps: Node, document: Node, job: Node, depth: int = 0) -> Iterator[Script]:
    start = job.at("working_directory").text
    folder = "" if start.startswith(("~", "/")) else start.removeprefix("./")
    for step in steps.items if depth < MAX_DEPTH else ():
        own = document.at("commands", step.text or next(iter(step.mapping), ""))
        if own:
            yield from _scripts(own.at("steps"), document, job, depth + 1)
        run = step.at("run")
        command = run.at("command") or run
        if not command.text or run.at("when").text == "on_fail":
            continue
        inside = run.at("working_directory").text.removeprefix("./")
        block = 1 if "\n" in command.text else 0
        yield Script(
            text=command.text,
            place=Place(PATH, command.line + block),
            folder=joined(folder, inside) if inside else folder,
            pipefail=True,
        )


def _blind(steps: Node, document: Node) -> Iterator[BlindSpot]:
    """Steps that an orb brings."""
    for step in steps.items:
        name = step.text or next(iter(step.mapping), "")
        if name and name not in HARMLESS and not document.at("commands", name):
            yield BlindSpot(because=Blind.REMOTE_ACTION, place=Place(PATH, step.line), detail=name)
