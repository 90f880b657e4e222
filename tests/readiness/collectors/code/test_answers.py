"""Errors told by an empty answer, what a request sends, and where it goes."""

import pytest

from tenken.readiness.facts.calls import Operation
from tests.readiness.applications import facts_of

CASCADE = """
import requests

class Client:
    def ask(self, name, key, text):
        if name == "first":
            url = "https://api.groq.com/openai/v1/chat/completions"
            try:
                answer = requests.post(url, json={"model": "m", "messages": [text]}, timeout=9)
                return answer.json()["choices"], None
            except requests.exceptions.RequestException:
                return None, "failed"
        url = "https://api.openai.com/v1/chat/completions"
        try:
            answer = requests.post(url, json={"model": "n", "messages": [text]}, timeout=9)
            return answer.json()["choices"], None
        except requests.exceptions.RequestException:
            return None, "failed"

    def cascade(self, text):
        for provider in self.providers:
            content, error = self.ask(provider["name"], provider["key"], text)
            if content:
                return content
        return None
"""
SKIPPED = CASCADE.replace(
    "            if content:\n                return content\n",
    "            if content is None:\n                continue\n            return content\n",
)
LEADS = [
    pytest.param(CASCADE, True, id="leaves-with-an-answer"),
    pytest.param(SKIPPED, True, id="skips-what-is-empty"),
    pytest.param(
        CASCADE.replace("if content:", "if error:"), False, id="leaves-with-an-error",
    ),
    pytest.param(CASCADE.replace('return None, "failed"', "raise"), False, id="raises"),
    pytest.param(
        CASCADE.replace('return None, "failed"', 'return "sorry", None'), False,
        id="answers-something",
    ),
    pytest.param(
        CASCADE.replace("for provider in self.providers", "for row in self.rows")
        .replace('provider["name"], provider["key"]', 'row["a"], row["b"]'), False, id="over-data",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), LEADS)
def test_a_loop_that_goes_on_where_one_gives_nothing_is_a_fallback(
    text: str, expected: bool
) -> None:
    """The error is told by an empty answer, and the next candidate is asked."""
    calls = facts_of({"app.py": text}).calls

    assert all(bool([one for one in call.fallbacks if one.target]) is expected for call in calls)


def test_an_address_bound_in_each_branch_is_the_branchs_own() -> None:
    """One name, two providers."""
    calls = facts_of({"app.py": CASCADE}).calls

    assert sorted(call.provider for call in calls) == ["groq", "openai"]


POSTED = """
import json
import httpx

def ask(client: httpx.AsyncClient, text):
    payload = {"model": "gpt-4.1", "messages": [{"role": "user", "content": text}]}
    return client.post(PATH, BODY)
"""
SENT = [
    pytest.param('"chat/completions"', "content=json.dumps(payload)", "gpt-4.1", id="dumped"),
    pytest.param('"v1/anything"', "content=json.dumps(payload)", "gpt-4.1", id="by-its-body"),
    pytest.param('"chat/completions"', "json=payload", "gpt-4.1", id="as-json"),
    pytest.param('"v1/anything"', "content=json.dumps({})", None, id="something-else"),
]


@pytest.mark.parametrize(("path", "body", "model"), SENT)
def test_a_request_is_known_by_what_it_sends(path: str, body: str, model: str | None) -> None:
    """A path below a base address, and a body as a text."""
    text = POSTED.replace("PATH", path).replace("BODY", body)

    assert [one.model.value for one in facts_of({"app.py": text}).calls] == [model][: bool(model)]


JUDGES = [
    ("llama-guard3", Operation.MODERATE),
    ("meta-llama/Llama-Guard-4-12B", Operation.MODERATE),
    ("shieldgemma:9b", Operation.MODERATE),
    ("guardian-answers-1", Operation.GENERATE),
    ("llama3.2", Operation.GENERATE),
]


@pytest.mark.parametrize(("model", "operation"), JUDGES)
def test_a_model_that_only_judges_answers_nobody(model: str, operation: Operation) -> None:
    """Whatever the method that asks it is called."""
    text = POSTED.replace("PATH", '"chat/completions"').replace("BODY", "json=payload")
    (call,) = facts_of({"app.py": text.replace("gpt-4.1", model)}).calls

    assert call.operation is operation


LOOP = """
import asyncio
import httpx

class Failed(Exception):
    pass

async def ask(client: httpx.AsyncClient, body):
    for attempt in range(3):
        try:
            answer = await client.post("chat/completions", json={"model": "m", "messages": body})
            if answer.status_code >= 500:
                raise Failed("later")
            if answer.status_code >= 400:
                raise Failed("never")
            return answer.json()
        except Failed as error:
            await asyncio.sleep(2**attempt)
    raise Failed("at all")
"""
ASKED = "        except Failed as error:\n            if not error.again:\n                raise\n"
AGAIN = [
    pytest.param(LOOP, False, id="whatever-the-status"),
    pytest.param(LOOP.replace(">= 400", "> 399"), False, id="in-other-words"),
    pytest.param(LOOP.replace(">= 400", "== 429"), True, id="what-can-pass"),
    pytest.param(
        LOOP.replace("        except Failed as error:\n", ASKED), True, id="asked-of-the-error"
    ),
]


@pytest.mark.parametrize(("text", "expected"), AGAIN)
def test_an_error_of_ones_own_for_every_status_is_no_kind_of_error(
    text: str, expected: bool
) -> None:
    """A flag on it that nothing reads changes nothing."""
    (call,) = facts_of({"app.py": text}).calls
    (retry,) = [one for one in call.retries if one.by.value == "loop"]

    assert retry.depends_on_error is expected
