"""Guards in helpers that stand on both sides, on one line, or in a model of their own."""

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes import safety
from tests.readiness.applications import survey_of

HELPER = """
from presidio_analyzer import AnalyzerEngine
from presidio_anonymizer import AnonymizerEngine
looking, hiding = AnalyzerEngine(), AnonymizerEngine()

def hidden(text: str) -> str:
    found = looking.analyze(text=text, language="en"); return hiding.anonymize(text, found).text
"""
APP = """
from openai import OpenAI
from hiding import hidden
client = OpenAI()

def answer(text):
    text = hidden(text)
    said = client.responses.create(model="gpt-4.1", input=text).output_text
    said = hidden(said)
    return said
"""
ON_ITS_OWN = HELPER.replace("; return", "\n    return")
LANGUAGE_LAST = HELPER.replace('text=text, language="en"', 'text, "en"')
NOT_USED = HELPER.replace("return hiding.anonymize(text, found).text", "return text")
SIDES = [
    pytest.param(HELPER, APP, Holding.HOLDS, Holding.HOLDS, id="one-line"),
    pytest.param(ON_ITS_OWN, APP, Holding.HOLDS, Holding.HOLDS, id="two-lines"),
    pytest.param(LANGUAGE_LAST, APP, Holding.HOLDS, Holding.HOLDS, id="language-last"),
    pytest.param(NOT_USED, APP, Holding.FAILS, Holding.FAILS, id="result-unused"),
    pytest.param(
        HELPER, APP.replace("    said = hidden(said)\n", ""), Holding.HOLDS, Holding.UNKNOWN,
        id="before-alone",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("helper", "app", "before", "after"), SIDES)
def test_a_helper_may_stand_on_both_sides_of_a_call(
    helper: str, app: str, before: Holding, after: Holding
) -> None:
    """What goes in and what comes out pass the same function."""
    survey = survey_of({"hiding.py": helper, "app.py": app})

    assert safety.input_guard_blocks_pii(survey).holding is before
    assert safety.output_guard_stops_pii(survey).holding in {after, Holding.FAILS}
