"""Doors tried from outside: shut, open, or open to whoever speaks without TLS."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from tenken.evidence import Holding
from tenken.readiness.facts.observed.doors import DoorFacts, Listener, Stranger
from tenken.readiness.facts.observed.records import Kept
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.probes.observed import doors
from tenken.readiness.probes.observed.said import Observed
from tests.readiness.applications import survey_of
from tests.readiness.observed.making import ABOUT, NOW

HOLDS, FAILS, UNKNOWN = Holding.HOLDS, Holding.FAILS, Holding.UNKNOWN
NOTHING = survey_of({})
GOOD = Listener(address="desk.example.com:443", version="TLSv1.3", old="refused", plain="refused")
UNTOLD = replace(GOOD, old="", why_not_old="NO_PROTOCOLS_AVAILABLE")
EXPIRED = Stranger(kind="expired", route="POST /ask", status=401)
Probe = Callable[[Sighting], Observed]


def said(probe: Probe, *seen: Listener | Stranger) -> Holding:
    """What is said of some doors."""
    listeners = tuple(one for one in seen if isinstance(one, Listener))
    strangers = tuple(one for one in seen if isinstance(one, Stranger))
    facts = DoorFacts(kept=Kept(latest=NOW), listeners=listeners, strangers=strangers)
    return probe(Sighting(about=ABOUT, survey=NOTHING, doors=facts)).answer.holding


def stranger(status: int, kind: str = "anonymous") -> Stranger:
    """Somebody, and what they met."""
    return Stranger(kind=kind, route="POST /ask", status=status)


@pytest.mark.parametrize(
    ("probe", "seen", "holding"),
    [
        (doors.listeners_speak_tls_12_or_later, [GOOD], HOLDS),
        (doors.listeners_speak_tls_12_or_later,
         [GOOD, Listener(address="a:443", why_not="CERTIFICATE_VERIFY_FAILED")], FAILS),
        (doors.listeners_speak_tls_12_or_later, [Listener(address="a:443", version="TLSv1.1")],
         FAILS),
        (doors.listeners_speak_tls_12_or_later, [GOOD, replace(GOOD, old="taken")], FAILS),
        (doors.listeners_speak_tls_12_or_later, [UNTOLD, replace(GOOD, old="taken")], FAILS),
        (doors.listeners_speak_tls_12_or_later, [GOOD, UNTOLD], UNKNOWN),
        (doors.listeners_speak_tls_12_or_later, [], UNKNOWN),
        (doors.plain_http_is_refused, [GOOD], HOLDS),
        (doors.plain_http_is_refused, [Listener(address="a:443", plain="redirected")], HOLDS),
        (doors.plain_http_is_refused, [GOOD, Listener(address="a:443", plain="answered")], FAILS),
        (doors.plain_http_is_refused, [Listener(address="a:443")], UNKNOWN),
        (doors.anonymous_requests_are_refused, [stranger(401), stranger(403)], HOLDS),
        (doors.anonymous_requests_are_refused, [stranger(401), stranger(200)], FAILS),
        (doors.anonymous_requests_are_refused, [stranger(401), stranger(500)], FAILS),
        (doors.anonymous_requests_are_refused, [stranger(0)], UNKNOWN),
        (doors.anonymous_requests_are_refused, [stranger(401), stranger(0)], UNKNOWN),
        (doors.anonymous_requests_are_refused, [stranger(0), stranger(200)], FAILS),
        (doors.anonymous_requests_are_refused, [stranger(401), stranger(0, "expired")], HOLDS),
        (doors.anonymous_requests_are_refused, [EXPIRED], UNKNOWN),
        (doors.expired_tokens_are_refused, [EXPIRED], HOLDS),
        (doors.expired_tokens_are_refused, [EXPIRED, stranger(200, "expired")], FAILS),
        (doors.expired_tokens_are_refused, [EXPIRED, stranger(0, "expired")], UNKNOWN),
        (doors.wrong_audience_tokens_are_refused, [stranger(403, "other_audience")], HOLDS),
        (doors.wrong_audience_tokens_are_refused, [stranger(200, "other_audience")], FAILS),
    ],
)  # fmt: skip
def test_doors(probe: Probe, seen: list[Listener | Stranger], holding: Holding) -> None:
    """One that is open is open, however many are shut."""
    assert said(probe, *seen) is holding
