"""What stands in the code and takes part in no request is not in effect."""

import pytest

from tenken.evidence import FindingKind, Holding
from tenken.readiness.facts.calls import Origin
from tenken.readiness.probes import resilience, security, stability
from tests.readiness.applications import facts_of, survey_of
from tests.readiness.probes.code.questions import Probe

BARE = """
from anthropic import Anthropic
from fastapi import FastAPI
from llm.patient import ask_patiently
app = FastAPI()
client = Anthropic()
@app.post("/bare")
def bare(text: str):
    return client.messages.create(model="m", max_tokens=9, messages=[])
@app.post("/patient")
def patient(text: str):
    return ask_patiently(client)
"""
PATIENT = """
import anthropic
from pybreaker import CircuitBreaker
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_exponential
breaker = CircuitBreaker(fail_max=3)
def _patiently():
    return retry(stop=stop_after_attempt(3), wait=wait_exponential(max=9),
                 retry=retry_if_exception_type((anthropic.RateLimitError,)))
@breaker
@_patiently()
def ask_patiently(client: anthropic.Anthropic):
    return client.messages.create(model="m", max_tokens=9, messages=[])
"""
ON_RETRIES = (
    stability.retry_policy_is_stated_on_every_call,
    resilience.retries_depend_on_the_error,
    resilience.retries_back_off_exponentially,
    resilience.circuit_breaker_guards_calls,
)


@pytest.mark.parametrize("probe", ON_RETRIES)
def test_a_retry_in_a_function_that_is_called_counts(probe: Probe) -> None:
    """One of two calls has it: true in part, and no lie."""
    answer = probe(survey_of({"app.py": BARE, "llm/patient.py": PATIENT}))

    assert answer.holding is Holding.PARTLY
    assert answer.seen
    assert "code.never_called" not in [one.sentence.id for one in answer.findings]


@pytest.mark.parametrize("probe", ON_RETRIES)
def test_a_retry_in_a_function_that_nothing_calls_is_told_as_a_lie(probe: Probe) -> None:
    """A module for resilience that no request passes, with or without a decorator."""
    idle = BARE.replace("return ask_patiently(client)", "return bare(text)")

    answer = probe(survey_of({"app.py": idle, "llm/patient.py": PATIENT}))

    assert answer.holding in {Holding.FAILS, Holding.UNKNOWN}
    assert answer.findings[0].sentence.id == "code.never_called"
    assert answer.findings[0].kind is FindingKind.LIE


def test_a_library_that_only_others_call_is_judged_as_it_is() -> None:
    """Where nothing in the repository enters any call, they are all it has."""
    facts = facts_of({"patient.py": PATIENT})

    assert len(facts.calls) == 1
    assert facts.calls_never_made == ()


HEAD = """
from openai import AzureOpenAI, OpenAI
import os
"""
GIVEN = """
class Desk:
    def __init__(self, client: AzureOpenAI):
        self.client = client
    def ask(self, text: str):
        return self.client.chat.completions.create(model="m", messages=[])
desk = Desk(AzureOpenAI(azure_endpoint=os.environ["ENDPOINT"]))
print(desk.ask("x"))
"""
CHOSEN = """
client = AzureOpenAI(azure_endpoint="https://a.example.com") if os.getenv("X") else OpenAI()
def ask(text: str):
    return client.chat.completions.create(model="m", messages=[])
print(ask("x"))
"""
NEXT = """
first = OpenAI()
second = AzureOpenAI(azure_endpoint="https://a.example.com")
def ask(text: str):
    try:
        return first.chat.completions.create(model="m", messages=[])
    except Exception:
        return second.chat.completions.create(model="m", messages=[])
print(ask("x"))
"""


@pytest.mark.parametrize(
    ("code", "holding"),
    [
        pytest.param(NEXT, Holding.HOLDS, id="the other answers when one fails"),
        pytest.param(CHOSEN, Holding.PARTLY, id="a setting chooses one of two"),
        pytest.param(GIVEN, Holding.UNKNOWN, id="one client, annotated and passed"),
    ],
)
def test_targets_are_two_where_one_takes_over(code: str, holding: Holding) -> None:
    """A choice beforehand is half of it; an annotation is no second target."""
    assert (
        resilience.independent_targets_exist(survey_of({"a.py": HEAD + code})).holding is holding
    )


def test_a_package_of_ones_own_that_is_called_like_a_library_hides_it_not() -> None:
    """`google/` beside the client's code is not the library that the code imports."""
    client = (
        "from google import genai\nclient = genai.Client()\n"
        "def ask():\n    return client.models.generate_content(model='m', contents='x')\n"
    )
    files = {"app/__init__.py": "", "app/google/__init__.py": "", "app/google/gem.py": client}

    assert [one.provider for one in facts_of(files).calls] == ["google"]
    own = {**files, "app/google/__init__.py": "genai = None\n"}
    assert facts_of(own).calls == ()


