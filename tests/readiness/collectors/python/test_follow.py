"""Values are followed through the modules of a repository, and never guessed."""

import pytest

from tenken.readiness.facts.calls import LlmCall, Origin
from tests.readiness.applications import Files, facts_of

CALL = "client.chat.completions.create(model='m', messages=[])"
IMPORT = "from openai import OpenAI\n"


def only(files: Files) -> LlmCall:
    """The one call of a repository."""
    (call,) = facts_of(files).calls
    return call


FOLLOWED = [
    pytest.param({"a.py": f"{IMPORT}client = OpenAI(timeout=7)\n{CALL}\n"}, id="module"),
    pytest.param({"a.py": f"{IMPORT}T = 7\nclient = OpenAI(timeout=T)\n{CALL}\n"}, id="constant"),
    pytest.param(
        {"pkg/__init__.py": "", "pkg/conf.py": "T = 7\n",
         "pkg/a.py": f"{IMPORT}from pkg.conf import T\nclient = OpenAI(timeout=T)\n{CALL}\n"},
        id="constant-of-another-module",
    ),
    pytest.param(
        {"pkg/__init__.py": "", "pkg/conf.py": "T = 7\n",
         "pkg/a.py": f"{IMPORT}from . import conf\nclient = OpenAI(timeout=conf.T)\n{CALL}\n"},
        id="relative-import",
    ),
    pytest.param(
        {"pkg/__init__.py": "from pkg.conf import T\n", "pkg/conf.py": "T = 7\n",
         "pkg/a.py": f"{IMPORT}import pkg\nclient = OpenAI(timeout=pkg.T)\n{CALL}\n"},
        id="re-export",
    ),
    pytest.param(
        {"backend/app/conf.py": "T = 7\n", "other/app/conf.py": "T = 9\n",
         "backend/app/a.py": f"{IMPORT}from app.conf import T\nclient = OpenAI(timeout=T)\n"
             f"{CALL}\n"},
        id="root-of-the-importer",
    ),
    pytest.param({"a.py": f"{IMPORT}def make():\n    return OpenAI(timeout=7)\n"
        f"client = make()\n{CALL}\n"}, id="factory"),
    pytest.param(
        {"a.py": f"{IMPORT}from functools import lru_cache\n@lru_cache\ndef make():\n"
            f"    return OpenAI(timeout=7)\n"
                 f"def f():\n    client = make()\n    {CALL}\n"},
        id="cached-factory",
    ),
    pytest.param(
        {"a.py": f"{IMPORT}class Bot:\n    def __init__(self):\n"
            f"        self.client = OpenAI(timeout=7)\n"
                 f"    def ask(self):\n        self.{CALL}\n"},
        id="attribute",
    ),
    pytest.param(
        {"a.py": f"{IMPORT}class Bot:\n    def __init__(self, client):\n"
            f"        self.client = client\n"
                 f"    def ask(self):\n        self.{CALL}\n",
                 "b.py": f"{IMPORT}from a import Bot\nBot(OpenAI(timeout=7))\n"},
        id="injected",
    ),
    pytest.param(
        {"a.py": f"{IMPORT}class Base:\n    client = OpenAI(timeout=7)\nclass Bot(Base):\n"
                 f"    def ask(self):\n        self.{CALL}\n"},
        id="inherited",
    ),
    pytest.param(
        {"a.py": f"{IMPORT}from fastapi import Depends\ndef make():\n    yield OpenAI(timeout=7)\n"
                 f"def ask(client=Depends(make)):\n    {CALL}\n"},
        id="depends",
    ),
    pytest.param(
        {"a.py": f"{IMPORT}from typing import Annotated\nfrom fastapi import Depends\n"
            f"def make():\n    return OpenAI(timeout=7)\n"
                 f"def ask(client: Annotated[OpenAI, Depends(make)]):\n    {CALL}\n"},
        id="annotated-depends",
    ),
    pytest.param(
        {"a.py": f"{IMPORT}from fastapi import Depends\nfrom pkg import Client\n"
            f"def ask(client: Client):\n    {CALL}\n",
         "pkg/__init__.py": "from pkg.parts import Client\n",
         "pkg/parts.py": f"{IMPORT}from typing import Annotated\nfrom fastapi import Depends\n"
            f"def make():\n    return OpenAI(timeout=7)\n"
            f"Client = Annotated[OpenAI, Depends(make)]\n"},
        id="annotated-behind-a-name",
    ),
    pytest.param(
        {"a.py": f"{IMPORT}async def started(app):\n    app.state.llm = OpenAI(timeout=7)\n",
         "b.py": f"{IMPORT}from fastapi import Depends, Request\n"
            f"def llm(request: Request) -> OpenAI:\n    return request.app.state.llm\n"
            f"def ask(client: OpenAI = Depends(llm)):\n    {CALL}\n"},
        id="kept-by-the-application",
    ),
    pytest.param(
        {"a.py": f"{IMPORT}async def started(app):\n    app.state.llm = OpenAI(timeout=7)\n"
            f"def ask(request):\n    request.state.llm.chat.completions.create(model='m')\n"},
        id="kept-on-the-request",
    ),
    pytest.param({"a.py": f"{IMPORT}client = OpenAI()\n"
        f"client.with_options(timeout=7).chat.completions.create(model='m')\n"},
        id="with-options"),
    pytest.param({"a.py": f"{IMPORT}client = OpenAI()\n"
        f"client.chat.completions.create(model='m', timeout=7)\n"}, id="on-the-call"),
    pytest.param({"a.py": f"{IMPORT}K = {{'timeout': 7}}\nclient = OpenAI(**K)\n{CALL}\n"},
        id="spread"),
    pytest.param(
        {"a.py": f"{IMPORT}client = OpenAI()\ndef ask(**options):\n"
            f"    client.chat.completions.create(model='m', **options)\n"
                 "def f():\n    ask(timeout=7)\n"},
        id="passed-on",
    ),
    pytest.param({"a.py": f"{IMPORT}import httpx\n"
        f"client = OpenAI(timeout=httpx.Timeout(7, connect=2))\n{CALL}\n"}, id="httpx-timeout"),
    pytest.param({"a.py": f"{IMPORT}C = {{'t': {{'s': 7}}}}\n"
        f"client = OpenAI(timeout=C['t']['s'])\n{CALL}\n"}, id="mapping"),
    pytest.param(
        {"a.py": f"{IMPORT}import asyncio\nclient = OpenAI()\nasync def f():\n"
                 f"    await asyncio.wait_for(client.chat.completions.create(model='m'), 7)\n"},
        id="wait-for",
    ),
    pytest.param(
        {"a.py": f"{IMPORT}import asyncio\nclient = OpenAI(timeout=7)\nasync def f():\n"
                 f"    await asyncio.to_thread(client.chat.completions.create, model='m')\n"},
        id="handed-on",
    ),
]  # fmt: skip


