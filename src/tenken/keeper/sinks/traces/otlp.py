"""Spans as OTLP has them: protobuf, by the types that OpenTelemetry publishes."""

from collections.abc import Iterable, Mapping, Sequence

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue
from opentelemetry.proto.trace.v1 import trace_pb2 as otlp

from tenken import __version__
from tenken.keeper.sinks.traces.naming import Value
from tenken.keeper.sinks.traces.spans import Kind, Span

SCOPE = "tenken"
SAMPLED = 1
KINDS = {
    Kind.INTERNAL: otlp.Span.SPAN_KIND_INTERNAL,
    Kind.SERVER: otlp.Span.SPAN_KIND_SERVER,
    Kind.CLIENT: otlp.Span.SPAN_KIND_CLIENT,
}
NANO = 1000
"""In a microsecond."""
FAILED = otlp.Status(code=otlp.Status.STATUS_CODE_ERROR)


def request(spans: Iterable[Span], *, resource: Mapping[str, str], schema_url: str) -> bytes:
    """Give the body that carries spans."""
    made = ExportTraceServiceRequest()
    of = made.resource_spans.add()
    of.resource.attributes.extend(_pairs(resource))
    scoped = of.scope_spans.add(schema_url=schema_url)
    scoped.scope.name = SCOPE
    scoped.scope.version = __version__
    scoped.spans.extend([_span(one) for one in spans])
    body: bytes = made.SerializeToString()
    return body


def rejected(body: bytes) -> tuple[int, str]:
    """Give how many spans an answer says it will not have, and why."""
    partial = ExportTraceServiceResponse.FromString(body).partial_success
    return partial.rejected_spans, partial.error_message


def _span(one: Span) -> otlp.Span:
    return otlp.Span(
        trace_id=bytes.fromhex(one.trace),
        span_id=bytes.fromhex(one.id),
        parent_span_id=bytes.fromhex(one.parent),
        flags=SAMPLED,
        name=one.name,
        kind=KINDS[one.kind],
        start_time_unix_nano=one.began * NANO,
        end_time_unix_nano=one.ended * NANO,
        attributes=_pairs(one.attributes),
        events=[
            otlp.Span.Event(
                name=event.name,
                time_unix_nano=event.at * NANO,
                attributes=_pairs(event.attributes),
            )
            for event in one.events
        ],
        status=FAILED if one.failed else None,
    )


def _pairs(said: Mapping[str, Value]) -> Sequence[KeyValue]:
    return [KeyValue(key=name, value=_value(value)) for name, value in said.items()]


def _value(value: Value) -> AnyValue:
    """Tell the kinds apart, the most usual first; a truth is a number to Python."""
    if isinstance(value, str):
        return AnyValue(string_value=value)
    if isinstance(value, bool):
        return AnyValue(bool_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    if isinstance(value, float):
        return AnyValue(double_value=value)
    return AnyValue(array_value=ArrayValue(values=[AnyValue(string_value=one) for one in value]))
