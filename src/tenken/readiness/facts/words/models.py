"""What the name of a model tells: whether it stays the same model, and how two spellings meet."""

from tenken.pattern import Pattern

PINNED = Pattern(
    r"(?i)(20[0-9]{2}-?[0-1][0-9]-?[0-3][0-9]|@20[0-9]{6}|[-@]0[0-9]{2}$|[-_](?:0[0-9]|1[0-2])[0-3][0-9]$"
    r"|-v[0-9]+(?::[0-9]+|\.[0-9]+)|@sha256|-[0-9a-f]{7,40}$|[-_](?:0[0-9]|1[0-2])-20[0-9]{2}$)"
)
FLOATING = Pattern(r"(?i)(latest|preview$|-exp$|@default$|:latest$)")
PREFIX = Pattern(
    r"^(?:models/|openai/|anthropic/|azure/|gemini/|vertex_ai/|bedrock/|google/|openai:(?:chat:)?|anthropic:(?:messages:)?)"
)


def canonical(model: str) -> str:
    """The name without the prefix a router puts before it, in lower case."""
    return PREFIX.sub("", model.strip().strip("`\"'").lower())


def is_pinned(model: str) -> bool:
    """Whether the name carries a version: what it means does not change silently."""
    return bool(PINNED.search(model)) and not FLOATING.search(model)


def is_floating(model: str) -> bool:
    """Whether the name says itself that it moves, such as `-latest`."""
    return bool(FLOATING.search(model))
