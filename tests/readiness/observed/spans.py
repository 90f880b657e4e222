"""Exports of spans by applications that know nothing of tenken.

In the form of OTLP/JSON 1.7 (opentelemetry.io/docs/specs/otlp, read 2026-11-23), one line a
request, as the file exporter of the OpenTelemetry collector writes them.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from tests.readiness.observed.making import NOW

SERVER, CLIENT, INTERNAL = 2, 3, 1
MODEL = "gpt-5-mini"
READ, WRITTEN = 1200, 300
COST = READ * 0.25e-6 + WRITTEN * 2e-6

NEW = {
    "gen_ai.operation.name": "chat", "gen_ai.request.model": MODEL,
    "gen_ai.request.temperature": 0.2, "gen_ai.usage.input_tokens": READ,
    "gen_ai.usage.output_tokens": WRITTEN, "gen_ai.response.time_to_first_chunk": 0.4,
    "gen_ai.usage.cost": COST,
}  # fmt: skip
OPENINFERENCE = {
    "openinference.span.kind": "LLM", "llm.model_name": MODEL,
    "llm.invocation_parameters": '{"temperature": 0.2}', "llm.token_count.prompt": READ,
    "llm.token_count.completion": WRITTEN, "llm.cost.total": COST,
}  # fmt: skip
OPENLLMETRY = {
    "llm.request.type": "chat", "gen_ai.request.model": MODEL, "gen_ai.request.max_tokens": 500,
    "gen_ai.usage.prompt_tokens": READ, "gen_ai.usage.completion_tokens": WRITTEN,
    "gen_ai.usage.cost": COST, "llm.is_streaming": False,
}  # fmt: skip
LANGFUSE = {
    "langfuse.observation.type": "generation", "langfuse.observation.model.name": MODEL,
    "langfuse.observation.model.parameters": '{"temperature": 0.2}',
    "gen_ai.usage.input_tokens": READ, "gen_ai.usage.output_tokens": WRITTEN,
    "langfuse.observation.cost_details": json.dumps({"total": COST}),
}  # fmt: skip

Attributes = Mapping[str, Any]


def span(
    trace: str,
    id_: str,
    parent: str = "",
    *,
    kind: int = INTERNAL,
    name: str = "span",
    attributes: Attributes | None = None,
    at: datetime = NOW,
    events: tuple[dict[str, Any], ...] = (),
) -> dict[str, Any]:
    """One span of two seconds."""
    end = int(at.timestamp() * 1e9)
    written = [{"key": key, "value": value(one)} for key, one in (attributes or {}).items()]
    return {
        "traceId": trace, "spanId": id_, "parentSpanId": parent, "name": name, "kind": kind,
        "startTimeUnixNano": str(end - 2_000_000_000), "endTimeUnixNano": str(end),
        "attributes": written, "events": list(events), "status": {},
    }  # fmt: skip


def value(one: Any) -> dict[str, Any]:
    """A value as OTLP has it: whole numbers as texts."""
    match one:
        case bool():
            return {"boolValue": one}
        case int():
            return {"intValue": str(one)}
        case float():
            return {"doubleValue": one}
        case list():
            return {"arrayValue": {"values": [value(each) for each in one]}}
        case dict():
            pairs = [{"key": key, "value": value(each)} for key, each in one.items()]
            return {"kvlistValue": {"values": pairs}}
        case _:
            return {"stringValue": str(one)}


def exported(spans: Iterable[dict[str, Any]], *, service: str = "desk", **resource: str) -> str:
    """One line of the file."""
    about = {"service.name": service, **resource}
    attributes = [{"key": key, "value": value(one)} for key, one in about.items()]
    scope = {"scope": {"name": "app"}, "spans": list(spans)}
    return json.dumps({"resourceSpans": [{"resource": {"attributes": attributes},
                                          "scopeSpans": [scope]}]})  # fmt: skip


def first_token() -> dict[str, Any]:
    """The event that OpenInference writes at the first token."""
    at = int(NOW.timestamp() * 1e9) - 1_600_000_000
    return {"name": "First Token Stream Event", "timeUnixNano": str(at), "attributes": []}


def request(
    number: int, call: Attributes = NEW, *, at: datetime = NOW, linked: bool = True
) -> list[dict[str, Any]]:
    """A request with its model call; not `linked`, the call's tool has a trace of its own."""
    trace = f"{number:032x}"
    door = span(trace, f"{1:016x}", kind=SERVER, name="POST /v1/ask", at=at)
    work = span(trace, f"{2:016x}", f"{1:016x}", name="answer", at=at)
    other = trace if linked else f"{number + (1 << 64):032x}"
    parent = f"{2:016x}" if linked else ""
    asked = span(other, f"{3:016x}", parent, kind=CLIENT, name="chat", attributes=call, at=at,
                 events=() if call is NEW else (first_token(),))  # fmt: skip
    return [door, work, asked]
