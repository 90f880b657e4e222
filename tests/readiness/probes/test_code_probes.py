"""The application's code: what is in effect holds; what only looks so does not."""

import pytest

from tenken.evidence import FindingKind, Holding
from tenken.readiness.probes import (
    monitoring,
    resilience,
    safety,
    scalability,
    security,
    stability,
)
from tests.readiness.applications import HONEST, spoiled, survey_of
from tests.readiness.probes.code.questions import ON_CALLS, Probe

HOLDING: tuple[Probe, ...] = (
    *ON_CALLS,
    monitoring.logs_are_structured,
    monitoring.trace_context_is_propagated,
    monitoring.upstream_request_id_is_inherited,
    monitoring.traces_are_exported,
    security.routes_require_a_user,
    security.callers_are_verified,
)


@pytest.mark.parametrize("probe", HOLDING)
def test_the_honest_application_holds(probe: Probe) -> None:
    """Every probe can be satisfied, without any code of ours."""
    answer = probe(survey_of(HONEST))

    assert answer.holding is Holding.HOLDS, answer
    assert answer.seen[0].place is not None


def case(  # noqa: PLR0917 - reads as a row of a table
    probe: Probe, path: str, old: str, new: str, id_: str, *, kind: FindingKind = FindingKind.GAP
) -> object:
    """One spoiled place, and the sentence that must name it."""
    return pytest.param(probe, path, old, new, id_, kind, id=f"{probe.__name__}-{id_}")


LIE = FindingKind.LIE
INLINE = '"You are the support desk of a shop. Answer politely, in at most two short sentences."'
SPOILED = [
    case(stability.prompts_are_versioned, "app/llm.py", 'load("answer")', INLINE, "prompt_inline"),
    case(stability.prompts_are_versioned, "app/prompts.py",
         'return (FOLDER / f"{name}.md").read_text()',
         'return Langfuse().get_prompt(name, label="production")', "prompt_registry_floating",
         kind=LIE),
    case(stability.fallback_target_is_set_on_every_call, "app/llm.py",
         "return await ask_other(question)", "raise", "fallback_missing"),
    case(stability.fallback_target_is_set_on_every_call, "app/llm.py",
         "except openai.OpenAIError:", "except ValueError:", "fallback_other_errors", kind=LIE),
    case(resilience.failover_is_reachable, "app/llm.py",
         "        return await ask_other(question)",
         "        raise\n        return await ask_other(question)",
         "fallback_after_return", kind=LIE),
    case(resilience.failover_is_reachable, "app/llm.py",
         "        return await ask_other(question)",
         "        if False:\n            return await ask_other(question)",
         "fallback_never_true", kind=LIE),
    case(stability.retry_policy_is_stated_on_every_call, "app/clients.py",
         "Anthropic(timeout=TIMEOUT_S, max_retries=2)", "Anthropic(timeout=TIMEOUT_S)",
         "retry_missing"),
    case(stability.timeout_is_stated_on_every_call, "app/clients.py",
         "Anthropic(timeout=TIMEOUT_S, max_retries=2)", "Anthropic(max_retries=2)",
         "timeout_missing"),
    case(stability.timeout_is_stated_on_every_call, "app/settings.py",
         "TIMEOUT_S = 20", "TIMEOUT_S = None", "timeout_none", kind=LIE),
    case(resilience.retries_depend_on_the_error, "app/llm.py",
         "retry_if_exception_type((openai.RateLimitError, openai.APITimeoutError))",
         "retry_if_exception_type(Exception)", "retry_everything", kind=LIE),
    case(resilience.retries_back_off_exponentially, "app/llm.py",
         "    wait=wait_random_exponential(max=20),\n", "", "backoff_none", kind=LIE),
    case(resilience.circuit_breaker_guards_calls, "app/llm.py",
         "@breaker\nasync def ask_other", "async def ask_other", "breaker_missing"),
    case(scalability.calls_pass_a_provider_rate_limiter, "app/llm.py",
         "async with limiter:", "if True:", "limiter_missing"),
    case(monitoring.logs_are_structured, "app/main.py",
         "    text = guard", "    print(question)\n    text = guard", "log_printed", kind=LIE),
    case(monitoring.logs_are_structured, "app/logs.py",
         'JsonFormatter("%(message)s %(otelTraceID)s")', "logging.Formatter()", "log_plain"),
    case(monitoring.traces_are_exported, "app/tracing.py",
         "OTLPSpanExporter()", "ConsoleSpanExporter()", "trace_console_only", kind=LIE),
    case(monitoring.traces_are_exported, "app/tracing.py",
         "BatchSpanProcessor(OTLPSpanExporter())", "None", "trace_no_exporter", kind=LIE),
    case(monitoring.traces_are_exported, "app/tracing.py",
         "TracerProvider()", "TracerProvider(sampler=TraceIdRatioBased(0))", "trace_sampled_off",
         kind=LIE),
    case(monitoring.llm_inputs_are_masked_in_traces, "app/tracing.py",
         "Langfuse(mask=mask)", "Langfuse()", "mask_missing_input"),
    case(monitoring.llm_outputs_are_masked_in_traces, "app/tracing.py",
         'return DIGITS.sub("[number]", data)', "return data", "mask_does_nothing", kind=LIE),
    case(safety.input_guard_blocks_injection, "app/guard.py",
         "        raise Blocked(scores)\n    return clean\n\n\ndef screen_out",
         "        pass\n    return text\n\n\ndef screen_out",
         "guard_logs_only", kind=LIE),
    case(safety.output_guard_stops_harm, "app/main.py",
         "guard.screen_out(text, reply.text)", "reply.text", "guard_missing"),
    case(safety.input_guard_blocks_pii, "app/guard.py", ", Anonymize()]", "]", "guard_missing"),
    case(safety.guard_violations_are_recorded, "app/guard.py",
         '        logger.warning("blocked input", extra={"scores": scores})\n', "",
         "guard_not_recorded"),
    case(security.outputs_are_parsed, "app/llm.py",
         "return Reply.model_validate_json(response.content[0].text)", "return response",
         "output_not_parsed"),
    case(security.user_input_stays_in_the_user_role, "app/llm.py",
         '{"role": "system", "content": load("answer")}',
         '{"role": "system", "content": f"Answer the question of this customer: {question}"}',
         "mixing",
         kind=LIE),
    case(security.prompts_are_templates, "app/llm.py",
         '{"role": "system", "content": load("answer")}',
         '{"role": "system", "content": "Answer the question of this customer: " + question}',
         "template_pasted"),
    case(security.routes_require_a_user, "app/main.py",
         '@app.get("/healthz")', '@app.get("/answers/{id}")', "route_open"),
    case(security.routes_require_a_user, "app/auth.py",
         "    try:\n", "    if not AUDIENCE:\n        return {}\n    try:\n", "route_optional",
         kind=LIE),
    case(security.callers_are_verified, "app/auth.py",
         "id_token.verify_oauth2_token(authorization, requests.Request(), audience=AUDIENCE)",
         'jwt.decode(authorization, options={"verify_signature": False})', "token_not_verified",
         kind=LIE),
]  # fmt: skip


