"""A webhook of the team's own: JSON as documented, signed where there is a key."""

import hmac

import msgspec

from tenken.keeper.alerts.message import Message, Part, moment

VERSION = 1


def body(message: Message) -> dict[str, object]:
    """Give the message as our own JSON."""
    return {
        "version": VERSION,
        "id": message.id,
        "reason": message.reason,
        "severity": message.severity,
        "title": message.title,
        "application": message.application,
        "environment": message.environment,
        "alerts": [_alert(part) for part in message.parts],
    }


def signature(key: str, *, second: int, content: bytes) -> str:
    """Give what a receiver checks: HMAC-SHA256 of the second, a point and the body."""
    signed = f"{second}.".encode() + content
    return f"v1={hmac.digest(key.encode(), signed, 'sha256').hex()}"


def _alert(part: Part) -> dict[str, object]:
    alert = part.alert
    return {
        "id": alert.id,
        "key": alert.key,
        "kind": alert.kind,
        "state": alert.standing,
        "severity": alert.severity,
        "what": part.what,
        "since": moment(alert.since),
        "value": alert.value,
        "threshold": alert.threshold,
        "unit": alert.unit,
        "budget_left": alert.budget_left,
        "subject": msgspec.to_builtins(alert.subject),
        "lines": [{"label": label, "text": text} for label, text in part.lines],
        "runbook": part.runbook,
        "console": part.console,
    }
