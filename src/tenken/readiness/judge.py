"""Turns evidence into verdicts: a pure function of item, evidence, signature, waiver and time.

Per sub-criterion, with `needed` the grade of its deciding method:

1. seen to be false by a method that reaches `needed`              → failed, whatever else passes
   (partial where other probes of the same method hold)
2. every probe of some method says that it does not apply           → not applicable
3. every probe of a method that reaches `needed` holds              → verified
   (one that only `supports` can refute, and neither proves nor has to be asked)
4. all probes of a lesser method hold, in effect                    → configured
5. some of it holds in effect                                       → partial
6. otherwise what was said: error, not visible or unknown

Where 4 to 6 apply and evidence that would have verified it has run out, it is stale. What a person
decides is verified by a valid signature on a text that the probes found, and declared until then.
Then the item: its weakest sub-criterion, its signature, its waiver.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from tenken.evidence import Finding, Grade, Method, Remark
from tenken.readiness.catalogue import Item, SignatureKind
from tenken.readiness.hearing import HEARD, Decision, Hearing, hearing, probes_of, proving
from tenken.readiness.verdict import (
    Outcome,
    Signed,
    Standing,
    SubVerdict,
    Verdict,
    VoidSignature,
    Waiver,
    Weighed,
)
from tenken.sentence import Sentence, say

GOOD = frozenset({Outcome.VERIFIED, Outcome.CONFIGURED})
CAN_BE_STALE = frozenset(
    {Outcome.CONFIGURED, Outcome.PARTIAL, Outcome.UNKNOWN, Outcome.NOT_VISIBLE}
)
LIFTED = frozenset({Outcome.CONFIGURED, Outcome.STALE, Outcome.UNKNOWN})


class Case(Struct, frozen=True, kw_only=True):
    """All that is known of one item."""

    item: Item
    evidence: tuple[Weighed, ...]
    signed: Signed | None = None
    void: tuple[VoidSignature, ...] = ()
    """Sign-offs that are there and do not count."""
    waiver: Waiver | None = None
    now: datetime

    @property
    def signature(self) -> Signed | None:
        """The signature, while it is in force."""
        in_force = self.signed and self.now.date() <= self.signed.expires_on
        return self.signed if in_force else None


def judge(case: Case) -> Verdict:
    """Decide one item."""
    found = tuple(_found(case, sub) for sub in case.item.sub_ids)
    verdict = _assembled(case, found)
    return _waived(_with_signature(verdict, found, case), case)


# -- one sub-criterion, by what machines saw


def _found(case: Case, sub: str) -> SubVerdict:
    method = case.item.method_of(sub)
    heard = hearing(case.evidence, case.item, sub)
    decision = heard.decided()
    if decision.outcome in CAN_BE_STALE and heard.has_lapsed():
        decision = replace(decision, outcome=Outcome.STALE)
    if method is Method.PERSON:
        decision = _unsigned(decision)
    return SubVerdict(
        id=sub,
        outcome=decision.outcome,
        grade=decision.grade,
        needed=heard.needed,
        method=method,
        missing=_missing(heard, method, decision.outcome),
    )


def _unsigned(decision: Decision) -> Decision:
    """What a person decides is no more than declared before the signature."""
    match decision.outcome:
        case Outcome.NOT_APPLICABLE:
            return decision
        case Outcome.VERIFIED:
            return Decision(Outcome.CONFIGURED, Grade.DECLARED)
        case _:
            return replace(decision, grade=min(decision.grade, Grade.DECLARED))


def _missing(heard: Hearing, method: Method, outcome: Outcome) -> tuple[Sentence, ...]:
    if outcome.passes:
        return ()
    told = [one.evidence.answer.missing for one in heard.about if one.evidence.answer.missing]
    reasons = [one.because for one in heard.about if one.because]
    lifts: list[Sentence] = []
    if outcome in LIFTED and method in {Method.RUNTIME, Method.DRILL}:
        probes = ", ".join(f"`{probe}`" for probe in proving(heard.item, method, heard.sub))
        lifts.append(say(f"judge.lifted_by_{method.value}", probes=probes))
    return tuple(dict.fromkeys([*told, *reasons, *lifts]))


# -- the item


def _assembled(case: Case, subs: tuple[SubVerdict, ...]) -> Verdict:
    return Verdict(
        item=case.item.id,
        outcome=_whole(subs),
        grade=min(sub.grade for sub in subs),
        needed=case.item.needed,
        subs=subs,
        seen=_seen(case.evidence),
        findings=_findings(case.evidence),
        evidence=case.evidence,
        expires_at=_first_expiry(case),
        reasons=tuple(dict.fromkeys(chain.from_iterable(sub.missing for sub in subs))),
    )


def _whole(subs: Sequence[SubVerdict]) -> Outcome:
    every = {sub.outcome for sub in subs}
    active = every - {Outcome.NOT_APPLICABLE, Outcome.WAIVED}
    if not active:
        return Outcome.WAIVED if Outcome.WAIVED in every else Outcome.NOT_APPLICABLE
    together = _together(active)
    # What is exempt stays visible: such an item is never called proved.
    exempt = together is Outcome.VERIFIED and Outcome.WAIVED in every
    return Outcome.WAIVED if exempt else together


def _together(outcomes: set[Outcome]) -> Outcome:
    if len(outcomes) == 1:
        return next(iter(outcomes))
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


# -- the signature of a person


def _with_signature(verdict: Verdict, found: tuple[SubVerdict, ...], case: Case) -> Verdict:
    rule = case.item.signature
    if rule is None or verdict.outcome is Outcome.NOT_APPLICABLE:
        return verdict
    signed, every = case.signature, case.item.sub_ids
    covered = (signed.subs or every) if signed else ()
    exempts = signed is not None and signed.exempts and rule.kind is SignatureKind.EXEMPTION
    subs = tuple(
        _signed(case, sub, exempts=exempts) if sub.id in covered else sub for sub in found
    )
    outcome, whole = _whole(subs), set(covered) >= set(every)
    if outcome is Outcome.VERIFIED and (whole or rule.kind is SignatureKind.EXEMPTION):
        return replace(_assembled(case, subs), signed=signed, reasons=())
    if outcome is Outcome.WAIVED:
        return replace(_assembled(case, subs), signed=signed, underlying=verdict.outcome)
    if _whole([_signed(case, sub, exempts=False) for sub in found]) is Outcome.VERIFIED:
        return _awaiting(replace(verdict, signed=signed), case, rule.role)
    short = replace(_told_of_void(_assembled(case, subs), case), signed=signed)
    was_exempt = rule.kind is SignatureKind.EXEMPTION and _has_lapsed(case)
    if was_exempt and short.outcome in CAN_BE_STALE:
        return replace(short, outcome=Outcome.STALE)
    return short


def _signed(case: Case, sub: SubVerdict, *, exempts: bool) -> SubVerdict:
    """A sub-criterion under a signature: a person's is decided by it, another may be exempted."""
    if sub.outcome.passes:
        return sub
    if sub.method is not Method.PERSON:
        return replace(sub, outcome=Outcome.WAIVED) if exempts else sub
    if sub.outcome in {Outcome.FAILED, Outcome.PARTIAL, Outcome.ERROR}:
        return sub
    # A "not needed" with its reason is the decision itself; anything else must be written first.
    if exempts or _text_is_there(case, sub.id):
        return replace(sub, outcome=Outcome.VERIFIED, grade=sub.needed, missing=())
    return sub


