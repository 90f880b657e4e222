"""GitHub Actions: workflows, matrices, local reusable workflows and composite actions."""

from collections.abc import Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from tenken.config.node import ABSENT, Node
from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.piece import Files
from tenken.readiness.collectors.pipeline.forges.calling import (
    deploys_elsewhere,
    environment_inputs,
    local_path,
)
from tenken.readiness.collectors.pipeline.forges.changes import (
    COMPARED,
    changed_outputs,
    narrowed,
)
from tenken.readiness.collectors.pipeline.forges.events import Events, context, read_events
from tenken.readiness.collectors.pipeline.forges.expressions import Condition, decide, value_of
from tenken.readiness.collectors.pipeline.forges.matrix import combinations, nothing_left
from tenken.readiness.collectors.pipeline.forges.rendering import rendered
from tenken.readiness.collectors.pipeline.forges.secrets import logins_of, secrets_in, settings_of
from tenken.readiness.collectors.pipeline.forges.steps import Around, StepReader
from tenken.readiness.collectors.pipeline.forges.waiting import held_back
from tenken.readiness.collectors.pipeline.stages import first_stage, target_of
from tenken.readiness.collectors.pipeline.tools.follow import Trace
from tenken.readiness.facts.pipeline import (
    Blind,
    BlindSpot,
    Job,
    Neutraliser,
    NeutraliserKind,
    Occasion,
    PathFilter,
    Pipeline,
    Purpose,
    Run,
    System,
)

FOLDER = ".github/workflows/"
MAX_CALLS = 4


class Scope(Struct, frozen=True, kw_only=True):
    """What surrounds the jobs of a file: of its own, or of the workflow that calls it."""

    path: str
    """The file the jobs stand in."""
    pipeline: str
    """The file that starts it all."""
    title: str
    events: Events
    prefix: str
    """Of the keys of its jobs."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Known expressions, such as `inputs.environment`."""
    neutralisers: tuple[Neutraliser, ...] = ()
    depth: int = 0
    document: Node = ABSENT
    changes: Mapping[str, PathFilter] = field(default_factory=dict)
    """Outputs of its jobs that say whether such files were changed."""

    def render(self, text: str) -> str:
        """Put known values in place of their expressions."""
        return rendered(text, self.values)


def read_github(files: Files, default_branch: str) -> Iterator[Pipeline]:
    """Give a pipeline for each workflow file, those the forge would not read marked so."""
    for entry in files.tree.below(FOLDER.rstrip("/")):
        if entry.suffix in {".md", ".gitkeep", ""} or "workflow" not in entry.path:
            continue
        document = files.yaml(entry.path)
        if document.at("jobs"):
            yield _pipeline(entry.path, document, files, default_branch)


def _pipeline(path: str, document: Node, files: Files, default_branch: str) -> Pipeline:
    enabled = path.endswith((".yml", ".yaml")) and "/" not in path.removeprefix(FOLDER)
    events = read_events(document.at("on"), path, default_branch)
    disabled = Neutraliser(
        kind=NeutraliserKind.DISABLED_FILE, place=Place(path), detail=path.rpartition("/")[2]
    )
    scope = Scope(
        path=path,
        pipeline=path,
        title=document.at("name").text or path.rpartition("/")[2],
        events=events if enabled else replace(events, occasions={}),
        prefix=f"{path}#",
        neutralisers=() if enabled else (disabled,),
        document=document,
        values=_environment(document.at("env")),
    )
    jobs = held_back(tuple(_Reader(files).jobs(scope)))
    conditions = [job.at("if").text for job in document.at("jobs").mapping.values()]
    return Pipeline(
        system=System.GITHUB,
        path=path,
        name=scope.title,
        jobs=jobs,
        after=events.after,
        after_success_only=any("workflow_run.conclusion" in it for it in conditions),
        enabled=enabled,
    )


def _environment(node: Node) -> dict[str, str]:
    return {f"env.{name}": it.text for name, it in node.mapping.items() if "${{" not in it.text}


class _Timing(Struct, frozen=True):
    """When a job runs, after its condition."""

    surely: Mapping[Occasion, PathFilter]
    perhaps: frozenset[Occasion]
    neutralisers: tuple[Neutraliser, ...]


