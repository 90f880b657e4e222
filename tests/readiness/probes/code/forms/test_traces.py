"""Tracing in the forms applications start it in, and what only looks like it."""

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes import monitoring
from tests.readiness.applications import survey_of
from tests.readiness.probes.code.questions import Probe

MODEL = """
import openai

client = openai.OpenAI(timeout=20)


def ask(text: str) -> str:
    return client.responses.create(model="gpt-4.1", input=text).output_text
"""
MAIN = """
from fastapi import FastAPI

from app.llm import ask
from app.tracing import setup

app = FastAPI()
setup(app)


@app.post("/ask")
def answer(text: str) -> str:
    return ask(text)
"""
WEB = "from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor\n"
TRACELOOP = f"""
{WEB}from traceloop.sdk import Traceloop


def setup(app) -> None:
    Traceloop.init(app_name="desk", api_endpoint="https://traces.example.com")
    FastAPIInstrumentor.instrument_app(app)
"""
PHOENIX = f"""
from openinference.instrumentation.openai import OpenAIInstrumentor
{WEB}from phoenix.otel import register


def setup(app) -> None:
    provider = register(project_name="desk", endpoint="https://traces.example.com/v1/traces")
    FastAPIInstrumentor.instrument_app(app, tracer_provider=provider)
    OpenAIInstrumentor().instrument(tracer_provider=provider)
"""
DATADOG = """
import ddtrace.auto
from ddtrace.llmobs import LLMObs


def setup(app) -> None:
    LLMObs.enable(ml_app="desk")
"""
MASKED = """
import re

from ddtrace.llmobs import LLMObs

DIGITS = re.compile("[0-9]{4,}")


def masked(span):
    for message in span.input + span.output:
        message["content"] = DIGITS.sub("[number]", message["content"])
    return span


def setup(app) -> None:
    LLMObs.enable(ml_app="desk", span_processor=masked)
"""


@pytest.mark.parametrize("tracing", [TRACELOOP, PHOENIX, DATADOG])
def test_requests_and_model_calls_become_spans(tracing: str) -> None:
    """The kit sets up the provider that other instrumentations send by."""
    assert _told(monitoring.traces_are_exported, tracing) is Holding.HOLDS
    assert _told(monitoring.llm_calls_are_traced_as_spans, tracing) is Holding.HOLDS


@pytest.mark.parametrize(
    ("tracing", "old", "new"),
    [
        (TRACELOOP, "Traceloop.init(", "dict("),
        (PHOENIX, "register(project_name", "dict(project_name"),
        (DATADOG, "import ddtrace.auto", "import ddtrace"),
    ],
)
def test_what_is_imported_and_not_started_traces_nothing(tracing: str, old: str, new: str) -> None:
    """An import alone patches only where the package says so."""
    spoiled = tracing.replace(old, new)

    assert _told(monitoring.traces_are_exported, spoiled) is not Holding.HOLDS


@pytest.mark.parametrize(
    "start",
    ["import opik\n\n\n@opik.track\n", "from braintrust import traced\n\n\n@traced\n",
     "import agentops\n\nagentops.init()\n\n\n"],
)  # fmt: skip
def test_tools_for_models_alone_are_known(start: str) -> None:
    """They trace what is said to a model, and no request."""
    model = MODEL.replace("def ask", f"{start}def ask")
    survey = survey_of({**_files("def setup(app) -> None:\n    pass\n"), "app/llm.py": model})

    assert any(one.traces_models and one.initialised for one in survey.code.tracings)
    assert monitoring.llm_calls_are_traced_as_spans(survey).holding is Holding.FAILS


def test_a_mask_that_writes_in_place_masks() -> None:
    """It gives back the span it got, with other texts in it."""
    assert _told(monitoring.llm_inputs_are_masked_in_traces, MASKED) is Holding.HOLDS


@pytest.mark.parametrize(
    "line",
    [
        'DIGITS.sub("[number]", message["content"])',
        'message["seen"] = str(1)',
        'message["content"] = str(message["content"])',
    ],
)
def test_a_mask_that_changes_nothing_does_not(line: str) -> None:
    """What it worked out is dropped, put beside the text, or the text itself."""
    spoiled = MASKED.replace(
        'message["content"] = DIGITS.sub("[number]", message["content"])', line
    )

    assert _told(monitoring.llm_inputs_are_masked_in_traces, spoiled) is not Holding.HOLDS


def _files(tracing: str) -> dict[str, str]:
    return {"app/__init__.py": "", "app/llm.py": MODEL, "app/main.py": MAIN,
            "app/tracing.py": tracing}  # fmt: skip


def _told(probe: Probe, tracing: str) -> Holding:
    return probe(survey_of(_files(tracing))).holding
