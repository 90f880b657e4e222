"""Code held against where it is kept and what is deployed: prompts, traces, guards, headers."""

import pytest
from msgspec.structs import replace

from tenken.evidence import Answer, FindingKind, Holding
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
from tenken.readiness.probes import monitoring, resilience, safety, security, stability
from tests.readiness.applications import HONEST, spoiled, survey_of

SENDS = """
from openai import OpenAI

client = OpenAI(timeout=5)


def send(messages: list) -> str:
    return client.chat.completions.create(model="m", messages=messages)
"""
KEPT = """
ANSWER = "Answer the question from the context alone, in one sentence: {context} {question}"


def build(context: str, question: str) -> str:
    return ANSWER.format(context=context, question=question)
"""
USES = """
from app.prompts import build
from app.send import send
"""


def deployed(survey: Survey, *variables: tuple[str, str], image: str = "app") -> Survey:
    """The survey with a service that is given variables."""
    place = Place("terraform/run.tf", 3)
    given = tuple(Variable(name=name, place=place, value=value) for name, value in variables)
    box = Container(name="app", place=place, image=image, variables=given)
    service = Workload(
        name="app",
        kind="google_cloud_run_v2_service",
        platform=Platform.CLOUD_RUN,
        source=Source.TERRAFORM,
        place=place,
        serves=True,
        containers=(box,),
    )
    return replace(survey, infrastructure=InfrastructureFacts(workloads=(service,)))


def lies(answer: Answer) -> set[str]:
    """The ids of what looks done and is not."""
    return {one.sentence.id for one in answer.findings if one.kind is FindingKind.LIE}


def test_constants_in_a_module_of_prompts_are_in_part() -> None:
    """They are in git, and no file of their own; what nobody imports counts for nothing."""
    files = {"app/prompts.py": KEPT, "app/send.py": SENDS, "app/main.py": USES}
    unused = {**files, "app/main.py": ""}

    assert stability.prompts_are_versioned(survey_of(files)).holding is Holding.PARTLY
    assert security.prompts_are_templates(survey_of(files)).holding is Holding.PARTLY
    assert stability.prompts_are_versioned(survey_of(unused)).holding is Holding.UNKNOWN


def test_instructions_put_together_in_the_code_are_no_template() -> None:
    """Neither in the system's role nor in one message with the question."""
    joined = spoiled(
        "app/llm.py",
        '"content": question',
        '"content": f"From the context: {question}. Be brief, be kind."',
    )
    system = spoiled(
        "app/llm.py",
        'load("answer")',
        'f"You are the desk of shop {MODEL + str(limiter)}; answer politely and briefly."',
    )

    assert security.prompts_are_templates(survey_of(joined)).holding is not Holding.HOLDS
    assert security.user_input_stays_in_the_user_role(survey_of(joined)).holding is Holding.PARTLY
    assert security.prompts_are_templates(survey_of(system)).holding is not Holding.HOLDS


def test_a_client_that_chooses_the_role_is_told() -> None:
    """Messages of any role in the body may speak as the system."""
    body = "text: str\n    messages: list[Message]\n\n\nclass Message(BaseModel):\n    role: str"
    files = spoiled("app/main.py", "text: str = Field(max_length=2000)", body)

    answer = security.user_input_stays_in_the_user_role(survey_of(files))

    assert answer.holding is Holding.PARTLY, answer
    assert answer.findings[0].sentence.id == "code.role_by_client"


LAUNCHED = {**HONEST, "Dockerfile": 'CMD ["ddtrace-run", "uvicorn", "app.main:app"]\n'}


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ((), "code.trace_no_agent"),
        ((("DD_AGENT_HOST", "agent"), ("DD_TRACE_ENABLED", "false")), "code.trace_sampled_off"),
        (
            (("DD_AGENT_HOST", "agent"), ("DD_TRACE_SAMPLING_RULES", '[{"sample_rate": 0}]')),
            "code.trace_sampled_off",
        ),
        ((("DD_AGENT_HOST", "agent"),), None),
    ],
)
def test_what_is_deployed_decides_over_a_launcher(
    variables: tuple[tuple[str, str], ...], expected: str | None
) -> None:
    """A launcher without an agent, or with sampling at 0, sends nothing."""
    files = {**LAUNCHED, "app/tracing.py": "def configure(app) -> None:\n    pass\n"}
    answer = monitoring.traces_are_exported(deployed(survey_of(files), *variables))

    assert answer.holding is (Holding.HOLDS if expected is None else Holding.FAILS), answer
    assert lies(answer) == (set() if expected is None else {expected})


