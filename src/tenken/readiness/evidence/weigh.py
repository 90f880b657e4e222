"""Decides how much a recorded piece of evidence counts here and now; a pure function.

The rules, the first that applies (`because` says which):

1. the chain of its file is broken                                → rejected
2. it is about another service, or about none                     → rejected
3. it is from the future, beyond what clocks differ                → rejected
4. it is a person's word, or bound to neither a commit nor a time → rejected
5. nobody whom the platform trusts signed it                      → at most declared
6. it has run out, or something it was given for has changed      → stale
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from tenken.evidence import Evidence, Grade, Method
from tenken.readiness.catalogue import NEEDED
from tenken.readiness.evidence.chain import Chain, Line
from tenken.readiness.evidence.envelope import TrustedKey, signer
from tenken.readiness.verdict import Standing, Weighed
from tenken.sentence import Sentence, say

SKEW = timedelta(minutes=5)
LONGEST_LIFE: Mapping[Method, timedelta] = {
    Method.RUNTIME: timedelta(days=7),
    Method.DRILL: timedelta(days=90),
}
"""However long an observer says that its evidence holds."""


class Scale(Struct, frozen=True, kw_only=True):
    """What evidence is weighed against."""

    subjects: Mapping[str, str]
    """What is inspected: `service` always, `commit` and others where they are known."""
    trusted: tuple[TrustedKey, ...]
    now: datetime
    not_before: datetime | None = None
    """A moment known to have passed (the newest commit's): a clock set back goes no further."""

    @property
    def moment(self) -> datetime:
        """The latest time that it can be said to be."""
        return max(self.now, self.not_before or self.now)


def weigh(chain: Chain, scale: Scale) -> tuple[Weighed, ...]:
    """Give every line of a chain its standing."""
    return tuple(_weighed(line, chain.broken, scale) for line in chain.lines)


def _weighed(line: Line, broken: Sentence | None, scale: Scale) -> Weighed:
    evidence = _capped(line.evidence, NEEDED[line.evidence.method])
    refused = broken or _refused(evidence, scale)
    if refused:
        return Weighed(evidence=evidence, standing=Standing.REJECTED, because=refused)
    key = _trusted_signer(line, scale)
    observer = key.name if key else ""
    if key is None:
        evidence = _capped(evidence, Grade.DECLARED)
    if ran_out := _ran_out(evidence, scale) or _changed(evidence, scale):
        return Weighed(
            evidence=evidence, standing=Standing.STALE, because=ran_out, observer=observer
        )
    if key is None:
        because = say("evidence.not_signed", probe=evidence.probe)
        return Weighed(evidence=evidence, standing=Standing.DECLARED_ONLY, because=because)
    return Weighed(evidence=evidence, observer=observer)


def _capped(evidence: Evidence, most: Grade) -> Evidence:
    if evidence.answer.grade <= most:
        return evidence
    return replace(evidence, answer=replace(evidence.answer, grade=most))


def _refused(evidence: Evidence, scale: Scale) -> Sentence | None:
    service = evidence.subjects.get("service")
    if service is None or service != scale.subjects.get("service"):
        return say("evidence.other_service", probe=evidence.probe)
    if evidence.observed_at > scale.now + SKEW:
        return say("evidence.from_the_future", probe=evidence.probe, at=_day(evidence.observed_at))
    if evidence.method is Method.PERSON:
        return say("evidence.persons_sign", probe=evidence.probe)
    if evidence.expires_at is None and "commit" not in evidence.subjects:
        return say("evidence.bound_to_nothing", probe=evidence.probe)
    return None


def _trusted_signer(line: Line, scale: Scale) -> TrustedKey | None:
    if line.envelope is None:
        return None
    day = scale.moment.date()
    in_force = [key for key in scale.trusted if key.expires_on is None or day <= key.expires_on]
    return signer(line.envelope, in_force)


def _ran_out(evidence: Evidence, scale: Scale) -> Sentence | None:
    ends = [evidence.expires_at] if evidence.expires_at else []
    if evidence.method in LONGEST_LIFE:
        ends.append(evidence.observed_at + LONGEST_LIFE[evidence.method])
    end = min(ends, default=None)
    if end is None or scale.moment < end:
        return None
    return say("evidence.expired", probe=evidence.probe, at=_day(end))


def _changed(evidence: Evidence, scale: Scale) -> Sentence | None:
    for kind, given_for in sorted(evidence.subjects.items()):
        current = scale.subjects.get(kind)
        # Only a commit must be known here; an image or a model may be known to its observer alone.
        if current != given_for and (current is not None or kind == "commit"):
            return say("evidence.changed", probe=evidence.probe, what=kind)
    return None


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