class _Reader(Struct, frozen=True):
    """Reads jobs; follows local workflows and actions."""

    files: Files

    def jobs(self, scope: Scope) -> Iterator[Job]:
        """Give the jobs of a workflow with their needs as keys."""
        changes = changed_outputs(scope.document, scope.path, self.files)
        scope = replace(scope, changes=changes)
        made: dict[str, list[Job]] = {}
        nodes = scope.document.at("jobs").mapping
        for name, node in nodes.items():
            made[name] = list(self._copies(name, node, scope))
        for name, node in nodes.items():
            needed = [it.text for it in node.at("needs").many]
            keys = tuple(job.key for need in needed for job in made.get(need, ()))
            for job in made[name]:
                yield job if job.needs else replace(job, needs=keys)

    def _copies(self, name: str, node: Node, scope: Scope) -> Iterator[Job]:
        """A job, once for each combination where its matrix decides what it is."""
        matrix = node.at("strategy", "matrix")
        named = (node.at("environment"), node.at("environment", "name"))
        texts = (it.text for it in (*named, *node.at("with").mapping.values()))
        shaping = any("matrix." in text for text in texts)
        if not matrix.mapping or not shaping:
            yield from self._job(name, node, scope)
            return
        for values in combinations(matrix):
            suffix = ",".join(values.values())
            inner = replace(scope, values={**scope.values, **values})
            yield from self._job(f"{name}({suffix})", node, inner)

    def _job(self, name: str, node: Node, scope: Scope) -> Iterator[Job]:
        """A job; one whose environment hangs on the branch or event, once for each."""
        text = scope.render(node.at("environment").text or node.at("environment", "name").text)
        told = {it: value_of(text, context(it, scope.events)) for it in scope.events.occasions}
        if len(set(told.values())) < 2:
            yield from self._placed(name, node, scope, next(iter(told.values()), None) or text)
            return
        for value in sorted({it or "" for it in told.values()}):
            kept = {it: paths for it, paths in scope.events.occasions.items()
                    if (told[it] or "") == value}  # fmt: skip
            inner = replace(scope, events=replace(scope.events, occasions=kept))
            yield from self._placed(f"{name}({value})", node, inner, value or text)

    def _placed(self, name: str, node: Node, scope: Scope, environment: str) -> Iterator[Job]:
        timing = _timing(node, scope)
        if node.at("uses").text:
            yield from self._called(name, node, scope, timing)
            return
        line = scope.document.at("jobs").line_of(name.partition("(")[0])
        neutralisers = (*_continues(node, scope), *timing.neutralisers)
        around = Around(
            path=scope.path,
            job=node,
            document=scope.document,
            values={**scope.values, **_environment(node.at("env"))},
            events=replace(scope.events, occasions=timing.surely or scope.events.occasions),
        )
        trace = Trace(self.files)
        reader = StepReader(around, trace, self.files)
        reader.read(node.at("steps").items)
        title = scope.render(node.at("name").text)
        named = (environment, name, title)
        told = (*named, *scope.events.branches[:1], scope.title, scope.path.rpartition("/")[2])
        runs = tuple(_finished(run, neutralisers, told, reader.titles) for run in trace.runs)
        secrets = (*secrets_in(node, scope.document, scope.path), *reader.secrets)
        stage = first_stage((*named, *scope.events.branches[:1]))
        yield Job(
            key=f"{scope.prefix}{name}",
            name=title if title and "${{" not in title else name,
            place=Place(scope.path, line),
            pipeline=scope.pipeline,
            occasions=timing.surely,
            perhaps=timing.perhaps,
            branches=scope.events.branches,
            stage=stage.stage if stage else None,
            environment=environment or None,
            manual=set(timing.surely) | timing.perhaps == {Occasion.MANUAL},
            neutralisers=neutralisers,
            runs=runs,
            blind_spots=tuple(trace.blind),
            secrets=secrets,
            logins=logins_of(node, scope.document, scope.path),
            settings=settings_of(node, scope.document),
        )

    def _called(self, name: str, node: Node, scope: Scope, timing: _Timing) -> Iterator[Job]:
        """A job that is another workflow: read where it is local, else not visible."""
        uses = node.at("uses").text
        place = Place(scope.path, node.line_of("uses"))
        path = local_path(uses, self.files) or ""
        document = self.files.yaml(path) if path else ABSENT
        key = f"{scope.prefix}{name}"
        if not document or scope.depth >= MAX_CALLS:
            remote = BlindSpot(because=Blind.REMOTE_WORKFLOW, place=place, detail=uses)
            yield Job(
                key=key,
                name=name,
                place=place,
                pipeline=scope.pipeline,
                occasions=timing.surely,
                perhaps=timing.perhaps,
                branches=scope.events.branches,
                neutralisers=timing.neutralisers,
                runs=tuple(
                    replace(run, neutralisers=timing.neutralisers)
                    for run in deploys_elsewhere(uses, place, _told(name, node, scope))
                ),
                blind_spots=(remote,),
            )
            return
        yield from self.jobs(
            replace(
                scope,
                path=path,
                document=document,
                prefix=f"{key}/",
                title=name,
                values=_inputs(node, document, scope),
                events=replace(scope.events, occasions=timing.surely),
                neutralisers=timing.neutralisers,
                depth=scope.depth + 1,
            )
        )


