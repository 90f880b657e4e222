"""Instructions in the forms applications keep and send them in, and what only looks like it."""

import pytest

from tenken.evidence import Answer, Holding
from tenken.readiness.probes import security, stability
from tests.readiness.applications import survey_of

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
RULES = "You are the support desk of a shop. Answer politely, in at most two short sentences."
VERTEX = f"""
import os

from vertexai.generative_models import GenerativeModel

RULES = os.getenv("RULES", "{RULES}")


def ask(text: str) -> str:
    model = GenerativeModel("gemini-2.0-flash", system_instruction=RULES)
    return model.generate_content(text).text
"""
CONVERSE = f"""
import boto3

client = boto3.client("bedrock-runtime")
RULES = "{RULES}"
MORE = " Never speak of prices that are not on the list."


def documents(text: str) -> str:
    return client.retrieve(text)


def ask(text: str) -> str:
    system = RULES
    system += MORE
    request = {{
        "modelId": "m",
        "messages": [{{"role": "user", "content": [{{"text": text}}]}}],
        "system": [{{"text": system}}],
    }}
    return client.converse(**request)["output"]
"""
AGENT = f"""
from langchain.agents import AgentExecutor, create_react_agent
from langchain_core.prompts import PromptTemplate
from langchain_openai import ChatOpenAI

TEXT = "{RULES} Tools: {{tools}} {{tool_names}} Question: {{input}} {{agent_scratchpad}}"


def ask(text: str) -> str:
    template = PromptTemplate.from_template(TEXT)
    agent = create_react_agent(ChatOpenAI(model="m"), [], template)
    return AgentExecutor(agent=agent, tools=[]).invoke({{"input": text}})["output"]
"""
PIPED = f"""
from langchain_core.prompts import PromptTemplate
from langchain_openai import ChatOpenAI

TEXT = "{RULES} Question: {{question}}"


def ask(text: str) -> str:
    chain = PromptTemplate.from_template(TEXT) | ChatOpenAI(model="m")
    return chain.invoke({{"question": text}}).content
"""
BUILDER = f"""
import re
from dataclasses import dataclass


@dataclass
class Built:
    system: str
    user: str


class Builder:
    SYSTEM = "{RULES}"
    USER = "Write an article on the subject {{subject}} with a title and three short parts."

    def build(self, subject: str) -> Built:
        return Built(system=self.SYSTEM, user=self._fill(self.USER, {{"subject": subject}}))

    def _fill(self, template: str, values: dict) -> str:
        return re.sub(r"\\{{(\\w+)\\}}", lambda one: str(values[one.group(1)]), template)
"""
BUILT = """
import google.generativeai as genai

from app.prompt_builder import Builder


def ask(text: str) -> str:
    built = Builder().build(text)
    model = genai.GenerativeModel("gemini-2.0-flash", system_instruction=built.system)
    return model.generate_content(built.user).text
"""
FOLDER = """
import abc
from pathlib import Path

PROMPTS = Path(__file__).parent / "resources" / "prompts"


class Store(abc.ABC):
    @abc.abstractmethod
    def by_name(self, name: str) -> str: ...


class Files(Store):
    def by_name(self, name: str) -> str:
        with open(PROMPTS / f"{name}.txt", encoding="utf-8") as file:
            return file.read().strip()
"""
STORED = """
from openai import OpenAI

from app.prompts import Files, Store


class Desk:
    def __init__(self, store: Store) -> None:
        self.system = store.by_name("answer")

    def ask(self, text: str) -> str:
        messages = [
            {"role": "system", "content": self.system},
            {"role": "user", "content": text},
        ]
        return OpenAI().chat.completions.create(model="m", messages=messages).choices[0]


def ask(text: str) -> str:
    return Desk(store=Files()).ask(text)
"""


def roles(llm: str, **files: str) -> Answer:
    """Whether the user's text keeps to its role."""
    return security.user_input_stays_in_the_user_role(survey_of(application(llm, **files)))


def application(llm: str, **files: str) -> dict[str, str]:
    """An application of a route, a module that asks, and more modules by their names."""
    more = {f"app/{name}.py": text for name, text in files.items()}
    return {"app/main.py": ROUTE, "app/llm.py": llm, **more}


def test_a_text_that_a_variable_may_replace_is_read_by_its_default() -> None:
    """The default is what is sent; joined with the question it is no system text any more."""
    joined = VERTEX.replace("=RULES)", "=RULES + text)")

    assert roles(VERTEX).holding is Holding.HOLDS
    assert roles(joined).holding is Holding.FAILS


def test_what_is_appended_before_sending_counts() -> None:
    """Constants may be appended; documents are data, and a question speaks as the system."""
    documents = CONVERSE.replace("+= MORE", "+= documents(text)")
    question = CONVERSE.replace("+= MORE", "+= text")
    fetched = CONVERSE.replace("+= MORE", "+= client.retrieve(RULES)['text']")

    assert roles(CONVERSE).holding is Holding.HOLDS
    assert roles(fetched).holding is Holding.PARTLY
    assert roles(documents).holding is not Holding.HOLDS
    assert roles(question).holding is Holding.FAILS


