"""Datadog, by its Events API v1: what belongs to one alert is shown as one."""

from tenken.keeper.alerts.message import SECOND, Message, Part

TITLE = 100
TEXT = 4000
KIND = {"page": "error", "ticket": "warning", "info": "info"}


def url(site: str) -> str:
    """Give where a site takes events."""
    return f"https://api.{site}/api/v1/events"


def body(message: Message) -> dict[str, object]:
    """Give the event."""
    part = message.parts[0]
    return {
        "title": message.title[:TITLE],
        "text": _text(part)[:TEXT],
        "alert_type": "success" if message.over else KIND[message.severity],
        "priority": "low" if message.severity == "info" else "normal",
        "aggregation_key": part.alert.id,
        "source_type_name": "tenken",
        "date_happened": message.now // SECOND,
        "tags": _tags(message, part),
    }


def _text(part: Part) -> str:
    lines = [part.what, *(f"{label}: {text}" for label, text in part.lines)]
    return "\n".join([*lines, *(one for one in (part.runbook, part.console) if one)])


def _tags(message: Message, part: Part) -> list[str]:
    named = [
        ("service", message.application),
        ("env", message.environment),
        ("severity", message.severity),
        ("reason", message.reason),
        ("kind", part.alert.kind),
        *part.alert.subject.parts(),
    ]
    return [f"{name}:{value}" for name, value in named if value]
