"""A policy file over the policy that ships, with the place of everything it states itself."""

from collections.abc import Iterator, Mapping
from datetime import date

from msgspec import Struct

from tenken.config.node import Node, Path
from tenken.errors import Problem
from tenken.guardrails.policy.risks import Risk, Said, SeenBy, Severity, family
from tenken.guardrails.policy.written import DataEntry, PolicyFile, RiskEntry, RuleEntry, Told
from tenken.guardrails.text import Direction
from tenken.place import Place
from tenken.sentence import Sentence

STOPS = frozenset({"mask", "block"})
"""Actions after which nobody sees what was found."""


class Stated(Struct, frozen=True, kw_only=True):
    """A rule, and where the file states it."""

    entry: RuleEntry
    path: Path = ()
    """Empty for a rule that ships."""


Rules = Mapping[tuple[Direction, str], Stated]
ANY_USE_CASE = ""


class Draft(Struct, frozen=True, kw_only=True, eq=False):
    """What a policy would be, before anybody has looked whether it can work."""

    file: PolicyFile
    path: str
    document: Node
    shipped: Mapping[str, Risk]
    base: PolicyFile
    """What stands wherever the file states nothing."""
    sees: Mapping[str, tuple[str, ...]]
    """The risks of each detector, lists of the file included."""
    today: date | None = None

    @property
    def risks(self) -> Mapping[str, Risk]:
        """The taxonomy: what ships, with what the file says of it and adds."""
        return taxonomy(self.file, self.shipped)

    @property
    def use_cases(self) -> Mapping[str, Rules]:
        """The rules of each use case, and of all others under `ANY_USE_CASE`."""
        risks = self.risks
        stated = {**_ruled(_of(self.base), risks), **_ruled(self._own(), risks)}
        found = {ANY_USE_CASE: stated}
        for name in self.file.use_cases:
            found[name] = {**stated, **_ruled(self._own(name), risks)}
        return found

    @property
    def data(self) -> Mapping[str, DataEntry]:
        """The types of data, by name."""
        return {entry.type: entry for entry in (*self.base.data, *self.file.data)}

    def stated(self) -> Iterator[Stated]:
        """Give every rule that the file states, with its place."""
        for name in (ANY_USE_CASE, *self.file.use_cases):
            yield from self._own(name)

    def line(self, path: Path) -> int:
        """The line at which a key stands."""
        # Here, as below: who states no policy of their own reads no YAML.
        from tenken.config.schema import line_at  # noqa: PLC0415

        return line_at(self.document, path)

    def problem(self, path: Path, sentence: Sentence) -> Problem:
        """What is wrong at a key."""
        from tenken.config.schema import dotted  # noqa: PLC0415

        place = Place(self.path, self.line(path))
        return Problem(place=place, key=dotted(path), sentence=sentence)

    def _own(self, use_case: str = ANY_USE_CASE) -> Iterator[Stated]:
        above: Path = ("use_cases", use_case) if use_case else ()
        rules = self.file.use_cases[use_case].rules if use_case else self.file.rules
        for at, entry in enumerate(rules):
            yield Stated(entry=entry, path=(*above, "rules", at))


def taxonomy(file: PolicyFile, shipped: Mapping[str, Risk]) -> Mapping[str, Risk]:
    """Give what ships, with what a file says of it and adds."""
    return {**shipped, **{entry.id: _risk(entry, shipped) for entry in file.risks}}


def said(told: Told) -> Said:
    """Give a text of a file as the text of a policy."""
    return Said(ja=told.ja, en=told.en)


def nearest_rule(rules: Rules, direction: Direction, risk: str) -> Stated | None:
    """Give the rule for a risk, else the one for the nearest risk above it."""
    found = (rules.get((direction, id_)) for id_ in family(risk))
    return next((stated for stated in found if stated is not None), None)


def directions(entry: RuleEntry, risk: Risk | None) -> tuple[Direction, ...]:
    """Give the directions that a rule speaks for."""
    if entry.directions or risk is None:
        return tuple(Direction(way) for way in entry.directions)
    return risk.directions


def _of(file: PolicyFile) -> Iterator[Stated]:
    return (Stated(entry=entry) for entry in file.rules)


def _ruled(
    rules: Iterator[Stated], risks: Mapping[str, Risk]
) -> dict[tuple[Direction, str], Stated]:
    return {
        (direction, one.entry.risk): one
        for one in rules
        for direction in directions(one.entry, risks.get(one.entry.risk))
    }


def _risk(entry: RiskEntry, shipped: Mapping[str, Risk]) -> Risk:
    """A risk of the file: what it does not say is as with the nearest risk above it that ships."""
    same = shipped.get(entry.id)
    above = next((shipped[id_] for id_ in family(entry.id) if id_ in shipped), None)
    own = said(entry.label) if entry.label else None
    return Risk(
        id=entry.id,
        severity=Severity(entry.severity),
        title=same.title if same else Said(ja=entry.id, en=entry.id),
        example=Said(ja=entry.example, en=entry.example),
        owner=entry.owner,
        seen_by=same.seen_by if same else SeenBy(entry.seen_by),
        label=own or (above.label if above else None),
        directions=above.directions if above else tuple(Direction),
        owasp_llm_2025=above.owasp_llm_2025 if above else (),
        nist_ai_600_1=above.nist_ai_600_1 if above else (),
        ai_guidelines_jp=above.ai_guidelines_jp if above else (),
    )
