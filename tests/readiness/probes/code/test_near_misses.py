"""What looks like the real thing, is started beside it, or says a name instead of proving it."""

import pytest
from msgspec.structs import replace

from tenken.evidence import Holding
from tenken.place import Place
from tenken.readiness.facts.infrastructure import (
    InfrastructureFacts,
    Platform,
    Source,
    Workload,
)
from tenken.readiness.probes import monitoring, safety, security
from tests.readiness.applications import survey_of

REPORTS = (
    "import sentry_sdk\nRATES = {RATES}\nsentry_sdk.init(dsn='https://k@example.com/1'{GIVEN})\n"
)


@pytest.mark.parametrize(
    ("given", "rates", "holding"),
    [
        (", traces_sample_rate=0.2", "{}", Holding.HOLDS),
        (", traces_sampler=choose", "{}", Holding.HOLDS),
        (", **RATES", '{"traces_sample_rate": 1.0}', Holding.HOLDS),
        ("", "{}", Holding.FAILS),
        (", send_default_pii=True", "{}", Holding.FAILS),
        (", sample_rate=1.0", "{}", Holding.FAILS),
        (", traces_sample_rate=0", "{}", Holding.FAILS),
        (", traces_sample_rate=RATES", "0.0", Holding.FAILS),
        (", enable_tracing=False", "{}", Holding.FAILS),
        (", **RATES", '{"sample_rate": 1.0}', Holding.FAILS),
        (", **RATES", '{"traces_sample_rate": 0}', Holding.FAILS),
    ],
)
def test_a_reporter_of_errors_traces_only_when_told_to(
    given: str, rates: str, holding: Holding
) -> None:
    """Started without a rate of traces it sends errors, and no trace."""
    code = REPORTS.replace("{GIVEN}", given).replace("{RATES}", rates)

    assert monitoring.traces_are_exported(survey_of({"app.py": code})).holding is holding


OTHERWISE = """
import os
import sentry_sdk
DSN = os.getenv("SENTRY_DSN")
if not DSN or DSN == "https://...":
    print("no address")
else:
    sentry_sdk.init(dsn=DSN, traces_sample_rate=1.0)
"""
ASKED = """
import sentry_sdk
from pydantic_settings import BaseSettings
class Settings(BaseSettings):
    tracing: bool = DEFAULT
settings = Settings()
def main():
    if not getattr(settings, "tracing", False):
        return
    sentry_sdk.init(dsn="https://k@example.com/1", traces_sample_rate=1.0)
main()
"""


@pytest.mark.parametrize(
    ("code", "holding"),
    [
        (OTHERWISE, Holding.PARTLY),
        (OTHERWISE.replace("not DSN or ", ""), Holding.HOLDS),
        (ASKED.replace("DEFAULT", "False"), Holding.PARTLY),
        (ASKED.replace("DEFAULT", "True"), Holding.HOLDS),
    ],
)
def test_what_starts_only_under_a_setting_is_half(code: str, holding: Holding) -> None:
    """In the other branch of a test, and by an attribute that is asked for by name."""
    assert monitoring.traces_are_exported(survey_of({"app.py": code})).holding is holding


BESIDE = """
import langfuse
import litellm
from fastapi import FastAPI
from langfuse import observe
START
app = FastAPI()
@observe()
@app.post("/ask")
def ask(text: str):
    return litellm.completion(model="m", messages=[{"role": "user", "content": text}])
"""
SENTRY = "import sentry_sdk\nsentry_sdk.init(dsn='https://k@example.com/1', traces_sample_rate=1)"
OTEL = """
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
exporter = OTLPSpanExporter(endpoint="https://traces.example.com")
trace.set_tracer_provider(provider)
FastAPIInstrumentor().instrument()
"""


@pytest.mark.parametrize(
    ("start", "holding"),
    [(OTEL, Holding.HOLDS), (SENTRY, Holding.FAILS), ("", Holding.FAILS)],
)
def test_spans_of_models_join_only_a_trace_of_their_own_kind(start: str, holding: Holding) -> None:
    """Two tools that trace side by side make two traces."""
    survey = survey_of({"app.py": BESIDE.replace("START", start)})

    assert monitoring.llm_calls_are_traced_as_spans(survey).holding is holding


