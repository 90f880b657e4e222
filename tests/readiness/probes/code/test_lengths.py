"""A text that is too long is refused by its type, or by code on its way to a model."""

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes import security
from tests.readiness.applications import survey_of

MAIN = """
from fastapi import FastAPI, Request
from app.desk import answer
app = FastAPI()
@app.post("/ask")
def ask(question: str, history: int = 3):
    return answer(question, history)
"""
DESK = """
from openai import OpenAI
from app.checks import LIMIT, screen
client = OpenAI()
def answer(text, history):
    BEFORE
    reply = client.responses.create(model="m", input=text)
    AFTER
    return reply
"""
CHECKS = """
LIMIT = 2000
def screen(text):
    TEST
        ACT
"""
LONG = "if not text or len(text) > LIMIT:"


@pytest.mark.parametrize(
    ("before", "after", "test", "act", "holding"),
    [
        ("screen(text)", "", LONG, 'raise ValueError("long")', Holding.HOLDS),
        ("if len(text) > 500: raise ValueError(1)", "", LONG, "pass", Holding.HOLDS),
        ("", "", LONG, 'raise ValueError("long")', Holding.FAILS),
        ("screen(text)", "", LONG, "print('long')", Holding.FAILS),
        ("screen(text)", "", LONG, "return text[:5]", Holding.FAILS),
        (
            "screen(text)",
            "",
            "if text and len(text) > 9 and 0:",
            "raise ValueError",
            Holding.FAILS,
        ),
        ("screen(text)", "", "if len(text) > 10**9:", "raise ValueError", Holding.FAILS),
        ("screen(text)", "", "if len(text) < LIMIT:", "raise ValueError", Holding.FAILS),
        (
            "try: screen(text)\n    except ValueError: pass",
            "",
            LONG,
            "raise ValueError",
            Holding.FAILS,
        ),
        (
            "try: screen(text)\n    except ValueError: return 1",
            "",
            LONG,
            "raise ValueError",
            Holding.HOLDS,
        ),
        ("screen('own')", "", LONG, 'raise ValueError("long")', Holding.FAILS),
        ("", "screen(reply)", LONG, 'raise ValueError("long")', Holding.FAILS),
    ],
)
def test_a_text_that_is_too_long_is_stopped_on_its_way(  # noqa: PLR0917 - pytest passes a row
    before: str, after: str, test: str, act: str, holding: Holding
) -> None:
    """Refused in a function that the route reaches, about the very text that came in."""
    files = {
        "app/__init__.py": "",
        "app/main.py": MAIN,
        "app/desk.py": DESK.replace("BEFORE", before or "pass").replace("AFTER", after or "pass"),
        "app/checks.py": CHECKS.replace("TEST", test).replace("ACT", act),
    }

    assert security.inputs_are_checked(survey_of(files)).holding is holding
