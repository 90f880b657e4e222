"""What is right for some calls and not for others, and what only looks like a check."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from tenken.evidence import Answer, FindingKind, Holding
from tenken.readiness.collectors.infrastructure.collect import collect
from tenken.readiness.facts.pipeline import PipelineFacts
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes import (
    monitoring,
    resilience,
    safety,
    scalability,
    security,
    stability,
)
from tests.readiness.applications import survey_of
from tests.readiness.probes.test_code_places import AGENTS
from tests.readiness.trees import FakeTree

BOTH = """
from openai import OpenAI

chat = OpenAI(timeout=5, max_retries=2)
vectors = OpenAI(timeout=5, max_retries=2)


def answer(text: str) -> str:
    return chat.chat.completions.create(model="m", messages=[{"role": "user", "content": text}])


def vector(text: str) -> str:
    return vectors.embeddings.create(model="v", input=text)
"""
GATEWAY = """
import os

from openai import OpenAI

client = OpenAI(base_url=os.environ["GATEWAY_URL"])


def answer(text: str) -> str:
    return client.chat.completions.create(model="m", messages=[{"role": "user", "content": text}])
"""
DOOR = """
from fastapi import FastAPI

app = FastAPI()


@app.post("/v1/chat/completions")
async def chat(text: str) -> str:
    return text
"""
SHARED = """
from fastapi import Depends, FastAPI, HTTPException, Security
from fastapi.security import APIKeyHeader

from app.settings import settings

header = APIKeyHeader(name="x-api-key")
app = FastAPI()


async def check(key: str = Security(header)) -> str:
    if key != settings.API_KEY:
        raise HTTPException(status_code=401)
    return key


@app.post("/ask")
async def ask(text: str, key: str = Depends(check)) -> str:
    return text
"""
CAUGHT = (
    "from agents.exceptions import InputGuardrailTripwireTriggered\n"
    + AGENTS
    + """

async def serve(text: str) -> str:
    try:
        return await answer(text)
    except InputGuardrailTripwireTriggered as stop:
        logger.warning("blocked", extra={"rule": stop.guardrail_result})
        return "No."
"""
)
REQUEST = """
import httpx
from openai import OpenAI


def fetch() -> str:
    return httpx.get("https://api.example.com/x", verify=VERIFY).text
"""


@pytest.mark.parametrize(
    ("stated", "probe"),
    [
        ("timeout=5, ", stability.timeout_is_stated_on_every_call),
        (", max_retries=2", stability.retry_policy_is_stated_on_every_call),
    ],
)
def test_embeddings_are_calls_too(stated: str, probe: Callable[[Survey], Answer]) -> None:
    """What is stated for generating alone is stated in part."""
    line = "vectors = OpenAI(timeout=5, max_retries=2)"
    spoilt = BOTH.replace(line, line.replace(stated, ""))

    assert probe(survey_of({"app/a.py": BOTH})).holding is Holding.HOLDS
    assert probe(survey_of({"app/a.py": spoilt})).holding is Holding.PARTLY


def test_what_a_gateway_may_do_is_unknown() -> None:
    """Retries and other targets may stand behind an address that the code does not know."""
    survey = survey_of({"app/a.py": GATEWAY})
    direct = survey_of({"app/a.py": GATEWAY.replace('base_url=os.environ["GATEWAY_URL"]', "")})

    assert stability.retry_policy_is_stated_on_every_call(survey).holding is Holding.UNKNOWN
    assert resilience.independent_targets_exist(survey).holding is Holding.UNKNOWN
    assert stability.retry_policy_is_stated_on_every_call(direct).holding is Holding.FAILS
    assert resilience.independent_targets_exist(direct).holding is Holding.FAILS


POINTED = """
from openai import OpenAI
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    llm_url: str = "DEFAULT"

settings = Settings()
client = OpenAI(base_url=GIVEN)

def answer(text: str) -> str:
    return client.chat.completions.create(model="m", messages=[{"role": "user", "content": text}])
"""


@pytest.mark.parametrize(
    ("default", "given", "holding"),
    [
        ("http://gateway:8000/v1", "settings.llm_url", Holding.UNKNOWN),
        ("http://localhost:4000", "settings.llm_url", Holding.UNKNOWN),
        ("", 'settings.llm_url or "http://gateway.internal/v1"', Holding.UNKNOWN),
        ("https://api.openai.com/v1", "settings.llm_url", Holding.FAILS),
        ("", 'settings.llm_url or "https://api.openai.com/v1"', Holding.FAILS),
        ("", "None", Holding.FAILS),
    ],
)
def test_a_setting_that_points_inside_may_point_at_a_gateway(
    default: str, given: str, holding: Holding
) -> None:
    """Its default is the address of one's own machine; where it runs it is another one."""
    code = POINTED.replace("DEFAULT", default).replace("GIVEN", given)
    survey = survey_of({"app/a.py": code})

    assert stability.retry_policy_is_stated_on_every_call(survey).holding is holding


def test_a_door_of_the_same_path_is_no_call() -> None:
    """An application that serves `/chat/completions` calls nobody by it."""
    assert not survey_of({"app/a.py": DOOR}).code.calls


