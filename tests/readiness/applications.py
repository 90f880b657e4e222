"""A small honest application in memory, and ways to spoil it."""

from collections.abc import Mapping
from datetime import UTC, datetime

from tenken.config.application import Application, Decisions, Identity, Model
from tenken.config.manifest import Manifest
from tenken.config.node import Node
from tenken.readiness.collectors.code.collect import collect
from tenken.readiness.facts.code import CodeFacts
from tenken.readiness.facts.documents import DocumentFacts
from tenken.readiness.facts.infrastructure import InfrastructureFacts
from tenken.readiness.facts.monitoring import MonitoringFacts
from tenken.readiness.facts.pipeline import PipelineFacts
from tenken.readiness.facts.repository import RepositoryFacts
from tenken.readiness.facts.survey import Survey
from tests.readiness.trees import FakeTree

Files = Mapping[str, str]
NOW = datetime(2026, 11, 20, tzinfo=UTC)

SETTINGS = """
import os

TIMEOUT_S = 20
MODEL = "gpt-4.1-mini"
AUDIENCE = os.environ["AUDIENCE"]
"""
CLIENTS = """
from anthropic import Anthropic
from openai import OpenAI

from app.settings import TIMEOUT_S

primary = OpenAI(timeout=TIMEOUT_S, max_retries=0)


def secondary() -> Anthropic:
    return Anthropic(timeout=TIMEOUT_S, max_retries=2)
"""
LLM = """
import logging

import openai
from aiolimiter import AsyncLimiter
from pybreaker import CircuitBreaker
from pydantic import BaseModel
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from app.clients import primary, secondary
from app.prompts import load
from app.settings import MODEL

logger = logging.getLogger(__name__)
breaker = CircuitBreaker(fail_max=5)
limiter = AsyncLimiter(10, 1)


class Reply(BaseModel):
    text: str


@breaker
@retry(
    retry=retry_if_exception_type((openai.RateLimitError, openai.APITimeoutError)),
    wait=wait_random_exponential(max=20),
    stop=stop_after_attempt(3),
)
async def ask(question: str) -> Reply:
    async with limiter:
        response = primary.chat.completions.parse(
            model=MODEL,
            messages=[
                {"role": "system", "content": load("answer")},
                {"role": "user", "content": question},
            ],
            response_format=Reply,
        )
    return response.choices[0].message.parsed


@breaker
async def ask_other(question: str) -> Reply:
    async with limiter:
        response = secondary().messages.create(
            model="claude-sonnet-4-5",
            max_tokens=500,
            system=load("answer"),
            messages=[{"role": "user", "content": question}],
        )
    return Reply.model_validate_json(response.content[0].text)


async def answer(question: str) -> Reply:
    try:
        return await ask(question)
    except openai.OpenAIError:
        logger.warning("primary failed")
        return await ask_other(question)
"""
PROMPTS = """
from pathlib import Path

FOLDER = Path(__file__).parent / "prompts"


def load(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text()
"""
GUARD = """
import logging

from llm_guard import scan_output, scan_prompt
from llm_guard.input_scanners import Anonymize, BanTopics, PromptInjection
from llm_guard.output_scanners import FactualConsistency, Sensitive, Toxicity

logger = logging.getLogger(__name__)
INPUT = [PromptInjection(), BanTopics(topics=["politics"]), Anonymize()]
OUTPUT = [Toxicity(), Sensitive(), FactualConsistency()]


class Blocked(Exception):
    pass


def screen_in(text: str) -> str:
    clean, valid, scores = scan_prompt(INPUT, text)
    if not all(valid.values()):
        logger.warning("blocked input", extra={"scores": scores})
        raise Blocked(scores)
    return clean


def screen_out(prompt: str, text: str) -> str:
    clean, valid, scores = scan_output(OUTPUT, prompt, text)
    if not all(valid.values()):
        logger.warning("blocked output", extra={"scores": scores})
        raise Blocked(scores)
    return clean
"""
AUTH = """
from fastapi import Header, HTTPException
from google.auth.transport import requests
from google.oauth2 import id_token

from app.settings import AUDIENCE


def require_user(authorization: str = Header()) -> dict:
    try:
        return id_token.verify_oauth2_token(authorization, requests.Request(), audience=AUDIENCE)
    except ValueError as error:
        raise HTTPException(status_code=401) from error
"""
LOGS = """
import logging

from pythonjsonlogger.json import JsonFormatter


def configure() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter("%(message)s %(otelTraceID)s"))
    for name in ("", "uvicorn", "uvicorn.access"):
        logging.getLogger(name).handlers = [handler]
"""
TRACING = """
import re

from langfuse import Langfuse
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

DIGITS = re.compile("[0-9]{4,}")


def mask(data, **_):
    return DIGITS.sub("[number]", data)


def configure(app) -> None:
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    FastAPIInstrumentor.instrument_app(app)
    Langfuse(mask=mask)
"""
MAIN = """
from fastapi import Depends, FastAPI
from pydantic import BaseModel, Field

from app import auth, guard, llm, logs, tracing

logs.configure()
app = FastAPI()
tracing.configure(app)


class Question(BaseModel):
    text: str = Field(max_length=2000)


@app.get("/healthz")
def healthz() -> dict:
    return {}


@app.post("/answers", dependencies=[Depends(auth.require_user)])
async def create(question: Question) -> dict:
    text = guard.screen_in(question.text)
    reply = await llm.answer(text)
    return {"text": guard.screen_out(text, reply.text)}
"""
HONEST: Files = {
    "app/__init__.py": "",
    "app/settings.py": SETTINGS,
    "app/clients.py": CLIENTS,
    "app/llm.py": LLM,
    "app/prompts.py": PROMPTS,
    "app/prompts/answer.md": "Answer in one sentence.",
    "app/guard.py": GUARD,
    "app/auth.py": AUTH,
    "app/logs.py": LOGS,
    "app/tracing.py": TRACING,
    "app/main.py": MAIN,
    "requirements.txt": "fastapi==0.115\nopenai==1.50\n",
}


def spoiled(path: str, old: str, new: str) -> dict[str, str]:
    """The honest application with one piece of text replaced."""
    assert old in HONEST[path], f"{old!r} is not in {path}"
    return {**HONEST, path: HONEST[path].replace(old, new)}


def described(
    *, models: tuple[Model, ...] = (), decisions: Decisions | None = None
) -> Application:
    """What an application says of itself, apart from its code."""
    return Application(
        application=Identity(name="desk", owner="team"),
        models=models,
        decisions=decisions or Decisions(),
    )


def facts_of(files: Files) -> CodeFacts:
    """What the collector says of a repository in memory."""
    return collect(FakeTree(files))


def survey_of(files: Files, *, application: Application | None = None) -> Survey:
    """A survey whose code is read from files."""
    tree = FakeTree(files)
    manifest = None
    if application is not None:
        manifest = Manifest(application=application, file="tenken.yaml", document=Node(None))
    return Survey(
        now=NOW,
        tree=tree,
        repository=RepositoryFacts(is_git=True),
        pipeline=PipelineFacts(),
        infrastructure=InfrastructureFacts(),
        monitoring=MonitoringFacts(),
        code=collect(tree),
        documents=DocumentFacts(),
        manifest=manifest,
    )
