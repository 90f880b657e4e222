"""Answers that are parsed for show, and honest ways to hold them against a schema."""

# ruff: noqa: E501 - tables read best unbroken

from tenken.readiness.probes import security
from tests.readiness.adversary.ground import Case

PARSED = (security.outputs_are_parsed,)
CALL = 'client.chat.completions.create(model="gpt-4.1-mini", messages=[{"role": "user", "content": question}]MORE)'
ASK = """import contextlib
import json

from openai import OpenAI
from pydantic import BaseModel, ValidationError

client = OpenAI(timeout=20)


class Reply(BaseModel):
    text: str


def ask(question):
    response = CALL
    raw = response.choices[0].message.content
"""
GEMINI = """from google import genai
from pydantic import BaseModel

client = genai.Client()


class Reply(BaseModel):
    text: str


def ask(question):
    return client.models.generate_content(model="gemini-2.5-flash", contents=question, config=CONFIG).ATTRIBUTE
"""
CHAIN = """from langchain_openai import ChatOpenAI
from pydantic import BaseModel

model = ChatOpenAI(model="gpt-4.1-mini")


class Reply(BaseModel):
    text: str


def ask(question):
    return model.with_structured_output(Reply, include_raw=True).invoke(question)ITEM
"""


def answered(id_: str, body: str = "return raw", more: str = "") -> Case:
    """A function that asks a model and does this with the answer; its lines are parted by ` / `."""
    asked = ASK.replace("CALL", CALL.replace("MORE", more and f", {more}"))
    lines = "".join(f"    {line}\n" for line in body.replace(" / ", "\n").split("\n"))
    return Case(
        id=f"{id_} {body} {more}".strip(), probes=PARSED, files={"app/llm.py": asked + lines}
    )


def gemini(config: str, attribute: str) -> Case:
    """The same with the settings in a table."""
    text = GEMINI.replace("CONFIG", config).replace("ATTRIBUTE", attribute)
    return Case(id=f"gemini {config}", probes=PARSED, files={"app/llm.py": text})


def chain(item: str) -> Case:
    """A model that gives back both forms."""
    return Case(
        id=f"chain {item}", probes=PARSED, files={"app/llm.py": CHAIN.replace("ITEM", item)}
    )


CHEATS = (
    *(answered("parses:", body) for body in (
        "reply = Reply.model_validate_json(raw) / return raw",
        "try: /     Reply.model_validate_json(raw) / except Exception: /     pass / return raw",
        "try: /     return Reply.model_validate_json(raw) / except ValidationError: /     return raw",
        "try: /     text = Reply.model_validate_json(raw).text / except ValidationError: /     print('odd') /     text = raw / return text",
        "try: /     return Reply.model_validate_json(raw).text / except ValueError: /     return f'Answer: {raw.strip()}'",
        "with contextlib.suppress(ValidationError): /     Reply.model_validate_json(raw) / return {'text': raw}",
        "if False: /     return Reply.model_validate_json(raw) / return raw",
        "return raw / return Reply.model_validate_json(raw)",
        "Reply.model_validate_json('{\"text\": \"fine\"}') / return raw",
        "return Reply.model_validate({'text': raw})",
        "return Reply.model_construct(text=raw)",
    )),
    *(answered("asks for", more=more) for more in (
        'response_format={"type": "text"}', "response_format=None", 'response_format={"type": "json_object"}', 'tool_choice="none"', 'tool_choice="auto", tools=[]',
    )),
    gemini('{"response_mime_type": "text/plain"}', "text"),
    gemini('{"response_mime_type": "application/json"}', "text"),
    chain('["raw"].content'),
)  # fmt: skip
HONEST_CASES = (
    *(answered("parses:", body) for body in (
        "return Reply.model_validate_json(raw)",
        "Reply.model_validate_json(raw) / return json.loads(raw)",
        "try: /     return Reply.model_validate_json(raw) / except ValidationError as error: /     raise ValueError('odd') from error",
        "try: /     return Reply.model_validate_json(raw) / except ValidationError: /     return None",
        "try: /     reply = Reply.model_validate_json(raw) / except ValidationError: /     reply = Reply(text='Please ask again') / return reply.text",
        "for turn in range(3): /     try: /         return Reply.model_validate_json(raw) /     except ValidationError: /         continue / raise ValueError",
        "reply = Reply.model_validate_json(tidy(raw)) / return reply",
    )),
    answered("asks for", "return json.loads(raw)", 'response_format={"type": "json_object"}'),
    answered("asks for", more='response_format={"type": "json_schema", "json_schema": {"name": "reply", "schema": {}}}'),
    answered("asks for", more='tool_choice={"type": "function", "function": {"name": "reply"}}'),
    gemini('{"response_mime_type": "application/json", "response_schema": Reply}', "parsed"),
    chain('["parsed"]'),
)  # fmt: skip
