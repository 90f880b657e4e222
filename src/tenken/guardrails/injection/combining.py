"""Which rules hold of a text: what they need is close together, and little speaks against it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from tenken.guardrails.injection.concept import Concept
from tenken.guardrails.injection.hits import Hit
from tenken.guardrails.injection.rules import (
    AGAINST,
    LEAST,
    LONG_AGAINST,
    MOST,
    NEIGHBOURS,
    PEOPLE_AGAINST,
    RULES,
    TELLING,
    Finding,
    Rule,
)

C = Concept
REMEMBERED = 4096


def findings(hits: Sequence[Hit], *, untrusted: bool) -> list[Finding]:
    """Give every rule that holds, at each sentence where it does."""
    sentences = _sentences(hits)
    doubt = 0.0 if untrusted or not hits else _doubt(hits[-1].end)
    found: list[Finding | None] = []
    for place, inside in sentences.items():
        around = _around(sentences, place)
        if TELLING.isdisjoint(around):
            continue
        alone, both = _Said(inside), _Said(inside + sentences.get(place + 1, []))
        found += [
            _held(rule, both if rule.across else alone, around, doubt)
            for rule in _possible(alone.concepts, both.concepts)
            if untrusted or not rule.untrusted_only
        ]
    return [finding for finding in found if finding is not None]


@lru_cache(maxsize=REMEMBERED)
def _possible(alone: frozenset[C], both: frozenset[C]) -> tuple[Rule, ...]:
    """Give the rules of which every need is met; sentences that mean the same come again."""
    return tuple(rule for rule in RULES if _met(rule, both if rule.across else alone))


def _met(rule: Rule, said: frozenset[C]) -> bool:
    return all(not need.isdisjoint(said) for need in rule.needs)


class _Said:
    """Words that stand together, and what of them speaks against an attack."""

    __slots__ = ("_against", "_among_people", "concepts", "hits")

    def __init__(self, hits: Sequence[Hit]) -> None:
        self.hits = hits
        self.concepts = frozenset([hit.concept for hit in hits])
        self._against: float | None = None
        self._among_people = 0.0

    def against(self, rule: Rule) -> float:
        """What counts against a rule: the same for all, but for what people tell each other."""
        if self._against is None:
            counts = Counter([hit.concept for hit in self.hits])
            self._against = _sum(counts, AGAINST)
            self._among_people = _sum(counts, AMONG_PEOPLE)
        return self._among_people if rule.among_people else self._against


AMONG_PEOPLE = {**AGAINST, C.PEOPLE: PEOPLE_AGAINST}


def _sum(counts: Counter[C], taken: Mapping[C, Sequence[float]]) -> float:
    return sum([_taken(counts[one], amounts) for one, amounts in taken.items() if one in counts])


def _taken(count: int, amounts: Sequence[float]) -> float:
    return amounts[min(count, len(amounts)) - 1]


def _doubt(size: int) -> float:
    return max((taken for length, taken in LONG_AGAINST if size > length), default=0.0)


def _sentences(hits: Sequence[Hit]) -> dict[int, list[Hit]]:
    sentences: dict[int, list[Hit]] = {}
    for hit in hits:
        sentences.setdefault(hit.sentence, []).append(hit)
    return sentences


def _around(sentences: Mapping[int, list[Hit]], place: int) -> frozenset[C]:
    near = range(place - NEIGHBOURS, place + NEIGHBOURS + 1)
    return frozenset(hit.concept for other in near for hit in sentences.get(other, ()))


def _held(rule: Rule, said: _Said, around: frozenset[C], doubt: float) -> Finding | None:
    found = _together(rule, said.hits)
    if not found:
        return None
    used = {hit.concept for hit in found}
    beside = around - used
    surer = sum([weight for concept, weight in rule.surer.items() if concept in beside])
    score = min(MOST, rule.score + surer + _own(rule, used)) - said.against(rule) - doubt
    if score < LEAST:
        return None
    start, end = min([hit.start for hit in found]), max([hit.end for hit in found])
    return Finding(rule.id, rule.risk, round(score, 2), start, end)


def _own(rule: Rule, used: set[C]) -> float:
    """What was needed may itself be one of the surer words for it, such as a SECRET as target."""
    surer = rule.surer
    return sum([surer[one] for need in rule.needs for one in used & need if one in surer])


def _together(rule: Rule, inside: Sequence[Hit]) -> list[Hit]:
    for place, first in enumerate(inside):
        if first.concept in rule.needs[0]:
            found = [first]
            for need in rule.needs[1:]:
                nearest = _nearest(rule, inside, place, need)
                if nearest is None:
                    break
                found.append(nearest)
            else:
                return found
    return []


def _nearest(rule: Rule, inside: Sequence[Hit], place: int, need: frozenset[C]) -> Hit | None:
    """Look outwards from a hit, no further than the rule reaches: work stays linear."""
    first = inside[place]
    forwards = rule.verb_first and first.latin
    for step in range(1, len(inside)):
        after = inside[place + step] if place + step < len(inside) else None
        before = inside[place - step] if step <= place and not forwards else None
        close = [hit for hit in (after, before) if hit and _gap(first, hit) <= rule.reach]
        if not close:
            return None
        for hit in close:
            if hit.concept in need:
                return hit
    return None


def _gap(one: Hit, other: Hit) -> int:
    return max(one.start, other.start) - min(one.end, other.end)