@pytest.mark.parametrize("files", FOLLOWED)
def test_a_timeout_is_followed_to_its_constant(files: Files) -> None:
    """However it is spelled, the seven seconds are found."""
    timeout = only(files).timeout

    assert (timeout.origin, timeout.number) == (Origin.LITERAL, 7)


ORIGINS = [
    pytest.param("import os\nT = float(os.getenv('T', '7'))\n", Origin.DEFAULT, id="default"),
    pytest.param("import os\nT = os.environ['T']\n", Origin.ENVIRONMENT, id="environment"),
    pytest.param("import os\nT = os.getenv('T') or 7\n", Origin.DEFAULT, id="or"),
    pytest.param(
        "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    t: int = 7\n"
        "T = S().t\n",
        Origin.DEFAULT, id="settings",
    ),
    pytest.param("import yaml\nT = yaml.safe_load(open('c'))['t']\n", Origin.UNKNOWN, id="file"),
    pytest.param("T = compute()\n", Origin.UNKNOWN, id="nowhere"),
]  # fmt: skip


@pytest.mark.parametrize(("head", "origin"), ORIGINS)
def test_where_a_value_comes_from_is_told(head: str, origin: Origin) -> None:
    """A default can be changed, the environment is outside, the rest is unknown."""
    call = only({"a.py": f"{IMPORT}{head}client = OpenAI(timeout=T)\n{CALL}\n"})

    assert call.timeout.origin is origin


def test_the_least_known_branch_decides() -> None:
    """A factory with one branch without timeout has not stated it."""
    call = only({"a.py": f"{IMPORT}client = OpenAI(timeout=7) if x else OpenAI()\n{CALL}\n"})

    assert call.timeout.origin is Origin.ABSENT


def test_a_client_of_a_test_does_not_count() -> None:
    """What a test passes in is not what production passes in."""
    call = only(
        {
            "a.py": f"{IMPORT}def ask(client: OpenAI):\n    {CALL}\n",
            "tests/test_a.py": f"{IMPORT}from a import ask\ndef test_it():\n"
            f"    ask(OpenAI(timeout=7))\n",
        }
    )

    assert call.timeout.origin is Origin.UNKNOWN


@pytest.mark.parametrize(
    "text",
    [
        "a = b\nb = a\nfrom openai import OpenAI\nOpenAI(timeout=a).chat.completions.create()\n",
        (
            "from a import x\nfrom openai import OpenAI\n"
            "OpenAI(timeout=x).chat.completions.create()\n"
        ),
        (
            "from openai import OpenAI\ndef f(): return g()\ndef g(): return f()\n"
            "f().chat.completions.create()\n"
        ),
        "from openai import OpenAI\nclass A(A):\n    pass\nA().c.chat.completions.create()\n",
        (
            "from openai import OpenAI\nt = t.replace('a', t)\n"
            "OpenAI().chat.completions.create(messages=[{'role': 'system', 'content': t}])\n"
        ),
    ],
    ids=["names", "self-import", "functions", "classes", "text"],
)
def test_circles_end(text: str) -> None:
    """Definitions that need each other are unknown, not endless."""
    assert facts_of({"a.py": text}).python_files == 1
