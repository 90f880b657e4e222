"""Puts findings in the order in which a person should read them, each once."""

from collections.abc import Iterable
from dataclasses import dataclass

from tenken.evidence import Finding, FindingKind
from tenken.readiness.inspection import Report

ORDER = (FindingKind.LIE, FindingKind.GAP, FindingKind.NOTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A finding with every item that it concerns."""

    finding: Finding
    items: tuple[str, ...]


def told(report: Report) -> tuple[Told, ...]:
    """Every finding once, the most telling first.

    Lies come before gaps, gaps before notes. Among equals come those at a hard gate, then those
    of several items, then those with a line to look at. One item does not fill the first screen:
    its second finding follows the first findings of the others.
    """
    concerned: dict[Finding, list[str]] = {}
    for verdict in report.verdicts:
        for finding in verdict.findings:
            concerned.setdefault(finding, []).append(verdict.item)
    gates = frozenset(item.id for item in report.catalogue.items if item.hard_gate)
    every = [Told(finding=one, items=tuple(items)) for one, items in concerned.items()]
    return _spread(sorted(every, key=lambda one: _weight(one, gates)))


def lies(every: Iterable[Told]) -> tuple[Told, ...]:
    """Those that look done and are not."""
    return tuple(one for one in every if one.finding.kind is FindingKind.LIE)


def _weight(one: Told, gates: frozenset[str]) -> tuple[int, bool, int, bool]:
    place = one.finding.place
    return (
        ORDER.index(one.finding.kind),
        gates.isdisjoint(one.items),
        -len(one.items),
        place is None or not place.line,
    )


def _spread(ordered: Iterable[Told]) -> tuple[Told, ...]:
    seen: dict[tuple[FindingKind, str], int] = {}
    ranked: list[tuple[int, int, Told]] = []
    for one in ordered:
        key = (one.finding.kind, one.items[0])
        seen[key] = seen.get(key, 0) + 1
        ranked.append((ORDER.index(one.finding.kind), seen[key], one))
    return tuple(one for _, _, one in sorted(ranked, key=lambda entry: entry[:2]))