INJECTED = """
import boto3
import botocore.config
import fastapi
import pydantic
import pydantic_settings
app = fastapi.FastAPI()
class Bedrock(pydantic_settings.BaseSettings):
    read_timeout: int = pydantic.Field(default=60, alias="READ_TIMEOUT")
class Config(pydantic_settings.BaseSettings):
    bedrock: Bedrock = pydantic.Field(default_factory=Bedrock)
def config() -> Config:
    return Config()
def options(settings: Config) -> dict:
    kwargs: dict = {"config": botocore.config.Config(read_timeout=settings.bedrock.read_timeout)}
    return kwargs
def runtime(settings: Config = fastapi.Depends(config)):
    return boto3.client("bedrock-runtime", **options(settings))
class Desk:
    def __init__(self, client):
        self.client = client
    def ask(self, text: str):
        return self.client.converse(modelId="m", messages=[])
def desk(client=fastapi.Depends(runtime)) -> Desk:
    return Desk(client=client)
@app.post("/ask")
def ask(text: str, desk: Desk = fastapi.Depends(desk)):
    return desk.ask(text)
"""


def test_a_timeout_within_options_that_are_injected_is_stated() -> None:
    """A keyword dictionary, a nested configuration and a factory of settings are followed."""
    (call,) = facts_of({"a.py": INJECTED}).calls

    assert (call.timeout.origin, call.timeout.value) == (Origin.DEFAULT, "60")


@pytest.mark.parametrize(
    ("old", "new", "origin"),
    [
        ("read_timeout=settings.bedrock.read_timeout", "retries={}", Origin.ABSENT),
        ("settings.bedrock.read_timeout)", "load())", Origin.UNKNOWN),
    ],
)
def test_options_without_a_timeout_state_none(old: str, new: str, origin: Origin) -> None:
    """Another setting in its place is none; a value from elsewhere is not known."""
    (call,) = facts_of({"a.py": INJECTED.replace(old, new)}).calls

    assert call.timeout.origin is origin


TALK = """
from fastapi import FastAPI
from openai import OpenAI
app = FastAPI()
client = OpenAI()
RULES = "You are the support desk of a shop. Answer politely, in at most two short sentences."
@app.post("/ask")
def ask(text: str, found: str):
    return client.chat.completions.create(model="m", messages=[
        {"role": "system", "content": RULES},
        {"role": "user", "content": CONTENT},
    ])
"""


@pytest.mark.parametrize("content", ['f"情報:\\n{found}\\n\\n質問: {text}"',
    '"Context: " + found + " Question: " + text'])  # fmt: skip
def test_texts_under_labels_in_one_message_are_joined(content: str) -> None:
    """What was found and what was asked are one message: apart from the rules, and no template."""
    survey = survey_of({"a.py": TALK.replace("CONTENT", content)})

    assert security.user_input_stays_in_the_user_role(survey).holding is Holding.PARTLY
    assert security.prompts_are_templates(survey).holding is not Holding.HOLDS


@pytest.mark.parametrize("content", ["text", 'f"{text}"', 'f"{text}\\n{found}"'])
def test_what_users_write_alone_in_their_message_is_kept_apart(content: str) -> None:
    """Without a word between the pieces nothing is told to the model there."""
    survey = survey_of({"a.py": TALK.replace("CONTENT", content)})

    assert security.user_input_stays_in_the_user_role(survey).holding is Holding.HOLDS


DRAWS = """
from fastapi import FastAPI
from openai import OpenAI
app = FastAPI()
client = OpenAI()
@app.post("/ask")
def ask(text: str):
    return client.chat.completions.create(model="m", messages=[])
@app.post("/draw")
def draw(text: str):
    for model in ("image-2", "image-1"):
        try:
            return client.images.generate(model=model, prompt=text, timeout=9)
        except Exception:
            continue
"""
ON_IMAGES = (
    stability.fallback_target_is_set_on_every_call,
    stability.timeout_is_stated_on_every_call,
    resilience.failover_is_reachable,
)


@pytest.mark.parametrize("probe", ON_IMAGES)
def test_what_stands_around_images_alone_is_there_in_part(probe: Probe) -> None:
    """Texts have none of it; without the images nothing has."""
    bare = DRAWS.replace(", timeout=9", "").replace("continue", "raise")

    assert probe(survey_of({"a.py": DRAWS})).holding is Holding.PARTLY
    assert probe(survey_of({"a.py": bare})).holding is Holding.FAILS


SPEAKS = """
import httpx
from openai import AsyncAzureOpenAI, AsyncOpenAI
class Session:
    def __init__(self, provider: str):
        if provider == "azure":
            self.client = AsyncAzureOpenAI(azure_endpoint="https://a.example.com")
        else:
            self.client = AsyncOpenAI()
    async def speak(self):
        return await self.client.beta.realtime.connect(model="m").__aenter__()
async def token():
    async with httpx.AsyncClient() as client:
        return await client.post("https://api.openai.com/v1/realtime/sessions", timeout=30.0)
"""


def test_speech_is_a_call_of_a_model() -> None:
    """A session is asked for by address, and held by the library."""
    facts = facts_of({"a.py": SPEAKS})

    found = {(one.library, one.operation.value) for one in facts.calls}
    assert found == {("openai", "generate"), ("http", "other")}
    elsewhere = SPEAKS.replace("api.openai.com", "speech.example.com")
    assert [one.library for one in facts_of({"a.py": elsewhere}).calls] == ["openai"]
    survey = survey_of({"a.py": SPEAKS})
    assert resilience.independent_targets_exist(survey).holding is Holding.PARTLY
