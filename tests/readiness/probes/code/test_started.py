"""Tracing that starts only with a variable, and ids that are taken over in part."""

import pytest
from msgspec.structs import replace

from tenken.evidence import Holding
from tenken.place import Place
from tenken.readiness.facts.infrastructure import (
    Container,
    InfrastructureFacts,
    Platform,
    Source,
    Variable,
    Workload,
)
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes import monitoring
from tests.readiness.applications import survey_of

HERE = Place("compose.prod.yaml", 1)
AROUND = """
import os
import sentry_sdk
DSN = os.getenv("SENTRY_DSN")
if DSN:
    sentry_sdk.init(dsn=DSN, traces_sample_rate=1.0)
"""
TURNS_BACK = """
import os
import sentry_sdk
def main():
    dsn = os.getenv("SENTRY_DSN")
    if not dsn:
        return
    sentry_sdk.init(dsn=dsn, traces_sample_rate=1.0)
main()
"""
SETTING = """
import sentry_sdk
from pydantic_settings import BaseSettings
class Settings(BaseSettings):
    SENTRY_DSN: str | None = None
settings = Settings()
def main():
    if settings.SENTRY_DSN:
        sentry_sdk.init(dsn=settings.SENTRY_DSN, traces_sample_rate=1.0)
main()
"""
ALWAYS = (
    'import sentry_sdk\nsentry_sdk.init(dsn="https://k@example.com/1", traces_sample_rate=1.0)\n'
)


def _deployed(survey: Survey, *names: str, more: bool = False) -> Survey:
    variables = tuple(Variable(name=name, place=HERE, value=None) for name in names)
    box = Container(name="desk", place=HERE, variables=variables, more_variables=more)
    workload = Workload(
        name="desk", kind="service", platform=Platform.CLOUD_RUN, source=Source.TERRAFORM,
        place=HERE, serves=True, containers=(box,),
    )  # fmt: skip
    return replace(survey, infrastructure=InfrastructureFacts(workloads=(workload,)))


@pytest.mark.parametrize("code", [AROUND, TURNS_BACK, SETTING])
def test_tracing_behind_a_variable_needs_it_where_it_runs(code: str) -> None:
    """Set where it is deployed it is in effect, unset there it is not, else it is half."""
    survey = survey_of({"app.py": code})
    exported = monitoring.traces_are_exported

    assert exported(_deployed(survey, "SENTRY_DSN")).holding is Holding.HOLDS
    assert (
        exported(_deployed(survey, "DATABASE")).findings[0].sentence.id == "code.trace_never_set"
    )
    assert exported(_deployed(survey, "DATABASE")).holding is Holding.FAILS
    assert exported(_deployed(survey, "DATABASE", more=True)).holding is Holding.PARTLY
    assert exported(survey).holding is Holding.PARTLY


def test_tracing_without_a_condition_needs_nothing() -> None:
    """Nothing has to be set."""
    survey = survey_of({"app.py": ALWAYS})

    assert monitoring.traces_are_exported(_deployed(survey, "DATABASE")).holding is Holding.HOLDS


@pytest.mark.parametrize(
    ("line", "holding"),
    [
        ('CMD ["opentelemetry-instrument", "python", "app.py"]', Holding.HOLDS),
        ("RUN pip install opentelemetry-instrumentation-fastapi", Holding.UNKNOWN),
        ("# CMD opentelemetry-instrument python app.py", Holding.UNKNOWN),
    ],
)
def test_a_launcher_is_used_where_a_command_names_it(line: str, holding: Holding) -> None:
    """A package of nearly its name, or a comment, starts nothing."""
    survey = survey_of({"app.py": "print('x')\n", "Dockerfile": f"FROM python:3.12\n{line}\n"})

    assert monitoring.traces_are_exported(survey).holding is holding


TAKEN = """
import structlog
from fastapi import FastAPI, Request
from uuid import uuid4
app = FastAPI()
@app.get("/x")
def x(request: Request):
    trace_id = request.headers.get("X-Correlation-ID") or str(uuid4())
    structlog.contextvars.bind_contextvars(trace_id=trace_id)
"""
INSTRUMENTED = """
from fastapi import FastAPI
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
app = FastAPI()
FastAPIInstrumentor.instrument_app(app)
"""
IN_LOGS = 'import logging\nlogging.basicConfig(format="%(otelTraceID)s %(message)s")\n'


@pytest.mark.parametrize(
    ("code", "holding"),
    [
        pytest.param(TAKEN, Holding.HOLDS, id="taken over and bound"),
        pytest.param(
            TAKEN + "    request_id = str(uuid4())\n", Holding.PARTLY, id="one id is new"
        ),
        pytest.param(IN_LOGS + INSTRUMENTED, Holding.HOLDS, id="continued, in logs"),
        pytest.param(INSTRUMENTED, Holding.PARTLY, id="continued, in no log"),
    ],
)
def test_an_id_that_comes_in_is_kept(code: str, holding: Holding) -> None:
    """Taken over, and found again in the logs; a new one beside it is found by nobody."""
    survey = survey_of({"app.py": code})

    assert monitoring.upstream_request_id_is_inherited(survey).holding is holding


def test_a_header_of_ones_own_is_no_trace_in_whatever_case() -> None:
    """Lines can be joined by it, spans cannot."""
    survey = survey_of({"app.py": TAKEN.replace("trace_id", "line")})

    assert monitoring.trace_context_is_propagated(survey).holding is Holding.FAILS


BY_HAND = """
from ddtrace import tracer, patch_all
from openai import OpenAI
patch_all()
client = OpenAI()
def ask(text):
    with tracer.trace("chat") as span:
        FIELDS
        return client.chat.completions.create(model="m", messages=[])
ask("x")
"""


@pytest.mark.parametrize(
    ("fields", "holding"),
    [
        ('span.set_tag("llm.model", "m"); span.set_tag("llm.temperature", 0)', Holding.HOLDS),
        ('span.set_tag("gen_ai.request.model", "m")', Holding.PARTLY),
        ('span.set_tag("llm.temperature", 0)', Holding.PARTLY),
        ('span.set_tag("tokenizer", "m")', Holding.UNKNOWN),
    ],
)
def test_spans_by_hand_carry_what_is_written(fields: str, holding: Holding) -> None:
    """The model without its parameters is half."""
    survey = survey_of({"app.py": BY_HAND.replace("FIELDS", fields)})

    assert monitoring.spans_carry_model_and_parameters(survey).holding is holding