NAMED = """
from fastapi import Depends, FastAPI, HTTPException, Request
from app.people import PEOPLE, Person, find, verify
app = FastAPI()
def who(request: Request):
    who = request.headers.get("HEADER")
    TEST
        raise HTTPException(status_code=401)
    return Person(**PEOPLE[who])
@app.post("/ask")
def ask(text: str, person=Depends(who)):
    return text
"""
PEOPLE = """
PEOPLE = {"ann": {"tier": 1}}
class Person:
    def __init__(self, **known): self.known = known
def find(name): return PEOPLE.get(name)
def verify(name): return name.startswith("x")
"""


@pytest.mark.parametrize(
    ("header", "test", "holding"),
    [
        ("Authorization", "if not verify(who):", Holding.HOLDS),
        ("X-API-Key", "if who not in PEOPLE:", Holding.HOLDS),
        ("X-User-Id", "if not verify(request):", Holding.HOLDS),
        ("X-User-Id", "if not verify(who):", Holding.FAILS),
        ("X-User-Id", "if not who or who not in PEOPLE:", Holding.FAILS),
        ("X-Employee-Number", "if find(who) is None:", Holding.FAILS),
        ("X-Tenant", "if not who:", Holding.FAILS),
    ],
)
def test_a_name_in_a_header_is_no_proof(header: str, test: str, holding: Holding) -> None:
    """Whoever knows a name of the list is let in by it."""
    code = NAMED.replace("HEADER", header).replace("TEST", test)
    survey = survey_of({"app/main.py": code, "app/people.py": PEOPLE, "app/__init__.py": ""})

    assert security.routes_require_a_user(survey).holding is holding


CHECKED = """
import logging
from agents import Agent, InputGuardrailTripwireTriggered, Runner
from agents import GuardrailFunctionOutput, input_guardrail
logger = logging.getLogger(__name__)
@input_guardrail
async def screened(context, agent, text):
    return GuardrailFunctionOutput(output_info=None, tripwire_triggered=bad(text))
desk = Agent(name="desk", instructions="Answer.", input_guardrails=[screened])
async def ask(text):
    try:
        return await Runner.run(desk, text)
    except InputGuardrailTripwireTriggered:
        logger.LEVEL("blocked")
        return "no"
"""


@pytest.mark.parametrize(
    ("level", "holding"), [("warning", Holding.HOLDS), ("debug", Holding.FAILS)]
)
def test_a_record_that_is_not_put_out_is_none(level: str, holding: Holding) -> None:
    """Production does not run at the level of debugging."""
    survey = survey_of({"app/a.py": CHECKED.replace("LEVEL", level)})

    assert safety.guard_violations_are_recorded(survey).holding is holding


ROUTES = """
from fastapi import FastAPI
from app.doors import CurrentUser
app = FastAPI()
@app.post("/ask")
def ask(text: str, user: CurrentUser):
    return text
"""
DOORS = """
from typing import Annotated
from fastapi import Depends, Header, HTTPException
import jwt
def current_user(authorization: str = Header()):
    CHECK
CurrentUser = Annotated[str, Depends(current_user)]
"""
VERIFIED = """try:
        return jwt.decode(authorization, KEY, algorithms=["RS256"], audience="desk")
    except jwt.InvalidTokenError:
        raise HTTPException(status_code=401)"""


@pytest.mark.parametrize(
    ("check", "holding"), [(VERIFIED, Holding.HOLDS), ("return authorization", Holding.UNKNOWN)]
)
def test_a_door_behind_a_name_that_a_package_hands_on(check: str, holding: Holding) -> None:
    """`CurrentUser` of a package asks as much as what it stands for, and no more."""
    files = {
        "app/__init__.py": "",
        "app/main.py": ROUTES,
        "app/doors/__init__.py": "from app.doors.users import CurrentUser\n",
        "app/doors/users.py": DOORS.replace("CHECK", check),
    }

    assert security.routes_require_a_user(survey_of(files)).holding is holding


