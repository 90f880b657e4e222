"""GitLab CI: stages, rules, needs, extends, local includes and references."""

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from tenken.config.node import ABSENT, Node
from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.piece import Files, Piece
from tenken.readiness.collectors.pipeline.commands.status import Options
from tenken.readiness.collectors.pipeline.forges.merging import Merged, merged_document
from tenken.readiness.collectors.pipeline.forges.rules import timing_of
from tenken.readiness.collectors.pipeline.forges.secrets import is_static, key_logins
from tenken.readiness.collectors.pipeline.stages import first_stage, target_of
from tenken.readiness.collectors.pipeline.tools.follow import Origin, Trace
from tenken.readiness.facts.pipeline import (
    Job,
    Login,
    Neutraliser,
    NeutraliserKind,
    Pipeline,
    Purpose,
    Run,
    SecretUse,
    System,
)

FILES = (".gitlab-ci.yml", ".gitlab-ci.yaml")
RESERVED = frozenset({
    "stages", "variables", "default", "include", "workflow", "image", "services", "cache",
    "before_script", "after_script", "pages", "spec",
})  # fmt: skip
STAGES = ("build", "test", "deploy")
TEMPLATES: Mapping[str, tuple[Purpose, str]] = {
    "sast": (Purpose.CODE_SCAN, "gitlab-sast"),
    "dependency-scanning": (Purpose.DEPENDENCY_SCAN, "gitlab-dependency-scanning"),
    "secret-detection": (Purpose.SECRET_SCAN, "gitlab-secret-detection"),
    "code-quality": (Purpose.LINT, "gitlab-code-quality"),
}
"""GitLab's own templates: they report, and their jobs are allowed to fail."""


def read_gitlab(files: Files, default_branch: str) -> Iterator[Pipeline]:
    """Give the pipeline of `.gitlab-ci.yml`, and one for each file disabled by its name."""
    for entry in files.tree.below(""):
        if "/" in entry.path or not entry.name.startswith(".gitlab-ci.y"):
            continue
        document = merged_document(entry.path, files)
        if document.root:
            yield _pipeline(entry.path, document, files, default_branch)


def _pipeline(path: str, document: Merged, files: Files, default_branch: str) -> Pipeline:
    enabled = path in FILES
    reader = _Reader(files, document, default_branch or "main")
    jobs = [*reader.jobs(path), *reader.templates(path)]
    if not enabled:
        disabled = Neutraliser(kind=NeutraliserKind.DISABLED_FILE, place=Place(path), detail=path)
        jobs = [_disabled(job, disabled) for job in jobs]
    return Pipeline(system=System.GITLAB, path=path, name=path, jobs=tuple(jobs), enabled=enabled)


def _disabled(job: Job, disabled: Neutraliser) -> Job:
    runs = tuple(replace(run, neutralisers=(*run.neutralisers, disabled)) for run in job.runs)
    return replace(
        job,
        runs=runs,
        neutralisers=(*job.neutralisers, disabled),
        occasions={},
        perhaps=frozenset(),
    )


