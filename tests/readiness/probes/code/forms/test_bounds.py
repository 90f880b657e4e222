"""Bounds on what comes in, in the forms types and parameters set them in."""

import pytest

from tests.readiness.applications import facts_of

HEAD = """
import openai
from fastapi import FastAPI, Form
from flask import Flask, jsonify, request
from pydantic import BaseModel, Field

client = openai.OpenAI(timeout=20)
app = FastAPI()
flask = Flask(__name__)


def ask(text: str) -> str:
    return client.responses.create(model="gpt-4.1", input=text).output_text

"""
BODY = """

@app.post("/ask")
def answer(body: Body) -> str:
    return ask(body.text)
"""
FORM = """
@app.post("/ask")
def answer(text: str = Form(max_length=2000)) -> str:
    return ask(text)
"""
CHECKED = """
@flask.route("/ask", methods=["POST"])
def answer():
    text = request.json["text"]
    if len(text) > 2000:
        return jsonify({"error": "too long"}), 400
    return ask(text)
"""
ALIAS = """
from typing import Annotated

from pydantic import StringConstraints

Short = Annotated[str, StringConstraints(max_length=2000)]


class Body(BaseModel):
    text: Short
"""
PARENT = """
class Base(BaseModel):
    text: str = Field(max_length=2000)


class Body(Base):
    more: bool = False
"""
FORMS = [ALIAS + BODY, PARENT + BODY, FORM, CHECKED]


@pytest.mark.parametrize("form", FORMS)
def test_a_bound_is_found_where_a_type_leads_to_it(form: str) -> None:
    """A name that stands for a type, the class above, a default, a check of the request."""
    assert _bounded(form)
    free = form.replace("max_length=2000", "title='Text'").replace("len(text) > 2000", "not text")
    assert not _bounded(free)


def _bounded(form: str) -> bool:
    routes = facts_of({"main.py": HEAD + form}).routes
    assert [one.reaches_model for one in routes] == [True]
    return routes[0].validates_input
