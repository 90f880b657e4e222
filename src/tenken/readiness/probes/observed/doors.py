"""Whether the doors of a running service are shut to whoever has no business there."""

from tenken.evidence import Finding
from tenken.readiness.answers import gap, lie, seen
from tenken.readiness.facts.observed.doors import Listener, Stranger
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.probes.observed.said import Observed, fails, holds, unknown
from tenken.sentence import say

GOOD_VERSIONS = frozenset({"TLSv1.2", "TLSv1.3"})
REFUSED = frozenset({401, 403})


def listeners_speak_tls_12_or_later(sighting: Sighting) -> Observed:
    """Every address takes TLS 1.2 or later with a certificate that holds, and nothing older."""
    listeners = _listeners(sighting)
    if not listeners:
        return unknown(say("observed.no_listener"))
    findings = [
        gap("observed.no_good_tls", address=one.address, why=one.why_not or one.version)
        for one in listeners
        if one.version not in GOOD_VERSIONS
    ]
    findings += [lie("observed.old_tls", address=one.address)
                 for one in listeners if one.old == "taken"]  # fmt: skip
    if findings:
        return fails(*findings)
    for one in listeners:
        if one.old != "refused":
            return unknown(say("observed.old_tls_untold", address=one.address,
                               why=one.why_not_old))  # fmt: skip
    return holds(*(seen("observed.good_tls", address=one.address, version=one.version)
                   for one in listeners))  # fmt: skip


def plain_http_is_refused(sighting: Sighting) -> Observed:
    """Without TLS nobody is answered, or only sent to where there is TLS."""
    listeners = _listeners(sighting)
    if not listeners or any(not one.plain for one in listeners):
        return unknown(say("observed.no_listener"))
    answered = [one for one in listeners if one.plain == "answered"]
    if answered:
        return fails(*(lie("observed.plain_answered", address=one.address) for one in answered))
    return holds(seen("observed.plain_refused", n=len(listeners)))


def anonymous_requests_are_refused(sighting: Sighting) -> Observed:
    """Whoever shows nothing is turned away."""
    return _refused(sighting, "anonymous")


def expired_tokens_are_refused(sighting: Sighting) -> Observed:
    """Whoever shows what has run out is turned away."""
    return _refused(sighting, "expired")


def wrong_audience_tokens_are_refused(sighting: Sighting) -> Observed:
    """Whoever shows what was made for another is turned away."""
    return _refused(sighting, "other_audience")


def _refused(sighting: Sighting, kind: str) -> Observed:
    strangers = sighting.doors.strangers if sighting.doors else ()
    asked = [one for one in strangers if one.kind == kind]
    if not asked:
        return unknown(say("observed.no_stranger", kind=f"wording.observed_stranger_{kind}"))
    let_in = [one for one in asked if one.status and one.status not in REFUSED]
    if let_in:
        return fails(*(_let_in(one) for one in let_in))
    waiting = ", ".join(one.route for one in asked if not one.status)
    if waiting:  # who is served slowly is served
        told = say(
            "observed.stranger_waits", kind=f"wording.observed_stranger_{kind}", routes=waiting
        )
        return unknown(told)
    return holds(seen("observed.strangers_refused", n=len(asked),
                      kind=f"wording.observed_stranger_{kind}"))  # fmt: skip


def _let_in(one: Stranger) -> Finding:
    return lie("observed.stranger_let_in", route=one.route, status=one.status,
               kind=f"wording.observed_stranger_{one.kind}")  # fmt: skip


def _listeners(sighting: Sighting) -> tuple[Listener, ...]:
    return sighting.doors.listeners if sighting.doors else ()
