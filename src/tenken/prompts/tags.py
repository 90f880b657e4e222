r"""Cuts the body of a prompt into text and tags; nothing is understood yet.

A tag that opens, closes or comments and stands alone on its line takes the line with it. `\{{` is
two braces and no tag.
"""

from collections.abc import Iterator

from msgspec import Struct

from tenken.prompts.told import Told
from tenken.sentence import say

OPEN, CLOSE = "{{", "}}"
COMMENT, COMMENT_END = "{{!--", "--}}"
TAG_MAX = 200
TAGS_MAX = 5_000


class Written(Struct, frozen=True):
    """Text as it is to be said."""

    text: str


class Tag(Struct, frozen=True):
    """What stands between braces."""

    inner: str
    line: int


class _Cut(Struct, frozen=True):
    """Where a tag stands, with what it takes along."""

    inner: str
    start: int
    end: int
    at: int
    """Where its braces begin."""


def pieces(body: str, *, first_line: int, told: Told) -> Iterator[Written | Tag]:
    """Give text and tags in their order."""
    at, line, counted = 0, first_line, 0
    for cut in _cuts(body, first_line, told):
        if at < cut.start:
            yield Written(_unescaped(body[at : cut.start]))
        line += body.count("\n", counted, cut.at)
        counted = cut.at
        if not cut.inner.startswith("!"):
            yield Tag(cut.inner.strip(), line)
        at = cut.end
    if at < len(body):
        yield Written(_unescaped(body[at:]))


def _cuts(body: str, first_line: int, told: Told) -> Iterator[_Cut]:
    at = 0
    for _ in range(TAGS_MAX):
        start = body.find(OPEN, at)
        if start < 0:
            return
        if body[start - 1 : start] == "\\" and start > 0:
            at = start + len(OPEN)
            continue
        comment = body.startswith(COMMENT, start)
        ends = COMMENT_END if comment else CLOSE
        end = body.find(ends, start + len(OPEN))
        inner = body[start + len(OPEN) : end]
        if end < 0 or (not inner.startswith("!") and len(inner) > TAG_MAX):
            line = first_line + body.count("\n", 0, start)
            told.add(line, "", say("prompts.open_tag"))
            return
        end += len(ends)
        yield _alone(body, inner, start, end)
        at = end
    told.add(first_line, "", say("prompts.many_tags", most=TAGS_MAX))


def _alone(body: str, inner: str, start: int, end: int) -> _Cut:
    """Take the line along where there is nothing else on it."""
    if not inner.lstrip().startswith(("#", "/", "!", "else", "role")):
        return _Cut(inner, start, end, start)
    line_start = body.rfind("\n", 0, start) + 1
    line_end = body.find("\n", end)
    line_end = len(body) if line_end < 0 else line_end + 1
    if body[line_start:start].strip(" \t") or body[end:line_end].strip(" \t\n"):
        return _Cut(inner, start, end, start)
    return _Cut(inner, line_start, line_end, start)


def _unescaped(text: str) -> str:
    return text.replace("\\{{", "{{")
