"""Log lines and events: what Cloud Logging and Datadog find in them."""

import json
import os
from pathlib import Path

import pytest
from inline_snapshot import snapshot
from msgspec.structs import replace

from tenken.journal.exchange import Outcome
from tenken.keeper.sinks.events.datadog import DatadogEvents
from tenken.keeper.sinks.logs.lines import Line, Style, lines_of, severity_of
from tenken.keeper.sinks.logs.writing import File, Logs, Stream
from tenken.keeper.sinks.posting import Posting
from tenken.keeper.sinks.receiver import Later
from tests.journal.making import AT
from tests.keeper.sinks.otlp_receiver import backend
from tests.keeper.sinks.records import blocked, failed, healthy, rescued

STYLE = Style(service="desk", environment="staging", google_project="p1")


def lines(style: Style = STYLE) -> list[Line]:
    return list(lines_of(rescued(), style))


def test_a_request_is_one_line() -> None:
    assert lines()[0] == snapshot(
        {
            "time": "2026-11-18T11:06:40.901000+00:00",
            "severity": "WARNING",
            "message": "answered chat 200 in 0.901 s",
            "service": "desk",
            "request_id": "req-1",
            "trace_id": "0af7651916cd43dd8448eb211c80319c",
            "span_id": "b7ad6b7169203331",
            "env": "staging",
            "logging.googleapis.com/insertId": "b7ad6b7169203331-1795000000000000-0",
            "logging.googleapis.com/trace": "projects/p1/traces/0af7651916cd43dd8448eb211c80319c",
            "logging.googleapis.com/spanId": "b7ad6b7169203331",
            "logging.googleapis.com/trace_sampled": False,
            "status": "warn",
            "dd.trace_id": "9532127138774266268",
            "dd.span_id": "13235353014750950193",
            "httpRequest": {"requestMethod": "POST", "status": 200, "latency": "0.901000s"},
            "duration": 901000000,
            "http.status_code": 200,
            "tenken": {
                "outcome": "answered",
                "api": "chat",
                "stream": True,
                "caller": "desk",
                "use_case": "answer",
                "route": "support",
                "session": "5e55",
                "prompt": "support@0123abcd",
                "release": "rel-1",
                "settings": "set-1",
                "provider": "anthropic",
                "model": "m-large",
                "target": "spare",
                "attempts": 2,
                "failures": ["overloaded"],
                "finish": "stop",
                "input_tokens": 158,
                "output_tokens": 50,
                "cache_read_tokens": 30,
                "cost_usd": "0.00123",
                "first_token_s": 0.301,
                "queued_s": 0.002,
                "cached": False,
                "matches": 2,
            },
        }
    )


def test_each_find_of_a_guard_is_a_line() -> None:
    _, inward, outward = lines()
    assert inward == snapshot(
        {
            "time": "2026-11-18T11:06:40.000000+00:00",
            "severity": "ERROR",
            "message": "guard pii.phone: mask inward",
            "service": "desk",
            "request_id": "req-1",
            "trace_id": "0af7651916cd43dd8448eb211c80319c",
            "span_id": "b7ad6b7169203331",
            "env": "staging",
            "logging.googleapis.com/insertId": "b7ad6b7169203331-1795000000000000-1",
            "logging.googleapis.com/trace": "projects/p1/traces/0af7651916cd43dd8448eb211c80319c",
            "logging.googleapis.com/spanId": "b7ad6b7169203331",
            "logging.googleapis.com/trace_sampled": False,
            "status": "error",
            "dd.trace_id": "9532127138774266268",
            "dd.span_id": "13235353014750950193",
            "tenken": {
                "event": "tenken.guard.match",
                "rule": "pii.phone",
                "risk": "pii",
                "action": "mask",
                "stage": "inward",
                "severity": "high",
                "score": 0.9,
                "origin": "user",
                "mark": "a1b2",
                "caller": "desk",
                "use_case": "answer",
                "route": "support",
                "release": "rel-1",
            },
        }
    )
    assert outward["message"] == "guard off-topic: flag outward"
    assert outward["severity"] == "INFO"


def test_a_line_has_the_names_that_are_asked_for() -> None:
    google, datadog = (
        lines(replace(STYLE, fields="google")),
        lines(replace(STYLE, fields="datadog")),
    )

    assert not any(name.startswith("dd.") or name == "status" for one in google for name in one)
    assert not any(
        "googleapis" in name or name == "httpRequest" for one in datadog for name in one
    )
    assert datadog[0]["dd.trace_id"] == str(int(healthy().trace[16:], 16))


