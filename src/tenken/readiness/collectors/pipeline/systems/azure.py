"""Azure Pipelines: stages, jobs and deployments with their scripts and tasks."""

from collections.abc import Iterator, Mapping

from tenken.config.node import ABSENT, Node
from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.piece import Files
from tenken.readiness.collectors.pipeline.forges.events import DEFAULT_BRANCHES
from tenken.readiness.collectors.pipeline.systems.planned import EVERY, Planned, Script, job_of
from tenken.readiness.facts.pipeline import (
    Blind,
    BlindSpot,
    Neutraliser,
    NeutraliserKind,
    Occasion,
    PathFilter,
    Pipeline,
    Purpose,
    Run,
    System,
)

NAMES = ("azure-pipelines", "azure-pipeline", "azure-dev")
FOLDERS = (".azure/", ".azdo/", ".azuredevops/", ".pipelines/", "pipelines/")
SCRIPTS = ("script", "bash", "pwsh", "powershell")
INLINE = ("inlineScript", "script", "Inline")
DEPLOYERS = (
    "AzureWebApp", "AzureRmWebAppDeployment", "AzureFunctionApp", "AzureContainerApps",
    "KubernetesManifest", "HelmDeploy", "AzureResourceManagerTemplateDeployment",
    "AzureWebAppContainer",
)  # fmt: skip
HARMLESS = ("UsePythonVersion", "PublishTestResults", "PublishCodeCoverageResults", "Cache",
            "PublishBuildArtifacts", "PublishPipelineArtifact", "CopyFiles", "NodeTool", "UseNode",
            "DownloadPipelineArtifact", "Docker", "setup-azd")  # fmt: skip


def read_azure_pipelines(files: Files, default_branch: str) -> Iterator[Pipeline]:
    """Give a pipeline for each file of that format."""
    for entry in files.tree.entries:
        is_named = entry.name.startswith(NAMES) or entry.path.startswith(FOLDERS)
        if not is_named or entry.suffix not in {".yml", ".yaml"}:
            continue
        reader = _Reader(entry.path, files.yaml(entry.path), default_branch or "main")
        jobs = tuple(job_of(planned, files) for planned in reader.planned())
        if any(job.runs or job.blind_spots for job in jobs):
            yield Pipeline(system=System.AZURE, path=entry.path, name=entry.name, jobs=jobs)