@pytest.mark.parametrize(("probe", "path", "old", "new", "id_", "kind"), SPOILED)
def test_a_spoiled_place_is_named(  # noqa: PLR0917 - pytest passes a row
    probe: Probe, path: str, old: str, new: str, id_: str, kind: FindingKind
) -> None:
    """Spoil the honest application in one place and the verdict falls, with the reason."""
    files = spoiled(path, old, new)
    files["app/prompts.py"] = (
        f"from langfuse import Langfuse\nimport jwt\n{files['app/prompts.py']}"
    )
    files["app/auth.py"] = f"import jwt\n{files['app/auth.py']}"
    files["app/tracing.py"] = (
        "from opentelemetry.sdk.trace.export import ConsoleSpanExporter\n"
        "from opentelemetry.sdk.trace.sampling import TraceIdRatioBased\n"
        + files["app/tracing.py"]
    )

    answer = probe(survey_of(files))

    assert answer.holding is not Holding.HOLDS
    assert (f"code.{id_}", kind) in {(one.sentence.id, one.kind) for one in answer.findings}


def test_an_error_that_is_swallowed_below_reaches_no_fallback() -> None:
    """`ask` returns instead of raising: the fallback above it is written and never runs."""
    files = spoiled(
        "app/llm.py",
        "    return response.choices[0].message.parsed\n",
        "    return response.choices[0].message.parsed\n",
    )
    files["app/llm.py"] = (
        files["app/llm.py"]
        .replace(
            "    async with limiter:\n        response = primary",
            "    try:\n        response = primary",
            1,
        )
        .replace(
            "response_format=Reply,\n        )\n",
            "response_format=Reply,\n        )\n    except Exception:\n        return None\n",
            1,
        )
    )

    survey = survey_of(files)

    fallback = resilience.failover_is_reachable(survey)
    retry = stability.retry_policy_is_stated_on_every_call(survey)
    assert "code.fallback_swallowed" in {one.sentence.id for one in fallback.findings}
    assert retry.holding is Holding.HOLDS  # the client's own number still counts
    assert (
        resilience.retries_depend_on_the_error(survey).findings[0].sentence.id
        == "code.retry_unreachable"
    )


