"""Doors in the forms frameworks are told of them, and how each asks who is there."""

import pytest

from tenken.readiness.facts.code import Auth, Route
from tests.readiness.applications import facts_of

MODEL = """
import openai

client = openai.OpenAI(timeout=20)


def ask(text: str) -> str:
    return client.responses.create(model="gpt-4.1", input=text).output_text
"""
FAST = """
import hashlib
import hmac
import os

from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Request

from app.llm import ask

"""
OWN_ERROR = (
    FAST
    + """
app = FastAPI()


class NoToken(HTTPException):
    def __init__(self) -> None:
        super().__init__(status_code=401, detail="no token")


def user(authorization: str = Header()) -> str:
    if authorization != os.environ["TOKEN"]:
        raise NoToken()
    return "user"


@app.post("/ask")
def answer(text: str, who: str = Depends(user)) -> str:
    return ask(text)
"""
)
HANDLED = (
    FAST
    + """
from fastapi.responses import JSONResponse

app = FastAPI()


class NoToken(Exception): ...


@app.exception_handler(NoToken)
def told(request, error):
    return JSONResponse(status_code=401, content={})


def user(authorization: str = Header()) -> str:
    if authorization != os.environ["TOKEN"]:
        raise NoToken
    return "user"


@app.post("/ask")
def answer(text: str, who: str = Depends(user)) -> str:
    return ask(text)
"""
)
NESTED = (
    FAST
    + """
def user(authorization: str = Header()) -> str:
    if authorization != os.environ["TOKEN"]:
        raise HTTPException(status_code=401)
    return "user"


inner = APIRouter()
outer = APIRouter()


@inner.post("/ask")
def answer(text: str) -> str:
    return ask(text)


outer.include_router(inner)
app = FastAPI()
app.include_router(outer, dependencies=[Depends(user)])
"""
)
SIGNED = (
    FAST
    + """
app = FastAPI()


def is_signed(body: bytes, signature: str) -> bool:
    made = hmac.new(os.environ["KEY"].encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(made, signature)


@app.post("/hook")
async def hook(request: Request) -> str:
    body = await request.body()
    if not is_signed(body, request.headers["x-signature"]):
        raise HTTPException(status_code=400, detail="signature")
    return ask(body.decode())
"""
)
LINE = """
import os

from flask import Flask, abort, request
from linebot.v3 import WebhookHandler
from linebot.v3.exceptions import InvalidSignatureError
from linebot.v3.webhooks import MessageEvent

from app.llm import ask

app = Flask(__name__)
handler = WebhookHandler(os.environ["SECRET"])


@app.post("/callback-of-line")
def webhook():
    try:
        handler.handle(request.get_data(as_text=True), request.headers["X-Line-Signature"])
    except InvalidSignatureError:
        abort(400)
    return "OK"


@handler.add(MessageEvent)
def on_message(event):
    ask(event.message.text)
"""
SLACK = """
import os

from slack_bolt import App

from app.llm import ask

app = App(token=os.environ["TOKEN"], signing_secret=os.environ["SECRET"])


@app.event("app_mention")
def mentioned(event, say):
    say(ask(event["text"]))
"""
VIEW = """
from django.urls import path
from rest_framework.views import APIView

from app.llm import ask


class Ask(APIView):
    def post(self, request):
        return ask(request.data["text"])


urlpatterns = [path("ask", Ask.as_view())]
REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
}
"""
SET = """
from rest_framework import routers, viewsets
from rest_framework.permissions import IsAuthenticated

from app.llm import ask


class Ask(viewsets.ModelViewSet):
    permission_classes = [IsAuthenticated]

    def create(self, request):
        return ask(request.data["text"])


router = routers.DefaultRouter()
router.register("ask", Ask)
"""
PLAIN_VIEW = """
from django.urls import path

from app.llm import ask


def answer(request):
    return ask(request.POST["text"])


urlpatterns = [path("ask", answer)]
MIDDLEWARE = ["django.contrib.auth.middleware.LoginRequiredMiddleware"]
"""
NINJA = """
import os

from ninja import NinjaAPI
from ninja.security import HttpBearer

from app.llm import ask


class Tokens(HttpBearer):
    def authenticate(self, request, token):
        if token == os.environ["TOKEN"]:
            return token


api = NinjaAPI(auth=Tokens())


@api.post("/ask")
def answer(request, text: str) -> str:
    return ask(text)
"""
RESOURCE = """
from flask import Flask, request
from flask_jwt_extended import jwt_required
from flask_restful import Api, Resource

from app.llm import ask


class Ask(Resource):
    @jwt_required()
    def post(self):
        return ask(request.json["text"])


app = Flask(__name__)
Api(app).add_resource(Ask, "/ask")
"""
AIOHTTP = """
import os

from aiohttp import web

from app.llm import ask


@web.middleware
async def only_known(request, handler):
    if request.headers.get("Authorization") != os.environ["TOKEN"]:
        raise web.HTTPUnauthorized()
    return await handler(request)


async def answer(request):
    return web.Response(text=ask(await request.text()))


app = web.Application(middlewares=[only_known])
app.router.add_post("/ask", answer)
"""
PAGE = """
import streamlit as st

from app.llm import ask

if not st.user.is_logged_in:
    st.button("Log in", on_click=st.login)
    st.stop()

if text := st.chat_input("Ask"):
    st.write(ask(text))
"""
PASSWORD = """
import hmac

import streamlit as st

from app.llm import ask


def is_known() -> bool:
    typed = st.text_input("Password", type="password")
    return hmac.compare_digest(typed, st.secrets["password"])


if not is_known():
    st.stop()

if text := st.chat_input("Ask"):
    st.write(ask(text))
"""
MOUNTED = (
    FAST
    + """
import gradio as gr


def user(request: Request) -> str:
    if "user" not in request.session:
        raise HTTPException(status_code=401)
    return request.session["user"]


def answer(text, history):
    return ask(text)


app = gr.mount_gradio_app(FastAPI(), gr.ChatInterface(answer), path="/", auth_dependency=user)
"""
)
FORMS = {
    "an error of its own": OWN_ERROR, "an error that is handled so": HANDLED,
    "a router within a router": NESTED, "a signed request": SIGNED, "LINE": LINE, "Slack": SLACK,
    "permissions by default": VIEW, "a view set": SET, "a middleware of Django": PLAIN_VIEW,
    "django-ninja": NINJA, "a resource": RESOURCE, "aiohttp": AIOHTTP, "a login": PAGE,
    "a password": PASSWORD, "a mounted interface": MOUNTED,
}  # fmt: skip
SPOILED = [
    pytest.param(OWN_ERROR, "status_code=401", "status_code=404", id="another code"),
    pytest.param(HANDLED, "status_code=401", "status_code=200", id="handled as if well"),
    pytest.param(NESTED, "outer.include_router(inner)", "print(inner)", id="not within it"),
    pytest.param(SIGNED, 'raise HTTPException(status_code=400, detail="signature")',
                 "print('signature')", id="only told"),
    pytest.param(SIGNED, "return hmac.compare_digest(made, signature)", "return bool(signature)",
                 id="nothing compared"),
    pytest.param(LINE, "        handler.handle(", "        print(", id="never handled"),
    pytest.param(SLACK, 'signing_secret=os.environ["SECRET"]',
                 "request_verification_enabled=False", id="switched off"),
    pytest.param(VIEW, "IsAuthenticated", "AllowAny", id="open by default"),
    pytest.param(VIEW, "    def post", "    permission_classes = []\n\n    def post",
                 id="opened here"),
    pytest.param(SET, "[IsAuthenticated]", "[]", id="an open set"),
    pytest.param(PLAIN_VIEW, "LoginRequiredMiddleware", "AuthenticationMiddleware",
                 id="a middleware that asks nobody"),
    pytest.param(PLAIN_VIEW, "def answer", "@login_not_required\ndef answer", id="taken out"),
    pytest.param(NINJA, "NinjaAPI(auth=Tokens())", "NinjaAPI()", id="not asked"),
    pytest.param(RESOURCE, "    @jwt_required()\n", "", id="an open resource"),
    pytest.param(AIOHTTP, "raise web.HTTPUnauthorized()", "print(request)", id="let by"),
    pytest.param(PAGE, "    st.stop()\n", "", id="goes on"),
    pytest.param(PASSWORD, 'hmac.compare_digest(typed, st.secrets["password"])', "bool(typed)",
                 id="any password"),
    pytest.param(MOUNTED, ", auth_dependency=user", "", id="nobody asked"),
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_it_asks_who_is_there(form: str) -> None:
    """In the way its framework has for it."""
    doors = _doors(FORMS[form])

    assert doors
    assert {one.auth for one in doors} == {Auth.REQUIRED}


@pytest.mark.parametrize(("text", "old", "new"), SPOILED)
def test_what_only_looks_so_does_not_ask(text: str, old: str, new: str) -> None:
    """It is there, and stops nobody."""
    assert old in text
    assert Auth.REQUIRED not in {one.auth for one in _doors(text.replace(old, new))}


def _doors(main: str) -> tuple[Route, ...]:
    routes = facts_of({"app/__init__.py": "", "app/llm.py": MODEL, "app/main.py": main}).routes
    return tuple(one for one in routes if not one.is_open_by_design)
