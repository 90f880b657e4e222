"""Set-ups that a later line takes back, or that a setting nobody sets keeps from running."""

# ruff: noqa: E501 - tables read best unbroken

from tenken.readiness.probes import monitoring, safety
from tenken.readiness.probes.registry import Probe
from tests.readiness.adversary.applications import MAIN, SETTINGS, TRACING
from tests.readiness.adversary.ground import Case, changed
from tests.readiness.applications import HONEST

LINES = (monitoring.logs_are_structured,)
TRACED = (monitoring.traces_are_exported,)
SPANS = (monitoring.llm_calls_are_traced_as_spans, monitoring.llm_inputs_are_masked_in_traces)
STOPS = (safety.input_guard_blocks_injection,)
LOGS = "app/logs.py"
HEAD = """import logging
import logging.config
import os
import sys

import structlog
from loguru import logger
from pythonjsonlogger.json import JsonFormatter

PLAIN = {"version": 1, "handlers": {"out": {"class": "logging.StreamHandler"}}, "root": {"handlers": ["out"]}}
FORM = os.environ.get("LOG_FORM", "text")


def configure() -> None:
    logging.getLogger("uvicorn.access").handlers = []
"""
JSON = "handler = logging.StreamHandler() / handler.setFormatter(JsonFormatter()) / "
ROOT = "root = logging.getLogger() / "
ADDED = f"{ROOT}{JSON}root.addHandler(handler) / "
TEXT = "logging.Formatter('%(message)s')"
RENDERS = "structlog.configure(processors=[structlog.processors.JSONRenderer()]) / "
RUN = """apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: desk}
spec:
  template:
    spec:
      containers:
        - image: example.jp/desk
          env: [{name: NAME, value: "VALUE"}]
"""
STARTS = "    provider = TracerProvider()\n    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))\n    trace.set_tracer_provider(provider)\n"
SCREENED = "    text = guard.screen_in(question.text)"


def logs(body: str, start: str = "logs.configure()\n", **more: str) -> Case:
    """A set-up of logging, and how the application calls it; ` / ` parts lines."""
    lines = "".join(f"    {line}\n" for line in body.split(" / ") if line)
    files = changed(HONEST, (MAIN, "logs.configure()\n", start.replace(" / ", "\n")))
    return Case(
        id=f"logs: {body} {start}{sorted(more.items())}",
        probes=LINES,
        files={**files, LOGS: HEAD + lines, **more},
    )


def set_to(name: str, value: str) -> dict[str, str]:
    """What is deployed sets one variable."""
    return {"service.yaml": RUN.replace("NAME", name).replace("VALUE", value)}


def traced(test: str, top: str = "", **more: str) -> Case:
    """Tracing that starts under a condition."""
    inner = "".join(f"    {line}\n" for line in STARTS.splitlines())
    files = changed(HONEST, (TRACING, STARTS, f"    if {test}:\n{inner}"))
    files[TRACING] = f"import os\n\nfrom app import settings\n{top}{files[TRACING]}"
    return Case(
        id=f"traced: {test} {top}{sorted(more.items())}", probes=TRACED, files={**files, **more}
    )


def told(id_: str, probes: tuple[Probe, ...], *changes: tuple[str, str, str], **more: str) -> Case:
    """The honest application, changed; it may ask the environment anywhere."""
    files = changed(HONEST, *changes)
    for path in {path for path, _, _ in changes}:
        files[path] = f"import os\n{files[path]}"
    return Case(id=id_, probes=probes, files={**files, **more})


def screened(instead: str) -> Case:
    """A guard that stands under a condition."""
    return told(
        f"screened: {instead}",
        STOPS,
        (MAIN, SCREENED, f"    text = question.text\n    {instead}"),
        (MAIN, "import auth,", "import auth, settings,"),
        (SETTINGS, "MODEL =", 'GUARDED = os.getenv("GUARDED", "no") == "yes"\nMODEL ='),
    )


OTHER = {"app/plain.py": HEAD + "    logging.config.dictConfig(PLAIN)\n"}
IMAGE = {
    "Dockerfile": "FROM python:3.12 AS base\nENV TRACING=on PORT=80\nFROM base\nCMD python -m app\n"
}
BUILDER = {"Dockerfile": IMAGE["Dockerfile"].replace("FROM base", "FROM python:3.12")}

