"""Strange repositories give facts or reasons, never a crash."""

import json
import re

import pytest

from tenken.readiness.collectors.code.collect import collect
from tenken.readiness.facts.code import Assertion
from tests.readiness.applications import facts_of
from tests.readiness.trees import FakeTree

STRANGE = {
    "deep.py": "from openai import OpenAI\nx = " + "(" * 100_000,
    "line.py": "# openai\nx = '" + "a" * 900_000 + "'",
    "broken.py": "from openai import OpenAI\ndef f(:\n",
    "new.py": "from openai import OpenAI\ntype X = int\ndef f[T](x: T) -> T:\n"
    "    return OpenAI().responses.create()\n",
    "latin.py": "# caf\ufffd\nfrom openai import OpenAI\nOpenAI().responses.create(model='m')\n",
    "empty.py": "",
    "nulls.py": "openai\0",
    "package.json": '{"a":' * 5_000,
    "pyproject.toml": "[project\n",
    "requirements.txt": "\x00\n===\n-r other\n-e .\nname @ file:///x\n",
    "odd.ts": "import OpenAI from 'openai'; " + "{" * 5_000,
}


def test_strange_files_are_told_with_their_reason() -> None:
    """What could not be read and speaks of models is listed, the rest goes on."""
    facts = facts_of(STRANGE)

    reasons = {one.place.path: one.reason for one in facts.unjudged}
    assert reasons["deep.py"] == "too_deep"
    assert reasons["line.py"] == "too_large"
    assert reasons["broken.py"] == "syntax_error"
    assert [call.place.path for call in facts.calls if call.place.path == "latin.py"] == [
        "latin.py"
    ]


GUARDED = """
from llm_guard.input_scanners import PromptInjection
from openai import OpenAI

client, scanner = OpenAI(), PromptInjection()

def check(text):
    if not scanner.scan(text)[1]:
        raise ValueError(text)
    return text

def answer(text):
    checked = (lambda one: check(one))(text)
    said = [{"role": "user", "content": checked}]
    return client.chat.completions.create(model="m", messages=said)
"""


def test_a_check_that_a_lambda_asks_is_read() -> None:
    """Its body is an expression and no list of statements."""
    (guard,) = facts_of({"app.py": GUARDED}).guards

    assert guard.place.line == 8


def test_an_absent_file_is_not_visible() -> None:
    """Tracked without content: no word on what it calls."""
    facts = collect(FakeTree({"a.py": "x = 1\n"}, absent=("b.py",)))

    assert [(one.place.path, one.reason) for one in facts.unjudged] == [("b.py", "absent")]


SECRETS = [
    pytest.param(
        ("sk-", "proj-", "Zk3Jq8Lw2Xv7Bn5Tm1Rp9Yc4Hd6Gf0As8Ue2Io7Pz"),
        "openai_project",
        id="openai",
    ),
    pytest.param(("AK", "IA", "QZ3XW7YB5TNMRP2K"), "aws_access_key", id="aws"),
    pytest.param(("AI", "za", "SyD3kQ8Lw2Xv7Bn5Tm1Rp9Yc4Hd6Gf0As8U"), "google_api", id="google"),
    pytest.param(("gh", "p_", "Zk3Jq8Lw2Xv7Bn5Tm1Rp9Yc4Hd6Gf0As8Ue2"), "github", id="github"),
]


@pytest.mark.parametrize(("parts", "kind"), SECRETS)
@pytest.mark.parametrize(
    "path", ["app/settings.py", ".env", "deploy/values.yaml", "main.tf", "n.ipynb"]
)
def test_a_key_is_told_and_never_shown(parts: tuple[str, ...], kind: str, path: str) -> None:
    """Kind, place and fingerprint; nothing of the value."""
    value = "".join(parts)

    (found,) = facts_of({path: f"\nKEY = '{value}'\n"}).secrets

    assert (found.kind, found.place.line) == (kind, 2)
    assert re.fullmatch("[0-9a-f]{8}", found.fingerprint)
    assert value[8:] not in repr(found)


@pytest.mark.parametrize(
    "text",
    ["sk-proj-" + "x" * 48, "sk-your-key-here", "AKIA" + "EXAMPLE" * 2 + "AB", "postgres://user:password@localhost/db",
     "https://${USER}:${PASSWORD}@example.com"],
)  # fmt: skip
def test_placeholders_are_no_keys(text: str) -> None:
    """What a person is meant to replace is not reported."""
    assert facts_of({"app.py": f"KEY = '{text}'\n"}).secrets == ()


TESTS = [
    pytest.param("def test_a():\n    assert True\n", Assertion.CONSTANT, id="true"),
    pytest.param("def test_a():\n    x = f()\n    assert x == x\n", Assertion.CONSTANT, id="same"),
    pytest.param("def test_a():\n    assert 1 + 1 == 2 or True\n", Assertion.CONSTANT,
        id="or-true"),
    pytest.param("def test_a():\n    f()\n", Assertion.NONE, id="none"),
    pytest.param("def test_a():\n    assert f() == 2\n", Assertion.REAL, id="real"),
    pytest.param("import pytest\ndef test_a():\n    with pytest.raises(E):\n        f()\n",
        Assertion.REAL, id="raises"),
    pytest.param("def check(x):\n    assert x\ndef test_a():\n    check(f())\n", Assertion.REAL,
        id="below"),
    pytest.param("class TestA(T):\n    def test_a(self):\n        self.assertEqual(f(), 1)\n",
        Assertion.REAL, id="unittest"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "assertion"), TESTS)
def test_what_a_test_asserts_is_told(text: str, assertion: Assertion) -> None:
    """A test that cannot fail is none."""
    (case,) = facts_of({"tests/test_a.py": text}).tests

    assert case.assertion is assertion


def test_a_model_that_is_mocked_is_told() -> None:
    """A happy path over a mock calls no model."""
    (case,) = facts_of(
        {
            "app.py": "from openai import OpenAI\nc = OpenAI()\ndef ask():\n"
            "    return c.responses.create(model='m')\n",
            "tests/test_a.py": "import pytest\nfrom unittest.mock import patch\n"
            "from app import ask\n"
            "@pytest.mark.skip\n@patch('app.c')\ndef test_a(client):\n    assert ask()\n",
        }
    ).tests

    assert (case.mocks_model, case.calls_model, case.skipped) == (True, True, True)


def test_declared_packages_are_read() -> None:
    """From every usual file, normalised, with the line."""
    facts = facts_of(
        {
            "requirements.txt": "# none\nFastAPI==0.115  # web\nuvicorn[standard]>=0.30\n"
            "-r other.txt\n",
            "pyproject.toml": '[project]\ndependencies = ["open_ai>=1"]\n'
            '[tool.poetry.dependencies]\npython = "^3.11"\nhttpx = "*"\n',
            "package.json": json.dumps({"dependencies": {"ai": "^4"}}),
        }
    )

    names = {(one.name, one.ecosystem) for one in facts.dependencies}
    assert names == {
        ("fastapi", "pypi"),
        ("uvicorn", "pypi"),
        ("open-ai", "pypi"),
        ("httpx", "pypi"),
        ("ai", "npm"),
    }
