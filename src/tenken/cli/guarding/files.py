"""The files of `tenken guard`: a policy, texts with expectations, and texts of the past."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from tenken.cli.plugging.source import named
from tenken.cli.serving.guarding import Beside, floors_of, guarded
from tenken.cli.writing import read_text
from tenken.config.load import PlatformText, load_platform, load_strictly
from tenken.config.node import Node
from tenken.config.schema import line_at, parse
from tenken.errors import Malformed, Problem
from tenken.guardrails.detectors import SHIPPED
from tenken.guardrails.guard import Guard
from tenken.guardrails.policy.floors import Floor
from tenken.guardrails.policy.loading import POLICY_NAMES, default_policy, load_policy
from tenken.guardrails.policy.policy import Language
from tenken.guardrails.policy.written import Source, Way
from tenken.guardrails.text import Context, Direction, Origin
from tenken.place import Place
from tenken.sentence import say

LONGEST_FILE = 2_000_000
LONGEST_TEXTS = 256 << 20
Expected = Literal["pass", "shadow", "flag", "mask", "block"]


class GuardOf(Struct, frozen=True, kw_only=True):
    """A guard and the policy file it was made from; empty for the one that ships."""

    guard: Guard
    file: str


class Given(Struct, frozen=True, kw_only=True):
    """A text and where it stands."""

    text: str
    direction: Way = "inward"
    origin: Source | None = None
    """The user inward, the assistant outward, where nothing is said."""
    use_case: str = ""
    system: str = ""
    """The system prompt that an answer must not give away."""
    given: tuple[str, ...] = ()
    """The texts that an answer is to rest on."""

    @property
    def context(self) -> Context:
        """What a detector may know."""
        own: Source = "user" if self.direction == "inward" else "assistant"
        return Context(
            direction=Direction(self.direction),
            origin=Origin(self.origin or own),
            use_case=self.use_case,
            system=self.system,
            given=self.given,
        )


class Case(Given, frozen=True, kw_only=True):
    """A text and what is to become of it."""

    expect: Expected
    risks: tuple[str, ...] | None = None
    """The risks that are seen, all of them; not looked at without."""
    masked: str | None = None
    """The text that goes on."""


class Cases(Struct, frozen=True, kw_only=True):
    """The whole of a file of texts with expectations."""

    tests: Annotated[tuple[Case, ...], Meta(min_length=1)]


class CasesFile(Struct, frozen=True, kw_only=True):
    """A file of texts with expectations, as read."""

    cases: tuple[Case, ...]
    file: str
    document: Node

    def place(self, at: int) -> Place:
        """Where a case stands."""
        return Place(self.file, line_at(self.document, ("tests", at)))


def guard_at(
    folder: Path, policy: Path | None, platform: Path | None, *, language: Language, today: date
) -> GuardOf:
    """Make the guard of a folder: of the policy named, of the one found there, or as it ships."""
    path = policy or next(
        (folder / name for name in POLICY_NAMES if (folder / name).is_file()), None
    )
    if path is None:
        return GuardOf(guard=Guard(default_policy(language), SHIPPED), file="")
    text = read_text(path, limit=LONGEST_FILE)
    floors = _floors(platform)
    made = load_policy(text, file=str(path), detectors=SHIPPED, floors=floors, today=today)
    written = PlatformText(file=str(path), text=text)
    guard = guarded(made, written, Beside(folder, named(written, folder)))
    return GuardOf(guard=guard, file=str(path))


def read_cases(path: Path) -> CasesFile:
    """Read texts with expectations; raises Malformed with every problem."""
    text = read_text(path, limit=LONGEST_FILE)
    cases = load_strictly(text, Cases, file=str(path)).tests
    return CasesFile(cases=cases, file=str(path), document=parse(text, file=str(path)))


def read_past(path: Path) -> Iterator[Given]:
    """Read texts of the past: JSON Lines with `text`, else a text a line."""
    lines = read_text(path, limit=LONGEST_TEXTS).splitlines()
    if path.suffix not in {".jsonl", ".ndjson"}:
        yield from (Given(text=line) for line in lines if line.strip())
        return
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _row(line, Place(str(path), number))


def _row(line: str, place: Place) -> Given:
    try:
        return msgspec.json.decode(line.encode(), type=Given)
    except (msgspec.MsgspecError, UnicodeEncodeError) as error:
        problem = Problem(place=place, key="", sentence=say("guard.bad_row", detail=str(error)))
        raise Malformed((problem,)) from error


def _floors(platform: Path | None) -> tuple[Floor, ...]:
    if platform is None:
        return ()
    standard = load_platform(read_text(platform, limit=LONGEST_FILE), file=str(platform))
    return tuple(floors_of(standard))
