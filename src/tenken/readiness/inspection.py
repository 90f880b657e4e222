"""One inspection from facts to verdicts, and the report that every renderer reads."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field

from tenken.evidence import Evidence
from tenken.readiness.catalogue import Both, Catalogue, Effort, Item, Tier
from tenken.readiness.facts.repository import RepositoryFacts
from tenken.readiness.facts.tree import CollectorProblem, LeftOut
from tenken.readiness.judge import Case, judge
from tenken.readiness.levels import levels
from tenken.readiness.signing.signoff import SignedText
from tenken.readiness.verdict import (
    Levels,
    Outcome,
    Signed,
    Verdict,
    VoidSignature,
    Waiver,
    Weighed,
    Word,
)
from tenken.sentence import Sentence


class Lost(Struct, frozen=True, kw_only=True):
    """An item that stands worse than in an earlier report."""

    item: str
    before: Outcome
    after: Outcome


class Difference(Struct, frozen=True, kw_only=True):
    """What changed since an earlier report."""

    since: datetime
    commit: str | None
    lost: tuple[Lost, ...] = ()
    gained: tuple[Lost, ...] = ()
    new_items: tuple[str, ...] = ()
    gone_items: tuple[str, ...] = ()


class GateResult(Struct, frozen=True, kw_only=True):
    """Whether the gate lets the application through, and everything that stops it."""

    passed: bool
    asked: tuple[str, ...]
    """The conditions of `--fail-on`."""
    stopped_by: tuple[Sentence, ...] = ()


class Action(Struct, frozen=True, kw_only=True):
    """Something to do next, and every item that it lifts."""

    items: tuple[str, ...]
    effort: Effort
    text: Both
    command: str | None = None


class Report(Struct, frozen=True, kw_only=True):
    """Everything an inspection found; renderers add nothing to it."""

    tool_version: str
    made_at: datetime
    service: str
    """The application's name, else the folder's."""
    root: str
    """The inspected folder as it was named."""
    prefix: str = ""
    """Where the inspected folder stands below the repository's top; empty at the top."""
    tier: Tier
    catalogue: Catalogue
    repository: RepositoryFacts
    verdicts: tuple[Verdict, ...]
    """In the order of the catalogue."""
    levels: Levels
    gate: GateResult
    left_out: tuple[LeftOut, ...] = ()
    problems: tuple[CollectorProblem, ...] = ()
    """Files that could not be understood."""
    manifest: str | None = None
    """The path of `tenken.yaml`; None without one."""
    difference: Difference | None = None
    to_sign: Mapping[str, tuple[SignedText, ...]] = field(default_factory=dict)
    """The texts that a signature on an item is on, by item."""
    stack: str = "cloud-run-datadog"
    """The guide that fits what was found."""
    files_read: int = 0
    seconds: float = 0.0

    def verdict(self, item: str) -> Verdict:
        """The verdict of an item; KeyError where the catalogue has no such item."""
        return next(verdict for verdict in self.verdicts if verdict.item == item)

    @property
    def words(self) -> Mapping[Word, int]:
        """How many items each of the five words covers; zeros included."""
        counted = Counter(verdict.word for verdict in self.verdicts)
        return {word: counted[word] for word in Word}

    @property
    def outcomes(self) -> Mapping[Outcome, int]:
        """How many items have each outcome; zeros included."""
        counted = Counter(verdict.outcome for verdict in self.verdicts)
        return {outcome: counted[outcome] for outcome in Outcome}


class Grounds(Struct, frozen=True, kw_only=True):
    """All that verdicts rest on."""

    weighed: tuple[Weighed, ...]
    signed: Mapping[str, Signed] = field(default_factory=dict)
    """Valid signatures by item."""
    void: Mapping[str, tuple[VoidSignature, ...]] = field(default_factory=dict)
    """Sign-offs that do not count, by item."""
    waivers: Mapping[str, Waiver] = field(default_factory=dict)


def weigh_own(evidence: tuple[Evidence, ...]) -> tuple[Weighed, ...]:
    """What this inspection read itself counts as it is."""
    return tuple(Weighed(evidence=one) for one in evidence)


def verdicts(catalogue: Catalogue, grounds: Grounds, now: datetime) -> tuple[Verdict, ...]:
    """Judge every item of the catalogue."""
    return tuple(judge(_case(item, grounds, now)) for item in catalogue.items)


def levels_of(catalogue: Catalogue, judged: tuple[Verdict, ...]) -> Levels:
    """The levels that follow from the verdicts."""
    return levels(catalogue, {verdict.item: verdict for verdict in judged})


def _case(item: Item, grounds: Grounds, now: datetime) -> Case:
    return Case(
        item=item,
        evidence=tuple(one for one in grounds.weighed if one.evidence.item == item.id),
        signed=grounds.signed.get(item.id),
        void=grounds.void.get(item.id, ()),
        waiver=grounds.waivers.get(item.id),
        now=now,
    )
