"""`print` is past the log only where a request, or something deployed, comes to it."""

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes import monitoring
from tests.readiness.applications import survey_of

SERVED = """
import logging
from fastapi import FastAPI
from pythonjsonlogger.json import JsonFormatter
from app.llm import answer
handler = logging.StreamHandler()
handler.setFormatter(JsonFormatter())
logging.getLogger().addHandler(handler)
logging.getLogger("uvicorn.access").handlers = [handler]
app = FastAPI()
@app.post("/ask")
def ask(text: str):
    return answer(text)
"""
LLM = """
from openai import OpenAI
def answer(text):
    return OpenAI().responses.create(model="m", input=text)
"""
GUARDED = """
import asyncio
from app.llm import answer
async def work(text):
    print(answer(text))
def main():
    asyncio.run(work("x"))
if __name__ == "__main__":
    main()
"""
TYPER = """
import typer
from app.llm import answer
cli = typer.Typer()
@cli.command()
def work(text: str):
    print(answer(text))
"""
BOT = TYPER.replace("import typer", "from discord.ext import commands").replace(
    "typer.Typer()", "commands.Bot('!')"
)
IMPORTED = GUARDED.replace('if __name__ == "__main__":\n    main()', "main()")


@pytest.mark.parametrize("beside", [GUARDED, TYPER, TYPER.replace("cli", "tool")])
def test_a_program_that_a_person_starts_may_print(beside: str) -> None:
    """Its lines go to the person."""
    files = {"app/main.py": SERVED, "app/llm.py": LLM, "app/tool.py": beside}

    assert monitoring.logs_are_structured(survey_of(files)).holding is Holding.HOLDS


@pytest.mark.parametrize(
    "changed",
    [
        {"app/llm.py": LLM.replace("    return", "    print(text)\n    return")},
        {"app/main.py": SERVED.replace("    return", "    print(text)\n    return")},
        {"app/tool.py": BOT},
        {"app/tool.py": IMPORTED},
        {"compose.yaml": "services:\n  worker:\n    command: python -m app.tool\n"},
        {"Dockerfile": 'FROM python:3.12\nCMD ["python", "app/tool.py"]\n'},
        {"app/main.py": SERVED.replace("llm import answer", "tool import work as answer")},
    ],
)
def test_what_a_request_or_a_container_comes_to_may_not(changed: dict[str, str]) -> None:
    """Also where a person can start it too."""
    files = {"app/main.py": SERVED, "app/llm.py": LLM, "app/tool.py": GUARDED, **changed}
    answer = monitoring.logs_are_structured(survey_of(files))

    assert [one.sentence.id for one in answer.findings if one.sentence.id == "code.log_printed"]