def _text_is_there(case: Case, sub: str) -> bool:
    best = hearing(case.evidence, case.item, sub).best()
    unasked = not probes_of(case.item, Method.REPOSITORY, sub)
    return unasked or (best is not None and best >= Grade.DECLARED)


def _awaiting(verdict: Verdict, case: Case, role: str) -> Verdict:
    told = _told_of_void(verdict, case)
    return replace(
        told,
        outcome=Outcome.STALE if _has_lapsed(case) else Outcome.CONFIGURED,
        awaits=role,
        reasons=(say("judge.awaits_signature", role=role), *told.reasons),
    )


def _has_lapsed(case: Case) -> bool:
    return any(void.was_valid for void in case.void)


def _told_of_void(verdict: Verdict, case: Case) -> Verdict:
    return replace(verdict, reasons=(*(void.because for void in case.void), *verdict.reasons))


# -- the waiver, and what is shown


def _waived(verdict: Verdict, case: Case) -> Verdict:
    waiver = case.waiver
    done = verdict.outcome.passes or verdict.outcome is Outcome.WAIVED
    if waiver is None or done or waiver.expires_on < case.now.date():
        return verdict
    return replace(
        verdict, outcome=Outcome.WAIVED, underlying=verdict.outcome, waiver=waiver, awaits=None
    )


def _seen(evidence: Iterable[Weighed]) -> tuple[Remark, ...]:
    heard = (one.evidence.answer.seen for one in evidence if one.standing in HEARD)
    return tuple(dict.fromkeys(chain.from_iterable(heard)))


def _findings(evidence: Iterable[Weighed]) -> tuple[Finding, ...]:
    heard = (one.evidence.answer.findings for one in evidence if one.standing in HEARD)
    found = dict.fromkeys(chain.from_iterable(heard))
    order = ("lie", "gap", "note")
    return tuple(sorted(found, key=lambda finding: order.index(finding.kind)))


def _first_expiry(case: Case) -> datetime | None:
    moments = [
        one.evidence.expires_at
        for one in case.evidence
        if one.evidence.expires_at and one.standing is Standing.COUNTS
    ]
    days: list[date] = [end.expires_on for end in (case.signature, case.waiver) if end]
    moments += [datetime(day.year, day.month, day.day, tzinfo=case.now.tzinfo) for day in days]
    return min(moments, default=None)