class _Reader:
    """One file."""

    def __init__(self, path: str, document: Node, default_branch: str) -> None:
        self._path = path
        self._document = document
        self._defaults = {default_branch, *DEFAULT_BRANCHES, "*"}
        self._names: list[str] = []

    def planned(self) -> Iterator[Planned]:
        """Every job; a stage waits for the one before it, unless it says otherwise."""
        before: tuple[str, ...] = ()
        for stage in self._document.at("stages").items or (self._document,):
            depends = stage.at("dependsOn")
            needs = before if not depends or depends.text or depends.items else ()
            jobs = list(self._jobs(stage, needs))
            yield from jobs
            before = tuple(one.name for one in jobs)

    def _jobs(self, stage: Node, needs: tuple[str, ...]) -> Iterator[Planned]:
        listed = stage.at("jobs").items or ((stage,) if stage.at("steps").items else ())
        for job in listed:
            own = job.at("job").text or job.at("deployment").text or job.at("displayName").text
            title = stage.at("stage").text
            name = f"{title}/{own}" if title and own and title != own else own or title or "steps"
            yield self._job(job, name, stage, needs)

    def _job(self, job: Node, name: str, stage: Node, needs: tuple[str, ...]) -> Planned:
        steps = job.at("steps").items or job.at("strategy", "runOnce", "deploy", "steps").items
        environment = job.at("environment").text or job.at("environment", "name").text
        narrowed = [it for it in (stage.at("condition"), job.at("condition")) if it.text]
        occasions, perhaps = self._occasions(narrowed)
        return Planned(
            path=self._path,
            name=name,
            place=Place(self._path, job.line),
            scripts=tuple(self._scripts(steps)),
            runs=tuple(self._tasks(steps)),
            occasions=occasions,
            perhaps=perhaps,
            needs=needs,
            environment=environment,
            neutralisers=tuple(self._let_go(job)),
            blind=tuple(self._blind((*steps, *self._document.at("stages").items, job))),
        )

    def _occasions(
        self, conditions: list[Node]
    ) -> tuple[Mapping[Occasion, PathFilter], frozenset[Occasion]]:
        found = {**self._pushed(), **self._requested()}
        said = " ".join(one.text for one in conditions)
        if not said or said in {"succeeded()", "always()"}:
            return found, frozenset()
        if "refs/heads/" in said and any(f"refs/heads/{one}'" in said for one in self._defaults):
            kept = {Occasion.DEFAULT_BRANCH} & set(found)
            return dict.fromkeys(kept, EVERY), frozenset()
        return {}, frozenset(found)

    def _pushed(self) -> Mapping[Occasion, PathFilter]:
        trigger = self._document.at("trigger")
        if trigger.text == "none":
            return {}
        named = [it.text for it in (trigger.items or trigger.at("branches", "include").items)]
        if not named or self._defaults & {one.removeprefix("refs/heads/") for one in named}:
            return {Occasion.DEFAULT_BRANCH: EVERY}
        return {Occasion.BRANCH: EVERY}

    def _requested(self) -> Mapping[Occasion, PathFilter]:
        """Without a word on it, every pull request of a repository on GitHub is built."""
        request = self._document.at("pr")
        return {} if request.text == "none" else {Occasion.PULL_REQUEST: EVERY}

    def _scripts(self, steps: tuple[Node, ...]) -> Iterator[Script]:
        for step in steps:
            inputs = step.at("inputs")
            nodes = (*(step.at(key) for key in SCRIPTS), *(inputs.at(key) for key in INLINE))
            held = next((node for node in nodes if node.text), ABSENT)
            folder = (step.at("workingDirectory") or inputs.at("workingDirectory")).text
            if held.text:
                yield Script(
                    text=held.text,
                    place=Place(self._path, held.line + (1 if "\n" in held.text else 0)),
                    folder="?" if "$(" in folder else folder.removeprefix("./"),
                    neutralisers=tuple(self._let_go(step)),
                )

    def _tasks(self, steps: tuple[Node, ...]) -> Iterator[Run]:
        for step in steps:
            task = step.at("task").text.partition("@")[0]
            if task in DEPLOYERS:
                place = Place(self._path, step.line_of("task"))
                yield Run(
                    purpose=Purpose.DEPLOY, tool=task, command=f"task: {step.at('task').text}",
                    place=place, neutralisers=tuple(self._let_go(step)),
                )  # fmt: skip

    def _let_go(self, node: Node) -> Iterator[Neutraliser]:
        if node.at("continueOnError").text == "true":
            yield Neutraliser(
                kind=NeutraliserKind.CONTINUE_ON_ERROR,
                place=Place(self._path, node.line_of("continueOnError")),
                detail="continueOnError: true",
            )
        if node.at("enabled").text == "false" or node.at("condition").text == "false":
            yield Neutraliser(
                kind=NeutraliserKind.NEVER,
                place=Place(self._path, node.line),
                detail="enabled: false",
            )

    def _blind(self, steps: tuple[Node, ...]) -> Iterator[BlindSpot]:
        for step in steps:
            name = step.at("template").text or step.at("task").text.partition("@")[0]
            known = name.startswith((*DEPLOYERS, *HARMLESS)) or bool(
                next((it for it in INLINE if step.at("inputs", it).text), "")
            )
            if name and not known:
                place = Place(self._path, step.line)
                yield BlindSpot(because=Blind.REMOTE_ACTION, place=place, detail=name)