def test_a_second_model_of_one_provider_is_not_independent() -> None:
    """Two models of one account go down together."""
    files = spoiled(
        "app/llm.py", "return await ask_other(question)", "return await ask_small(question)"
    )
    files["app/llm.py"] += (
        "\n\nasync def ask_small(question):\n"
        "    return primary.chat.completions.parse(\n"
        '        model="gpt-4.1-nano", messages=[], response_format=Reply)\n'
    )
    files["app/llm.py"] = files["app/llm.py"].replace("secondary().messages.create", "other")

    answer = resilience.independent_targets_exist(survey_of(files))

    assert answer.holding is Holding.FAILS
    assert answer.findings[0].sentence.id == "code.targets_same_account"
    assert answer.findings[0].kind is LIE


def test_a_model_of_its_own_for_each_call_poses_as_no_other_way() -> None:
    """They fail together all the same, and nobody said they would not."""
    asks = "client.messages.create(model='MODEL', max_tokens=9, messages=[])\n"
    text = f"import anthropic\n\nclient = anthropic.Anthropic()\n{asks}"
    files = {f"app/{one}.py": text.replace("MODEL", f"claude-{one}-1") for one in "ab"}

    (told,) = resilience.independent_targets_exist(survey_of(files)).findings

    assert told.sentence.id == "code.targets_same_account"
    assert told.kind is not LIE


def test_a_model_that_measures_texts_is_no_second_target() -> None:
    """`invoke_model` asks for an answer or for figures, by the model it is given."""
    client = "import boto3\n\nclient = boto3.client('bedrock-runtime')\n"
    asks = f"{client}client.invoke_model(modelId='MODEL', body='{{}}')\n"
    files = {
        "app/answers.py": asks.replace("MODEL", "anthropic.claude-sonnet-4-5-20250929-v1:0"),
        "app/search.py": asks.replace("MODEL", "amazon.titan-embed-text-v2:0"),
    }

    (told,) = resilience.independent_targets_exist(survey_of(files)).findings

    assert told.sentence.id == "code.targets_one"


def test_text_without_bounds_or_guard_is_not_checked() -> None:
    """A body of any length, and nothing that looks at it."""
    files = spoiled("app/main.py", "guard.screen_in(question.text)", "question.text")
    files["app/main.py"] = files["app/main.py"].replace(
        "text: str = Field(max_length=2000)", "text: str"
    )

    answer = security.inputs_are_checked(survey_of(files))

    assert answer.holding is Holding.FAILS
    assert answer.findings[0].sentence.id == "code.input_unbounded"


def test_a_limiter_of_visitors_keeps_no_quota() -> None:
    """Slowapi counts who comes in, not what goes out."""
    files = spoiled("app/llm.py", "async with limiter:", "if True:")
    files["app/main.py"] += "\nfrom slowapi import Limiter\n\nvisits = Limiter(key_func=str)\n"

    answer = scalability.calls_pass_a_provider_rate_limiter(survey_of(files))

    assert answer.findings[0].sentence.id == "code.limiter_inbound"
    assert answer.findings[0].kind is LIE


TYPESCRIPT = {
    "src/ai.ts": 'import OpenAI from "openai";\nconst c = new OpenAI();\n'
    "export const ask = () => c.chat.completions.create({ model: 'gpt-4o', messages: [] });\n"
}


@pytest.mark.parametrize("probe", HOLDING[:9])
def test_typescript_is_not_visible_and_never_failed(probe: Probe) -> None:
    """Another language is recognised, not judged, and says so."""
    assert probe(survey_of(TYPESCRIPT)).holding is Holding.NOT_VISIBLE


@pytest.mark.parametrize("probe", HOLDING[:4])
def test_typescript_beside_python_is_not_passed_over(probe: Probe) -> None:
    """What holds for the Python half is not told of the other half."""
    assert probe(survey_of({**HONEST, **TYPESCRIPT})).holding is Holding.NOT_VISIBLE


@pytest.mark.parametrize("probe", HOLDING)
def test_an_empty_repository_passes_nothing(probe: Probe) -> None:
    """Nothing found is neither held nor failed."""
    assert probe(survey_of({"README.md": "# hello"})).holding is Holding.UNKNOWN


@pytest.mark.parametrize("probe", HOLDING)
def test_tests_and_examples_are_no_production_code(probe: Probe) -> None:
    """The same application under tests/ proves nothing."""
    moved = {path.replace("app/", "tests/app/", 1): text for path, text in HONEST.items()}

    assert probe(survey_of(moved)).holding is not Holding.HOLDS


