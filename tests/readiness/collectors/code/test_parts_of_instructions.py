"""Instructions put together from parts are followed to where each part is written."""

# ruff: noqa: E501 - tables read best with one case a line

import pytest

from tenken.evidence import Holding
from tenken.readiness.facts.code import PromptSource
from tenken.readiness.probes import security
from tests.readiness.applications import facts_of, survey_of

TEXT = "You answer questions about the menu of one restaurant."
LOADED = """
from pathlib import Path
from fastapi import FastAPI
from openai import OpenAI
app = FastAPI()
client = OpenAI()

def load():
    return Path("prompts/system.md").read_text(), "v1"

@app.post("/ask")
def ask(question: str):
    text, version = load()
    messages = [{"role": "system", "content": text}, {"role": "user", "content": question}]
    return client.chat.completions.create(model="m", messages=messages)
"""
UNPACKED = [
    pytest.param(LOADED, Holding.HOLDS, id="first"),
    pytest.param(LOADED.replace("text, version", "text, version, *more"), Holding.UNKNOWN,
        id="more-than-it-gives"),
    pytest.param(
        LOADED.replace("load():", "load(q):").replace("load()", "load(question)")
        .replace("read_text(), ", "read_text() + q, "),
        Holding.FAILS, id="with-what-the-user-wrote",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), UNPACKED)
def test_what_a_function_gives_back_beside_something_else(source: str, expected: Holding) -> None:
    """`text, version = load()`: the text is followed to where it is written."""
    survey = survey_of({"a.py": source, "prompts/system.md": TEXT})

    assert security.user_input_stays_in_the_user_role(survey).holding is expected


LISTED = f"""
from langchain_core.messages import SystemMessage
from langchain_openai import ChatOpenAI
llm = ChatOpenAI(model="m")

def answer(history):
    messages = [SystemMessage(content="{TEXT}")]
    messages.extend(history)
    return llm.invoke(messages)
"""


def test_a_list_that_opens_with_the_systems_message_is_no_text_of_the_user() -> None:
    """Handed to a model whole, each of its messages keeps its role."""
    (prompt,) = facts_of({"a.py": LISTED}).prompts

    assert not prompt.in_user_role


FAR = """
import os
from openai import OpenAI
client = OpenAI()
BASE = os.path.dirname(os.path.abspath(__file__))
PROMPT = os.path.join(BASE, "prompts", "answer.txt")

def loaded(path):
    with open(path, encoding="utf-8") as file:
        return file.read()

def built(**fields):
    return loaded(PROMPT).format(**fields)

def answer(question):
    return client.responses.create(model="m", instructions=built(shop="a"), input=question)
"""
ENTRY = """
import yaml
from openai import OpenAI
client = OpenAI()
with open("config.yaml") as file:
    config = yaml.safe_load(file)
PROMPTS = config.get("prompts", {})
ANSWER = PROMPTS.get("answer")

def answer(question):
    return client.responses.create(model="m", instructions=ANSWER, input=question)
"""
KEPT = [
    pytest.param(FAR, PromptSource.FILE, id="through-two-functions-and-a-joined-path"),
    pytest.param(FAR.replace('"answer.txt"', '"gone.txt"'), PromptSource.ABSENT, id="not-here"),
    pytest.param(ENTRY, PromptSource.FILE, id="entry-of-a-file-of-settings"),
    pytest.param(
        ENTRY.replace('get("prompts", {})', 'x["prompts"]').replace('get("answer")', 'x["answer"]')
        .replace(".x[", "["),
        PromptSource.FILE, id="entry-by-subscript",
    ),
    pytest.param(
        ENTRY.replace('"config.yaml"', '"/etc/desk/config.yaml"'), None, id="of-a-machine"
    ),
    pytest.param(ENTRY.replace("yaml.safe_load(file)", "fetch()"), None, id="from-somewhere"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), KEPT)
def test_a_text_is_followed_to_the_file_it_stands_in(
    source: str, expected: PromptSource | None
) -> None:
    """However many steps lead there."""
    files = {
        "a.py": source,
        "prompts/answer.txt": TEXT,
        "config.yaml": f"prompts: {{answer: {TEXT}}}",
    }

    assert [one.source for one in facts_of(files).prompts] == ([expected] if expected else [])


CHAINED = f"""
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnablePassthrough
from langchain_openai import ChatOpenAI
llm = ChatOpenAI(model="m")
prompt = ChatPromptTemplate.from_template("{TEXT} {{question}}")
chain = CHAIN
chain.invoke("x")
"""


@pytest.mark.parametrize(
    "chain",
    [
        "prompt | llm",
        "RunnablePassthrough() | prompt | llm | str",
        "{'question': f} | prompt | llm",
    ],
)
def test_a_template_is_found_wherever_it_stands_in_a_chain(chain: str) -> None:
    """`a | b | c` is a chain of a chain."""
    (prompt,) = facts_of({"a.py": CHAINED.replace("CHAIN", chain)}).prompts

    assert prompt.is_template


GATHERED = f"""
from openai import OpenAI
client = OpenAI()
MORE = "Prices are in yen and never guessed; say so when you do not know."

def built(history):
    parts = ["{TEXT}"]
    parts.append(MORE)
    return "\\\\n".join(parts)

def answer(question, history):
    return client.responses.create(model="m", instructions=built(history), input=question)
"""
OPEN = GATHERED.replace("parts.append(MORE)", "parts.append(MORE)\n    parts.append(history[-1])")
PARTS = [
    pytest.param(GATHERED, Holding.HOLDS, 2, id="appended"),
    pytest.param(GATHERED.replace("parts.append(MORE)", "parts += [MORE]"), Holding.HOLDS, 2, id="added"),
    pytest.param(GATHERED.replace("parts.append(MORE)", "parts.extend([MORE])"), Holding.HOLDS, 2, id="extended"),
    pytest.param(OPEN, Holding.PARTLY, 3, id="with-what-somebody-said"),
    pytest.param(GATHERED.replace("parts.append(MORE)", "others.append(MORE)"), Holding.HOLDS, 1, id="elsewhere"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "expected", "count"), PARTS)
def test_a_text_may_be_gathered_in_a_list(source: str, expected: Holding, count: int) -> None:
    """Each part is a text; what is not fixed among them makes the whole composed."""
    assert len(facts_of({"a.py": source}).prompts) == count
    assert (
        security.user_input_stays_in_the_user_role(survey_of({"a.py": source})).holding is expected
    )


ASIDE = f"""
import asyncio
from openai import AsyncOpenAI
client = AsyncOpenAI()

async def built():
    return "{TEXT}"

async def answer(question):
    text, known = await asyncio.gather(built(), fetch(question))
    return await client.responses.create(model="m", instructions=text, input=question)
"""


def test_what_is_waited_for_with_others_is_followed() -> None:
    """`a, b = await asyncio.gather(first(), second())`."""
    (prompt,) = facts_of({"a.py": ASIDE}).prompts

    assert prompt.length == len(TEXT)
