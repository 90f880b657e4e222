"""Spans around model calls: blocks, decorators, and a library whose tracer is handed on."""

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes import monitoring
from tests.readiness.applications import facts_of, survey_of

ASK = (
    "from openai import OpenAI\nclient = OpenAI()\n{head}\n{above}\n"
    "def ask():\n    return client.chat.completions.create(model='m', messages=[])\n"
)
DECORATED = [
    pytest.param("from ddtrace.llmobs.decorators import llm", "@llm(model_name='m')", True,
        id="llmobs"),
    pytest.param("from ddtrace import tracer", "@tracer.wrap()", True, id="ddtrace"),
    pytest.param("from langfuse import observe", "@observe(as_type='generation')", True,
        id="langfuse"),
    pytest.param("from langfuse.decorators import observe", "@observe()", True,
        id="langfuse-older"),
    pytest.param("from langsmith import traceable", "@traceable", True, id="langsmith"),
    pytest.param("import weave", "@weave.op()", True, id="weave"),
    pytest.param("import mlflow", "@mlflow.trace", True, id="mlflow"),
    pytest.param("import logfire", "@logfire.instrument('ask')", True, id="logfire"),
    pytest.param("from opentelemetry import trace\ntracer = trace.get_tracer('a')",
        "@tracer.start_as_current_span('ask')", True, id="opentelemetry"),
    pytest.param("from traceloop.sdk.decorators import workflow", "@workflow(name='a')", True,
        id="traceloop"),
    pytest.param("from functools import cache", "@cache", False, id="cache"),
    pytest.param("from app.tools import observe", "@observe", False, id="own-observe"),
    pytest.param("from somewhere import workflow", "@workflow", False, id="other-workflow"),
]  # fmt: skip


@pytest.mark.parametrize(("head", "above", "expected"), DECORATED)
def test_a_decorator_opens_a_span(head: str, above: str, expected: bool) -> None:
    """By what it is, not by what it is called."""
    (call,) = facts_of({"a.py": ASK.format(head=head, above=above)}).calls

    assert (call.span is not None) is expected


def test_a_decorator_above_the_caller_counts() -> None:
    """The span stands around the function that leads to the call."""
    text = ASK.format(head="from langsmith import traceable", above="")
    (call,) = facts_of({"a.py": f"{text}\n@traceable\ndef answer():\n    return ask()\n"}).calls

    assert call.span is not None


PROMPTY = """
import prompty
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from prompty.tracer import Tracer
from fastapi import FastAPI

app = FastAPI()

def bridge(name):
    with trace.get_tracer("app").start_as_current_span(name) as span:
        yield span.set_attribute

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint="https://o.example.com")))
trace.set_tracer_provider(provider)
Tracer.add("OpenTelemetry", bridge)

@app.post("/chat")
def chat(question: str):
    return prompty.execute("chat.prompty", inputs={"question": question})
"""
BRIDGES = [
    pytest.param(PROMPTY, Holding.PARTLY, id="handed-on"),
    pytest.param(PROMPTY.replace('Tracer.add("OpenTelemetry", bridge)', ""), Holding.FAILS,
        id="never-handed-on"),
    pytest.param(PROMPTY.replace("start_as_current_span(name)", "scope(name)"), Holding.FAILS,
        id="opens-nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), BRIDGES)
def test_a_librarys_tracer_counts_where_it_is_handed_on(text: str, expected: Holding) -> None:
    """Its own traces become spans only through a function that opens one."""
    survey = survey_of({"a.py": text, "chat.prompty": "system:\nYou answer."})

    assert monitoring.llm_calls_are_traced_as_spans(survey).holding is expected
