"""Turns evidence into verdicts: a pure function of item, evidence, signature, waiver and time.

Per sub-criterion, with `needed` the grade of its deciding method:

1. a fresh failure at `needed` or above beats any pass                        → failed
2. every probe of a method that reaches `needed` holds                        → verified
3. real evidence below that                                                   → configured
4. evidence that would have counted, but ran out                              → stale
5. otherwise what the repository's probes say: error, not visible or unknown

A mixture is partial. Then the item: its weakest sub-criterion, its signature, its waiver.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain

from tenken.evidence import Finding, Grade, Holding, Method, Remark
from tenken.readiness.catalogue import NEEDED, Item, ProbeUse, SignatureKind
from tenken.readiness.verdict import (
    Outcome,
    Signed,
    Standing,
    SubVerdict,
    Verdict,
    Waiver,
    Weighed,
)
from tenken.sentence import Sentence, say

GOOD = frozenset({Outcome.VERIFIED, Outcome.CONFIGURED, Outcome.NOT_APPLICABLE})
HELD = frozenset({Holding.HOLDS, Holding.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that is known of one item."""

    item: Item
    evidence: tuple[Weighed, ...]
    signed: Signed | None = None
    waiver: Waiver | None = None
    now: datetime


def judge(case: Case) -> Verdict:
    """Decide one item."""
    subs = tuple(_sub_verdict(case, sub) for sub in case.item.sub_ids)
    grade = min(sub.grade for sub in subs)
    outcome = _whole(subs)
    verdict = Verdict(
        item=case.item.id,
        outcome=outcome,
        grade=grade,
        needed=case.item.needed,
        subs=subs,
        seen=_seen(case.evidence),
        findings=_findings(case.evidence),
        evidence=case.evidence,
        expires_at=_first_expiry(case),
        reasons=tuple(dict.fromkeys(chain.from_iterable(sub.missing for sub in subs))),
    )
    return _waived(_with_signature(verdict, case), case)


# -- one sub-criterion


def _sub_verdict(case: Case, sub: str) -> SubVerdict:
    method = case.item.method_of(sub)
    needed = NEEDED[method]
    about = tuple(weighed for weighed in case.evidence if _speaks_of(weighed, sub))
    counting = tuple(weighed for weighed in about if weighed.standing is Standing.COUNTS)
    outcome, grade = _decided(case.item, sub, needed, counting)
    if outcome is not Outcome.FAILED and not outcome.passes and _would_have_passed(about, needed):
        outcome = Outcome.STALE
    if outcome is Outcome.VERIFIED and method is Method.PERSON and not _may_decide(case):
        outcome = Outcome.CONFIGURED
    return SubVerdict(
        id=sub,
        outcome=outcome,
        grade=grade,
        needed=needed,
        method=method,
        missing=_missing(case.item, sub, method, outcome, about),
    )


def _may_decide(case: Case) -> bool:
    """Whether a person has signed, or will be asked to once the text is there."""
    asked = case.item.signature is not None and case.item.signature.kind is SignatureKind.DECIDES
    return asked or case.signed is not None


def _speaks_of(weighed: Weighed, sub: str) -> bool:
    return not weighed.evidence.subs or not sub or sub in weighed.evidence.subs


def _decided(
    item: Item, sub: str, needed: Grade, counting: Sequence[Weighed]
) -> tuple[Outcome, Grade]:
    if _failures_at(needed, counting) and not _mixed(counting):
        return Outcome.FAILED, Grade.NONE
    best = _best_method(item, sub, counting)
    if best is not None and best >= needed and not _failures_at(needed, counting):
        only_not_applicable = all(one.evidence.answer.holding is Holding.NOT_APPLICABLE for one in counting)
        return (Outcome.NOT_APPLICABLE if only_not_applicable else Outcome.VERIFIED), max(best, needed)
    if best is not None and best >= Grade.CONFIGURED and not _failures_at(needed, counting):
        return Outcome.CONFIGURED, best
    return _short_of(needed, counting, declared=best is not None)