def test_one_key_for_all_is_half_a_check() -> None:
    """Strangers are refused; who calls is not told."""
    answer = security.callers_are_verified(survey_of({"app/a.py": SHARED}))
    constant = SHARED.replace("settings.API_KEY", '"x"')
    spoilt = security.callers_are_verified(survey_of({"app/a.py": constant}))

    assert answer.holding is Holding.PARTLY
    assert [one.sentence.id for one in answer.findings] == ["code.token_shared"]
    assert spoilt.holding is Holding.UNKNOWN


def test_a_stop_that_nobody_writes_down_is_not_recorded() -> None:
    """Catching it to answer politely leaves no trace of it."""
    recorded = safety.guard_violations_are_recorded(survey_of({"app/a.py": CAUGHT}))
    polite = CAUGHT.replace('logger.warning("blocked", extra={"rule": stop.guardrail_result})', "")
    silent = safety.guard_violations_are_recorded(survey_of({"app/a.py": polite}))

    assert recorded.holding is Holding.HOLDS
    assert silent.holding is Holding.FAILS


@pytest.mark.parametrize(("written", "places"), [("False", 1), ("True", 0)])
def test_a_connection_that_takes_any_certificate_is_told(written: str, places: int) -> None:
    """The other end of it may be anybody."""
    code = survey_of({"app/a.py": REQUEST.replace("VERIFY", written)}).code

    assert len(code.unchecked_tls) == places


QUEUED = """
from google.cloud import tasks_v2
from openai import OpenAI

queue = tasks_v2.CloudTasksClient()
client = OpenAI()


def answer(text: str) -> str:
    return client.chat.completions.create(model="m", messages=[{"role": "user", "content": text}])
"""
QUEUE = """resource "google_cloud_tasks_queue" "answers" {
  name = "answers"
  rate_limits {
    max_dispatches_per_second = 1
  }
}
"""


@pytest.mark.parametrize(
    ("rate", "paced"), [(QUEUE, True), (QUEUE.replace("max_d", "no_d"), False)]
)
def test_a_queue_that_hands_on_at_a_rate_paces_in_part(rate: str, paced: bool) -> None:
    """One task may still loop over many calls."""
    files = {"app/a.py": QUEUED, "terraform/queue.tf": rate}
    built = collect(FakeTree(files), PipelineFacts())
    survey = replace(survey_of(files), infrastructure=built)
    answer = scalability.calls_pass_a_provider_rate_limiter(survey)

    assert answer.holding is (Holding.PARTLY if paced else Holding.FAILS)


HEADERS = """
import fastapi

NAME = "HTTP_X_REQUEST_ID"


class Ids:
    def __call__(self, request):
        return request.META.get(NAME)
"""


def test_a_header_named_by_a_constant_is_taken_over() -> None:
    """Django spells headers in its own way."""
    taken = monitoring.upstream_request_id_is_inherited(survey_of({"app/a.py": HEADERS}))
    others = [HEADERS.replace("HTTP_X_REQUEST_ID", one) for one in ("HTTP_HOST", "request_id")]

    assert taken.holding is Holding.HOLDS
    for other in others:  # `row.get("request_id")` reads what the application made itself
        answer = monitoring.upstream_request_id_is_inherited(survey_of({"app/a.py": other}))
        assert answer.holding is Holding.UNKNOWN


TAKES = """
import uuid

import structlog
from starlette.middleware.base import BaseHTTPMiddleware


class Ids(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        request_id = request.headers.get("X-Request-ID", f"req_{uuid.uuid4().hex[:12]}")
        structlog.contextvars.bind_contextvars(request_id=request_id)
        return await call_next(request)
"""
TAKEN = 'request.headers.get("X-Request-ID", f"req_{uuid.uuid4().hex[:12]}")'
APART = """request.headers.get("X-Request-ID")
        if not request_id:
            request_id = uuid.uuid4().hex"""


@pytest.mark.parametrize(
    "taken",
    [
        TAKEN,
        APART,
        'request.headers.get("X-Request-ID") or uuid.uuid4().hex',
        'request.headers.get("X-Request-ID") if request.headers else uuid.uuid4().hex',
    ],
)
def test_an_id_made_where_none_came_ends_no_chain(taken: str) -> None:
    """A default, a second operand, a branch: the caller's id goes before them all."""
    answer = monitoring.upstream_request_id_is_inherited(
        survey_of({"app/ids.py": TAKES.replace(TAKEN, taken)})
    )

    assert [one for one in answer.findings if one.kind is FindingKind.LIE] == []
    assert answer.seen


@pytest.mark.parametrize(
    "made", ["uuid.uuid4().hex", 'str(uuid.uuid4())  # or headers.get("X-Request-ID")']
)
def test_an_id_made_whatever_came_ends_the_chain(made: str) -> None:
    """Nothing of the caller is read."""
    answer = monitoring.upstream_request_id_is_inherited(
        survey_of({"app/ids.py": TAKES.replace(TAKEN, made)})
    )

    assert answer.holding is Holding.FAILS
