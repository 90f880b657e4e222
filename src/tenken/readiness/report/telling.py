"""Puts findings in the order in which a person should read them, each once."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from tenken.evidence import Finding, FindingKind
from tenken.readiness.inspection import Report
from tenken.sentence import Sentence

ORDER = (FindingKind.LIE, FindingKind.GAP, FindingKind.NOTE)
WRITTEN = (".md", ".mdx", ".rst", ".adoc", ".mmd", ".puml", ".drawio")
"""Texts and diagrams about the application, by how their names end."""
GRAVEST = ("7", "4")
"""The sections that come first among equals: what outsiders can abuse, what can harm users."""


class Told(Struct, frozen=True, kw_only=True):
    """A finding with every item that it concerns."""

    finding: Finding
    items: tuple[str, ...]
    elsewhere: int = 0
    """In how many more places the same is so."""


def told(report: Report) -> tuple[Told, ...]:
    """Every finding once, the most telling first.

    Lies come before gaps, gaps before notes. Among equals come those at a hard gate, then those
    of security and safety, then those of several items, then those with a line to look at.
    Neither one item nor one part of the repository fills the first screen: second findings
    follow the first ones of the others, and what is wrong in a text follows what is wrong in
    what runs.
    """
    concerned: dict[Finding, list[str]] = {}
    for verdict in report.verdicts:
        for finding in verdict.findings:
            concerned.setdefault(finding, []).append(verdict.item)
    gates = frozenset(item.id for item in report.catalogue.items if item.hard_gate)
    every = [Told(finding=one, items=tuple(items)) for one, items in concerned.items()]
    return _spread(sorted(every, key=lambda one: _weight(one, gates)), gates)


def lies(every: Iterable[Told]) -> tuple[Told, ...]:
    """Those that look done and are not."""
    return tuple(one for one in every if one.finding.kind is FindingKind.LIE)


def gaps(every: Iterable[Told]) -> tuple[Told, ...]:
    """Those that were seen to be missing."""
    return tuple(one for one in every if one.finding.kind is FindingKind.GAP)


def once(every: Iterable[Told]) -> tuple[Told, ...]:
    """The same said of several places as one, at the first of them."""
    joined: dict[tuple[FindingKind, Sentence], Told] = {}
    for one in every:
        same = (one.finding.kind, one.finding.sentence)
        first = joined.get(same)
        items = tuple(dict.fromkeys((*first.items, *one.items))) if first else one.items
        more = first.elsewhere + 1 if first else one.elsewhere
        joined[same] = replace(first or one, items=items, elsewhere=more)
    return tuple(joined.values())


def because(
    every: Iterable[Told], items: Sequence[str], but: Collection[Told] = ()
) -> Told | None:
    """What was seen of the first of some items, the most telling that was not shown yet."""
    wrong = (FindingKind.LIE, FindingKind.GAP)
    of_it = (one for one in every if items[0] in one.items and one.finding.kind in wrong)
    first = next(of_it, None)
    return None if first in but else first


def _weight(one: Told, gates: frozenset[str]) -> tuple[int, bool, int, int, bool]:
    place = one.finding.place
    return (
        ORDER.index(one.finding.kind),
        gates.isdisjoint(one.items),
        min(map(_gravity, one.items)),
        -len(one.items),
        place is None or not place.line,
    )


def _gravity(item: str) -> int:
    section = item.partition("-")[0]
    return GRAVEST.index(section) if section in GRAVEST else len(GRAVEST)


def _spread(ordered: Iterable[Told], gates: frozenset[str]) -> tuple[Told, ...]:
    of_items: Counter[tuple[FindingKind, str]] = Counter()
    of_parts: Counter[tuple[object, ...]] = Counter()
    ranked: list[tuple[tuple[int, int, bool, bool, int], Told]] = []
    for one in ordered:
        kind, gated = one.finding.kind, not gates.isdisjoint(one.items)
        of_items[kind, one.items[0]] += 1
        turn = of_items[kind, one.items[0]]
        part = (kind, turn, gated, _part(one))
        of_parts[part] += 1
        written = _is_written(one)
        ranked.append(((ORDER.index(kind), turn, not gated, written, of_parts[part]), one))
    return tuple(one for _, one in sorted(ranked, key=lambda entry: entry[0]))


def _part(one: Told) -> str:
    """The folder at the top: code, pipeline, infrastructure and documents mostly lie apart."""
    place = one.finding.place
    return place.path.partition("/")[0] if place else ""


def _is_written(one: Told) -> bool:
    """Whether it stands in a text about the application, not in what runs or checks it."""
    place = one.finding.place
    return place is not None and place.path.endswith(WRITTEN)
