"""The steps of a GitHub job: shell lines, known actions, local composite actions."""

from collections.abc import Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from tenken.config.node import Node
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.folders import entered
from tenken.readiness.collectors.pipeline.commands.piece import Files, Piece, joined
from tenken.readiness.collectors.pipeline.commands.status import Options
from tenken.readiness.collectors.pipeline.forges.actions import (
    ACTIONS,
    COMMANDS,
    HARMLESS,
    Action,
)
from tenken.readiness.collectors.pipeline.forges.events import Events, context
from tenken.readiness.collectors.pipeline.forges.expressions import Condition, decide
from tenken.readiness.collectors.pipeline.forges.rendering import rendered
from tenken.readiness.collectors.pipeline.forges.secrets import secrets_of_step
from tenken.readiness.collectors.pipeline.tools.follow import Origin, Trace
from tenken.readiness.facts.pipeline import (
    Blind,
    BlindSpot,
    Neutraliser,
    NeutraliserKind,
    Occasion,
    Run,
    SecretUse,
)

MAX_COMPOSITE = 4
NOT_ZERO = Pattern(
    r"steps\.(?P<step>[A-Za-z0-9_-]+)\.outputs\.(?P<output>[A-Za-z0-9_-]+)"
    r" *!= *(?:0|'0')(?:$|[ )}])"
)
"""An exit code that a step wrote down, compared by a later one."""
SHELLS: Mapping[str, tuple[bool, bool]] = {
    "": (True, False), "bash": (True, True), "sh": (True, False), "pwsh": (True, True),
    "powershell": (True, True), "cmd": (True, True),
}  # fmt: skip
"""`shell:` as (stops at a failure, counts every part of a pipe); the default has no pipefail."""

PRINTERS = frozenset({"echo", "printf", "cat", "true", ":"})
"""As the shell of a step, these show its lines or pass them over."""


class Around(Struct, frozen=True, kw_only=True):
    """What surrounds the steps of a job."""

    path: str
    job: Node
    document: Node
    values: Mapping[str, str]
    events: Events
    depth: int = 0


class StepReader(Struct):
    """Reads steps into a trace."""

    around: Around
    trace: Trace
    files: Files
    titles: dict[Place, str] = field(default_factory=dict)
    secrets: list[SecretUse] = field(default_factory=list)

    def read(self, steps: tuple[Node, ...]) -> None:
        """Read the steps of a job or of a composite action, in their order."""
        for index, step in enumerate(steps):
            before = len(self.trace.runs)
            self._step(step)
            self.secrets += secrets_of_step(step, self.around.path)
            own = tuple(self._neutralisers(step, steps[index + 1 :]))
            never, perhaps = self._when(step)
            for at in range(before, len(self.trace.runs)):
                self.trace.runs[at] = _within(self.trace.runs[at], own, never, perhaps)

    def _step(self, step: Node) -> None:
        place = Place(self.around.path, step.line_of("uses" if step.at("uses") else "run"))
        text = rendered(step.at("run").text, self.around.values)
        if text:
            self._shell(step, text, place)
        elif uses := step.at("uses").text:
            self._uses(step, uses, place)

    def _shell(self, step: Node, text: str, place: Place) -> None:
        shell = self._setting(step, "shell")
        if shell.startswith("python"):
            return
        lines = step.at("run").text.count("\n") > 0
        start = replace(place, line=step.at("run").line + (1 if lines else 0))
        stops, pipes = SHELLS.get(shell, ("-e" in shell or "-l" not in shell, "pipefail" in shell))
        stops = stops and not ("{0}" in shell and "e" not in _flags(shell.partition("{0}")[0]))
        folder = entered(
            "", rendered(self._setting(step, "working-directory"), self.around.values)
        )
        options = Options(errexit=stops, pipefail=pipes, folder=folder)
        before = len(self.trace.runs)
        key = f"{self.around.path}:{place.line}"
        self.trace.piece(Piece(text=text, place=start, key=key, options=options), Origin())
        for run in self.trace.runs[before:]:
            self.titles[run.through[0] if run.through else run.place] = step.at("name").text

    def _setting(self, step: Node, key: str) -> str:
        defaults = (
            self.around.job.at("defaults", "run"),
            self.around.document.at("defaults", "run"),
        )
        return (step.at(key) or defaults[0].at(key) or defaults[1].at(key)).text

    def _uses(self, step: Node, uses: str, place: Place) -> None:
        if uses.startswith("./"):
            self._local(step, uses, place)
            return
        name = uses.partition("@")[0].lower()
        inputs = {key: rendered(it.text, self.around.values)
                  for key, it in step.at("with").mapping.items()}  # fmt: skip
        for template in COMMANDS.get(name, ()):
            self._command(template, inputs, place)
        for action in ACTIONS.get(name, ()):
            self._action(action, uses, inputs, place)
        if "script" in inputs and "ssh" in name:
            piece = Piece(text=inputs["script"], place=place, key=f"{place}", options=Options())
            self.trace.piece(piece, Origin(through=(place,)))
        if name not in ACTIONS and name not in COMMANDS and not name.startswith(HARMLESS):
            spot = BlindSpot(because=Blind.REMOTE_ACTION, place=place, detail=uses)
            self.trace.blind.append(spot)

    def _command(self, template: str, inputs: Mapping[str, str], place: Place) -> None:
        text = template
        for key, value in inputs.items():
            text = text.replace(f"{{{key}}}", value)
        text = text.replace("{extra_args}", "")
        piece = Piece(text=text, place=place, key=f"{place}:{text}", options=Options(errexit=True))
        self.trace.piece(piece, Origin())

    def _action(self, action: Action, uses: str, inputs: Mapping[str, str], place: Place) -> None:
        if action.when and action.when[1] not in inputs.get(action.when[0], ""):
            return
        self.trace.runs.append(
            Run(
                purpose=action.purpose,
                tool=action.tool,
                command=f"uses: {uses}",
                place=place,
                order=len(self.trace.runs),
                neutralisers=tuple(_hollow(action, inputs, place)),
                selects=tuple(inputs.values())[:40],
            )
        )

    def _local(self, step: Node, uses: str, place: Place) -> None:
        """A composite action of this repository; any other kind runs code we do not follow."""
        folder = entered("", uses.partition("@")[0])
        names = ("action.yml", "action.yaml")
        path = next((it for it in (joined(folder, name) for name in names)
                     if self.files.tree.entry(it) is not None), None)  # fmt: skip
        document = self.files.yaml(path) if path else None
        if path is None or document is None or self.around.depth >= MAX_COMPOSITE:
            spot = BlindSpot(because=Blind.UNKNOWN_SCRIPT, place=place, detail=uses)
            self.trace.blind.append(spot)
            return
        given = {f"inputs.{key}": rendered(it.text, self.around.values)
                 for key, it in step.at("with").mapping.items()}  # fmt: skip
        declared = {f"inputs.{key}": it.at("default").text
                    for key, it in document.at("inputs").mapping.items()
                    if it.at("default").text}  # fmt: skip
        around = replace(
            self.around,
            path=path,
            job=document,
            document=document,
            values={**declared, **given},
            depth=self.around.depth + 1,
        )
        inner = StepReader(around, self.trace, self.files, self.titles, self.secrets)
        before = len(self.trace.runs)
        inner.read(document.at("runs", "steps").items)
        for at in range(before, len(self.trace.runs)):
            run = self.trace.runs[at]
            self.trace.runs[at] = replace(run, through=(place, *run.through))

    def _neutralisers(self, step: Node, later: tuple[Node, ...]) -> Iterator[Neutraliser]:
        place = Place(self.around.path, step.line_of("continue-on-error"))
        written = rendered(step.at("continue-on-error").text, self.around.values)
        if written in {"true", "${{ true }}"} and not _made_up(step, later):
            yield Neutraliser(
                kind=NeutraliserKind.CONTINUE_ON_ERROR,
                place=place,
                detail="continue-on-error: true",
            )
        shell = self._setting(step, "shell")
        if "{0}" in shell and shell.split()[0] in PRINTERS:
            yield Neutraliser(
                kind=NeutraliserKind.ECHO, place=place, detail=f"shell: {shell[:60]}"
            )
        text = rendered(step.at("if").text, self.around.values)
        place = Place(self.around.path, step.line_of("if"))
        occasions = self.around.events.occasions
        conditions = [decide(text, context(it, self.around.events)) for it in occasions]
        if text and (text in {"false", "${{ false }}"} or _all_false(conditions)):
            detail = f"if: {text[:80]}"
            yield Neutraliser(kind=NeutraliserKind.NEVER, place=place, detail=detail)
        for name in sorted({name for it in conditions for name in it.repositories if text}):
            kind = NeutraliserKind.OTHER_REPOSITORY
            yield Neutraliser(kind=kind, place=place, detail=name)

    def _when(self, step: Node) -> tuple[frozenset[Occasion], frozenset[Occasion]]:
        text = rendered(step.at("if").text, self.around.values)
        if not text:
            return frozenset(), frozenset()
        told = {
            it: decide(text, context(it, self.around.events)).value
            for it in self.around.events.occasions
        }
        never = frozenset(it for it, value in told.items() if value is False)
        return never, frozenset(it for it, value in told.items() if value is None)