WEIGHTS = [
    pytest.param({"app.py": "import torch\nmodel = torch.load('m.pt')\n"}, Holding.FAILS,
        id="torch"),
    pytest.param({"app.py": "import pickle\nm = pickle.load(open('m', 'rb'))\n"}, Holding.FAILS,
        id="pickle"),
    pytest.param(
        {"app.py": "from transformers import AutoModel\nm = AutoModel.from_pretrained('x')\n"},
        Holding.FAILS, id="unsaid",
    ),
    pytest.param(
        {"app.py": "from transformers import AutoModel\n"
            "m = AutoModel.from_pretrained('x', use_safetensors=True)\n"},
        Holding.HOLDS, id="safetensors",
    ),
    pytest.param({"app.py": "from fastembed import TextEmbedding\nm = TextEmbedding('x')\n"},
        Holding.UNKNOWN, id="fastembed"),
    pytest.param({"app.py": "import onnxruntime\nm = onnxruntime.InferenceSession('m.onnx')\n"},
        Holding.UNKNOWN, id="onnx"),
    pytest.param({"app.py": "from tensorflow.keras.models import load_model\n"
        "m = load_model('m.h5')\n"}, Holding.FAILS, id="keras"),
    pytest.param({"app.py": "import pickle\nv = pickle.loads(cache.get('k'))\n"},
        Holding.NOT_APPLICABLE, id="pickle-of-a-cache"),
    pytest.param({"app.py": "import pickle\nm = pickle.loads(path.read_bytes())\n"},
        Holding.FAILS, id="pickle-of-a-file"),
    pytest.param({"app.py": "x = 1\n", "models/pytorch_model.bin": "x"}, Holding.FAILS, id="bin"),
    pytest.param({"app.py": "x = 1\n", "models/model.safetensors": "x"}, Holding.HOLDS, id="file"),
    pytest.param({"app.py": "x = 1\n"}, Holding.NOT_APPLICABLE, id="none"),
    pytest.param({"app.py": "x = 1\n", "requirements.txt": "torch\n"}, Holding.UNKNOWN,
        id="declared"),
    pytest.param({"README.md": "no code"}, Holding.UNKNOWN, id="no-code"),
    pytest.param({"app.py": "x = 1\n", "chart/values.yaml": "image: vllm/vllm-openai:v1\n"},
        Holding.UNKNOWN, id="own-model-server"),
    pytest.param({"app.py": "x = 1\n", "compose.yaml": "services: {m: {image: ollama/ollama}}\n"},
        Holding.UNKNOWN, id="own-model-server-in-compose"),
    pytest.param({"app.py": "x = 1\n", "docs/run.yaml": "image: vllm/vllm-openai:v1\n"},
        Holding.NOT_APPLICABLE, id="model-server-in-documents"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "holding"), WEIGHTS)
def test_weights_come_from_safetensors(files: dict[str, str], holding: Holding) -> None:
    """Not applicable only where neither code nor packages nor files load weights."""
    assert security.weights_are_safetensors_only(survey_of(files)).holding is holding


def test_middleware_of_one_application_guards_no_other() -> None:
    """Two services in one repository: what one asks, the other does not."""
    open_service = (
        "from fastapi import FastAPI\napp = FastAPI()\n"
        "@app.post('/ask')\ndef ask(q: str):\n    return q\n"
    )
    guarded = open_service + (
        "import os\nKEY = os.environ['KEY']\n"
        "from fastapi.responses import JSONResponse\n@app.middleware('http')\n"
        "async def who(request, call_next):\n    if request.headers.get('authorization') != KEY:\n"
        "        return JSONResponse({}, status_code=401)\n    return await call_next(request)\n"
    )

    answer = security.routes_require_a_user(
        survey_of({"one/main.py": guarded, "two/main.py": open_service})
    )

    assert answer.holding is Holding.PARTLY
    assert [str(one.place) for one in answer.findings] == ["two/main.py:3"]


def test_a_retry_on_one_of_two_ways_is_not_on_every_call() -> None:
    """One caller retries, the other does not: true of some ways only."""
    files = spoiled("app/clients.py", "Anthropic(timeout=TIMEOUT_S, max_retries=2)", "Anthropic()")
    files["app/llm.py"] += (
        "\n\n@retry(stop=stop_after_attempt(3))\nasync def patient(question):\n"
        "    return await ask_other(question)\n"
    )

    answer = stability.retry_policy_is_stated_on_every_call(survey_of(files))

    assert "code.retry_bypassed" in {one.sentence.id for one in answer.findings}


def test_rails_whose_rules_nobody_sees_bound_no_input() -> None:
    """The list of flows lies elsewhere, and may be empty."""
    text = (
        "from fastapi import FastAPI\nfrom nemoguardrails import LLMRails, RailsConfig\n"
        "from openai import OpenAI\napp = FastAPI()\nclient = OpenAI()\n"
        "rails = LLMRails(RailsConfig.from_path('rails'))\n"
        "@app.post('/ask')\ndef ask(q: str) -> str:\n"
        "    checked = rails.generate(prompt=q)\n"
        "    return client.responses.create(model='m', input=checked)\n"
    )

    assert security.inputs_are_checked(survey_of({"a.py": text})).holding is not Holding.HOLDS
