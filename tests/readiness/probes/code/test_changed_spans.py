"""Spans that the application changes before they leave: not masked for sure, nor accused."""

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes import monitoring
from tests.readiness.applications import survey_of

APP = """
from openai import OpenAI
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter

def scrub(span):
    for key, value in dict(span.attributes).items():
        span._attributes[key] = hide(value)

class Cleaner(SpanProcessor):
    def on_end(self, span):
        BODY

class Exporter(SpanExporter):
    def __init__(self, inner):
        self.inner = inner
    def export(self, spans):
        for span in spans:
            BODY
        return self.inner.export(spans)

provider = TracerProvider()
ADD
trace.set_tracer_provider(provider)
OpenAIInstrumentor().instrument()

def answer(text):
    return OpenAI().responses.create(model="m", input=text)
"""
SENDS = "provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))"
FIRST = f"provider.add_span_processor(Cleaner())\n{SENDS}"
AROUND = "provider.add_span_processor(BatchSpanProcessor(Exporter(OTLPSpanExporter())))"
NAMED = f"cleaner = Cleaner()\nprovider.add_span_processor(cleaner)\n{SENDS}"

LOGFIRE = """
import logfire
from openai import OpenAI
logfire.configure(GIVEN)
logfire.instrument_openai()
def answer(text):
    return OpenAI().responses.create(model="m", input=text)
"""


def _told(text: str) -> set[Holding]:
    survey = survey_of({"app/main.py": text})
    asked = (
        monitoring.llm_inputs_are_masked_in_traces,
        monitoring.llm_outputs_are_masked_in_traces,
    )
    return {probe(survey).holding for probe in asked}


@pytest.mark.parametrize("add", [FIRST, AROUND, NAMED])
@pytest.mark.parametrize(
    "body",
    [
        "scrub(span)",
        'span._attributes.pop("gen_ai.prompt", None)',
        'del span._attributes["input.value"]',
        "span._attributes = {key: hide(it) for key, it in span.attributes.items()}",
    ],
)
def test_a_processor_that_changes_what_was_said(add: str, body: str) -> None:
    """What it takes out is not followed, so neither is said."""
    assert _told(APP.replace("BODY", body).replace("ADD", add)) == {Holding.UNKNOWN}


@pytest.mark.parametrize(
    ("add", "body"),
    [
        (SENDS, "scrub(span)"),  # given to nobody
        (FIRST, "count(span)"),
        (FIRST, 'span._attributes["tenant"] = TENANT'),
        (FIRST, 'CACHE["gen_ai.prompt"] = span'),
    ],
)
def test_a_processor_that_changes_nothing_of_it(add: str, body: str) -> None:
    """A count or a label masks nothing."""
    assert _told(APP.replace("BODY", body).replace("ADD", add)) == {Holding.FAILS}


@pytest.mark.parametrize(
    ("given", "holding"),
    [
        ("scrubbing=logfire.ScrubbingOptions(extra_patterns=['phone'])", Holding.UNKNOWN),
        ("scrubbing=logfire.ScrubbingOptions(extra_patterns=PATTERNS)", Holding.UNKNOWN),
        ("", Holding.FAILS),
        ("scrubbing=False", Holding.FAILS),
        ("scrubbing=logfire.ScrubbingOptions(extra_patterns=[])", Holding.FAILS),
        ("scrubbing=logfire.ScrubbingOptions(callback=keep)", Holding.FAILS),
    ],
)
def test_patterns_that_logfire_is_given(given: str, holding: Holding) -> None:
    """A callback only lets by what would have been taken out."""
    assert _told(LOGFIRE.replace("GIVEN", given)) == {holding}