@pytest.mark.parametrize("llm", [AGENT, PIPED], ids=["agent", "piped"])
def test_the_template_of_a_framework_has_named_fields(llm: str) -> None:
    """One text of instructions and input: a template, whose roles are not kept apart."""
    survey = survey_of(application(llm))
    pasted = survey_of(
        application(llm.replace("from_template(TEXT)", "from_template(TEXT + text)"))
    )

    assert security.prompts_are_templates(survey).holding is Holding.HOLDS
    assert roles(llm).holding is Holding.FAILS
    assert security.prompts_are_templates(pasted).holding is not Holding.HOLDS


def test_a_template_that_no_agent_gets_is_not_seen() -> None:
    """It is made, and what is sent is something else."""
    unused = AGENT.replace("[], template)", "[])")

    answer = security.prompts_are_templates(survey_of(application(unused)))

    assert answer.holding is Holding.UNKNOWN


def test_a_builder_with_its_texts_as_constants_of_a_class_is_followed() -> None:
    """Kept in a module of prompts, filled by name; the user's part stands among instructions."""
    survey = survey_of(application(BUILT, prompt_builder=BUILDER))

    assert stability.prompts_are_versioned(survey).holding is Holding.PARTLY
    assert security.prompts_are_templates(survey).holding is Holding.HOLDS
    assert security.user_input_stays_in_the_user_role(survey).holding is Holding.PARTLY


def test_constants_of_a_class_count_where_the_class_reads_them() -> None:
    """One that nobody reads is no prompt of the application."""
    sends = (
        "import httpx\n\nfrom app.prompts import Texts\n\n\n"
        "def ask(text: str) -> str:\n"
        "    body = {'model': 'm', 'messages': Texts().made(text)}\n"
        "    return httpx.post('https://api.openai.com/v1/chat/completions', json=body).text\n"
    )
    texts = (
        f'class Texts:\n    SYSTEM = "{RULES}"\n\n'
        "    def made(self, text: str) -> list:\n"
        "        return list(self.all(self.SYSTEM, text))\n"
    )
    idle = texts.replace("self.SYSTEM", "''")

    def answer(kept: str) -> Holding:
        survey = survey_of(application(sends, prompts=kept))
        return stability.prompts_are_versioned(survey).holding

    assert answer(texts) is Holding.PARTLY
    assert answer(idle) is Holding.UNKNOWN


def test_files_that_are_read_by_their_names_are_kept() -> None:
    """Through a store's interface; a folder that git does not hold shows nothing."""
    files = application(STORED, prompts=FOLDER)
    kept = {**files, "app/resources/prompts/answer.txt": RULES}

    assert stability.prompts_are_versioned(survey_of(kept)).holding is Holding.HOLDS
    assert stability.prompts_are_versioned(survey_of(files)).holding is Holding.FAILS


GIVEN_OUT = '''
from dataclasses import dataclass
@dataclass(frozen=True)
class Version:
    name: str
    system: str
TEXT = """LINES"""
KEPT: dict[str, Version] = {}
def keep(one: Version) -> None:
    KEPT[one.name] = one
keep(Version(name="a", system=TEXT))
def version(name: str) -> Version:
    return KEPT[name]
'''
ASKED_FOR = """
import anthropic
from app.kept import version
client = anthropic.Anthropic()
def answer(text, given=None):
    system = given if given is not None else version("a").system
    return client.messages.create(
        model="m", max_tokens=5, system=system, messages=[{"role": "user", "content": text}]
    )
"""
LINE = "You are the careful desk of a market and answer in two sentences.\n"


@pytest.mark.parametrize(
    ("lines", "kept", "holding"),
    [
        (30, GIVEN_OUT, Holding.PARTLY),
        (2, GIVEN_OUT, Holding.FAILS),
        (30, GIVEN_OUT.replace("-> Version", ""), Holding.UNKNOWN),
        (30, GIVEN_OUT.replace("system=TEXT", "system=input()"), Holding.UNKNOWN),
    ],
)
def test_what_a_registry_gives_out_is_what_was_put_in(
    lines: int, kept: str, holding: Holding
) -> None:
    """A module of texts is one of prompts, whatever it is called; a line or two are among code."""
    files = {
        "app/__init__.py": "",
        "app/kept.py": kept.replace("LINES", LINE * lines),
        "app/desk.py": ASKED_FOR,
    }

    assert stability.prompts_are_versioned(survey_of(files)).holding is holding


READ = """
import os
import sys

from openai import OpenAI

client = OpenAI()
KEPT = os.path.join(os.getenv("PROMPTS", "prompts"), "answer.txt")


def ask(text: str) -> str:
    system = open({path}).read()
    said = [{{"role": "system", "content": system}}, {{"role": "user", "content": text}}]
    return client.chat.completions.create(model="m", messages=said)
"""


@pytest.mark.parametrize(
    ("path", "holding"),
    [
        ('"prompts/answer.txt"', Holding.HOLDS),
        ("KEPT", Holding.HOLDS),
        ('os.environ["PROMPT_FILE"]', Holding.UNKNOWN),
        ("sys.argv[1]", Holding.UNKNOWN),
        ('os.getenv("DIR") + "/" + text', Holding.UNKNOWN),
        ('"prompts/gone.txt"', Holding.FAILS),
    ],
)
def test_a_file_that_nobody_names_is_not_known_to_be_kept(path: str, holding: Holding) -> None:
    """Where only a setting or a caller knows which file is read, it may be anywhere."""
    files = {"app/llm.py": READ.format(path=path), "prompts/answer.txt": RULES}

    assert stability.prompts_are_versioned(survey_of(files)).holding is holding
