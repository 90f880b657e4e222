"""What guards found, as events of Datadog: one for each kind of it in a batch.

After the published schema of `POST /api/v1/events`. It takes no event that is older than 18 hours
and knows no id of ours, so that one that is given twice is there twice, under one aggregation key.
"""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from tenken.journal.exchange import Exchange, Match
from tenken.keeper.sinks.posting import Posting, Refused
from tenken.store.owed.tally import Tally

OLDEST_US = 18 * 3600 * 1_000_000
MICRO = 1_000_000
KEY_MAX = 100
TAG_MAX = 200
TYPES = {"low": "info", "medium": "warning", "high": "error", "critical": "error"}


class Violation(Struct, frozen=True, order=True):
    """One kind of what guards found."""

    use_case: str
    rule: str
    risk: str
    action: str
    stage: str
    severity: str


class Seen(Struct, kw_only=True):
    """How often it was, and when last."""

    count: int = 0
    at: int = 0
    request: str = ""


def violations(exchanges: Sequence[Exchange]) -> Mapping[Violation, Seen]:
    """Put together what is of one kind."""
    found: dict[Violation, Seen] = {}
    for one in exchanges:
        for match in one.matches:
            seen = found.setdefault(_violation(one, match), Seen())
            seen.count += 1
            if one.at >= seen.at:
                seen.at, seen.request = one.at, one.id
    return found


def event_of(kind: Violation, seen: Seen, tags: Sequence[str]) -> bytes:
    """Give the body of an event."""
    said = msgspec.structs.asdict(kind)
    own = [f"tenken_{name}:{value}"[:TAG_MAX] for name, value in said.items() if value]
    key = f"tenken/{kind.use_case}/{kind.rule}/{kind.action}/{kind.stage}"
    return msgspec.json.encode(
        {
            "title": f"tenken guard: {kind.rule} {kind.action} ({seen.count})",
            "text": f"{seen.count} of {kind.risk} in {kind.use_case or 'no use case'}, "
            f"{kind.stage}; the latest in request {seen.request}",
            "alert_type": TYPES.get(kind.severity, "warning"),
            "priority": "low" if kind.action in {"shadow", "flag"} else "normal",
            "aggregation_key": key[:KEY_MAX],
            "date_happened": seen.at // MICRO,
            "tags": [*tags, *own],
        }
    )


class DatadogEvents:
    """Datadog's events as a sink."""

    def __init__(self, posting: Posting, *, tags: Sequence[str]) -> None:
        self._posting = posting
        self._tags = tuple(tags)

    def deliver(self, exchanges: Sequence[Exchange], now: int) -> Tally:
        """Send what guards found; raises Later."""
        fresh = [one for one in exchanges if now - one.at < OLDEST_US]
        old = sum(len(one.matches) for one in exchanges if now - one.at >= OLDEST_US)
        tally = Tally(exchanges=len(exchanges), refused=old)
        for kind, seen in sorted(violations(fresh).items()):
            tally = tally.plus(self._send(event_of(kind, seen, self._tags)))
        return tally

    def close(self) -> None:
        """Hold nothing."""

    def _send(self, body: bytes) -> Tally:
        try:
            self._posting.post(body, {"content-type": "application/json"})
        except Refused:
            return Tally(refused=1)
        return Tally(sent=1)


def _violation(one: Exchange, match: Match) -> Violation:
    return Violation(
        use_case=one.identity.use_case,
        rule=match.rule,
        risk=match.risk,
        action=match.action,
        stage=match.stage,
        severity=match.severity,
    )
