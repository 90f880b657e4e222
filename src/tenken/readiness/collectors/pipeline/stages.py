"""From names to environments: `chat-prod`, `overlays/stg`, `environment: production`."""

from collections.abc import Iterable
from itertools import takewhile

from tenken.pattern import Pattern
from tenken.readiness.facts.pipeline import Run, Stage, Target

WORDS = {
    Stage.PREVIEW: frozenset({"preview", "ephemeral"}),
    Stage.STAGING: frozenset({"stg", "staging", "uat", "preprod", "preproduction", "qa"}),
    Stage.PRODUCTION: frozenset({"prod", "production", "prd", "live"}),
    Stage.DEV: frozenset({"dev", "devel", "develop", "development", "sandbox"}),
}
WHOLE = {
    "test": Stage.DEV, "testing": Stage.DEV, "stage": Stage.STAGING, "review": Stage.PREVIEW,
    "pr": Stage.PREVIEW,
}  # fmt: skip
"""Names that mean an environment only when nothing else stands beside them."""
SEPARATORS = Pattern(r"[^A-Za-z0-9]+")
NO_STAGE = Pattern(r"\.dev\b|/dev/|azure-dev\.ya?ml|--live\b")
"""Hosts, devices and default file names that hold such a word by chance."""
CAMEL = Pattern(r"([a-z0-9])([A-Z])")
PERCENT = Pattern(r"(?:^|[=,:])([0-9]{1,3})$")


def stage_in(text: str) -> Stage | None:
    """The environment that a name speaks of; None where it names none, or several."""
    plain = CAMEL.sub(lambda found: f"{found[1]} {found[2]}", NO_STAGE.sub(" ", text))
    words = {word for word in SEPARATORS.sub(" ", plain).lower().split() if word}
    if {"pre", "prod"} <= words or {"non", "prod"} <= words:
        return Stage.STAGING
    found = [stage for stage, names in WORDS.items() if names & words]
    return found[0] if len(found) == 1 else None


def first_stage(texts: Iterable[str]) -> Target | None:
    """The first text that names an environment; the very first is one, and may be a bare word."""
    for index, text in enumerate(texts):
        stage = stage_in(text) or (None if index else WHOLE.get(text.strip().lower()))
        if stage is not None:
            return Target(stage=stage, name=text[:80])
    return None


def target_of(run: Run, surroundings: Iterable[str]) -> Target:
    """Where a deploy goes: told by the environment around it, else by its own words."""
    own = [word for word in run.selects if not word.startswith("http")]
    found = first_stage((*surroundings, *own))
    if found is None:
        found = Target(stage=Stage.UNKNOWN, name=run.command[:80])
    return Target(stage=found.stage, name=found.name, percent=percent_of(run))


WEIGHTS = frozenset({"--revision-weight", "--label-weight", "--traffic-weight"})
"""Of `az containerapp`: a share for each of several revisions stands behind it."""


def _least(shares: Iterable[str]) -> int | None:
    """What the revision with the least gets, of those that get anything."""
    told = (int(found.group(1)) for it in shares if (found := PERCENT.search(it)))
    return min((share for share in told if share), default=None)


def percent_of(run: Run) -> int | None:
    """The share of traffic that the words of a command give."""
    words = run.selects
    if "--no-traffic" in words:
        return 0
    for index, word in enumerate(words):
        name, _, value = word.partition("=")
        if name in {"--to-revisions", "--to-tags", "--traffic", "--percent"}:
            found = PERCENT.search(value or "".join(words[index + 1 : index + 2]))
            return int(found.group(1)) if found else None
        if name in WEIGHTS:
            return _least(takewhile(lambda it: not it.startswith("--"), words[index + 1 :]))
    return 100 if "--to-latest" in words else None
