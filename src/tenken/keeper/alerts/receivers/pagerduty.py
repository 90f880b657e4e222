"""PagerDuty, by its Events API v2: one incident for each alert and how urgent it is.

An alert that becomes more urgent is another incident there, since one that is open already wakes
nobody again; the incident that it was before is resolved, as all of them are at the end.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from tenken.keeper.alerts.message import SECOND, Message
from tenken.store.watch.alert import SEVERITIES, Alert

URL = "https://events.pagerduty.com/v2/enqueue"
SUMMARY = 1024
SEVERITY = {"page": "critical", "ticket": "warning", "info": "info"}
BEFORE = "before"
"""Incidents that this alert was before; it is kept beside the event, and not sent."""
ACTION = {"resolved": "resolve", "acknowledged": "acknowledge"}


def body(message: Message) -> dict[str, object]:
    """Give the event, without the routing key."""
    part = message.parts[0]
    links = [address for address in (part.runbook, part.console) if "://" in address]
    return {
        "event_action": ACTION.get(message.reason, "trigger"),
        "dedup_key": _key(part.alert, part.alert.severity),
        BEFORE: list(_before(part.alert)) if message.reason != "acknowledged" else [],
        "client": "tenken",
        "client_url": part.console,
        "links": [{"href": address, "text": address} for address in links],
        "payload": {
            "summary": message.title[:SUMMARY],
            "source": message.application,
            "severity": SEVERITY[message.severity],
            "timestamp": datetime.fromtimestamp(message.now // SECOND, tz=UTC).isoformat(),
            "component": part.alert.key,
            "group": message.environment,
            "class": part.alert.kind,
            "custom_details": {"what": part.what, **dict(part.lines)},
        },
    }


def _key(alert: Alert, severity: str) -> str:
    return alert.id if severity == SEVERITIES[-1] else f"{alert.id}/{severity}"


def _before(alert: Alert) -> Iterator[str]:
    """Give what it may have been called while it was less urgent; nobody minds one too many."""
    for severity in SEVERITIES[SEVERITIES.index(alert.severity) + 1 :]:
        yield _key(alert, severity)


def events(stored: Mapping[str, object], key: str) -> Iterator[dict[str, object]]:
    """Give the events as they are sent, the news first: the routing key stands in their bodies."""
    event = {name: value for name, value in stored.items() if name != BEFORE}
    yield {**event, "routing_key": key}
    before = stored.get(BEFORE)
    for one in before if isinstance(before, list) else ():
        yield {"routing_key": key, "event_action": "resolve", "dedup_key": one}
