"""An application without model calls: proved so, and never where one may hide."""

from collections.abc import Mapping

import pytest

from tenken.config.application import Model
from tenken.evidence import Holding
from tenken.readiness.probes import (
    quality,
    stability,
)
from tests.readiness.applications import HONEST, described, survey_of
from tests.readiness.probes.code.questions import ON_CALLS, Probe

ABOUT_CALLS: tuple[Probe, ...] = (
    *ON_CALLS,
    stability.model_sla_is_recorded,
    quality.happy_path_with_model_runs_in_ci,
)
PLAIN: Mapping[str, str] = {
    "app/__init__.py": "",
    "app/main.py": "import subprocess\nfrom importlib import import_module\n"
    "from app.commands import COMMANDS\n\n\ndef run(name):\n"
    '    subprocess.run(["git", "status"], check=True)\n'
    "    return import_module(COMMANDS[name]).run()\n",
    "app/commands.py": 'COMMANDS = {"count": "app.count"}\n',
    "app/count.py": 'def run():\n    """Say how often `openai` is named."""\n    return 1\n',
    "app/page.js": "document.title = 'shifts';\n",
    "pyproject.toml": '[project]\nname = "app"\ndependencies = ["rich"]\n'
    '[project.optional-dependencies]\nassistant = ["openai"]\n',
    "requirements-dev.txt": "litellm==1.0\n",
    "tests/test_app.py": "import openai\n",
    "README.md": "Some day this may call https://api.openai.com/v1.\n",
}
CHEATS: Mapping[str, Mapping[str, str]] = {
    "a call in Go": {"cmd/main.go": "package main\n"},
    "a call in TypeScript": {
        "web/route.ts": "import OpenAI from 'openai';\nawait client.responses.create({});\n"
    },
    "a page that posts by itself": {"web/chat.html": "<script>fetch('/llm')</script>"},
    "a notebook that a job runs": {"jobs/answer.ipynb": '{"cells": []}'},
    "a notebook among examples": {"examples/answer.ipynb": '{"cells": []}'},
    "a library that is needed to run": {"requirements.txt": "openai==2.1\n"},
    "a library of the front end": {"package.json": '{"dependencies": {"@ai-sdk/openai": "2"}}'},
    "a library that the image installs": {"Dockerfile": "FROM python\nRUN pip install litellm\n"},
    "an import": {"app/ask.py": "def ask():\n    import openai\n    return openai\n"},
    "an import by a name from outside": {
        "app/load.py": "import importlib\n\n\ndef load(name):\n"
        "    return importlib.import_module(name)\n"
    },
    "an import by a constant name": {
        "app/load.py": 'import importlib\n\nclient = importlib.import_module("open" "ai")\n'
    },
    "an import by joined text": {
        "app/load.py": "import importlib\n\nNAME = 'app'\n"
        "client = importlib.import_module(f'{NAME}.{input()}')\n"
    },
    "code from a text": {"app/load.py": "import os\n\nexec(os.environ['HOOK'])\n"},
    "an address among the settings": {
        "app/settings.py": "import os\n\nBASE_URL = os.environ['LLM_BASE_URL']\n",
        "app/ask.py": "import httpx\nfrom app.settings import BASE_URL\n\n\ndef ask(text):\n"
        "    return httpx.post(f'{BASE_URL}/chat', json={'text': text})\n",
    },
    "a raw call": {
        "app/ask.py": "from urllib import request\n\n"
        "request.urlopen('https://api.openai.com/v1/responses')\n"
    },
    "a socket": {"app/ask.py": "import socket\n"},
    "a stream": {"app/ask.py": "from asyncio import open_connection\n"},
    "a stream of the loop": {"app/ask.py": "import asyncio\nopen_ = asyncio.open_connection\n"},
    "a program that calls": {
        "app/ask.py": "import subprocess\n\nsubprocess.run(['curl', 'http://model:8000'])\n"
    },
    "a script that calls": {"bin/answer": "#!/bin/sh\ncurl -s http://model:8000\n"},
    "a key in the deployment": {
        "deploy/service.yaml": "env:\n  - name: OPENAI_API_KEY\n    value: x\n"
    },
    "a model server beside it": {
        "compose.yaml": "services:\n  model:\n    image: ollama/ollama:latest\n"
    },
    "a call beside the tests that production imports": {
        "tests/ask.py": "import openai\n",
        "app/ask.py": "from tests.ask import client\n",
    },
    "a call in a folder of benchmarks, imported over lines": {
        "app/bench/ask.py": "import openai\n",
        "app/ask.py": "from app.bench import (\n    ask,\n)\n",
    },
    "a call two steps away": {
        "src/tests/ask.py": "from . import client\n",
        "src/tests/client.py": "import openai\n",
        "app/ask.py": "import json, tests.ask as asked\n",
    },
    "a call in a module that is called a test": {
        "app/test_ask.py": "import openai\n",
        "app/ask.py": "def ask():\n    from . import test_ask\n    return test_ask\n",
    },
    "a call in an example, loaded by name": {
        "examples/ask.py": "import openai\n",
        "app/commands.py": 'COMMANDS = {"count": "examples.ask"}\n',
    },
    "vendored code": {"vendor/client/call.py": "import openai\n"},
    "a compiled module": {"app/_ask.so": ""},
}


@pytest.mark.parametrize("probe", ABOUT_CALLS)
def test_questions_about_calls_have_no_subject(probe: Probe) -> None:
    """The proof names what was read, and what is declared in extras alone."""
    answer = probe(survey_of(PLAIN))

    assert answer.holding is Holding.NOT_APPLICABLE, answer
    said = [remark.sentence for remark in answer.seen]
    assert [it.id for it in said] == ["code.models_absent", "code.models_optional"]
    assert dict(said[1].fields) == {"names": "openai, litellm"}


@pytest.mark.parametrize("files", CHEATS.values(), ids=CHEATS.keys())
def test_what_may_hide_a_call_breaks_the_proof(files: Mapping[str, str]) -> None:
    """Nothing is passed off as without a subject where a call may be."""
    survey = survey_of({**PLAIN, **files})

    assert survey.code.models_absent is None
    for probe in ABOUT_CALLS:
        assert probe(survey).holding is not Holding.NOT_APPLICABLE, probe.__name__


def test_what_production_takes_from_the_tests_is_read_too() -> None:
    """A part of the tests that calls nothing leaves the proof as it is, whatever stands beside."""
    files = {
        "tests/ask.py": "import openai\n",
        "tests/clock.py": "NOW = 1\n",
        "app/clock.py": "from tests.clock import NOW\n",
    }

    assert survey_of({**PLAIN, **files}).code.models_absent is not None


def test_an_application_that_calls_models_has_no_proof() -> None:
    """The honest application calls two."""
    assert survey_of(HONEST).code.models_absent is None


def test_a_manifest_that_names_models_is_believed() -> None:
    """What an application says of itself weighs more than what was not found."""
    told = described(models=(Model(id="main", provider="openai", model="gpt-5"),))
    survey = survey_of(PLAIN, application=told)

    assert stability.timeout_is_stated_on_every_call(survey).holding is Holding.UNKNOWN


def test_an_empty_repository_proves_nothing() -> None:
    """Without a Python file there is no application to speak of."""
    assert survey_of({"README.md": "soon"}).code.models_absent is None