def test_a_variable_of_another_name_leaves_spans_on_the_machine() -> None:
    """The manifest sets APP_OTEL_..., the exporter reads OTEL_...."""
    wrong = deployed(survey_of(HONEST), ("APP_OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4317"))
    right = deployed(survey_of(HONEST), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4317"))

    assert "code.trace_other_variable" in lies(monitoring.traces_are_exported(wrong))
    assert monitoring.traces_are_exported(right).holding is Holding.HOLDS


def test_a_tool_for_calls_alone_is_joined_to_no_request() -> None:
    """Calls in a separate place share no id with the request."""
    alone = "from langfuse import Langfuse\n\n\ndef configure(app) -> None:\n    Langfuse()\n"
    answer = monitoring.llm_calls_are_traced_as_spans(
        survey_of({**HONEST, "app/tracing.py": alone})
    )

    assert lies(answer) == {"code.span_apart"}


def test_lines_of_the_server_stay_text() -> None:
    """A structured logger of the application says nothing of the server's own lines."""
    files = spoiled("app/logs.py", '("", "uvicorn", "uvicorn.access")', '("",)')
    answer = monitoring.logs_are_structured(survey_of(files))

    assert answer.holding is Holding.PARTLY
    assert answer.findings[0].sentence.id == "code.log_of_server"


SWITCHED = """
import logging
from pydantic_settings import BaseSettings
from pythonjsonlogger import jsonlogger


class Settings(BaseSettings):
    json_logs: bool = False


settings = Settings()


def set_up(as_json: bool = False) -> None:
    handler = logging.StreamHandler()
    if as_json:
        formatter = jsonlogger.JsonFormatter()
    else:
        formatter = logging.Formatter()
    handler.setFormatter(formatter)
    logging.getLogger().addHandler(handler)


set_up(as_json=settings.json_logs)
"""


def test_a_formatter_behind_a_setting_that_is_off_writes_no_json() -> None:
    """Unless the setting is on where the application runs."""
    survey = survey_of({"app/logs.py": SWITCHED})
    on = deployed(survey, ("JSON_LOGS", "true"))

    assert monitoring.logs_are_structured(survey).holding is Holding.UNKNOWN
    assert monitoring.logs_are_structured(on).holding is Holding.HOLDS


def test_a_tool_for_spans_that_takes_no_lines_structures_none() -> None:
    """`logfire.configure` beside a logger that writes text."""
    text = "import logfire\nfrom loguru import logger\nlogfire.configure()\nlogger.add('a.log')\n"

    assert monitoring.logs_are_structured(survey_of({"a.py": text})).holding is Holding.FAILS


AGENT = """
import logfire
from fastapi import FastAPI
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.litellm import LiteLLMProvider
from app.settings import settings

app = FastAPI()
logfire.configure(token="t")
logfire.instrument_pydantic_ai()
agent = Agent[str, str](
    model=OpenAIChatModel("m", provider=LiteLLMProvider(api_base=settings.proxy.text()))
)


@app.post("/ask")
async def ask(text: str) -> str:
    return await agent.run(text)
"""


def test_agents_are_traced_apart_until_the_framework_is_instrumented() -> None:
    """One configuration of the tool does not make spans of requests."""
    joined = AGENT.replace("agent = ", "logfire.instrument_fastapi(app)\nagent = ", 1)

    assert lies(monitoring.llm_calls_are_traced_as_spans(survey_of({"app/main.py": AGENT}))) == {
        "code.span_apart"
    }
    answer = monitoring.llm_calls_are_traced_as_spans(survey_of({"app/main.py": joined}))
    assert answer.holding is Holding.HOLDS


def test_a_proxy_whose_address_nobody_can_follow_may_do_the_retries() -> None:
    """So nothing is said to be absent."""
    answer = stability.retry_policy_is_stated_on_every_call(survey_of({"app/main.py": AGENT}))

    assert answer.holding in {Holding.UNKNOWN, Holding.NOT_VISIBLE}


INSTRUMENTS = """
from fastapi import FastAPI
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor


def trace(app: FastAPI | None = None) -> None:
    if app is not None:
        FastAPIInstrumentor().instrument_app(app)


app = FastAPI()
trace(GIVEN)
"""


@pytest.mark.parametrize(
    ("given", "holding"),
    [("app", Holding.PARTLY), ("", Holding.UNKNOWN), ("None", Holding.UNKNOWN)],
)
def test_an_application_that_nobody_hands_over_takes_no_id(given: str, holding: Holding) -> None:
    """The branch that instruments it is not entered; one that is takes it into no log."""
    survey = survey_of({"main.py": INSTRUMENTS.replace("GIVEN", given)})

    assert monitoring.upstream_request_id_is_inherited(survey).holding is holding


ADMIN = """
import jwt
from fastapi import Depends, FastAPI, Header, HTTPException
from app.send import send

app = FastAPI()


def user(authorization: str = Header()) -> dict:
    try:
        return jwt.decode(authorization, KEY, algorithms=["RS256"], audience="desk")
    except jwt.PyJWTError as error:
        raise HTTPException(401) from error


@app.get("/reports")
def reports(who: dict = Depends(user)) -> str:
    return "3"


@app.post("/chat")
def chat(text: str) -> str:
    return send([{"role": "user", "content": text}])
"""


def test_a_check_that_the_way_to_the_model_does_not_pass_is_half() -> None:
    """The reports ask who is there, the model answers everyone."""
    guarded = ADMIN.replace("chat(text: str)", "chat(text: str, who: dict = Depends(user))")
    half, whole = (
        security.callers_are_verified(survey_of({"app/main.py": text, "app/send.py": SENDS}))
        for text in (ADMIN, guarded)
    )

    assert (half.holding, whole.holding) == (Holding.PARTLY, Holding.HOLDS)
    assert [one.sentence.id for one in half.findings] == ["code.token_passed_by"]


def test_a_header_that_anyone_may_write_is_no_check() -> None:
    """It has to be there, and it is held against nothing."""
    believed = """
from uuid import UUID

from fastapi import Header, HTTPException


def require_user(x_user_id: str | None = Header(default=None)) -> UUID:
    if x_user_id is None:
        raise HTTPException(status_code=401)
    return UUID(x_user_id)
"""
    answer = security.routes_require_a_user(survey_of({**HONEST, "app/auth.py": believed}))

    assert answer.holding is Holding.FAILS
    assert lies(answer) == {"code.route_claimed"}


def test_a_guard_that_only_watches_where_it_runs_stops_nothing() -> None:
    """The mode comes from a variable, and what is deployed sets it to log."""
    files = {
        **HONEST,
        "app/settings.py": HONEST["app/settings.py"] + 'GUARD_MODE = os.environ["GUARD_MODE"]\n',
    }
    watching = deployed(survey_of(files), ("GUARD_MODE", "log"))
    blocking = deployed(survey_of(files), ("GUARD_MODE", "block"))

    assert "code.guard_off_deployed" in lies(safety.input_guard_blocks_injection(watching))
    assert "code.guard_off_deployed" in lies(security.inputs_are_checked(watching))
    assert safety.input_guard_blocks_injection(blocking).holding is Holding.HOLDS


AGENTS = """
from agents import Agent, GuardrailFunctionOutput, Runner, input_guardrail

screen = Agent(name="screen", instructions="Tell whether it is a jailbreak.")


@input_guardrail(name="Jailbreak")
async def jailbreak_guardrail(context, agent, input):
    result = await Runner.run(screen, input)
    return GuardrailFunctionOutput(output_info="", tripwire_triggered=result.final_output)


desk = Agent(name="desk", instructions="Answer.", input_guardrails=[jailbreak_guardrail])


async def answer(text: str) -> str:
    return (await Runner.run(desk, text)).final_output
"""


def test_a_guardrail_that_every_agent_lists_counts() -> None:
    """It stops the run; an error in it stops the run too."""
    answer = safety.input_guard_blocks_injection(survey_of({"app/desk.py": AGENTS}))

    assert answer.holding is Holding.HOLDS, answer


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tripwire_triggered=result.final_output", "tripwire_triggered=False"),
        (", input_guardrails=[jailbreak_guardrail]", ""),
    ],
)
def test_a_guardrail_that_never_trips_or_is_not_listed_does_not(old: str, new: str) -> None:
    """Neither a constant nor an agent without it stops anything."""
    files = {"app/desk.py": AGENTS.replace(old, new)}

    assert safety.input_guard_blocks_injection(survey_of(files)).holding is not Holding.HOLDS


CHAT = """
import { streamText, Output } from "ai";

export async function POST(request: Request) {
  const session = await auth();
  return streamText({
    model: "openai/gpt-x",
    system: chatPrompt,
    output: Output.object({ schema }),
  });
}
"""


def test_another_language_shows_and_proves_nothing() -> None:
    """Places are named, in part at most; a comment shows nothing."""
    files = {"app/api/route.ts": CHAT, "lib/models.ts": 'export const other = "google/gem-x";\n'}
    silent = {"app/api/route.ts": CHAT.replace("  const session", "  // const session")}

    assert security.outputs_are_parsed(survey_of(files)).holding is Holding.PARTLY
    assert security.routes_require_a_user(survey_of(files)).holding is Holding.PARTLY
    assert resilience.independent_targets_exist(survey_of(files)).holding is Holding.PARTLY
    assert security.routes_require_a_user(survey_of(silent)).holding is Holding.UNKNOWN
