"""Feedback in the forms of backends. Pure.

- Langfuse: `POST /api/public/scores`, after its published API (read 2026-11).
- Datadog: `POST /api/intake/llm-obs/v2/eval-metric`, after the published schema (read 2026-11).
  Spans that came by OpenTelemetry are found by ids written as decimal numbers, and by the tag
  `source:otel`.
- MLflow: `POST /api/3.0/mlflow/traces/<id>/assessments`, after the client of 3.17.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from tenken.journal.feedback import FeedbackKind
from tenken.store.feedback.following import Told

MILLI = 1_000
MICRO = 1_000_000
TRUTHS = frozenset(
    {
        FeedbackKind.THUMBS, FeedbackKind.FUNCTIONAL, FeedbackKind.COPIED, FeedbackKind.ACCEPTED,
        FeedbackKind.EXECUTED, FeedbackKind.REJECTED,
    }
)  # fmt: skip
"""Kinds that are said, or said not to be."""
NUMBERS = frozenset({FeedbackKind.RATING, FeedbackKind.EDITED, FeedbackKind.IMPACT})


class Letter(Struct, frozen=True):
    """What is sent, and where below the backend's address."""

    path: str
    body: bytes


Form = Callable[[Told, str], Letter]
"""Of one thing said, under the service's name."""


def langfuse(told: Told, service: str) -> Letter:
    """Give a score. Its id is the feedback's own, so that a second one replaces the first."""
    value = {"value": told.value, "dataType": "BOOLEAN" if told.kind in TRUTHS else "NUMERIC"}
    return Letter(
        "/api/public/scores",
        _json(
            {
                "id": told.id,
                "traceId": told.trace,
                "observationId": told.span,
                "name": name_of(told),
                **value,
                "metadata": _about(told, service),
            }
        ),
    )


def datadog(told: Told, service: str) -> Letter:
    """Give an evaluation, joined to our span."""
    value: Mapping[str, object] = {"metric_type": "score", "score_value": told.value}
    if told.kind in TRUTHS:
        value = {"metric_type": "boolean", "boolean_value": told.value > 0}
    verdict = {} if told.good is None else {"assessment": "pass" if told.good else "fail"}
    about = [f"{key}:{said}" for key, said in _about(told, service).items()]
    metric = {
        "join_on": {
            "span": {"trace_id": _decimal(told.trace), "span_id": _decimal(told.span)},
        },
        "ml_app": service,
        "timestamp_ms": told.at // MILLI,
        "label": name_of(told),
        **value,
        **verdict,
        "tags": ["source:otel", *about],
    }
    return Letter(
        "/api/intake/llm-obs/v2/eval-metric",
        _json({"data": {"type": "evaluation_metric", "attributes": {"metrics": [metric]}}}),
    )


def mlflow(told: Told, service: str) -> Letter:
    """Give an assessment. One that is given twice is there twice: it has no id of the sender's."""
    trace = f"tr-{told.trace}"
    at = datetime.fromtimestamp(told.at / MICRO, tz=UTC).isoformat(timespec="milliseconds")
    at = at.replace("+00:00", "Z")
    assessment = {
        "assessment_name": name_of(told),
        "trace_id": trace,
        "span_id": told.span,
        "source": {"source_type": "HUMAN", "source_id": told.submitter or "unknown"},
        "create_time": at,
        "last_update_time": at,
        "feedback": {"value": told.value > 0 if told.kind in TRUTHS else told.value},
        "metadata": {**_about(told, service), "feedback_id": told.id},
    }
    path = f"/api/3.0/mlflow/traces/{trace}/assessments"
    return Letter(path, _json({"assessment": assessment}))


FORMS: Mapping[str, Form] = {"langfuse": langfuse, "datadog": datadog, "mlflow": mlflow}


def name_of(told: Told) -> str:
    """Give the name it is known by there: an impact has one for each unit."""
    if told.kind is not FeedbackKind.IMPACT:
        return told.kind.value
    return "impact_" + "".join(one if one.isalnum() else "_" for one in told.unit)


def _about(told: Told, service: str) -> dict[str, str]:
    said = {
        "service": service, "use_case": told.use_case, "release": told.release, "unit": told.unit,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}


def _decimal(digits: str) -> str:
    return str(int(digits or "0", 16))


def _json(said: object) -> bytes:
    return msgspec.json.encode(said)