CHEATS = (
    *map(logs, (
        f"{ADDED}logging.basicConfig(level='INFO', force=True)", f"{ADDED}logging.basicConfig(handlers=[logging.StreamHandler()], force=True)", f"{ADDED}logging.config.dictConfig(PLAIN)",
        f"{ADDED}handler.setFormatter({TEXT})", f"{ADDED}for one in root.handlers: /     one.setFormatter({TEXT})", f"{ADDED}for one in list(logging.getLogger().handlers): /     logging.getLogger().removeHandler(one)",
        f"{ADDED}root.handlers.clear()", f"{ADDED}logging.getLogger().handlers = []", f"{ADDED}root.removeHandler(handler)", f"{ADDED}logging.root.handlers = [logging.StreamHandler(sys.stdout)]",
        JSON, f"{JSON}handler.setLevel('INFO')", f"{RENDERS}structlog.configure(processors=[structlog.dev.ConsoleRenderer()])", f"{RENDERS}structlog.reset_defaults()",
        "logger.add(sys.stdout, serialize=True) / logger.remove() / logger.add(sys.stdout)", f"if os.getenv('JSON_LOGS'): /     {ADDED.replace(' / ', ' /     ')}", f"if FORM == 'json': /     {ADDED.replace(' / ', ' /     ')}",
        f"if os.environ.get('LOG_FORM', 'text').lower() != 'json': /     return / {ADDED}",
        f"{ROOT}handler = logging.StreamHandler() / handler.setFormatter(JsonFormatter() if FORM == 'json' else {TEXT}) / root.addHandler(handler)",
    )),
    logs(ADDED, "logs.configure()\nimport logging / logging.basicConfig(force=True)\n"), logs(ADDED, "logs.configure()\nfrom app import plain / plain.configure()\n", **OTHER),
    logs(ADDED, "import os / if os.getenv('JSON_LOGS'): /     logs.configure()\n"), logs(f"if FORM == 'json': /     {ADDED.replace(' / ', ' /     ')}", **set_to("LOG_FORM", "text")),
    *map(traced, (
        'os.getenv("TRACING")', 'os.getenv("TRACING", "off") == "on"', 'os.environ.get("TRACING", "").lower() in ("1", "true")', "settings.MODEL and os.getenv('TRACING')",
    )),
    traced("TRACED", 'TRACED = os.environ.get("TRACING") == "1"\n'), traced('os.getenv("TRACING") == "on"', **set_to("TRACING", "off")), traced('os.getenv("TRACING") == "on"', **BUILDER),
    told("traced where it is called", TRACED, (MAIN, "tracing.configure(app)", 'if os.getenv("TRACING"):\n    tracing.configure(app)')), told("exported under a setting", TRACED, (TRACING, "    provider.add", '    if os.getenv("COLLECTOR"):\n        provider.add')),
    told("traced after turning back", TRACED, (TRACING, "    provider = ", '    if os.getenv("TRACING") != "on":\n        return\n    provider = ')), told("spans under a setting", SPANS, (TRACING, "    Langfuse(", '    if os.getenv("LANGFUSE"):\n        Langfuse(')),
    *map(screened, (
        "if os.getenv('GUARD'):\n        text = guard.screen_in(text)", "if os.getenv('GUARD', 'off') == 'on':\n        text = guard.screen_in(text)", "text = guard.screen_in(text) if os.getenv('GUARD') else text", "if settings.GUARDED:\n        text = guard.screen_in(text)",
    )),
)  # fmt: skip
HONEST_CASES = (
    *map(logs, (
        ADDED, f"{ADDED}logging.basicConfig(level='INFO')", f"logging.config.dictConfig(PLAIN) / {ROOT}root.handlers.clear() / {JSON}root.addHandler(handler)", f"{ROOT}for one in list(root.handlers): /     root.removeHandler(one) / {JSON}root.addHandler(handler)",
        f"{JSON}logging.basicConfig(handlers=[handler], force=True)", f"{JSON}logging.getLogger().handlers = [handler]", f"{ADDED}if os.getenv('STAGE') == 'local': /     handler.setFormatter({TEXT})", f"logger.remove() / {ADDED}", RENDERS,
        "logger.remove() / logger.add(sys.stdout, serialize=True)", f"if os.getenv('STAGE') != 'local': /     {ADDED.replace(' / ', ' /     ')}", f"{ADDED}logging.getLogger('noisy').handlers = []",
    )),
    logs(ADDED, "from app import plain / plain.configure()\nlogs.configure()\n", **OTHER), logs(f"if FORM == 'json': /     {ADDED.replace(' / ', ' /     ')}", **set_to("LOG_FORM", "json")),
    *map(traced, ('os.getenv("TRACING", "on") == "on"', 'os.getenv("TRACING") != "off"', "settings.MODEL")),
    traced('os.getenv("TRACING") == "on"', **set_to("TRACING", "on")), traced('os.getenv("TRACING") == "on"', **IMAGE), told("spans under a setting that is set", SPANS, (TRACING, "    Langfuse(", '    if os.getenv("LANGFUSE") == "1":\n        Langfuse('), **set_to("LANGFUSE", "1")),
    screened("if os.getenv('GUARD', 'on') == 'on':\n        text = guard.screen_in(text)"),
)  # fmt: skip
