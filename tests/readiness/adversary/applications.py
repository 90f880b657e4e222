"""Code that has every part of a resilient, guarded application, none of which acts."""

# ruff: noqa: E501 - tables read best unbroken

from tenken.readiness.probes import (
    monitoring,
    resilience,
    safety,
    scalability,
    security,
    stability,
)
from tenken.readiness.probes.registry import Probe
from tests.readiness.adversary.ground import Case, changed
from tests.readiness.applications import AUTH, HONEST

LLM, GUARD, MAIN, TRACING, SETTINGS = (
    "app/llm.py",
    "app/guard.py",
    "app/main.py",
    "app/tracing.py",
    "app/settings.py",
)
TIMEOUT, LIMITER = (
    stability.timeout_is_stated_on_every_call,
    scalability.calls_pass_a_provider_rate_limiter,
)
RETRY, BACKOFF = resilience.retries_depend_on_the_error, resilience.retries_back_off_exponentially
BREAKER, OTHER_WAY = (
    resilience.circuit_breaker_guards_calls,
    (stability.fallback_target_is_set_on_every_call, resilience.failover_is_reachable),
)
INJECTION, TOPICS, PII = (
    safety.input_guard_blocks_injection,
    safety.input_guard_blocks_off_topic,
    safety.input_guard_blocks_pii,
)
INPUT = (INJECTION, TOPICS, PII)
OUTPUT = (
    safety.output_guard_stops_harm,
    safety.output_guard_stops_pii,
    safety.output_guard_checks_grounding,
)
MASKED = (monitoring.llm_inputs_are_masked_in_traces, monitoring.llm_outputs_are_masked_in_traces)
KINDS = "retry_if_exception_type((openai.RateLimitError, openai.APITimeoutError))"
SCREENED = "    text = guard.screen_in(question.text)"
REFUSES = '    if not all(valid.values()):\n        logger.warning("blocked input"'
SCREENS = "def screen_in(text: str) -> str:\n"
GOES_ON = "        return await ask_other(question)"
RAW = '@app.post("/raw", dependencies=[Depends(auth.require_user)])\nasync def raw(question: Question) -> dict:\n    return {"text": (await llm.answer(question.text)).text}\n\n\n'
ROUTER = """import litellm


def ask(question: str) -> str:
    messages = [{"role": "user", "content": question}]
    reply = litellm.completion(model="gpt-4.1-mini", messages=messages, timeout=20, num_retries=2, fallbacks=["BACKUP"])
    return reply.choices[0].message.content
"""


def cheat(id_: str, probes: Probe | tuple[Probe, ...], *changes: tuple[str, str, str]) -> Case:
    """The honest application with a few texts replaced."""
    chosen = probes if isinstance(probes, tuple) else (probes,)
    return Case(id=id_, probes=chosen, files=changed(HONEST, *changes))


def timeout(value: str) -> Case:
    """The timeout of every client."""
    return cheat(f"timeout {value}", TIMEOUT, (SETTINGS, "TIMEOUT_S = 20", f"TIMEOUT_S = {value}"))


def mask(id_: str, *changes: tuple[str, str]) -> Case:
    """The mask of the traces."""
    return cheat(f"mask {id_}", MASKED, *((TRACING, old, new) for old, new in changes))


LINES, EXPORTED = monitoring.logs_are_structured, monitoring.traces_are_exported
PROMPTS, FOLDER = "app/prompts.py", 'Path(__file__).parent / "prompts"'
VERSIONED = stability.prompts_are_versioned


