"""What is wrong with patterns of a policy, and with the detectors in Python that it names."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from tenken.config.node import Path
from tenken.config.schema import nearest
from tenken.errors import Problem
from tenken.guardrails.policy.draft import Draft
from tenken.guardrails.policy.risks import SeenBy
from tenken.guardrails.policy.written import CodeEntry
from tenken.pattern import Pattern, PatternError
from tenken.sentence import say

BELOW = "guard"
"""The folder that code of a policy has to be in."""
NOTHING_IN_PARTICULAR = ("\x00zq~9漢 ", "7")
"""Texts that no allow list is written for: a pattern that takes both takes anything."""


def coded(draft: Draft) -> Iterator[Problem]:
    """Give what can be told without the files themselves."""
    lists, judges = draft.file.lists, draft.file.judges
    others = {one.name for one in lists} | {one.name for one in judges}
    names: list[str] = []
    for at, entry in enumerate(draft.file.code):
        path: Path = ("code", at)
        taken = entry.name in names or entry.name in others
        if taken or len(draft.sees[entry.name]) != len(entry.risks):
            yield draft.problem((*path, "name"), say("guard.taken_name", name=entry.name))
        if not _lies_below(entry.file):
            sentence = say("guard.code_elsewhere", file=entry.file, folder=BELOW)
            yield draft.problem((*path, "file"), sentence)
        yield from _spoken(draft, path, entry)
        for number, gate in enumerate(entry.gates):
            yield from unsound(draft, (*path, "gates", number), gate)
        names.append(entry.name)


def unsound(draft: Draft, path: Path, text: str, *, allows: bool = False) -> Iterator[Problem]:
    """Give what is wrong with a pattern."""
    try:
        pattern = Pattern(text).checked()
    except PatternError as error:
        detail = error.args[0] if error.args else ""
        shown = detail.decode(errors="replace") if isinstance(detail, bytes) else str(detail)
        yield draft.problem(path, say("guard.bad_pattern", pattern=text, detail=shown))
        return
    if pattern.fullmatch(""):
        yield draft.problem(path, say("guard.empty_pattern", pattern=text))
    elif allows and all(pattern.fullmatch(any_text) for any_text in NOTHING_IN_PARTICULAR):
        yield draft.problem(path, say("guard.allows_all", pattern=text))


def _lies_below(file: str) -> bool:
    path = PurePosixPath(file)
    plain = not path.is_absolute() and ".." not in path.parts and "\\" not in file
    return plain and path.parts[:1] == (BELOW,) and path.suffix == ".py"


def _spoken(draft: Draft, path: Path, entry: CodeEntry) -> Iterator[Problem]:
    for number, risk in enumerate(entry.risks):
        known = draft.risks.get(risk)
        at = (*path, "risks", number)
        if known is None:
            near = nearest(risk, draft.risks) or "-"
            yield draft.problem(at, say("guard.unknown_risk", risk=risk, near=near))
        elif known.seen_by is SeenBy.ELSEWHERE:
            yield draft.problem(at, say("guard.answered_elsewhere", risk=risk))