def _failures_at(needed: Grade, counting: Sequence[Weighed]) -> bool:
    return any(
        one.evidence.answer.holding is Holding.FAILS and NEEDED[one.evidence.method] >= needed for one in counting
    )


def _mixed(counting: Sequence[Weighed]) -> bool:
    """Whether, within one method, some probes hold in effect and others do not."""
    return any(
        one.evidence.answer.holding in {Holding.HOLDS, Holding.PARTLY}
        and one.evidence.answer.grade >= Grade.CONFIGURED
        and one.evidence.probe != other.evidence.probe
        and one.evidence.method is other.evidence.method
        for one in counting
        for other in counting
        if other.evidence.answer.holding is Holding.FAILS
    )


def _best_method(item: Item, sub: str, counting: Sequence[Weighed]) -> Grade | None:
    """The highest grade at which every probe of one method holds; None where none does."""
    grades = [
        min(answer.grade for answer in answers)
        for method in (Method.REPOSITORY, Method.RUNTIME, Method.DRILL)
        if (probes := _probes(item, method, sub))
        and (answers := [one.evidence.answer for one in _latest(method, probes, counting)])
        and len(answers) == len(probes)
        and all(answer.holding in HELD for answer in answers)
    ]
    return max(grades, default=None)


def _probes(item: Item, method: Method, sub: str) -> tuple[str, ...]:
    uses: tuple[ProbeUse, ...] = getattr(item.probes, method.value)
    return tuple(use.probe for use in uses if not use.subs or not sub or sub in use.subs)


def _latest(method: Method, probes: Iterable[str], counting: Sequence[Weighed]) -> list[Weighed]:
    latest: list[Weighed] = []
    for probe in probes:
        given = [one for one in counting if one.evidence.probe == probe and one.evidence.method is method]
        if given:
            latest.append(max(given, key=lambda one: one.evidence.observed_at))
    return latest


def _short_of(needed: Grade, counting: Sequence[Weighed], *, declared: bool) -> tuple[Outcome, Grade]:
    holdings = {one.evidence.answer.holding for one in counting}
    effective = any(
        one.evidence.answer.holding in {Holding.HOLDS, Holding.PARTLY}
        and one.evidence.answer.grade >= Grade.CONFIGURED
        for one in counting
    )
    said = any(one.evidence.answer.holding in {Holding.HOLDS, Holding.PARTLY} for one in counting)
    grade = Grade.DECLARED if declared or said else Grade.NONE
    if Holding.ERROR in holdings:
        return Outcome.ERROR, grade
    if effective:
        return Outcome.PARTIAL, grade
    if _failures_at(needed, counting):
        return Outcome.FAILED, Grade.NONE
    if holdings and holdings <= {Holding.NOT_VISIBLE, Holding.NOT_APPLICABLE, Holding.HOLDS} and (
        Holding.NOT_VISIBLE in holdings
    ):
        return Outcome.NOT_VISIBLE, grade
    return Outcome.UNKNOWN, grade


def _would_have_passed(about: Sequence[Weighed], needed: Grade) -> bool:
    return any(
        one.standing is Standing.STALE
        and one.evidence.answer.holding is Holding.HOLDS
        and one.evidence.answer.grade >= needed
        for one in about
    )


def _missing(
    item: Item, sub: str, method: Method, outcome: Outcome, about: Sequence[Weighed]
) -> tuple[Sentence, ...]:
    if outcome.passes:
        return ()
    told = [one.evidence.answer.missing for one in about if one.evidence.answer.missing]
    reasons = [one.because for one in about if one.because]
    lifts: list[Sentence] = []
    if outcome in {Outcome.CONFIGURED, Outcome.STALE, Outcome.UNKNOWN} and method in {Method.RUNTIME, Method.DRILL}:
        probes = ", ".join(_probes(item, method, sub))
        lifts.append(say(f"judge.lifted_by_{method.value}", probes=probes))
    return tuple(dict.fromkeys([*told, *reasons, *lifts]))


