"""What the evidence on one sub-criterion comes to, before signatures and waivers.

The rules and their order are told in `tenken.readiness.judge`.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from tenken.evidence import Grade, Holding, Method
from tenken.readiness.catalogue import NEEDED, Item, ProbeUse
from tenken.readiness.verdict import Outcome, Standing, Weighed

HELD = frozenset({Holding.HOLDS, Holding.NOT_APPLICABLE})
SAID = frozenset({Holding.HOLDS, Holding.PARTLY})
SETTLED = frozenset({Holding.HOLDS, Holding.PARTLY, Holding.FAILS})
HEARD = frozenset({Standing.COUNTS, Standing.DECLARED_ONLY})
MACHINES = (Method.REPOSITORY, Method.RUNTIME, Method.DRILL)


def hearing(evidence: Iterable[Weighed], item: Item, sub: str) -> "Hearing":
    """Take the evidence that speaks of a sub-criterion; the empty sub is an item without any."""
    about = tuple(one for one in evidence if speaks_of(one, item, sub))
    return Hearing(item=item, sub=sub, needed=NEEDED[item.method_of(sub)], about=about)


def speaks_of(weighed: Weighed, item: Item, sub: str) -> bool:
    """Whether the catalogue asks this probe about the sub-criterion, and the evidence is on it."""
    evidence = weighed.evidence
    narrowed = not evidence.subs or not sub or sub in evidence.subs
    return narrowed and evidence.probe in probes_of(item, evidence.method, sub)


def probes_of(item: Item, method: Method, sub: str) -> tuple[str, ...]:
    """The probes of one method that speak of a sub-criterion."""
    return tuple(use.probe for use in _uses(item, method, sub))


def proving(item: Item, method: Method, sub: str) -> tuple[str, ...]:
    """Those of them that can prove it; the others only refute or confirm."""
    return tuple(use.probe for use in _uses(item, method, sub) if not use.supports)


def _uses(item: Item, method: Method, sub: str) -> tuple[ProbeUse, ...]:
    if method is Method.PERSON:
        return ()
    uses: tuple[ProbeUse, ...] = getattr(item.probes, method.value)
    return tuple(use for use in uses if not use.subs or not sub or sub in use.subs)


def holding_of(weighed: Weighed) -> Holding:
    """What its probe says."""
    return weighed.evidence.answer.holding


def grade_of(weighed: Weighed) -> Grade:
    """The grade it truly has: never above what its method gives, nor above what it counts for."""
    most = Grade.DECLARED if weighed.standing is Standing.DECLARED_ONLY else Grade.EXERCISED
    return min(weighed.evidence.answer.grade, NEEDED[weighed.evidence.method], most)


class Decision(Struct, frozen=True):
    """How a sub-criterion stands by what machines saw."""

    outcome: Outcome
    grade: Grade


class Hearing(Struct, frozen=True, kw_only=True):
    """The evidence that is heard on one sub-criterion."""

    item: Item
    sub: str
    needed: Grade
    about: tuple[Weighed, ...]
    """Everything that speaks of it, heard or not."""

    @property
    def evidence(self) -> tuple[Weighed, ...]:
        """What is neither stale nor rejected."""
        return tuple(one for one in self.about if one.standing in HEARD)

    def _proves(self, one: Weighed) -> bool:
        method = one.evidence.method
        return one.evidence.probe in proving(self.item, method, self.sub)

    def decided(self) -> Decision:
        """Apply the rules in their order."""
        best = self.best()
        if against := self._against():
            if all(self._holds_elsewhere(one) for one in against):
                return Decision(Outcome.PARTIAL, self._said())
            return Decision(Outcome.FAILED, Grade.NONE)
        if self._does_not_apply():
            return Decision(Outcome.NOT_APPLICABLE, self.needed)
        if best is not None and best >= self.needed:
            return Decision(Outcome.VERIFIED, best)
        if best is not None and best >= Grade.CONFIGURED:
            return Decision(Outcome.CONFIGURED, best)
        return Decision(self._short_of(), self._said())

    def best(self) -> Grade | None:
        """The highest grade at which every probe of one method holds; None where none does."""
        grades = [
            min(grade_of(one) for one in latest)
            for method in MACHINES
            if (latest := self._latest(method)) and all(holding_of(one) in HELD for one in latest)
        ]
        return max(grades, default=None)

    def has_lapsed(self) -> bool:
        """Whether something that would have verified it no longer counts."""
        return any(
            one.standing is Standing.STALE
            and holding_of(one) is Holding.HOLDS
            and grade_of(one) >= self.needed
            and self._proves(one)
            for one in self.about
        )

    def _latest(self, method: Method) -> list[Weighed]:
        """The newest answer of each proving probe of a method; empty unless each has answered."""
        probes = proving(self.item, method, self.sub)
        latest = [
            max(given, key=_newest_then_weakest)
            for probe in probes
            if (given := [one for one in self._of(method) if one.evidence.probe == probe])
        ]
        return latest if len(latest) == len(probes) else []

    def _of(self, method: Method) -> list[Weighed]:
        return [one for one in self.evidence if one.evidence.method is method]

    def _against(self) -> list[Weighed]:
        """What a method that could decide has seen to be false, wholly or in places."""
        return [
            one
            for one in self.evidence
            if one.standing is Standing.COUNTS
            and (holding_of(one) is Holding.FAILS or _partly_in_effect(one))
            and NEEDED[one.evidence.method] >= self.needed
        ]

    def _holds_elsewhere(self, against: Weighed) -> bool:
        """Whether, by the same method, other probes hold in effect, or this one does in places."""
        if holding_of(against) is Holding.PARTLY:
            return True
        of_method = self._of(against.evidence.method)
        refuted = {one.evidence.probe for one in of_method if holding_of(one) is Holding.FAILS}
        return any(
            one.evidence.probe not in refuted and _in_effect(one) and self._proves(one)
            for one in of_method
        )

    def _does_not_apply(self) -> bool:
        if any(holding_of(one) in SETTLED for one in self.evidence):
            return False
        return any(
            latest
            and all(
                holding_of(one) is Holding.NOT_APPLICABLE and grade_of(one) >= Grade.CONFIGURED
                for one in latest
            )
            for latest in map(self._latest, MACHINES)
        )

    def _short_of(self) -> Outcome:
        holdings = {holding_of(one) for one in self.evidence}
        if Holding.ERROR in holdings:
            return Outcome.ERROR
        if any(_in_effect(one) and self._proves(one) for one in self.evidence):
            return Outcome.PARTIAL
        if Holding.NOT_VISIBLE in holdings and holdings <= {*HELD, Holding.NOT_VISIBLE}:
            return Outcome.NOT_VISIBLE
        return Outcome.UNKNOWN

    def _said(self) -> Grade:
        """Something is said to hold, though not all of it, or not in effect."""
        said = any(
            holding_of(one) in SAID and grade_of(one) >= Grade.DECLARED and self._proves(one)
            for one in self.evidence
        )
        return Grade.DECLARED if said else Grade.NONE


def _in_effect(weighed: Weighed) -> bool:
    return holding_of(weighed) in SAID and grade_of(weighed) >= Grade.CONFIGURED


def _newest_then_weakest(weighed: Weighed) -> tuple[datetime, bool, int]:
    return weighed.evidence.observed_at, holding_of(weighed) not in HELD, -grade_of(weighed)


def _partly_in_effect(weighed: Weighed) -> bool:
    return holding_of(weighed) is Holding.PARTLY and _in_effect(weighed)
