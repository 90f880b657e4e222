"""Prompts that a call names and a gateway fills in: the file that is served decides."""

from collections.abc import Callable

import pytest

from tenken.evidence import Answer, Holding
from tenken.prompts.reading import digest_of
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes import security, stability
from tests.readiness.applications import survey_of

PROMPT = """---
model: desk
input:
  schema:
    question: string
    tone?(enum): [polite, plain]
  default: {tone: plain}
  trusted: [tone]
---
{{role "system"}}
You are the support desk of a shop. Answer in a {{tone}} tone, in at most two short sentences.
{{role "user"}}
{{question}}
"""
LLM = """
from openai import OpenAI

client = OpenAI(base_url="http://gateway.example.com/v1")


def ask(text: str) -> str:
    answer = client.chat.completions.create(
        model="prompt:reply@production",
        messages=[],
        extra_body={"prompt_variables": {"question": text}},
    )
    return answer.choices[0].message.content
"""
NATIVE = """
from openai import OpenAI

NAME = "prompt:reply@production"


class Desk:
    def __init__(self) -> None:
        self.client = OpenAI(base_url="http://gateway.example.com/v1")

    def ask(self, text: str) -> str:
        values = {"id": "reply", "variables": {"question": text}}
        return self.client.responses.create(model=NAME, prompt=values).output_text


def ask(text: str) -> str:
    return Desk().ask(text)
"""
ROUTE = """
from fastapi import FastAPI
from pydantic import BaseModel

from app.llm import ask

app = FastAPI()


class Question(BaseModel):
    text: str


@app.post("/ask")
def answer(body: Question) -> str:
    return ask(body.text)
"""
LABELS = f"reply:\n  production: {digest_of(PROMPT)}\n"
HONEST = {
    "app/main.py": ROUTE,
    "app/llm.py": LLM,
    "prompts/reply.prompt": PROMPT,
    "prompts/labels.yaml": LABELS,
}
Question = Callable[[Survey], Answer]
VERSIONED: Question = stability.prompts_are_versioned
TEMPLATES: Question = security.prompts_are_templates
APART: Question = security.user_input_stays_in_the_user_role
QUESTIONS = (VERSIONED, TEMPLATES, APART)


def answers(files: dict[str, str]) -> list[Holding]:
    survey = survey_of(files)
    return [ask(survey).holding for ask in QUESTIONS]


@pytest.mark.parametrize("llm", [LLM, NATIVE], ids=["chat", "responses"])
def test_a_prompt_that_is_named_and_kept_is_all_three(llm: str) -> None:
    """Versioned, a template, and with the user's text apart."""
    assert answers({**HONEST, "app/llm.py": llm}) == [Holding.HOLDS] * 3


def test_the_place_is_the_prompt_s_file() -> None:
    """Where a reader looks next."""
    found = VERSIONED(survey_of(HONEST)).seen
    assert [str(one.place) for one in found] == ["prompts/reply.prompt:1"]


def test_a_digest_needs_no_label() -> None:
    """It says itself which version it is."""
    llm = LLM.replace("production", digest_of(PROMPT))
    files = {name: text for name, text in HONEST.items() if name != "prompts/labels.yaml"}
    assert answers({**files, "app/llm.py": llm}) == [Holding.HOLDS] * 3


RULES = "You are the support desk of a shop. Answer politely, in at most two short sentences."
INLINE = LLM.replace("messages=[]", f'messages=[{{"role": "system", "content": "{RULES}"}}]')
SYSTEM = PROMPT.replace("{{tone}}", "{{question}}")
CHEATS: dict[str, dict[str, str]] = {
    "nobody calls the file": {
        "app/llm.py": INLINE.replace("prompt:reply@production", "gpt-4.1"),
    },
    "another one is called": {"app/llm.py": LLM.replace("prompt:reply", "prompt:other")},
    "a label that is not there": {"app/llm.py": LLM.replace("production", "canary")},
    "a version that is not there": {"app/llm.py": LLM.replace("production", "0" * 64)},
    "a user's words in the system's text": {
        "prompts/reply.prompt": SYSTEM,
        "prompts/labels.yaml": f"reply: {{production: {digest_of(SYSTEM)}}}\n",
    },
    "trusted by its own word": {
        "prompts/reply.prompt": (trusted := SYSTEM.replace("[tone]", "[question]")),
        "prompts/labels.yaml": f"reply: {{production: {digest_of(trusted)}}}\n",
    },
    "changed behind its label": {"prompts/reply.prompt": PROMPT.replace("two", "ten")},
    "no prompt at all": {"prompts/reply.prompt": "You are the support desk.\n"},
}


@pytest.mark.parametrize("name", [name for name in CHEATS if name != "nobody calls the file"])
@pytest.mark.parametrize("ask", QUESTIONS[1:], ids=["templates", "apart"])
def test_a_file_that_is_not_what_is_sent_proves_nothing(ask: Question, name: str) -> None:
    """Whatever stands in the folder."""
    assert ask(survey_of({**HONEST, **CHEATS[name]})).holding is not Holding.HOLDS


@pytest.mark.parametrize("name", CHEATS)
def test_nor_is_it_versioned(name: str) -> None:
    """A label that can be moved by somebody else is no version either."""
    assert VERSIONED(survey_of({**HONEST, **CHEATS[name]})).holding is not Holding.HOLDS


def test_a_prompt_among_the_tests_is_none() -> None:
    """It is not what is served."""
    moved = {name.replace("prompts/", "tests/prompts/"): text for name, text in HONEST.items()}
    assert Holding.HOLDS not in answers(moved)


def test_a_text_in_the_code_beside_it_is_seen() -> None:
    """One call names a prompt, another has its instructions inline."""
    beside = INLINE.replace("prompt:reply@production", "gpt-4.1").replace("def ask", "def other")
    main = ROUTE.replace("import ask", "import ask\nfrom app.more import other").replace(
        "return ask(body.text)", "return ask(body.text) + other(body.text)"
    )
    files = {**HONEST, "app/more.py": beside, "app/main.py": main}
    assert VERSIONED(survey_of(files)).holding is Holding.PARTLY