HANDLED = """
import json
import logging
import os
class Lines(logging.Formatter):
    def format(self, record):
        return json.dumps({"message": record.getMessage()})
handler = logging.StreamHandler()
handler.setFormatter(Lines())
root = logging.getLogger()
BODY
"""


@pytest.mark.parametrize(
    ("body", "holding"),
    [
        ("root.handlers.clear()\nroot.addHandler(handler)", Holding.HOLDS),
        ("root.handlers = []\nroot.addHandler(handler)", Holding.HOLDS),
        ("root.addHandler(handler)\nroot.handlers.clear()", Holding.FAILS),
        ("root.handlers.clear()\nroot.addHandler(logging.StreamHandler())", Holding.FAILS),
    ],
)
def test_handlers_that_are_cleared_first_are_not_taken_back(body: str, holding: Holding) -> None:
    """What is given to the root after it was emptied is what writes."""
    survey = survey_of({"app/a.py": HANDLED.replace("BODY", body)})

    assert monitoring.logs_are_structured(survey).holding is holding


@pytest.mark.parametrize(
    ("name", "platform", "holding"),
    [
        ("K_SERVICE", Platform.CLOUD_RUN, Holding.HOLDS),
        ("KUBERNETES_SERVICE_HOST", Platform.KUBERNETES, Holding.HOLDS),
        ("K_SERVICE", Platform.KUBERNETES, Holding.UNKNOWN),
        ("LOG_AS_JSON", Platform.CLOUD_RUN, Holding.UNKNOWN),
    ],
)
def test_platforms_give_variables_of_their_own(
    name: str, platform: Platform, holding: Holding
) -> None:
    """What is on only there is on where it runs there."""
    indented = HANDLED.replace("BODY", "    root.handlers = [handler]").replace(
        "handler.set", f'if os.getenv("{name}"):\n    handler.set'
    ).replace("\nroot =", "\n    root =")  # fmt: skip
    workload = Workload(
        name="desk", kind="service", platform=platform, source=Source.TERRAFORM,
        place=Place("main.tf", 1), serves=True,
    )  # fmt: skip
    survey = survey_of({"app/a.py": indented})
    deployed = replace(survey, infrastructure=InfrastructureFacts(workloads=(workload,)))

    assert monitoring.logs_are_structured(deployed).holding is holding


MADE_BEFORE = """
import jwt
from fastapi import Depends, FastAPI, HTTPException, status
from fastapi.security import OAuth2PasswordBearer
from openai import OpenAI

app = FastAPI()
client = OpenAI()
scheme = OAuth2PasswordBearer(tokenUrl="token")

def somebody(token: str = Depends(scheme)):
    refused = HTTPException(status_code=status.HTTP_401_UNAUTHORIZED, detail="who are you")
    try:
        return jwt.decode(token, KEY, algorithms=["HS256"])
    except jwt.InvalidTokenError as error:
        raise refused from error

@app.post("/ask")
def ask(text: str, user=Depends(somebody)):
    return client.responses.create(model="m", input=text)
"""


@pytest.mark.parametrize(
    ("old", "new", "holding"),
    [
        ("raise refused", "raise refused", Holding.HOLDS),
        ("refused = ", "refused: object; refused = ", Holding.HOLDS),
        ("HTTP_401_UNAUTHORIZED", "HTTP_400_BAD_REQUEST", Holding.UNKNOWN),
        ("raise refused from error", "print(refused)", Holding.UNKNOWN),
    ],
)
def test_a_refusal_may_be_made_before_it_is_raised(old: str, new: str, holding: Holding) -> None:
    """One made and never raised, or of another kind, refuses nobody."""
    survey = survey_of({"app.py": MADE_BEFORE.replace(old, new)})
    answer = security.routes_require_a_user(survey)

    assert answer.holding is holding or (
        holding is Holding.UNKNOWN and answer.holding is not Holding.HOLDS
    )
