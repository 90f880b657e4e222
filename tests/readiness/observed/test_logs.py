"""Samples of logs in several shapes, and what is structured only at first sight."""

import json
from datetime import timedelta

import pytest

from tenken.evidence import Answer, Holding
from tenken.readiness.collectors.observed.logs import read_logs
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.probes.observed.logs import (
    log_lines_parse_with_required_fields,
    sampled_logs_hold_no_listed_type,
)
from tests.readiness.adversary.ground import surveyed
from tests.readiness.applications import survey_of
from tests.readiness.observed.making import ABOUT, COMMIT, NOW, log_lines

N = 1200
NOTHING = survey_of({})
PRINTED = "model answered in 3 s"


def answered(*exports: str) -> Answer:
    """What is said of a sample."""
    facts = read_logs([(f"log-{n}", text) for n, text in enumerate(exports)], ABOUT)
    sighting = Sighting(about=ABOUT, survey=NOTHING, logs=facts)
    return log_lines_parse_with_required_fields(sighting).answer


def cloud(line: str) -> dict[str, object]:
    """The line as Cloud Logging exports it (LogEntry, v2 REST reference, read 2026-11-23)."""
    own = json.loads(line)
    trace = f"projects/example/traces/{own.pop('request_id')}"
    entry = {"insertId": "a", "timestamp": own.pop("time"), "severity": own.pop("level")}
    return {
        **entry,
        "trace": trace,
        "jsonPayload": own,
        "resource": {"type": "cloud_run_revision"},
    }


def datadog(line: str) -> dict[str, object]:
    """The line as the Logs API v2 answers (List logs, docs.datadoghq.com, read 2026-11-23)."""
    own = json.loads(line)
    shown = {"timestamp": own["time"], "status": "info", "service": "desk"}
    fields = {"request_id": own["request_id"]}
    attributes = {**shown, "message": own["message"], "attributes": fields}
    return {"id": "AAAA", "type": "log", "attributes": attributes}


@pytest.mark.parametrize(
    "export",
    [
        "\n".join(log_lines(N)),
        "\n".join(json.dumps(cloud(one)) for one in log_lines(N)),
        json.dumps([cloud(one) for one in log_lines(N)], indent=2),
        json.dumps({"data": [datadog(one) for one in log_lines(N)]}),
        "\n".join(log_lines(N, service="desk", revision=COMMIT)),
    ],
    ids=["json-lines", "cloud-logging", "gcloud-array", "datadog", "with-revision"],
)
def test_structured_lines_hold(export: str) -> None:
    """In every shape that is read."""
    assert answered(export).holding is Holding.HOLDS


def _text_payload(number: int) -> str:
    entry = {"timestamp": (NOW - timedelta(seconds=number)).isoformat(), "severity": "DEFAULT"}
    return json.dumps({**entry, "trace": "projects/example/traces/a", "textPayload": PRINTED})


@pytest.mark.parametrize(
    "lines",
    [
        [*log_lines(N), *[PRINTED] * 5],
        [*log_lines(N), *map(_text_payload, range(5))],
        [*log_lines(N), *['127.0.0.1 - "POST /v1/ask HTTP/1.1" 200'] * 600],
        log_lines(N, level=None),
        log_lines(N, time="some day"),
        log_lines(N, message=""),
        log_lines(N, request_id=None),
    ],
    ids=["print", "text-payload", "access-log", "severity", "time", "message", "id"],
)
def test_what_is_beside_the_structured_logger_is_seen(lines: list[str]) -> None:
    """A formatter is set, and something else writes to the same place."""
    assert answered("\n".join(lines)).holding is Holding.FAILS


@pytest.mark.parametrize(
    "lines",
    [
        log_lines(999),
        log_lines(N, service="another"),
        log_lines(N, revision="f" * 40),
        [],
    ],
    ids=["few", "another-service", "another-commit", "none"],
)
def test_too_few_of_our_own_settle_nothing(lines: list[str]) -> None:
    """Neither do any number of another service's, or of another commit's."""
    assert answered("\n".join(lines)).holding is Holding.UNKNOWN


def test_ids_lose_what_is_put_around_them() -> None:
    """So that one id is found again in response, log and trace."""
    id_ = "4bf92f3577b34da6a3ce929d0e0e4736"
    lines = log_lines(1, traceparent=f"00-{id_}-00f067aa0ba902b7-01")
    lines += [json.dumps({"trace": f"projects/example/traces/{id_}", "jsonPayload": {"a": 1}})]
    facts = read_logs([("log", "\n".join(lines))], ABOUT)

    assert all(id_ in line.ids for line in facts.lines)


# -- data that the classification lists

LISTED = surveyed({
    "README.md": "# Desk\n",
    "docs/data-classification.md": (
        "# Data classification\n\nClasses follow the privacy policy.\n\n"
        "| Type | Class | Treatment |\n| --- | --- | --- |\n"
        "| E-mail address | personal | mask |\n| Telephone number | personal | mask |\n"
        "| Credit card number | secret | mask |\n"
    ),
})  # fmt: skip
CARD = "4111-1111-1111-1111"


@pytest.mark.parametrize(
    ("said", "n", "holding"),
    [
        ("answered in time", N, Holding.HOLDS),
        ("answered in time", 900, Holding.UNKNOWN),
        ("mail from taro@example.jp", N, Holding.FAILS),
        ("mail from [EMAIL]", N, Holding.HOLDS),
        ("call 090-1234-5678 back", N, Holding.FAILS),
        ("on 01-23-2026 at noon", N, Holding.HOLDS),
        ("id 3f2504e0-4f89-4173-9a0c-0305e82c3301", N, Holding.HOLDS),
        (f"paid with {CARD}", N, Holding.FAILS),
        ("batch 4111-1111-1111-1112", N, Holding.HOLDS),
        ("as desk@project.iam.gserviceaccount.com", N, Holding.HOLDS),
    ],
)
def test_lines_hold_no_listed_type(said: str, n: int, holding: Holding) -> None:
    """One line is enough; ids, days and machines are no persons."""
    lines = [*log_lines(n - 1), *log_lines(1, message=said)]
    facts = read_logs([("app.log", "\n".join(lines))], ABOUT)
    sighting = Sighting(about=ABOUT, survey=LISTED, logs=facts)

    assert sampled_logs_hold_no_listed_type(sighting).answer.holding is holding
    unlisted = Sighting(about=ABOUT, survey=NOTHING, logs=facts)
    assert sampled_logs_hold_no_listed_type(unlisted).answer.holding is Holding.UNKNOWN