def test_how_bad_it_was() -> None:
    refused = replace(healthy(), outcome=Outcome.REFUSED, status=429)
    severities = [severity_of(one) for one in (healthy(), rescued(), blocked(), failed(), refused)]
    assert severities == ["INFO", "WARNING", "WARNING", "ERROR", "WARNING"]


def test_a_file_may_be_moved_away_between_two_batches(tmp_path: Path) -> None:
    """As programs that rotate logs do."""
    logs = Logs(File(tmp_path / "logs/requests.jsonl"), STYLE)
    assert logs.deliver([healthy(), rescued()], AT).sent == 4
    (tmp_path / "logs/requests.jsonl").rename(tmp_path / "old.jsonl")

    logs.deliver([blocked()], AT)

    written = [(tmp_path / name).read_text() for name in ("old.jsonl", "logs/requests.jsonl")]
    assert [len([json.loads(line) for line in text.splitlines()]) for text in written] == [4, 2]


def test_a_disk_that_is_full_is_waited_for(tmp_path: Path) -> None:
    """And no half line stays."""
    path = tmp_path / "requests.jsonl"
    path.mkdir()

    with pytest.raises(Later, match="directory"):
        Logs(File(path), STYLE).deliver([healthy()], AT)


def test_lines_go_to_standard_output() -> None:
    """Or whatever is open there; one that nobody reads any more is waited for."""
    reads, writes = os.pipe()
    logs = Logs(Stream(writes), STYLE)
    logs.deliver([healthy()], AT)
    assert json.loads(os.read(reads, 10_000))["request_id"] == "req-1"
    os.close(reads)

    with pytest.raises(Later, match="Broken pipe"):
        logs.deliver([healthy()], AT)
    os.close(writes)


EVENT = {
    "aggregation_key": 100, "alert_type": 7, "date_happened": 0, "device_name": 100, "host": 100,
    "priority": 6, "related_event_id": 0, "source_type_name": 100, "tags": 0, "text": 4000,
    "title": 500,
}  # fmt: skip
"""The fields of an event that Datadog's API reference names (docs.datadoghq.com/api/latest/events,
read 2026-11), and how long a text may be; 0 where it is none."""
ALERTS = {"error", "warning", "info", "success", "user_update", "recommendation", "snapshot"}


def taken_by_datadog(event: dict[str, object]) -> bool:
    """Tell whether its published schema takes an event."""
    texts = {name: value for name, value in event.items() if isinstance(value, str)}
    return (
        set(event) <= set(EVENT)
        and {"title", "text"} <= set(event)
        and all(len(text) <= EVENT[name] for name, text in texts.items())
        and event.get("alert_type", "info") in ALERTS
        and event.get("priority", "normal") in {"normal", "low"}
        and isinstance(event.get("date_happened", 0), int)
    )


def test_what_guards_found_is_an_event_of_datadog() -> None:
    """One for each kind in a batch: after the schema of `POST /api/v1/events` (read 2026-11)."""
    with backend() as there:
        posting = Posting(there.url, {"dd-api-key": "k"}, now=lambda: AT)
        events = DatadogEvents(posting, tags=("service:desk",))
        tally = events.deliver([rescued(), rescued(), healthy()], AT + 1)
        old = events.deliver([rescued()], AT + 19 * 3600 * 1_000_000)

    assert (tally.sent, tally.refused, old.refused) == (2, 0, 2)
    [first, second] = [json.loads(body) for body in there.bodies]
    assert there.headers[0]["dd-api-key"] == "k"
    assert all(taken_by_datadog(one) for one in (first, second))
    assert second == snapshot(
        {
            "title": "tenken guard: pii.phone mask (2)",
            "text": "2 of pii in answer, inward; the latest in request req-1",
            "alert_type": "error",
            "priority": "normal",
            "aggregation_key": "tenken/answer/pii.phone/mask/inward",
            "date_happened": 1795000000,
            "tags": [
                "service:desk",
                "tenken_use_case:answer",
                "tenken_rule:pii.phone",
                "tenken_risk:pii",
                "tenken_action:mask",
                "tenken_stage:inward",
                "tenken_severity:high",
            ],
        }
    )
    assert first["alert_type"] == "info"