def _flags(shell: str) -> str:
    words = (word for word in shell.split() if word.startswith("-") and not word.startswith("--"))
    return "".join(words)


def _all_false(conditions: list[Condition]) -> bool:
    return bool(conditions) and all(it.value is False for it in conditions)


def _within(
    run: Run,
    own: tuple[Neutraliser, ...],
    never: frozenset[Occasion],
    perhaps: frozenset[Occasion],
) -> Run:
    return replace(
        run,
        neutralisers=run.neutralisers + own,
        not_on=run.not_on | never,
        perhaps_on=run.perhaps_on | perhaps,
    )


def _made_up(step: Node, later: tuple[Node, ...]) -> bool:
    """A later step looks at the outcome of this one and fails for it."""
    name = step.at("id").text
    mark = f"steps.{name}.outcome"
    return bool(name) and any(
        (
            (mark in it.at("if").text or _on_its_code(step, it.at("if").text))
            and ("exit 1" in it.at("run").text or "setFailed" in str(it.plain))
        )
        or (mark in it.at("run").text and "exit 1" in it.at("run").text)
        for it in later
    )


def _on_its_code(step: Node, condition: str) -> bool:
    """It is carried out when the exit code that this step gave out as an output is not 0."""
    found = NOT_ZERO.search(condition)
    if found is None or found["step"] != step.at("id").text:
        return False
    script = step.at("run").text
    return "GITHUB_OUTPUT" in script and f"{found['output']}=$" in script


def _hollow(action: Action, inputs: Mapping[str, str], place: Place) -> Iterator[Neutraliser]:
    for name, value in action.hollow:
        if value in inputs.get(name, ""):
            detail = f"{name}: {inputs[name][:60]}"
            yield Neutraliser(kind=NeutraliserKind.FLAG, place=place, detail=detail)
    if action.needs_input and inputs.get(action.needs_input[0]) != action.needs_input[1]:
        detail = f"{action.tool}: {action.needs_input[0]} != {action.needs_input[1]}"
        yield Neutraliser(kind=NeutraliserKind.REPORT_ONLY, place=place, detail=detail)
