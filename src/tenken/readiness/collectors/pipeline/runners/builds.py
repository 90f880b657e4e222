"""The steps of a Cloud Build file as shell text, and `gcloud builds submit` that starts them."""

from collections.abc import Iterator, Mapping

from tenken.config.node import Node
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.folders import entered
from tenken.readiness.collectors.pipeline.commands.launch import Start
from tenken.readiness.collectors.pipeline.commands.piece import NOWHERE, Files, Followed, Piece
from tenken.readiness.collectors.pipeline.commands.python_source import quoted
from tenken.readiness.collectors.pipeline.commands.status import Mask, Options
from tenken.readiness.facts.pipeline import NeutraliserKind

BUILDERS: Mapping[str, str] = {
    "gcloud": "gcloud", "docker": "docker", "kubectl": "kubectl", "npm": "npm", "go": "go",
    "yarn": "yarn", "cloud-sdk": "gcloud", "terraform": "terraform", "helm": "helm", "uv": "uv",
    "gke-deploy": "kubectl apply", "skaffold": "skaffold", "bazel": "bazel", "poetry": "poetry",
    "trivy": "trivy", "semgrep": "semgrep", "bandit": "bandit", "ruff": "ruff", "k6": "k6",
}  # fmt: skip
"""The program an image starts when a step gives no `entrypoint`, by the end of its name."""
SUBSTITUTION = Pattern(r"\$\{?(_[A-Z0-9_]+)\}?")
SHELLS = frozenset({"bash", "sh", "/bin/bash", "/bin/sh"})


def step_pieces(document: Node, path: str, values: Mapping[str, str]) -> Iterator[Piece]:
    """The steps as shell text, in their order."""
    for step in document.at("steps").items:
        text, node = _text(step)
        if not text:
            continue
        place = Place(path, node.line + (1 if text.count("\n") > 0 else 0))
        masks: tuple[Mask, ...] = ()
        if step.at("allowFailure").text == "true":
            line = step.line_of("allowFailure")
            masks = (Mask(NeutraliserKind.ALLOW_FAILURE, line, "allowFailure: true"),)
        folder = entered("", step.at("dir").text)
        flags = step.at("args").items[0].text if step.at("args").items else ""
        early = flags.startswith("-") and "e" in flags.split("=")[0]
        yield Piece(
            text=_substituted(text, values).replace("$$", "$"),
            place=place,
            key=f"{path}:{step.line}",
            options=Options(errexit=early and step.at("entrypoint").text in SHELLS, folder=folder),
            masks=masks,
        )


def _text(step: Node) -> tuple[str, Node]:
    if step.at("script").text:
        return step.at("script").text, step.at("script")
    arguments = step.at("args")
    words = [it.text for it in arguments.items] or arguments.text.split()
    entrypoint = step.at("entrypoint").text
    if entrypoint in SHELLS and len(words) > 1 and words[0].startswith("-"):
        return words[-1], arguments.items[-1] if arguments.items else arguments
    image = step.at("name").text.partition(":")[0].rpartition("/")[2]
    program = entrypoint or BUILDERS.get(image, image)
    return (f"{program} {quoted(words)}".strip(), step) if program else ("", step)


def _substituted(text: str, values: Mapping[str, str]) -> str:
    if "$_" not in text and "${_" not in text:
        return text
    parts = SUBSTITUTION.split(text)
    return "".join(
        part if index % 2 == 0 else values.get(part, f"${{{part}}}")
        for index, part in enumerate(parts)
    )


def follow_submit(start: Start, folder: str, files: Files) -> Followed:
    """`gcloud builds submit --config cloudbuild.yaml`: the steps of that file."""
    words = start.words
    if words[1:3] != ("builds", "submit"):
        return NOWHERE
    config = "cloudbuild.yaml"
    for index, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name == "--config":
            config = value if equals else "".join(words[index + 1 : index + 2])
    path = entered(folder, config)
    document = files.yaml(path)
    values = {key: it.text for key, it in document.at("substitutions").mapping.items()}
    return Followed(pieces=tuple(step_pieces(document, path, values)))
