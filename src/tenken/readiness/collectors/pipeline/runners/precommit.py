"""pre-commit: which checks its hooks are, by their ids or by the `entry` of local ones."""

from collections.abc import Iterator, Mapping

from tenken.config.node import Node
from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.launch import Start
from tenken.readiness.collectors.pipeline.commands.piece import (
    NOWHERE,
    Files,
    Followed,
    Piece,
    folder_of,
)
from tenken.readiness.collectors.pipeline.commands.status import Mask, Options
from tenken.readiness.facts.pipeline import Blind, BlindSpot, NeutraliserKind

NAMES = (".pre-commit-config.yaml", ".pre-commit-config.yml")
HOOKS: Mapping[str, str] = {
    "ruff": "ruff check", "ruff-check": "ruff check", "ruff-lint": "ruff check",
    "flake8": "flake8", "pylint": "pylint", "eslint": "eslint", "biome-check": "biome check",
    "biome-lint": "biome lint", "biome-ci": "biome ci", "golangci-lint": "golangci-lint",
    "bandit": "bandit", "semgrep": "semgrep scan --config auto --error", "gosec": "gosec",
    "semgrep-ci": "semgrep ci", "gitleaks": "gitleaks protect", "trufflehog": "trufflehog",
    "gitleaks-docker": "gitleaks protect", "detect-secrets": "detect-secrets",
    "ggshield": "ggshield secret scan", "pip-audit": "pip-audit", "pytest": "pytest",
    "python-safety-dependencies-check": "safety check", "clippy": "cargo clippy",
    "detect-private-key": "", "detect-aws-credentials": "", "prospector": "prospector",
}  # fmt: skip
"""What a hook of a known id runs; ids that check no code are left out."""
ALL_FILES = frozenset({"--all-files", "-a", "--files", "--from-ref", "--to-ref", "-s", "-o",
                       "--source", "--origin", "--hook-stage"})  # fmt: skip


def follow(start: Start, folder: str, files: Files) -> Followed:
    """Give the hooks behind `pre-commit run --all-files`."""
    words = start.words[1:]
    if words[:1] != ("run",):
        return NOWHERE
    path = files.upwards(folder, *NAMES)
    if path is None:
        place = Place(NAMES[0])
        return Followed(blind=(BlindSpot(because=Blind.UNKNOWN_SCRIPT, place=place,
                                         detail="pre-commit run"),))  # fmt: skip
    only = [word for word in words[1:] if not word.startswith("-")]
    pieces = tuple(hook_pieces(files.yaml(path), path, only if len(only) == 1 else []))
    if set(words) & ALL_FILES:
        return Followed(pieces=pieces)
    # A fresh checkout has nothing staged, and without a range pre-commit looks at staged files.
    hollow = Mask(NeutraliserKind.SELECTS_NOTHING, 0, "pre-commit run")
    return Followed(pieces=pieces, hollow=(hollow,))


def hook_pieces(document: Node, path: str, only: list[str]) -> Iterator[Piece]:
    """Give a piece for each hook that runs at commit time."""
    for repo in document.at("repos").items:
        for hook in repo.at("hooks").items:
            name = hook.at("id").text
            stages = {stage.text for stage in hook.at("stages").items}
            if (only and name not in only) or stages == {"manual"}:
                continue
            entry = hook.at("entry").text if repo.at("repo").text == "local" else ""
            text = entry or HOOKS.get(name, "")
            if text:
                yield Piece(
                    text=" ".join((text, *(arg.text for arg in hook.at("args").items))),
                    place=Place(path, hook.line_of("id")),
                    key=f"{path}:{name}",
                    options=Options(folder=folder_of(path)),
                )
