"""The log lines of an exchange: one of the request, and one of each thing that a guard found.

Our own fields stand under `tenken`; beside them the trace, the severity and the request have the
names that Cloud Logging (`severity`, `httpRequest`, `logging.googleapis.com/...`) and Datadog
(`status`, `service`, `dd.trace_id`) look for. No text of a request is in a record or a line.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct

from tenken.journal.exchange import Exchange, Match, Outcome

Fields = Literal["both", "google", "datadog"]
Plain = str | int | float | bool | None | list[str]
Line = dict[str, Plain | dict[str, Plain]]
MICRO = 1_000_000
ERRORS = frozenset({Outcome.FAILED, Outcome.INTERRUPTED, Outcome.UNKNOWN})
DATADOG = {"INFO": "info", "WARNING": "warn", "ERROR": "error", "CRITICAL": "critical"}
SEVERITIES = {"low": "INFO", "medium": "WARNING", "high": "ERROR", "critical": "CRITICAL"}
"""Of a match; a match of no severity is a warning."""
LOW_64 = 1 << 64
GOOGLE = "logging.googleapis.com/"


class Style(Struct, frozen=True, kw_only=True):
    """How lines are written."""

    service: str
    environment: str = ""
    fields: Fields = "both"
    google_project: str = ""


def lines_of(one: Exchange, style: Style) -> Iterator[Line]:
    """Give the lines of an exchange."""
    severity = severity_of(one)
    yield {
        **_head(one, style, severity, _told(one), at=one.at + one.timings.last, number=0),
        **_request(one, style),
        "tenken": _known(one),
    }
    for number, match in enumerate(one.matches, 1):
        severity = SEVERITIES.get(match.severity, "WARNING")
        told = f"guard {match.rule}: {match.action} {match.stage}"
        yield {
            **_head(one, style, severity, told, at=one.at, number=number),
            "tenken": _matched(one, match),
        }


def severity_of(one: Exchange) -> str:
    """Give how bad it was, in Cloud Logging's words."""
    if one.outcome in ERRORS or one.status >= 500:
        return "ERROR"
    troubled = any(attempt.failure is not None for attempt in one.attempts)
    if one.outcome is Outcome.BLOCKED or one.status == 429 or troubled:
        return "WARNING"
    return "INFO"


def _head(
    one: Exchange, style: Style, severity: str, message: str, *, at: int, number: int
) -> Line:
    """Give what every line begins with."""
    head: Line = {
        "time": datetime.fromtimestamp(at / MICRO, tz=UTC).isoformat(timespec="microseconds"),
        "severity": severity,
        "message": message,
        "service": style.service,
        "request_id": one.id,
        "trace_id": one.trace,
        "span_id": one.span,
    }
    if style.environment:
        head["env"] = style.environment
    if style.fields != "datadog":
        head |= _google(one, style, number)
    if style.fields != "google":
        head |= _datadog(one, severity)
    return head


def _google(one: Exchange, style: Style, number: int) -> Line:
    project = f"projects/{style.google_project}/traces/" if style.google_project else ""
    return {
        # The same line given twice is kept once.
        f"{GOOGLE}insertId": f"{one.span}-{one.at}-{number}",
        f"{GOOGLE}trace": f"{project}{one.trace}",
        f"{GOOGLE}spanId": one.span,
        f"{GOOGLE}trace_sampled": one.sampled,
    }


def _datadog(one: Exchange, severity: str) -> Line:
    return {
        "status": DATADOG[severity],
        "dd.trace_id": _decimal(one.trace),
        "dd.span_id": _decimal(one.span),
    }


def _decimal(hexadecimal: str) -> str:
    """Give the lower 64 bits as Datadog writes them."""
    try:
        return str(int(hexadecimal, 16) % LOW_64)
    except ValueError:
        return ""


def _request(one: Exchange, style: Style) -> Line:
    made: Line = {}
    if style.fields != "datadog":
        made["httpRequest"] = {
            "requestMethod": "POST",
            "status": one.status,
            "latency": f"{one.timings.last / MICRO:.6f}s",
        }
    if style.fields != "google":
        made["duration"] = one.timings.last * 1000  # nanoseconds, as Datadog's own attribute
        made["http.status_code"] = one.status
    return made


def _told(one: Exchange) -> str:
    return f"{one.outcome} {one.api} {one.status} in {one.timings.last / MICRO:.3f} s"


def _known(one: Exchange) -> dict[str, Plain]:
    said, usage, last = one.identity, one.usage, one.attempts[-1] if one.attempts else None
    known: dict[str, Plain] = {
        "outcome": one.outcome.value,
        "code": one.code,
        "api": one.api.value,
        "stream": one.stream,
        "caller": said.caller,
        "use_case": said.use_case,
        "route": said.route,
        "session": said.session if said.session_known == "stated" else "",
        "prompt": said.prompt,
        "release": said.release,
        "settings": said.settings,
        "drill": said.drill,
        "provider": last.provider if last else "",
        "model": last.model if last else "",
        "target": last.target if last else "",
        "attempts": len(one.attempts),
        "failures": [a.failure.value for a in one.attempts if a.failure],
        "finish": one.finish,
        "input_tokens": usage.read,
        "output_tokens": usage.written,
        "cache_read_tokens": usage.cache_read,
        "cost_usd": str(one.cost),
        "first_token_s": one.timings.first_token / MICRO,
        "queued_s": one.timings.queued / MICRO,
        "cached": one.cached,
        "limits": list(one.limits),
        "matches": len(one.matches),
    }
    return {name: value for name, value in known.items() if value not in ("", [], None)}


def _matched(one: Exchange, match: Match) -> dict[str, Plain]:
    known: dict[str, Plain] = {
        "event": "tenken.guard.match",
        "rule": match.rule,
        "risk": match.risk,
        "action": match.action,
        "stage": match.stage,
        "severity": match.severity,
        "score": match.score,
        "origin": match.origin,
        "mark": match.mark,
        "caller": one.identity.caller,
        "use_case": one.identity.use_case,
        "route": one.identity.route,
        "release": one.identity.release,
    }
    return {name: value for name, value in known.items() if value not in ("", None)}
