"""PagerDuty, by its Events API v2: one incident for each alert, told by the alert's id."""

from collections.abc import Mapping
from datetime import UTC, datetime

from tenken.keeper.alerts.message import SECOND, Message

URL = "https://events.pagerduty.com/v2/enqueue"
SUMMARY = 1024
SEVERITY = {"page": "critical", "ticket": "warning", "info": "info"}
ACTION = {"resolved": "resolve", "acknowledged": "acknowledge"}


def body(message: Message) -> dict[str, object]:
    """Give the event, without the routing key."""
    part = message.parts[0]
    links = [address for address in (part.runbook, part.console) if "://" in address]
    return {
        "event_action": ACTION.get(message.reason, "trigger"),
        "dedup_key": part.alert.id,
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


def with_key(stored: Mapping[str, object], key: str) -> dict[str, object]:
    """Give the event as it is sent: the key stands in its body."""
    return {**stored, "routing_key": key}