class _Reader(Struct, frozen=True):
    """Reads the jobs of a merged document."""

    files: Files
    document: Merged
    default_branch: str

    @property
    def root(self) -> Node:
        return self.document.root

    def jobs(self, path: str) -> Iterator[Job]:
        """Give the jobs in the order of their stages, with what each waits for."""
        stages = tuple(it.text for it in self.root.at("stages").items) or STAGES
        order = (".pre", *stages, ".post")
        names = [name for name, node in self.root.mapping.items() if _is_job(name, node)]
        stage_of = {name: self._stage(self.root.at(name), order) for name in names}
        for name in names:
            job = self._job(name, path)
            yield replace(job, needs=self._needs(name, stage_of, path))

    def _stage(self, node: Node, order: tuple[str, ...]) -> int:
        stage = node.at("stage").text or "test"
        return order.index(stage) if stage in order else len(order)

    def _needs(self, name: str, stage_of: Mapping[str, int], path: str) -> tuple[str, ...]:
        """Its `needs`; without them every job of the stages before."""
        node = self.root.at(name)
        if "needs" in node.mapping:
            named = [it.text or it.at("job").text for it in node.at("needs").items]
        else:
            named = [it for it, stage in stage_of.items() if stage < stage_of[name]]
        return tuple(f"{path}#{it}" for it in named if it in stage_of)

    def _job(self, name: str, path: str) -> Job:
        node = self.root.at(name)
        place = self.document.place(name, path)
        timing = timing_of(node, self.root, place.path, self.default_branch)
        neutralisers = (*self._allowed(node, place), *timing.neutralisers)
        environment = node.at("environment").text or node.at("environment", "name").text
        trace = self._trace(node, place)
        told = (environment, name, node.at("stage").text, *timing.branches[:1])
        stage = first_stage(told)
        return Job(
            key=f"{path}#{name}",
            name=name,
            place=place,
            pipeline=path,
            occasions=timing.surely,
            perhaps=timing.perhaps,
            branches=timing.branches,
            stage=stage.stage if stage else None,
            environment=environment or None,
            manual=timing.manual,
            neutralisers=neutralisers,
            runs=tuple(_finished(run, neutralisers, told) for run in trace.runs),
            blind_spots=(*trace.blind, *self.document.blind),
            secrets=tuple(self._secrets(node, place)),
            logins=tuple(self._logins(node, place)),
            settings=tuple(_settings(node)),
        )

    def _allowed(self, node: Node, place: Place) -> Iterator[Neutraliser]:
        if node.at("allow_failure").text == "true":
            yield Neutraliser(
                kind=NeutraliserKind.ALLOW_FAILURE,
                place=Place(place.path, node.line_of("allow_failure")),
                detail="allow_failure: true",
            )

    def _trace(self, node: Node, place: Place) -> Trace:
        """Every line of `before_script` and `script`; a runner stops at the first that fails."""
        trace = Trace(self.files)
        default = self.root.at("default")
        before = node.at("before_script") or default.at("before_script")
        before = before or self.root.at("before_script")
        for line in (*self._lines(before), *self._lines(node.at("script"))):
            start = Place(place.path, line.line + (1 if line.text.count("\n") > 0 else 0))
            options = Options(errexit=True, pipefail=True)
            key = f"{start}:{line.text[:80]}"
            trace.piece(Piece(text=line.text, place=start, key=key, options=options), Origin())
        return trace

    def _lines(self, node: Node, depth: int = 0) -> Iterator[Node]:
        """Script lines, with `!reference [job, script]` followed."""
        if node.tag == "!reference":
            names = tuple(it.text for it in node.items)
            if depth < 10:
                yield from self._lines(self.root.at(*names), depth + 1)
            return
        for item in node.many:
            if item.items or item.tag == "!reference":
                yield from self._lines(item, depth + 1)
            elif item.text:
                yield item

    def _secrets(self, node: Node, place: Place) -> Iterator[SecretUse]:
        for source in (self.root.at("variables"), node.at("variables")):
            for name in source.mapping:
                if is_static(name):
                    where = Place(place.path, source.line_of(name))
                    yield SecretUse(
                        name=name, place=where, step="variables", static_cloud_key=True
                    )

    def _logins(self, node: Node, place: Place) -> Iterator[Login]:
        tokens = node.at("id_tokens") or self.root.at("default", "id_tokens")
        for name, token in tokens.mapping.items():
            audience = token.at("aud").text
            cloud = "google" if "google" in audience else "aws" if "aws" in audience else "any"
            where = Place(place.path, tokens.line_of(name))
            yield Login(cloud=cloud, federated=True, place=where, detail=f"id_tokens: {name}")
        for key in ("before_script", "script", "after_script"):
            for line in self._lines(node.at(key) or self.root.at("default", key)):
                yield from key_logins(line.text, Place(place.path, line.line))

    def templates(self, path: str) -> Iterator[Job]:
        """The scans that an included template of GitLab brings."""
        for name, place in self.document.templates:
            bare = name.rpartition("/")[2].lower().removesuffix(".gitlab-ci.yml")
            known = TEMPLATES.get(bare.removesuffix(".latest"))
            if known is None:
                continue
            purpose, tool = known
            allowed = Neutraliser(
                kind=NeutraliserKind.REPORT_ONLY, place=place, detail=f"template: {name}"
            )
            run = Run(purpose=purpose, tool=tool, command=f"include: {name}", place=place,
                      neutralisers=(allowed,))  # fmt: skip
            occasions = timing_of(ABSENT, self.root, path, self.default_branch).surely
            yield Job(key=f"{path}#{bare}", name=bare, place=place, pipeline=path,
                      occasions=occasions, runs=(run,))  # fmt: skip


def _is_job(name: str, node: Node) -> bool:
    hidden = name.startswith(".") or name in RESERVED
    return not hidden and bool(node.at("script") or node.at("trigger") or node.at("run"))


def _finished(run: Run, neutralisers: tuple[Neutraliser, ...], told: tuple[str, ...]) -> Run:
    run = replace(run, neutralisers=run.neutralisers + neutralisers)
    if run.purpose in {Purpose.DEPLOY, Purpose.TRAFFIC}:
        return replace(run, target=target_of(run, told))
    return run


def _settings(node: Node) -> Iterator[str]:
    for key, it in node.at("variables").mapping.items():
        yield f"{key}={it.text}"
    for name in ("before_script", "script"):
        yield from (f"run={line.text}" for line in node.at(name).many)
