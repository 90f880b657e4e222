"""Whether the credential that a running process has ends by itself."""

from datetime import timedelta

from tenken.readiness.answers import gap, lie, seen
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.probes.observed.said import Observed, fails, holds, unknown
from tenken.sentence import say

LONGEST = timedelta(hours=12)


def running_credential_expires_within_hours(sighting: Sighting) -> Observed:
    """The credential for the model's provider is a token that lives for hours."""
    found, now = sighting.credential, sighting.about.now
    if found is None or found.kind == "opaque":
        return unknown(say("observed.credential_tells_nothing"))
    if found.kind == "key" or found.expires_at is None:
        return fails(lie("observed.credential_is_static"))
    if found.expires_at <= now:
        return unknown(say("observed.credential_has_ended"))
    lives = found.expires_at - (found.issued_at or now)
    hours = round(lives.total_seconds() / 3600, 1)
    if lives > LONGEST:
        return fails(gap("observed.credential_lives_long", hours=hours))
    return holds(seen("observed.credential_ends", hours=hours))
