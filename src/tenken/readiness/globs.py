"""The globs of the forges: `*` stays inside a folder, `**` does not, `!` takes back."""

from collections.abc import Iterable
from functools import lru_cache

from tenken.pattern import Pattern, PatternError, escape

SPECIAL = frozenset(".^$+{}()|\\")
LONGEST = 500


def matches(patterns: Iterable[str], value: str) -> bool:
    """Tell whether the last pattern that fits lets the value in."""
    inside = False
    for pattern in patterns:
        if pattern.startswith("!"):
            inside = inside and not _compiled(pattern[1:]).fullmatch(value)
        else:
            inside = inside or bool(_compiled(pattern).fullmatch(value))
    return inside


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> Pattern:
    try:
        return Pattern(_expression(pattern[:LONGEST])).checked()
    except PatternError:
        return Pattern(escape(pattern[:LONGEST]))


def _expression(pattern: str) -> str:
    parts: list[str] = []
    at = 0
    while at < len(pattern):
        if pattern.startswith("**/", at):
            parts.append("(?:.*/)?")
            at += 3
        elif pattern.startswith("**", at):
            parts.append(".*")
            at += 2
        else:
            parts.append(_single(pattern[at]))
            at += 1
    return "".join(parts)


def _single(char: str) -> str:
    if char == "*":
        return "[^/]*"
    if char == "?":
        return "[^/]"
    return f"\\{char}" if char in SPECIAL else char