CHEATS = (
    *(cheat(f"prompts in {folder}", VERSIONED, (PROMPTS, FOLDER, folder))
      for folder in ('Path("/etc/desk/prompts")', 'Path("/etc")', 'Path(__file__).parent / "nowhere"')),
    cheat("prompts of another kind", VERSIONED, (PROMPTS, "{name}.md", "{name}.prompty")),
    cheat("a prompt that is not there", VERSIONED, (PROMPTS, 'f"{name}.md"', '"missing.md"')),
    *(cheat(f"a prompt of a name without a file: {path}", (VERSIONED, security.prompts_are_templates), (LLM, 'load("answer")', 'load("reply")'), (PROMPTS, 'f"{name}.md"', path)) for path in ('f"{name}.md"', 'name + ".md"')),
    cheat("a prompt of another constant", (VERSIONED, security.prompts_are_templates), (LLM, 'load("answer")', "load(NAME)"), (LLM, "class Reply", 'NAME = "reply"\n\n\nclass Reply')),
    Case(id="an empty prompt", probes=(VERSIONED, security.prompts_are_templates), files={**HONEST, "app/prompts/answer.md": ""}),
    *(cheat(f"logs set up in {name}, which nobody calls", LINES, (MAIN, "logs.configure()\n", f"\n\ndef {name}():\n    logs.configure()\n\n\n"))
      for name in ("main", "run", "serve", "startup", "ready", "cli", "lambda_handler", "create_app", "get_app", "post_fork", "on_startup")),
    cheat("logs that nobody sets up", LINES, (MAIN, "logs.configure()\n", "")),
    cheat("logs set up by what nobody calls", LINES, (MAIN, "logs.configure()\n", "\n\ndef prepare():\n    logs.configure()\n\n\n")),
    cheat("tracing that nobody sets up", (EXPORTED, *MASKED), (MAIN, "tracing.configure(app)\n", "")),
    *map(timeout, ("999999", "os.environ.get('T')", "os.getenv('T')", "os.environ.get('T', None)", "10**9", "None", "float('inf')", "20\nTIMEOUT_S = None", "3600", "1800", "0", "-1")),
    cheat("one attempt", (RETRY, BACKOFF), (LLM, "stop_after_attempt(3)", "stop_after_attempt(1)"), ("app/clients.py", "max_retries=2", "max_retries=0")),
    cheat("waits of nothing", BACKOFF, (LLM, "(max=20)", "(max=0)")),
    cheat("a multiplier of nothing", BACKOFF, (LLM, "(max=20)", "(multiplier=0, max=20)")),
    cheat("retries what the request is to blame for", RETRY, (LLM, KINDS, "retry_if_exception_type(openai.BadRequestError)")),
    cheat("retries what is never raised", RETRY, (LLM, KINDS, "retry_if_exception_type(ValueError)"), ("app/clients.py", "max_retries=2", "max_retries=0")),
    cheat("a breaker after a billion", BREAKER, (LLM, "fail_max=5", "fail_max=10**9")),
    cheat("a breaker that ignores all", BREAKER, (LLM, "fail_max=5", "fail_max=5, exclude=[Exception]")),
    *(cheat(f"a breaker with {more}", BREAKER, (LLM, "fail_max=5", f"fail_max=5, {more}")) for more in ("exclude=[openai.OpenAIError]", "reset_timeout=0")),
    *(cheat(f"waits with {wait}", BACKOFF, (LLM, "wait_random_exponential(max=20)", wait), ("app/clients.py", "max_retries=2", "max_retries=0")) for wait in ("wait_random_exponential(max=0.001)", "wait_random_exponential(exp_base=1)")),
    cheat("a limit in no time", LIMITER, (LLM, "AsyncLimiter(10, 1)", "AsyncLimiter(10, 0.000001)")),
    cheat("a breaker in name", BREAKER, (LLM, "from pybreaker import CircuitBreaker\n", ""), (LLM, "breaker = CircuitBreaker(fail_max=5)", "def breaker(call):\n    return call\n")),
    cheat("a limit of a billion", LIMITER, (LLM, "AsyncLimiter(10, 1)", "AsyncLimiter(10**9, 1)")),
    cheat("a limiter for each call", LIMITER, (LLM, "async with limiter:", "async with AsyncLimiter(10, 1):")),
    cheat("a limiter beside the call", LIMITER, (LLM, "    async with limiter:\n        response = primary", "    async with limiter:\n        pass\n    if True:\n        response = primary")),
    *(Case(id=f"fallback to {model}", probes=OTHER_WAY, files={LLM: ROUTER.replace("BACKUP", model)})
      for model in ("openai/gpt-4.1-mini", "gpt-4.1-mini-2025-04-14", "openai/gpt-4.1-mini-latest")),
    cheat("a fallback under a constant", OTHER_WAY, (LLM, GOES_ON, f"        if SECOND:\n    {GOES_ON}\n        raise"), (LLM, "class Reply", "SECOND = False\n\n\nclass Reply")),
    cheat("a fallback for bad requests", OTHER_WAY, (LLM, "except openai.OpenAIError", "except openai.BadRequestError")),
    cheat("threshold 1.1", INJECTION, (GUARD, "PromptInjection()", "PromptInjection(threshold=1.1)")),
    cheat("no topics", TOPICS, (GUARD, 'topics=["politics"]', "topics=[]")),
    cheat("screens a constant", INPUT, (MAIN, SCREENED, "    text = question.text\n    guard.screen_in('hello')")),
    cheat("screens too late", INPUT, (MAIN, f"{SCREENED}\n    reply = await llm.answer(text)", f"    reply = await llm.answer(question.text)\n{SCREENED}")),
    cheat("a variable that is not set", INPUT, (GUARD, SCREENS, f"{SCREENS}    if not os.environ.get('GUARD'):\n        return text\n"), (GUARD, "import logging", "import logging\nimport os")),
    cheat("a constant that is off", INPUT, (GUARD, SCREENS, f"ON = False\n\n\n{SCREENS}    if not ON:\n        return text\n")),
    cheat("fails open", INPUT, (GUARD, "    clean, valid, scores = scan_prompt(INPUT, text)", "    try:\n        clean, valid, scores = scan_prompt(INPUT, text)\n    except Exception:\n        return text")),
    cheat("a refusal that is caught", INPUT, (MAIN, SCREENED, f"    try:\n    {SCREENED}\n    except guard.Blocked:\n        text = question.text")),
    cheat("False and", INPUT, (GUARD, REFUSES, REFUSES.replace("if not", "if False and not"))),
    cheat("another route", (*INPUT, *OUTPUT), (MAIN, '@app.post("/answers"', f'{RAW}@app.post("/answers"')),
    cheat("screened later", OUTPUT, (MAIN, 'return {"text": guard.screen_out(text, reply.text)}', 'tasks.add_task(guard.screen_out, text, reply.text)\n    return {"text": reply.text}')),
    cheat("a token without a signature", security.callers_are_verified, ("app/auth.py", "id_token.verify_oauth2_token(authorization, requests.Request(), audience=AUDIENCE)", 'jwt.decode(authorization, AUDIENCE, algorithms=["none"])'), ("app/auth.py", "from fastapi import", "import jwt\nfrom fastapi import")),
    cheat("a caller who failed is anonymous", security.callers_are_verified, ("app/auth.py", "except ValueError as error:\n        raise HTTPException(status_code=401) from error", 'except ValueError:\n        return "anonymous"')),
    *(cheat(f"asks for {word}", (security.callers_are_verified, security.routes_require_a_user), ("app/auth.py", AUTH[AUTH.index("    try:"):], check), ("app/auth.py", "from fastapi import", "import secrets\nfrom fastapi import"))
      for word, check in (
          ("a word", '    if not authorization.startswith("Bearer "):\n        raise HTTPException(status_code=401)\n    return {}\n'),
          ("itself", "    if authorization != authorization:\n        raise HTTPException(status_code=401)\n    return {}\n"),
          ("the same", "    if not secrets.compare_digest(authorization, authorization):\n        raise HTTPException(status_code=401)\n    return {}\n"),
      )),
    *(cheat(f"instructions from {text}", security.user_input_stays_in_the_user_role, (LLM, '"content": load("answer")}', f'"content": {text}}}'))
      for text in ('load("answer") + question', '"\\n".join([load("answer"), question])')),
    cheat("a bound of a billion", security.inputs_are_checked, (MAIN, "max_length=2000", "max_length=10**9"), (MAIN, SCREENED, "    text = question.text")),
    *(cheat(f"a bound of {bound}", security.inputs_are_checked, (MAIN, "max_length=2000", bound), (MAIN, SCREENED, "    text = question.text")) for bound in ("max_length=None", "min_length=1")),
    cheat("a sampler that is off", monitoring.traces_are_exported, (TRACING, "TracerProvider()", "TracerProvider(sampler=sampling.ParentBased(sampling.ALWAYS_OFF))"), (TRACING, "from opentelemetry import trace", "from opentelemetry import trace\nfrom opentelemetry.sdk.trace import sampling")),
    mask("that matches nothing", ('"[0-9]{4,}"', '"(?!)"')),
    mask("that matches emptiness", ('"[0-9]{4,}"', '""')),
    mask("that puts it back", ('"[0-9]{4,}"', '"([0-9]{4,})"'), ('"[number]"', 'r"\\1"')),
    mask("that is thrown away", ('    return DIGITS.sub("[number]", data)', '    DIGITS.sub("[number]", data)\n    return data')),
    mask("that looks for what nobody writes", ('"[0-9]{4,}"', '"[0-9]{99,}"')),
    *(mask(f"left {test}", ("    return DIGITS", f"    {test}:\n        return data\n    return DIGITS"), ("import re\n", "import os\nimport re\n")) for test in ("if not os.getenv('MASK')", "if isinstance(data, str)", "if len(data) > 0")),
    mask("with no rules", ('    return DIGITS.sub("[number]", data)', '    for rule in []:\n        data = rule.sub("[number]", data)\n    return data')),
    mask("that trims", ('DIGITS.sub("[number]", data)', "data.strip()")),
    mask("that makes a text", ('DIGITS.sub("[number]", data)', "str(data)")),
    mask("under if False", ('    return DIGITS.sub("[number]", data)', '    if False:\n        return DIGITS.sub("[number]", data)\n    return data')),
)  # fmt: skip
HONEST_CASES = (
    Case(id="application", probes=(TIMEOUT, LIMITER, RETRY, BACKOFF, BREAKER, *OTHER_WAY, *INPUT, *OUTPUT, *MASKED, monitoring.traces_are_exported, security.callers_are_verified, security.routes_require_a_user, security.inputs_are_checked), files=HONEST),
    *map(timeout, ("600", "os.environ.get('T', 20)", "float(os.environ.get('T'))", "os.environ['T']")),
    cheat("logs set up by a name in a list", (LINES, EXPORTED), (MAIN, "logs.configure()\n", "for prepare in [logs.configure]:\n    prepare()\n")),
    cheat("logs set up through another", (LINES, EXPORTED), (MAIN, "logs.configure()\n", "\n\ndef prepare():\n    logs.configure()\n\n\nprepare()\n")),
    cheat("logs set up in main", LINES, (MAIN, "logs.configure()\n", "\n\ndef main():\n    logs.configure()\n\n\nmain()\n")),
    cheat("logs set up in a factory", LINES, (MAIN, "logs.configure()\napp = FastAPI()\n", "\n\ndef create_app():\n    logs.configure()\n    return FastAPI()\n\n\napp = FastAPI()\n")),
    *(Case(id=f"logs set up in {path}", probes=(LINES,), files={**changed(HONEST, (MAIN, "logs.configure()\n", "")), path: f"from app import logs\n\n\ndef {head}:\n    logs.configure()\n"})
      for path, head in (("gunicorn.conf.py", "post_fork(server, worker)"), ("app/entry.py", "lambda_handler(event, context)"))),
    Case(id="logs set up by an entry point", probes=(LINES,), files={**changed(HONEST, (MAIN, "logs.configure()\n", "\n\ndef main():\n    logs.configure()\n\n\n")), "pyproject.toml": '[project.scripts]\ndesk = "app.main:main"\n'}),
    cheat("prompts as they are", VERSIONED),
    cheat("a prompt by a constant", VERSIONED, (LLM, 'load("answer")', "load(NAME)"), (LLM, "class Reply", 'NAME = "answer"\n\n\nclass Reply')),
    cheat("a prompt by a name nobody knows", VERSIONED, (LLM, 'load("answer")', "load(chosen(question))")),
    *(cheat(f"prompts at {folder}", VERSIONED, (PROMPTS, FOLDER, folder))
      for folder in ('Path("app/prompts")', 'Path("/srv/desk/app/prompts")', 'Path(__file__).resolve().parent.joinpath("prompts")')),
    cheat("a refusal that is answered", INPUT, (MAIN, SCREENED, f'    try:\n    {SCREENED}\n    except guard.Blocked:\n        return {{"text": "Please ask about your shifts."}}')),
    cheat("another model of another vendor", OTHER_WAY, (LLM, "claude-sonnet-4-5", "claude-haiku-4-5")),
    *(mask(f"of {pattern}", ('"[0-9]{4,}"', pattern)) for pattern in ('r"[\\w.]+@[\\w.]+"', 'r"\\d{3}-\\d{4}-\\d{4}"', 'r"(?<=key=)\\S+"')),
    mask("of texts in a table", ('    return DIGITS.sub("[number]", data)', '    if isinstance(data, dict):\n        return {key: mask(value) for key, value in data.items()}\n    return DIGITS.sub("[number]", data)')),
    mask("with rules", ('    return DIGITS.sub("[number]", data)', '    for rule in RULES:\n        data = rule.sub("[number]", data)\n    return data'), ("DIGITS = ", 'RULES = [re.compile("[0-9]+"), re.compile("@")]\nDIGITS = ')),
    cheat("a mask that names two things", MASKED, (TRACING, 'return DIGITS.sub("[number]", data)', 'return DIGITS.sub("[number]", data).replace("@", "[at]")')),
)  # fmt: skip
