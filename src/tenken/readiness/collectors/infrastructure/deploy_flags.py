"""Flags of deploy commands: what `gcloud run deploy` sets, whatever Terraform says.

Pipelines and scripts are searched for the command itself; its words are split like a shell does.
Of variables only the name of the service is expanded, where the script gives it one value; a flag
whose value is a variable is there without a value.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from tenken.config.node import Node
from tenken.config.yaml import YamlError, read_yaml
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.constants import with_values
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.collectors.infrastructure.stages import stage_of
from tenken.readiness.collectors.infrastructure.values import pattern, to_number
from tenken.readiness.collectors.shell import Token, lex
from tenken.readiness.facts.exposure import Exposure, Opening
from tenken.readiness.facts.infrastructure import (
    Container,
    Figure,
    Platform,
    Scaling,
    Source,
    Variable,
    Workload,
)
from tenken.readiness.facts.pipeline import PipelineFacts
from tenken.readiness.facts.tree import Entry, Role, Tree, Unreadable

ENDINGS = frozenset({".sh", ".bash", ".yml", ".yaml", ".mk"})
NAMES = frozenset({"Makefile", "justfile", "Justfile", "Taskfile.yml"})
ACTION = "google-github-actions/deploy-cloudrun"
VERBS = ("run deploy", "run services update ")
LONGEST_COMMAND = 8_000
OPENED = Pattern(r"\brun\s+services\s+add-iam-policy-binding\b(?:\\\r?\n|[^\n#])*\ballUsers\b")
"""A command that opens a service to everyone, over continued lines."""
UNKNOWN = ("$", "`", "{{")


class Flag(Struct, frozen=True, kw_only=True):
    """A flag with its value and its line; `--x=1`, `--x 1` and `--x` alike."""

    name: str
    value: str
    line: int


class Deploy(Struct, frozen=True, kw_only=True):
    """One `gcloud run deploy`."""

    path: str
    line: int
    service: str
    flags: tuple[Flag, ...]
    stage: str


def read_deploy_flags(tree: Tree, pipeline: PipelineFacts, found: Found) -> None:
    """Read every deploy command into `found`."""
    stages = {
        run.place: run.target.stage.value
        for job in pipeline.jobs
        for run in job.runs
        if run.target is not None and run.target.stage.value in {"prod", "stg", "dev"}
    }
    for entry in tree.entries:
        if not _may_deploy(entry):
            continue
        text = tree.text(entry.path)
        if isinstance(text, Unreadable):
            continue
        if "allUsers" in text:
            found.exposures.extend(_opened(entry.path, text))
        if not any(word in text for word in (*VERBS, ACTION)):
            continue
        for deploy in (*_commands(entry.path, text), *_actions(entry.path, text)):
            _add(deploy, stages.get(Place(deploy.path, deploy.line), deploy.stage), found)


def _opened(path: str, text: str) -> Iterator[Exposure]:
    for command in OPENED.finditer(text):
        line = text.count("\n", 0, command.start()) + 1
        yield Exposure(
            opening=Opening.UNAUTHENTICATED,
            workload="*",
            place=Place(path, line),
            written="add-iam-policy-binding allUsers",
        )


def from_provisioner(path: str, body: Node, found: Found) -> None:
    """Commands that Terraform itself runs when it is applied."""
    for block in body.at("provisioner").items:
        command = pattern(block.at("command"))
        for deploy in _commands(path, command):
            line = block.line_of("command") + deploy.line - 1
            moved = tuple(
                replace(flag, line=line + flag.line - deploy.line) for flag in deploy.flags
            )
            _add(replace(deploy, line=line, flags=moved), deploy.stage, found)


def _may_deploy(entry: Entry) -> bool:
    return entry.role is Role.PRODUCTION and (entry.suffix in ENDINGS or entry.name in NAMES)


def _commands(path: str, text: str) -> Iterator[Deploy]:
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        start = at
        verb = next((one for one in VERBS if one in lines[at]), "")
        if not verb or lines[at].lstrip().startswith("#"):
            at += 1
            continue
        pieces = [lines[at]]
        while lines[at].rstrip().endswith("\\") and at + 1 < len(lines) and at - start < 80:
            at += 1
            pieces.append(lines[at])
        at += 1
        command = "\n".join(pieces)
        if "gcloud" in pieces[0]:
            words = command[command.index(verb) + len(verb) :][:LONGEST_COMMAND]
            yield _deploy(path, words, start + 1, text)


def _deploy(path: str, command: str, line: int, text: str) -> Deploy:
    words: list[Token] = []
    for token in lex(command):
        if token.is_operator:
            break
        words.append(token)
    service = words[0].text if words and not words[0].text.startswith("-") else ""
    service = with_values(service, text)
    return Deploy(
        path=path,
        line=line,
        service=_shown(service),
        flags=tuple(_flags(words, line)),
        stage=stage_of(service),
    )


def _flags(words: list[Token], line: int) -> Iterator[Flag]:
    for at, word in enumerate(words):
        if not word.text.startswith("--"):
            continue
        name, equals, value = word.text.partition("=")
        if not equals and at + 1 < len(words) and not words[at + 1].text.startswith("--"):
            value = words[at + 1].text
        yield Flag(name=name, value=value, line=line + word.line - 1)


def _actions(path: str, text: str) -> Iterator[Deploy]:
    """Steps of the deploy action, whose flags stand in an input."""
    if ACTION not in text:
        return
    documents = read_yaml(text)
    if isinstance(documents, YamlError):
        return
    for node in (node for document in documents for node in document.walk()):
        if node.at("uses").text.startswith(ACTION):
            inputs = node.at("with")
            yield _from_action(path, node, inputs)


def _from_action(path: str, node: Node, inputs: Node) -> Deploy:
    line = inputs.line_of("flags")
    service = inputs.at("service").text
    words = [token for token in lex(inputs.at("flags").text) if not token.is_operator]
    return Deploy(
        path=path,
        line=node.line,
        service=_shown(service),
        flags=tuple(_flags(words, line)),
        stage=stage_of(service),
    )


def _shown(name: str) -> str:
    if not name.startswith(UNKNOWN) and not any(mark in name for mark in UNKNOWN):
        return name
    head = name
    for mark in UNKNOWN:
        head = head.partition(mark)[0]
    return f"{head}*"


def _add(deploy: Deploy, stage: str, found: Found) -> None:
    flags: Mapping[str, Flag] = MappingProxyType({flag.name: flag for flag in deploy.flags})
    place = Place(deploy.path, deploy.line)
    name = deploy.service or "*"
    found.workloads.append(
        Workload(
            name=name,
            kind="gcloud run deploy",
            platform=Platform.CLOUD_RUN,
            source=Source.DEPLOY_FLAGS,
            place=place,
            serves=True,
            stage=stage,
            containers=(Container(name=name, place=place, variables=tuple(_variables(deploy))),),
            scalings=_scalings(deploy, flags, name, stage),
            concurrency=_figure(deploy, flags.get("--concurrency")),
            timeout_s=_figure(deploy, flags.get("--timeout")),
            service_account=flags["--service-account"].value
            if "--service-account" in flags
            else None,
        )
    )
    if "--allow-unauthenticated" in flags and "--no-allow-unauthenticated" not in flags:
        found.exposures.append(
            Exposure(
                opening=Opening.UNAUTHENTICATED,
                workload=name,
                place=Place(deploy.path, flags["--allow-unauthenticated"].line),
                written="--allow-unauthenticated",
            )
        )


def _scalings(
    deploy: Deploy, flags: Mapping[str, Flag], name: str, stage: str
) -> tuple[Scaling, ...]:
    minimum = _figure(deploy, flags.get("--min-instances") or flags.get("--min"))
    maximum = _figure(deploy, flags.get("--max-instances") or flags.get("--max"))
    if minimum is None and maximum is None:
        return ()
    place = (
        maximum.place if maximum else minimum.place if minimum else Place(deploy.path, deploy.line)
    )
    return (
        Scaling(
            place=place, source=Source.DEPLOY_FLAGS, kind="gcloud run deploy", target=name,
            minimum=minimum, maximum=maximum, signals=("requests",), stage=stage,
        ),
    )  # fmt: skip


def _figure(deploy: Deploy, flag: Flag | None) -> Figure | None:
    if flag is None:
        return None
    return Figure(
        value=to_number(flag.value.removesuffix("s")),
        place=Place(deploy.path, flag.line),
        written=f"{flag.name} {flag.value}"[:120],
    )


def _variables(deploy: Deploy) -> Iterator[Variable]:
    for flag in deploy.flags:
        if flag.name in {
            "--set-env-vars",
            "--update-env-vars",
            "--set-secrets",
            "--update-secrets",
        }:
            separator = "," if not flag.value.startswith("^") else flag.value[1:2]
            for pair in flag.value.removeprefix(f"^{separator}^").split(separator):
                name, _, value = pair.partition("=")
                known = not any(mark in value for mark in UNKNOWN)
                is_secret = "secret" in flag.name
                yield Variable(
                    name=name.strip("\"' "),
                    place=Place(deploy.path, flag.line),
                    value=value if known and not is_secret else None,
                    secret=value.partition(":")[0] if is_secret else None,
                )
