"""Instructions and answers in more of the forms applications keep and read them in."""

import pytest

from tenken.evidence import Answer, Holding
from tenken.readiness.probes import security, stability
from tests.readiness.applications import survey_of
from tests.readiness.probes.code.questions import Probe

RULES = "You are the support desk of a shop. Answer politely, in at most two short sentences."
HEAD = """
from pathlib import Path

import openai
import yaml
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()
client = openai.OpenAI(timeout=20)

"""
TAIL = """

@app.post("/ask")
def answer(text: str):
    return ask(text)
"""
LOADER = (
    HEAD
    + """
class Texts:
    def __init__(self, folder="app/prompts"):
        self.folder = Path(folder)
        self.known = {}

    def get(self, name):
        if name not in self.known:
            with open(self.folder / f"{name}.yaml") as file:
                self.known[name] = yaml.safe_load(file)
        return self.known[name]["text"]


texts = Texts()


def ask(text):
    rules = texts.get("desk")
    messages = [{"role": "system", "content": rules}, {"role": "user", "content": text}]
    return client.chat.completions.create(model="gpt-4.1", messages=messages)
"""
    + TAIL
)
GRAPH = (
    HEAD
    + """
from langchain_openai import ChatOpenAI
from langgraph.prebuilt import create_react_agent

RULES = Path("app/prompts/desk.yaml").read_text()
agent = create_react_agent(ChatOpenAI(model="gpt-4.1"), [], prompt=RULES)


def ask(text):
    return agent.invoke({"messages": [("user", text)]})
"""
    + TAIL
)
PULLED = (
    HEAD
    + """
from langchain_openai import ChatOpenAI
from langsmith import Client

chain = Client().pull_prompt("desk:1a2b3c4d") | ChatOpenAI(model="gpt-4.1")


def ask(text):
    return chain.invoke({"text": text})
"""
    + TAIL
)
CREW = (
    HEAD
    + """
from crewai import Agent, Crew
from crewai.project import CrewBase, agent, crew


@CrewBase
class Desk:
    agents_config = "prompts/desk.yaml"

    @agent
    def clerk(self):
        return Agent(config=self.agents_config["clerk"])

    @crew
    def crew(self):
        return Crew(agents=self.agents, tasks=[])


def ask(text):
    return Desk().crew().kickoff(inputs={"text": text})
"""
    + TAIL
)
KEPT = {"a loader with a memory": LOADER, "the prompt of a graph": GRAPH, "pulled": PULLED,
        "a crew": CREW}  # fmt: skip
PARSED = (
    HEAD
    + """
class Reply(BaseModel):
    text: str


def read(told):
    return Reply.model_validate_json(told.strip())


def raw(text):
    return client.responses.create(model="gpt-4.1", input=text).output_text


def ask(text):
    return read(raw(text))
"""
    + TAIL
)
TYPED = (
    HEAD
    + """
import dspy

dspy.configure(lm=dspy.LM("openai/gpt-4.1"))


class Judge(dspy.Signature):
    text: str = dspy.InputField()
    is_polite: bool = dspy.OutputField()


judge = dspy.Predict(Judge)


def ask(text):
    return judge(text=text).is_polite
"""
    + TAIL
)


@pytest.mark.parametrize("form", KEPT)
def test_it_has_a_history_of_its_own(form: str) -> None:
    """A file of the repository, or a version that stays."""
    assert _told(stability.prompts_are_versioned, KEPT[form]).holding is Holding.HOLDS


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (LOADER, 'folder="app/prompts"', 'folder="/tmp/prompts"'),
        (GRAPH, 'Path("app/prompts/desk.yaml").read_text()', f'"{RULES}"'),
        (PULLED, "desk:1a2b3c4d", "desk"),
        (CREW, "prompts/desk.yaml", "prompts/other.yaml"),
    ],
    ids=list(KEPT),
)
def test_what_can_change_unseen_has_none(text: str, old: str, new: str) -> None:
    """Another machine's file, a text among code, a name that moves, a file that is not there."""
    assert old in text
    told = _told(stability.prompts_are_versioned, text.replace(old, new))

    assert told.holding is not Holding.HOLDS


def test_the_prompt_of_a_graph_is_the_systems() -> None:
    """What users write stands in messages of their own."""
    told = _told(security.user_input_stays_in_the_user_role, GRAPH)

    assert told.holding is Holding.HOLDS


@pytest.mark.parametrize("text", [PARSED, TYPED], ids=["read above", "typed"])
def test_the_answer_is_held_against_a_schema(text: str) -> None:
    """By whoever asked for it, or by the types of a signature."""
    assert _told(security.outputs_are_parsed, text).holding is Holding.HOLDS


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (PARSED, "return read(raw(text))", "return raw(text)"),
        (PARSED, "    return Reply.model_validate_json(told.strip())",
         "    Reply.model_validate_json(told.strip())\n    return told"),
        (PARSED, "return read(raw(text))", "read(text)\n    return raw(text)"),
        (TYPED, "is_polite: bool", "is_polite: str"),
    ],
)  # fmt: skip
def test_what_is_not_held_against_one_is_free(text: str, old: str, new: str) -> None:
    """Nobody parses it, its result is dropped, something else is parsed, any text will do."""
    assert old in text
    assert _told(security.outputs_are_parsed, text.replace(old, new)).holding is not Holding.HOLDS


POSTED = (
    HEAD
    + """
import requests

RULES = Path("app/prompts/desk.yaml").read_text()
URL = "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent"


def ask(text):
    body = {
        "systemInstruction": {"parts": [{"text": RULES}]},
        "contents": [{"parts": [{"text": text}]}],
    }
    return requests.post(URL, json=body, timeout=20).json()
"""
    + TAIL
)
GENERATED = (
    HEAD
    + """
import requests

RULES = Path("app/prompts/desk.yaml").read_text()


def ask(text):
    body = {"model": "llama3", "system": RULES, "prompt": text, "stream": False}
    return requests.post("https://example.com/api/generate", json=body, timeout=20).json()
"""
    + TAIL
)


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (POSTED, '{"text": text}', f'{{"text": f"{RULES} {{text}}"}}'),
        (GENERATED, '"prompt": text', f'"prompt": f"{RULES} {{text}}"'),
    ],
)
def test_roles_are_told_apart_in_what_is_sent_by_hand(text: str, old: str, new: str) -> None:
    """A request without a library has a place for instructions too."""
    assert old in text
    probe = security.user_input_stays_in_the_user_role

    assert _told(probe, text).holding is Holding.HOLDS
    assert _told(probe, text.replace(old, new)).holding is not Holding.HOLDS


def _told(probe: Probe, text: str) -> Answer:
    prompt = f"text: {RULES}\nclerk:\n  role: {RULES}\n"
    files = {"app/__init__.py": "", "app/prompts/desk.yaml": prompt, "app/main.py": text}
    return probe(survey_of(files))
