"""Functions that something else runs are on the way from a route to a model."""

import pytest

from tests.readiness.applications import facts_of

MODEL = """
import openai

client = openai.AsyncOpenAI(timeout=20)


class Desk:
    async def ask(self, text: str) -> str:
        answer = await client.responses.create(model="gpt-4.1", input=text)
        return answer.output_text
"""
HEAD = """
import asyncio
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request

from app.llm import Desk

"""
KEPT = (
    HEAD
    + """
@asynccontextmanager
async def lifespan(app):
    app.state.desk = Desk()
    yield


app = FastAPI(lifespan=lifespan)


@app.post("/ask")
async def ask(text: str, request: Request) -> str:
    desk = getattr(request.app.state, "desk", None)
    return await desk.ask(text)
"""
)
GIVEN = (
    HEAD
    + """
@asynccontextmanager
async def lifespan(app):
    yield {"desk": Desk()}


app = FastAPI(lifespan=lifespan)


@app.post("/ask")
async def ask(text: str, request: Request) -> str:
    return await request.state.desk.ask(text)
"""
)
QUEUED = (
    HEAD
    + """
from celery import Celery

app = FastAPI()
worker = Celery("desk")


@worker.task
def work(text: str) -> str:
    return asyncio.run(Desk().ask(text))


@app.post("/ask")
async def ask(text: str) -> None:
    work.delay(text)
"""
)
GRAPH = (
    HEAD
    + """
from langgraph.graph import StateGraph

app = FastAPI()


class Agent:
    def __init__(self) -> None:
        steps = StateGraph(dict)
        steps.add_node("answer", self.answer)
        self.graph = steps.compile()

    async def answer(self, state: dict) -> dict:
        return {"answer": await Desk().ask(state["text"])}


agent = Agent()


@app.post("/ask")
async def ask(text: str) -> dict:
    return await agent.graph.ainvoke({"text": text})
"""
)
TABLE = (
    HEAD
    + """
app = FastAPI()


async def short(text: str) -> str:
    return await Desk().ask(text)


async def silent(text: str) -> str:
    return ""


FORMS = {"short": short, "silent": silent}


@app.post("/ask")
async def ask(text: str, form: str) -> str:
    return await FORMS[form](text)
"""
)
LOOKED_UP = TABLE.replace("await FORMS[form](text)", "await found(text)").replace(
    "form: str) -> str:\n", "form: str) -> str:\n    found = FORMS.get(form)\n"
)
TOLD = (
    HEAD
    + """
app = FastAPI()


async def ask(text: str) -> str:
    return await Desk().ask(text)


app.add_api_route("/ask", ask, methods=["POST"])
"""
)
FORMS = {
    "kept by the application": KEPT, "given by its life span": GIVEN, "queued": QUEUED,
    "a node of a graph": GRAPH, "taken from a table": TABLE, "told by a call": TOLD,
    "looked up in a table": LOOKED_UP,
}  # fmt: skip
SPOILED = [
    pytest.param(KEPT, '"desk", None', '"other", None', id="another attribute"),
    pytest.param(GIVEN, '{"desk": Desk()}', '{"other": Desk()}', id="another key"),
    pytest.param(QUEUED, "work.delay(text)", "print(text)", id="never queued"),
    pytest.param(GRAPH, 'steps.add_node("answer", self.answer)', "steps.validate()",
                 id="no node of it"),
    pytest.param(GRAPH, "await agent.graph.ainvoke", "dict", id="never run"),
    pytest.param(TABLE, '{"short": short, ', "{", id="not in the table"),
    pytest.param(LOOKED_UP, '{"short": short, ', "{", id="not there"),
    pytest.param(TOLD, "app.add_api_route(", "print(", id="never told"),
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_the_route_reaches_the_model(form: str) -> None:
    """Whoever runs the function stands between."""
    assert _reaches(FORMS[form])


@pytest.mark.parametrize(("main", "old", "new"), SPOILED)
def test_what_nobody_runs_is_not_reached(main: str, old: str, new: str) -> None:
    """Holding a function is not running it."""
    assert old in main
    assert not _reaches(main.replace(old, new))


def _reaches(main: str) -> bool:
    files = {"app/__init__.py": "", "app/llm.py": MODEL, "app/main.py": main}
    return any(one.reaches_model for one in facts_of(files).routes)