def _told(name: str, node: Node, scope: Scope) -> tuple[str, ...]:
    """What may name the environment of a called workflow, the nearest first."""
    given = (scope.render(text) for text in environment_inputs(node))
    around = (
        text for key, text in scope.values.items() if "env" in key.rpartition(".")[2].lower()
    )
    return (*given, *around, name, scope.title)


def _inputs(node: Node, document: Node, scope: Scope) -> dict[str, str]:
    declared = document.at("on", "workflow_call", "inputs").mapping
    values = {f"inputs.{name}": it.at("default").text for name, it in declared.items()
              if it.at("default").text}  # fmt: skip
    given = {
        f"inputs.{name}": scope.render(it.text) for name, it in node.at("with").mapping.items()
    }
    return {**_environment(document.at("env")), **values, **given}


def _timing(node: Node, scope: Scope) -> _Timing:
    text = scope.render(node.at("if").text)
    place = Place(scope.path, node.line_of("if"))
    surely: dict[Occasion, PathFilter] = {}
    perhaps: set[Occasion] = set()
    conditions = []
    for occasion, paths in scope.events.occasions.items():
        condition = decide(text, context(occasion, scope.events)) if text else Condition(True)
        conditions.append(condition)
        if condition.value is None:
            for_these = _for_these(text, occasion, paths, scope)
            if for_these is None:
                perhaps.add(occasion)
            else:
                surely[occasion] = for_these
        elif condition.value:
            surely[occasion] = paths
    neutralisers = (
        *_never(text, conditions, place),
        *_anyway(node, text, place),
        *_no_copy(node, scope.path),
    )
    repositories = {name for condition in conditions for name in condition.repositories}
    others = tuple(
        Neutraliser(kind=NeutraliserKind.OTHER_REPOSITORY, place=place, detail=name)
        for name in sorted(repositories)
    )
    return _Timing(surely, frozenset(perhaps), (*neutralisers, *others, *scope.neutralisers))


def _for_these(
    text: str, occasion: Occasion, paths: PathFilter, scope: Scope
) -> PathFilter | None:
    """The files whose change starts a job that asks what changed."""
    if occasion not in COMPARED or paths.include or paths.exclude:
        return None
    return narrowed(text, context(occasion, scope.events), scope.changes)


def _never(text: str, conditions: list[Condition], place: Place) -> Iterator[Neutraliser]:
    if text and conditions and all(it.value is False for it in conditions):
        yield Neutraliser(kind=NeutraliserKind.NEVER, place=place, detail=f"if: {text[:80]}")


def _anyway(node: Node, text: str, place: Place) -> Iterator[Neutraliser]:
    """`always()` lets a job run although what it needs has failed."""
    anyway = any(it in text for it in ("always()", "!cancelled()", "! cancelled()", "failure()"))
    looks = "needs." in text and ("success" in text or "failure" in text)
    if anyway and not looks and node.at("needs"):
        yield Neutraliser(kind=NeutraliserKind.RUNS_ANYWAY, place=place, detail=f"if: {text[:80]}")


def _no_copy(node: Node, path: str) -> Iterator[Neutraliser]:
    strategy = node.at("strategy")
    if nothing_left(strategy.at("matrix")):
        place = Place(path, strategy.line_of("matrix"))
        yield Neutraliser(kind=NeutraliserKind.NEVER, place=place, detail="matrix: nothing left")


def _continues(node: Node, scope: Scope) -> Iterator[Neutraliser]:
    """`continue-on-error` that is true in every copy of the job."""
    written = node.at("continue-on-error").text
    copies = list(combinations(node.at("strategy", "matrix"))) or [{}]
    if written and all(_is_true(written, {**scope.values, **copy}) for copy in copies):
        yield Neutraliser(
            kind=NeutraliserKind.CONTINUE_ON_ERROR,
            place=Place(scope.path, node.line_of("continue-on-error")),
            detail=f"continue-on-error: {written[:60]}",
        )


def _is_true(written: str, values: Mapping[str, str]) -> bool:
    text = rendered(written, values)
    return text == "true" or ("${{" in text and decide(text, {}).value is True)


def _finished(
    run: Run,
    neutralisers: tuple[Neutraliser, ...],
    told: tuple[str, ...],
    titles: Mapping[Place, str],
) -> Run:
    """Add what the job does to a run, and where a deploy goes."""
    run = replace(run, neutralisers=run.neutralisers + neutralisers)
    if run.purpose not in {Purpose.DEPLOY, Purpose.TRAFFIC}:
        return run
    step = titles.get(run.through[0] if run.through else run.place, "")
    environment, *others = told
    return replace(run, target=target_of(run, (environment, step, *others)))
