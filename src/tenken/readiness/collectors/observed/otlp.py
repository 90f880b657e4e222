"""Reads spans from OTLP/JSON: what the collector's file exporter writes, a document or JSON lines.

Also what Datadog's Spans API answers, for those whose only back end it is.
"""

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any

import msgspec

from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.observed.calls import calls_in
from tenken.readiness.collectors.observed.fields import Record, flat, moment, revision, text
from tenken.readiness.collectors.observed.keeping import keeping
from tenken.readiness.facts.observed.records import About
from tenken.readiness.facts.observed.traces import Span, TraceFacts, Value

MOST_SPANS = 200_000
NANO = 1e9
CLIENT_KINDS = frozenset({3, 4, "3", "4", "SPAN_KIND_CLIENT", "SPAN_KIND_PRODUCER"})
CONSUMER_KINDS = frozenset({5, "5", "SPAN_KIND_CONSUMER"})
ENTRY_KINDS = frozenset({2, 5, "2", "5", "SPAN_KIND_SERVER", "SPAN_KIND_CONSUMER"})
FAILED = frozenset({2, "2", "STATUS_CODE_ERROR"})
HEX = Pattern(r"[0-9a-fA-F]+")
NO_PARENT = frozenset({"", "0", "0000000000000000"})
REVISIONS = ("vcs.ref.head.revision", "git.commit.sha", "service.version")


def read_traces(exports: Iterable[tuple[str, str]], about: About) -> TraceFacts:
    """Read exports, each with the name that places show."""
    found = chain.from_iterable(_spans(file, content) for file, content in exports)
    spans = tuple(islice(found, MOST_SPANS + 1))
    cut, spans = len(spans) > MOST_SPANS, spans[:MOST_SPANS]
    own, kept = keeping(spans, about)
    return TraceFacts(kept=kept, spans=spans, own=own, calls=calls_in(own), cut=cut)


def _spans(file: str, content: str) -> Iterator[Span]:
    for number, document in _documents(content):
        if not isinstance(document, Mapping):
            continue
        place = Place(file, number)
        for resource in _list(document, "resourceSpans"):
            about = _attributes(_dict(resource, "resource"))
            for scope in _list(resource, "scopeSpans"):
                yield from (_span(one, about, place) for one in _list(scope, "spans"))
        yield from (
            _of_datadog(_dict(one, "attributes"), place)
            for one in _list(document, "data")
            if one.get("type") == "spans"
        )


def _documents(content: str) -> Iterator[tuple[int, Any]]:
    try:
        yield 1, msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError):
        for number, line in enumerate(content.splitlines(), 1):
            if "pans" in line:
                yield number, _decoded(line)


def _decoded(line: str) -> Any:
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return None


def _span(one: Record, resource: Mapping[str, Value], place: Place) -> Span:
    began, ended = _nanoseconds(one, "startTimeUnixNano"), _nanoseconds(one, "endTimeUnixNano")
    attributes = {**_attributes(one), **dict(_events(one, began))}
    return Span(
        place=place,
        trace=_id(one.get("traceId")),
        id=_id(one.get("spanId")),
        parent=_parent(one.get("parentSpanId")),
        name=text(one.get("name")),
        is_entry=one.get("kind") in ENTRY_KINDS,
        is_consumer=one.get("kind") in CONSUMER_KINDS,
        is_client=one.get("kind") in CLIENT_KINDS,
        failed=_dict(one, "status").get("code") in FAILED,
        at=datetime.fromtimestamp(began / NANO, UTC) if began else None,
        duration_s=max(0.0, (ended - began) / NANO),
        service=text(resource.get("service.name")),
        revision=next(filter(None, (revision(resource.get(name)) for name in REVISIONS)), ""),
        version=next(filter(None, (text(resource.get(name)) for name in REVISIONS)), ""),
        attributes=attributes,
    )


def _attributes(holder: Record) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for one in _list(holder, "attributes"):
        name, value = text(one.get("key")), _value(_dict(one, "value"))
        if isinstance(value, Mapping):
            found.update({f"{name}.{inner}": _scalar(each) for inner, each in flat(value)})
        elif name:
            found[name] = _scalar(value)
    return found


def _events(one: Record, began: int) -> Iterator[tuple[str, Value]]:
    """An event's attributes under its name, and how long after the beginning it came."""
    for event in _list(one, "events"):
        name = text(event.get("name"))
        at = _nanoseconds(event, "timeUnixNano")
        yield f"{name}.after_s", max(0.0, (at - began) / NANO)
        yield from ((f"{name}.{key}", value) for key, value in _attributes(event).items())


def _value(one: Record) -> Any:
    """A value of OTLP as it is; an int64 may stand as a text."""
    if "arrayValue" in one:
        return [_value(each) for each in _list(_dict(one, "arrayValue"), "values")]
    if "kvlistValue" in one:
        entries = _list(_dict(one, "kvlistValue"), "values")
        return {text(each.get("key")): _value(_dict(each, "value")) for each in entries}
    if "intValue" in one:
        try:
            return int(one["intValue"])
        except (TypeError, ValueError):
            return text(one["intValue"])
    return next(iter(one.values()), "")


def _scalar(value: Any) -> Value:
    if isinstance(value, str | int | float | bool):
        return value
    return msgspec.json.encode(value).decode()


def _of_datadog(one: Record, place: Place) -> Span:
    """A span of the list that Datadog's Spans API v2 answers."""
    custom = _dict(one, "custom")
    began, ended = moment(one.get("start_timestamp")), moment(one.get("end_timestamp"))
    kind = text(_dict(custom, "span").get("kind")) or text(one.get("type"))
    return Span(
        place=place,
        trace=text(one.get("trace_id")).lower(),
        id=text(one.get("span_id")).lower(),
        parent=_parent(one.get("parent_id")),
        name=text(one.get("operation_name") or one.get("resource_name")),
        is_entry=kind in {"server", "consumer", "web"},
        is_consumer=kind == "consumer",
        is_client=kind in {"client", "producer", "http"},
        failed=one.get("status") == "error",
        at=began,
        duration_s=(ended - began).total_seconds() if began and ended else 0.0,
        service=text(one.get("service")),
        revision=revision(_version_at_datadog(custom)),
        version=text(_version_at_datadog(custom)),
        attributes={name: _scalar(value) for name, value in flat(custom, deepest=6)},
    )


def _version_at_datadog(custom: Record) -> Any:
    return _dict(_dict(custom, "git"), "commit").get("sha") or custom.get("version")


def _id(value: Any) -> str:
    """An id in hexadecimal; some writers of the JSON form give it in base64."""
    found = text(value)
    if HEX.fullmatch(found) or not found:
        return found.lower()
    try:
        return base64.b64decode(found, validate=True).hex()
    except (binascii.Error, ValueError):
        return found


def _parent(value: Any) -> str:
    found = _id(value)
    return "" if found in NO_PARENT else found


def _nanoseconds(one: Record, name: str) -> int:
    try:
        return int(one.get(name) or 0)
    except (TypeError, ValueError):
        return 0


def _list(one: Record, name: str) -> list[Record]:
    found = one.get(name)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _dict(one: Record, name: str) -> Record:
    found = one.get(name)
    return found if isinstance(found, Mapping) else {}
