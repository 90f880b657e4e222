"""What was seen, when, and on what: the record in which doers and the inspection meet.

A probe, a collector on a live system or a drill gives `Evidence`; the judge reads it.
Nothing here knows how evidence is stored, signed or judged.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import IntEnum, StrEnum
from math import sqrt

from msgspec import Struct

from tenken.place import Place
from tenken.sentence import Sentence


class Grade(IntEnum):
    """How strong a piece of evidence is."""

    NONE = 0
    DECLARED = 1
    """A file says so."""
    CONFIGURED = 2
    """In effect and not neutralised, as far as the repository shows."""
    OBSERVED = 3
    """Seen live, and fresh."""
    EXERCISED = 4
    """A drill did it, on this very digest."""


class Method(StrEnum):
    """What decides an item or a sub-criterion."""

    REPOSITORY = "repository"
    RUNTIME = "runtime"
    DRILL = "drill"
    PERSON = "person"


class Holding(StrEnum):
    """Whether the sentence that names a probe is true."""

    HOLDS = "holds"
    PARTLY = "partly"
    """True in some places and false in others; the findings say where."""
    FAILS = "fails"
    """Seen to be false: never used for "nothing was found where it might be elsewhere"."""
    UNKNOWN = "unknown"
    """Nothing was found, or it could not be followed."""
    NOT_VISIBLE = "not_visible"
    """It is kept where this method cannot look (a remote workflow, a console, an absent blob)."""
    NOT_APPLICABLE = "not_applicable"
    """Proved not to apply, with what proves it."""
    ERROR = "error"
    """The probe itself failed; never counted for or against the application."""


class FindingKind(StrEnum):
    """How much a finding tells."""

    LIE = "lie"
    """Looks done and is not: neutralised, unreachable, contradicted elsewhere."""
    GAP = "gap"
    """Missing, or only partly there."""
    NOTE = "note"
    """Worth knowing; changes no verdict."""


class Remark(Struct, frozen=True, kw_only=True):
    """Something seen that supports an answer."""

    sentence: Sentence
    place: Place | None = None


class Finding(Struct, frozen=True, kw_only=True):
    """Something seen that speaks against it."""

    kind: FindingKind
    sentence: Sentence
    place: Place | None = None


class Measurement(Struct, frozen=True, kw_only=True):
    """A figure with the number of samples behind it and its interval, in `unit`."""

    name: str
    value: float
    unit: str
    n: int
    low: float | None = None
    high: float | None = None


Z = 1.96


def share(name: str, count: int, n: int) -> Measurement:
    """A share of n with its 95 % interval (Wilson's, which holds for small n).

    >>> share("answered", 8, 10).low > 0.4
    True
    """
    if n == 0:
        return Measurement(name=name, value=0.0, unit="share", n=0)
    part, room = count / n, Z * Z / n
    middle = (part + room / 2) / (1 + room)
    half = Z * sqrt(part * (1 - part) / n + room / (4 * n)) / (1 + room)
    return Measurement(
        name=name, value=part, unit="share", n=n,
        low=max(0.0, middle - half), high=min(1.0, middle + half),
    )  # fmt: skip


class Answer(Struct, frozen=True, kw_only=True):
    """What a probe says of its own sentence."""

    holding: Holding
    grade: Grade = Grade.CONFIGURED
    """How strong it is, where the sentence holds; a repository gives CONFIGURED at most."""
    seen: tuple[Remark, ...] = ()
    findings: tuple[Finding, ...] = ()
    missing: Sentence | None = None
    """For UNKNOWN and NOT_VISIBLE: what was looked for, and where it would count."""

    def sentences(self) -> Iterator[Sentence]:
        """Give what it says to a person, each once: what is wrong, what was seen, what lacks."""
        said = [one.sentence for one in self.findings]
        said += [one.sentence for one in self.seen]
        yield from dict.fromkeys([*said, self.missing] if self.missing else said)


class Evidence(Struct, frozen=True, kw_only=True):
    """An answer bound to what it was given for, and to the time in which it counts."""

    item: str
    subs: tuple[str, ...]
    """The sub-criteria it speaks to; empty for all of the item."""
    probe: str
    probe_version: int
    method: Method
    answer: Answer
    subjects: Mapping[str, str]
    """By kind: `service`, `commit`, `image`, `prompt`, `model`, `guard_policy`, `dataset`."""
    observed_at: datetime
    expires_at: datetime | None
    """None while it is bound to a commit: it counts for that commit only."""
    measurements: tuple[Measurement, ...] = ()
    reproduce: str = ""
    """The command that gives this evidence again."""