# -- the item


def _whole(subs: Sequence[SubVerdict]) -> Outcome:
    outcomes = {sub.outcome for sub in subs}
    if len(outcomes) == 1:
        return subs[0].outcome
    if outcomes <= {Outcome.VERIFIED, Outcome.NOT_APPLICABLE}:
        return Outcome.VERIFIED
    if outcomes <= GOOD:
        return Outcome.CONFIGURED
    if Outcome.ERROR in outcomes:
        return Outcome.ERROR
    if outcomes & {*GOOD, Outcome.PARTIAL}:
        return Outcome.PARTIAL
    for outcome in (Outcome.FAILED, Outcome.STALE, Outcome.UNKNOWN):
        if outcome in outcomes:
            return outcome
    return Outcome.NOT_VISIBLE


def _with_signature(verdict: Verdict, case: Case) -> Verdict:
    signature = case.item.signature
    if signature is None:
        return verdict
    if case.signed and case.signed.exempts and signature.kind is SignatureKind.EXEMPTION and not verdict.outcome.passes:
        return replace(verdict, outcome=Outcome.WAIVED, underlying=verdict.outcome, signed=case.signed)
    if signature.kind is SignatureKind.EXEMPTION:
        return verdict
    return _signed(verdict, case, signature.kind, signature.role)


def _signed(verdict: Verdict, case: Case, kind: SignatureKind, role: str) -> Verdict:
    if kind is SignatureKind.DECIDES:
        # The text is there as far as a repository can say; the person decides whether it is right.
        ready = verdict.outcome in {Outcome.VERIFIED, Outcome.CONFIGURED} or _text_is_there(verdict)
        if not ready:
            return verdict
        if case.signed:
            return replace(verdict, outcome=Outcome.VERIFIED, grade=verdict.needed, signed=case.signed, reasons=())
        grade = min(verdict.grade, Grade.DECLARED)
        return _awaiting(verdict, role, grade)
    if verdict.outcome is not Outcome.VERIFIED:
        return replace(verdict, signed=case.signed)
    return replace(verdict, signed=case.signed) if case.signed else _awaiting(verdict, role, verdict.grade)


def _text_is_there(verdict: Verdict) -> bool:
    return verdict.outcome is Outcome.UNKNOWN and verdict.grade is Grade.DECLARED


def _awaiting(verdict: Verdict, role: str, grade: Grade) -> Verdict:
    reasons = (say("judge.awaits_signature", role=role), *verdict.reasons)
    return replace(verdict, outcome=Outcome.CONFIGURED, grade=grade, awaits=role, reasons=reasons)


def _waived(verdict: Verdict, case: Case) -> Verdict:
    waiver = case.waiver
    if waiver is None or verdict.outcome.passes or waiver.expires_on < case.now.date():
        return verdict
    return replace(verdict, outcome=Outcome.WAIVED, underlying=verdict.outcome, waiver=waiver, awaits=None)


def _seen(evidence: Iterable[Weighed]) -> tuple[Remark, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(one.evidence.answer.seen for one in evidence)))


def _findings(evidence: Iterable[Weighed]) -> tuple[Finding, ...]:
    found = dict.fromkeys(chain.from_iterable(one.evidence.answer.findings for one in evidence))
    order = ("lie", "gap", "note")
    return tuple(sorted(found, key=lambda finding: order.index(finding.kind)))


def _first_expiry(case: Case) -> datetime | None:
    moments = [
        one.evidence.expires_at
        for one in case.evidence
        if one.evidence.expires_at and one.standing is Standing.COUNTS
    ]
    days: list[date] = [end.expires_on for end in (case.signed, case.waiver) if end]
    moments += [datetime(day.year, day.month, day.day, tzinfo=case.now.tzinfo) for day in days]
    return min(moments, default=None)
