"""Where those that the keeper tells are and what opens them, by the settings and the environment.

Nothing is made or begun here, and nothing of the keeper is imported: `check` is also asked by
those who only publish settings for it.
"""

from base64 import b64encode
from collections.abc import Mapping

from tenken.cli.proving import observer
from tenken.cli.serving.machine import from_environment
from tenken.config.application import Application
from tenken.config.operating.telemetry import (
    EventSettings,
    FeedbackTarget,
    LogSettings,
    MetricsDoor,
    TelemetrySettings,
    TraceSettings,
)
from tenken.errors import UsageError

SinkSettings = TraceSettings | LogSettings | EventSettings
Environment = Mapping[str, str]


def check(application: Application, environment: Environment) -> None:
    """Look whether the keeper can do all that the settings say; raises UsageError."""
    telemetry = application.telemetry
    names_of(telemetry)
    for trace in telemetry.traces:
        traces_at(trace, environment)
        trace_headers(trace, environment)
    for event in telemetry.events:
        event_headers(event, environment)
    for target in telemetry.feedback:
        feedback_at(target)
        feedback_headers(target, environment)
    page_token(telemetry.metrics, environment)
    if application.evidence is not None:
        observer.of_variable(application.evidence.key_env, environment)


def sinks_of(telemetry: TelemetrySettings) -> dict[str, SinkSettings]:
    """Give all sinks by name; the first of those that have one name."""
    found: dict[str, SinkSettings] = {}
    for one in _all(telemetry):
        found.setdefault(one.name, one)
    return found


def names_of(telemetry: TelemetrySettings) -> tuple[str, ...]:
    """Give the names of all sinks; raises UsageError where two have one name."""
    names = [one.name for one in _all(telemetry)]
    for name in names:
        if names.count(name) > 1:
            raise UsageError("sinks.twice", name=name)
    return tuple(names)


def required_of(telemetry: TelemetrySettings) -> tuple[str, ...]:
    """Give the names of those that the journal waits for."""
    return tuple(dict.fromkeys(one.name for one in _all(telemetry) if one.required))


def traces_at(one: TraceSettings, environment: Environment) -> str:
    """Give a backend's address; raises UsageError where there is none."""
    url = one.url
    if url is None and one.url_env:
        url = from_environment(one.url_env, environment)
    if url is None or not url.startswith(("http://", "https://")):
        raise UsageError("sinks.not_set", name=one.name)
    return url


def trace_headers(one: TraceSettings, environment: Environment) -> dict[str, str]:
    """Give what is sent along; raises UsageError where a variable is not set."""
    secret = {
        header: from_environment(variable, environment)
        for header, variable in one.headers_env.items()
    }
    return {**one.headers, **secret}


def event_headers(one: EventSettings, environment: Environment) -> dict[str, str]:
    """Give what opens it; raises UsageError where the variable is not set."""
    return {"dd-api-key": from_environment(one.key_env, environment)}


def feedback_at(one: FeedbackTarget) -> str:
    """Give a backend's address; raises UsageError where there is none."""
    if one.url:
        return one.url.rstrip("/")
    if one.kind == "datadog":
        return f"https://api.{one.site}"
    raise UsageError("sinks.not_set", name=one.name)


def feedback_headers(one: FeedbackTarget, environment: Environment) -> dict[str, str]:
    """Give what it is opened with; raises UsageError where a variable is not set."""
    key = from_environment(one.key_env, environment) if one.key_env else ""
    if one.kind == "datadog":
        return {"dd-api-key": key}
    if one.user_env:
        user = from_environment(one.user_env, environment)
        return {"authorization": "Basic " + b64encode(f"{user}:{key}".encode()).decode()}
    return {"authorization": f"Bearer {key}"} if key else {}


def page_token(door: MetricsDoor, environment: Environment) -> str:
    """Give what the page of metrics is read with; raises UsageError where it is not set."""
    asked = door.port is not None and door.token
    return from_environment(asked, environment) if asked else ""


def _all(telemetry: TelemetrySettings) -> tuple[SinkSettings, ...]:
    return (*telemetry.traces, *telemetry.logs, *telemetry.events)
