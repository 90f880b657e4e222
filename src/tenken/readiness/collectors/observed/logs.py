"""Reads samples of logs: JSON lines, exports of Cloud Logging and of Datadog.

What counts as structured is what the application wrote. Cloud Logging puts a printed text into
`textPayload` with a time and a severity of its own: that line is not structured.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

import msgspec

from tenken.place import Place
from tenken.readiness.collectors.observed.fields import (
    Record,
    first,
    flat,
    moment,
    named,
    revision,
    text,
)
from tenken.readiness.collectors.observed.keeping import keeping
from tenken.readiness.facts.observed.logs import LogFacts, LogLine
from tenken.readiness.facts.observed.records import About

TIMES = (
    "timestamp", "time", "ts", "datetime", "asctime", "eventtime", "date", "timeunixnano",
    "observedtimestamp",
)  # fmt: skip
SEVERITIES = ("severity", "level", "levelname", "loglevel", "severitytext", "status", "lvl")
MESSAGES = ("message", "msg", "event", "body", "text")
REQUESTS = (
    "requestid", "xrequestid", "reqid", "httprequestid", "correlationid", "xcorrelationid", "rid",
)  # fmt: skip
TRACES = ("traceid", "ddtraceid", "loggingtrace", "trace", "traceparent", "contexttraceid")
SERVICES = ("servicename", "service", "ddservice", "app", "application")
REVISIONS = (
    "vcsrefheadrevision", "gitcommitsha", "revision", "commit", "commitsha", "serviceversion",
    "ddversion", "version", "release",
)  # fmt: skip
DRILLS = ("tenkendrill", "drill", "syntheticrequest", "useragentsynthetictype")
LABELS = (
    "guardrisk", "guardlabel", "guardcategory", "guardrailrisk", "guardrailcategory",
    "violationcategory", "violationtype", "moderationcategory",
)  # fmt: skip
LONGEST_LINE = 1_000_000
MOST_LINES = 200_000


def read_logs(exports: Iterable[tuple[str, str]], about: About) -> LogFacts:
    """Read exports, each with the name that places show."""
    found = chain.from_iterable(_lines(file, content) for file, content in exports)
    lines = list(islice(found, MOST_LINES + 1))
    own, kept = keeping(lines[:MOST_LINES], about)
    every = tuple(lines[:MOST_LINES])
    return LogFacts(lines=own, every=every, kept=kept, cut=len(lines) > MOST_LINES)


def _lines(file: str, content: str) -> Iterator[LogLine]:
    whole = _whole(content)
    if whole is not None:
        for number, record in enumerate(whole, 1):
            yield _line(Place(file, number), msgspec.json.encode(record).decode(), record)
        return
    for number, raw in enumerate(content.splitlines(), 1):
        if raw.strip():
            yield _line(Place(file, number), raw, _record(raw))


def _whole(content: str) -> list[Any] | None:
    """An export that is one document: an array, or what an API answered."""
    if not content.lstrip().startswith(("[", '{"data"', '{\n  "data"')):
        return None
    try:
        document = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError):
        return None
    found = document.get("data") if isinstance(document, Mapping) else document
    return found if isinstance(found, list) else None


def _record(raw: str) -> Any:
    if len(raw) > LONGEST_LINE:
        return None
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return None


def _line(place: Place, raw: str, record: Any) -> LogLine:
    if not isinstance(record, Mapping):
        return LogLine(place=place, text=raw, is_structured=False)
    written, is_structured = _written(record)
    fields = named([*flat(written), *flat(record)])
    ids = [text(first(fields, (name,))) for name in (*REQUESTS, *TRACES)]
    return LogLine(
        place=place,
        text=raw,
        is_structured=is_structured,
        at=moment(first(fields, TIMES)),
        severity=text(first(fields, SEVERITIES)),
        message=text(first(fields, MESSAGES)),
        ids=tuple(dict.fromkeys(_bare(one) for one in ids if one)),
        event=text(first(fields, ("event", "eventname"))),
        label=text(first(fields, LABELS)),
        service=text(first(fields, SERVICES)),
        revision=revision(first(fields, REVISIONS)),
        version=text(first(fields, REVISIONS)),
        is_drill=any(first(fields, (one,)) for one in DRILLS),
    )


def _written(record: Record) -> tuple[Record, bool]:
    """What the application itself wrote, within what the place that keeps it put around."""
    if "textPayload" in record:
        return {"message": record["textPayload"]}, False
    if isinstance(inner := record.get("jsonPayload"), Mapping):
        return inner, True
    attributes = record.get("attributes")
    if record.get("type") == "log" and isinstance(attributes, Mapping):
        own = attributes.get("attributes")
        return attributes, isinstance(own, Mapping) and bool(own)
    return record, True


def _bare(id_: str) -> str:
    """An id without what Cloud Logging and `traceparent` put around it."""
    if id_.startswith("00-") and id_.count("-") == 3:
        return id_.split("-")[1].lower()
    return id_.rpartition("/traces/")[2].lower()
