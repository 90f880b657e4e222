"""The checklist as data: 66 items in 9 sections, and what a team's own list adds or tightens."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from importlib.resources import files
from typing import Literal

import msgspec
from msgspec import Struct, field

from tenken import digest
from tenken.evidence import Grade, Method

Tier = Literal["A", "B", "C"]
Effort = Literal["minutes", "hours", "days", "weeks"]
EFFORTS: tuple[Effort, ...] = ("minutes", "hours", "days", "weeks")
NEEDED: Mapping[Method, Grade] = {
    Method.REPOSITORY: Grade.CONFIGURED,
    Method.RUNTIME: Grade.OBSERVED,
    Method.DRILL: Grade.EXERCISED,
    # A signed text is as far as a person's item goes.
    Method.PERSON: Grade.CONFIGURED,
}


class SignatureKind(StrEnum):
    """What a signature does for an item."""

    DECIDES = "decides"
    """It is the proof itself."""
    COSIGN = "cosign"
    """The item needs it besides its evidence."""
    EXEMPTION = "exemption"
    """It only signs a "not needed"."""


class Both(Struct, frozen=True, kw_only=True):
    """A text in Japanese and English."""

    ja: str
    en: str


class Sub(Struct, frozen=True, kw_only=True):
    """A sub-criterion, such as (b) of 1-4-1."""

    id: str
    decides: Method
    title: Both


class ProbeUse(Struct, frozen=True, kw_only=True):
    """A probe, and the sub-criteria it speaks for (empty: all)."""

    probe: str
    subs: tuple[str, ...] = ()
    supports: bool = False
    """It can refute and confirm, and alone does not prove the item: a green run says nothing of
    what ran."""


class Probes(Struct, frozen=True, kw_only=True):
    """The probes of an item by method."""

    repository: tuple[ProbeUse, ...]
    runtime: tuple[ProbeUse, ...]
    drill: tuple[ProbeUse, ...]


class Signature(Struct, frozen=True, kw_only=True):
    """Who may sign, and for how long."""

    kind: SignatureKind
    role: str
    max_days: int


class Remedy(Struct, frozen=True, kw_only=True):
    """What to do about an outcome."""

    effort: Effort
    text: Both
    command: str | None = None


class Cheat(Struct, frozen=True, kw_only=True):
    """What a lazy check would pass and ours must not."""

    id: str
    text: Both


class Guide(Struct, frozen=True, kw_only=True):
    """What meets the item on a stack, and where it shows."""

    ja: str
    en: str
    where: str | Both
    """A file or screen; names of screens are the same in both languages."""


class Item(Struct, frozen=True, kw_only=True):
    """One line of the checklist."""

    id: str
    title: Both
    explanation: Both
    why: Both
    decides: Method
    hard_gate: bool
    tiers: Mapping[Tier, str]
    """The grade that the gate demands in each tier."""
    probes: Probes
    remedies: Mapping[str, Remedy]
    """By outcome."""
    signature: Signature | None = None
    subs: tuple[Sub, ...] = ()
    cheats: tuple[Cheat, ...] = ()
    guides: Mapping[str, Guide] = field(default_factory=dict)
    built_by: tuple[str, ...] = ()
    mappings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def demanded(self, tier: Tier) -> Grade:
        """The grade the gate demands in a tier."""
        return Grade[self.tiers[tier].upper()]

    def method_of(self, sub: str) -> Method:
        """The deciding method of a sub-criterion; of the item for the empty sub."""
        return next((one.decides for one in self.subs if one.id == sub), self.decides)

    @property
    def sub_ids(self) -> tuple[str, ...]:
        """The ids of the sub-criteria; one empty id where the item has none."""
        return tuple(sub.id for sub in self.subs) or ("",)

    @property
    def needed(self) -> Grade:
        """The grade that verifies the item: that of its deciding method."""
        return NEEDED[self.decides]


class Section(Struct, frozen=True, kw_only=True):
    """A section of the checklist."""

    id: str
    title: Both
    items: tuple[Item, ...]


class Catalogue(Struct, frozen=True, kw_only=True):
    """Every section in order, with the digest of everything in them."""

    sections: tuple[Section, ...]
    digest: str
    extended_by: tuple[str, ...] = ()
    """The names of the lists that were added."""

    @property
    def items(self) -> Iterator[Item]:
        """Every item in the order of the checklist."""
        return (item for section in self.sections for item in section.items)

    def item(self, id: str) -> Item | None:  # noqa: A002 - it is the item's id
        """Give the item with an id, or None."""
        return next((item for item in self.items if item.id == id), None)


def shipped() -> Catalogue:
    """Load the checklist that comes with tenken."""
    # Made of the YAML files beside it by `make generate`, and read in a fiftieth of their time.
    made = files("tenken.readiness") / "items" / "shipped.json"
    return msgspec.json.decode(made.read_bytes(), type=Catalogue)


def build(sections: list[dict[str, object]], *, extended_by: tuple[str, ...] = ()) -> Catalogue:
    """Make a catalogue of plain section data that the schema has passed."""
    return Catalogue(
        sections=tuple(_section(section) for section in sections),
        digest=digest.of_value(sections),
        extended_by=extended_by,
    )


def _section(plain: dict[str, object]) -> Section:
    return msgspec.convert({**plain, "id": str(plain["section"])}, Section)
