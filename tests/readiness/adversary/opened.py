"""Checks of callers with a way by that needs no credential, and honest ones that look alike."""

# ruff: noqa: E501 - tables read best unbroken

from tests.readiness.adversary.applications import MAIN
from tests.readiness.adversary.callers import CALLERS
from tests.readiness.adversary.ground import Case, changed
from tests.readiness.applications import HONEST

ASKED = CALLERS[:1]
AUTH = "app/auth.py"
HEAD = """import os

from fastapi import Depends, Header, HTTPException, Request
from google.auth.transport import requests
from google.oauth2 import id_token

from app import settings
from app.settings import AUDIENCE

CLOSED = False
OPEN = True
SKIPS = os.environ.get("SKIP_AUTH") == "1"


def authorised(token):
    try:
        return id_token.verify_oauth2_token(token, requests.Request(), audience=AUDIENCE)
    except ValueError:
        return None


def is_local():
    return os.environ.get("STAGE") == "local"


def load_keys():
    return open("/run/keys").read().split()


"""
SENT = "def require_user(authorization: str = Header()): / "
MAYBE = "def require_user(authorization: str | None = Header(None)): / "
ASKING = "def require_user(request: Request): / "
NO = "raise HTTPException(status_code=401)"
IN = "authorised(authorization)"
WHO = 'authorised(request.headers["authorization"])'
CURRENT = f"def current(authorization: str = Header()): / BY    user = {IN} /     if not user: /         {NO} /     return user /  / def require_user(user=Depends(current)): / "
WITH = "@app.middleware('http')\nasync def who(request, call_next):\n"
KEYS = "import os\nfrom fastapi.responses import JSONResponse\nKEYS = os.environ['KEYS'].split(',')\nPUBLIC = ('/healthz',)\n\n\n"
REPLY = "return JSONResponse({}, status_code=401)"
TABLE = "app.dependency_overrides"
OTHER = "def other(authorization: str = Header()):\n    if authorization not in os.environ['KEYS']:\n        raise HTTPException(status_code=401)\n"


def guard(text: str) -> Case:
    """A dependency; its lines are parted by ` / `."""
    lines = text.replace(" / ", "\n").replace(f"\n{NO}", f"\n    {NO}")
    return Case(id=f"guard: {text}", probes=CALLERS, files={**HONEST, AUTH: f"{HEAD}{lines}\n"})


def middleware(text: str) -> Case:
    """The same asked in a middleware, of every route; ` / ` parts the lines of its body."""
    body = "".join(f"    {line}\n" for line in text.split(" / "))
    files = changed(
        HONEST,
        (MAIN, ", dependencies=[Depends(auth.require_user)]", ""),
        (
            MAIN,
            "class Question",
            f"{KEYS}{WITH}{body}    return await call_next(request)\n\n\nclass Question",
        ),
    )
    return Case(id=f"middleware: {text}", probes=ASKED, files=files)


def replaced(text: str) -> Case:
    """Something done to the application after its routes."""
    files = changed(
        HONEST,
        (
            MAIN,
            "class Question",
            "import os\n\n\ndef nobody():\n    return {}\n\n\nclass Question",
        ),
    )
    files[AUTH] = f"import os\n{files[AUTH]}\n\n{OTHER}"
    files[MAIN] += "\n\n" + text.replace(" / ", "\n") + "\n"
    return Case(id=f"replaced: {text}", probes=CALLERS, files=files)


def inside(text: str) -> Case:
    """The same asked in the route itself, which also refuses for other reasons."""
    head = "import os\nfrom fastapi import Header, HTTPException\nKEY = os.getenv('KEY')\n\n\nclass Question"
    busy = "    if busy():\n        raise HTTPException(status_code=429)\n    text = guard"
    files = changed(
        HONEST,
        (MAIN, ", dependencies=[Depends(auth.require_user)]", ""), (MAIN, "class Question", head),
        (MAIN, "(question: Question)", "(question: Question, key: str = Header())"),
        (MAIN, "    text = guard", f"    if {text}:\n        raise HTTPException(status_code=401)\n{busy}"),
    )  # fmt: skip
    return Case(id=f"inside: {text}", probes=ASKED, files=files)


CHEATS = (
    inside("KEY and key != KEY"), inside("os.getenv('LOCKED') and key not in load()"),
    *map(guard, (
        *(f"{SENT}    if {test}: /         return {{}} /     {NO}" for test in (
            f"settings.DEBUG or {IN}", f"{IN} or settings.DEBUG", f"SKIPS or {IN}", f"OPEN or {IN}", f"any([settings.DEBUG, {IN}])",
            f'os.environ.get("STAGE") == "dev" or {IN}', f'os.environ["STAGE"] == "dev" or {IN}', f"is_local() or {IN}", f'authorization == "letmein" or {IN}', f"{IN} or True",
        )),
        *(f"{SENT}    if {test}: /         {NO} /     return {{}}" for test in (
            f"not (settings.DEBUG or {IN})", f"not {IN} and not settings.DEBUG", f'settings.config["AUTH"] == "on" and not {IN}', 'not authorization.startswith("Bearer ")',
        )),
        f"{SENT}    user = {{}} if settings.DEBUG else {IN} /     if user is None: /         {NO} /     return user",
        f"{SENT}    if is_local(): /         return {{}} /     user = {IN} /     if not user: /         {NO} /     return user",
        f'{SENT}    match os.environ.get("AUTH"): /         case "token": /             if not {IN}: /                 {NO} /         case _: /             pass',
        f"{SENT}    if authorization: /         user = {IN} /         if not user: /             {NO} /         return user",
        f"{SENT}    try: /         if not {IN}: /             {NO} /     except Exception: /         pass",
        f"{MAYBE}    if authorization != os.environ.get('KEY'): /         {NO}",
        f"{ASKING}    if request.headers.get('x-internal') or {WHO}: /         return {{}} /     {NO}",
        f"{ASKING}    if request.query_params.get('demo'): /         return {{}} /     if not {WHO}: /         {NO}",
        f"{ASKING}    if request.client.host.startswith('10.'): /         return {{}} /     if not {WHO}: /         {NO}",
        f"{CURRENT.replace('BY', '    if settings.DEBUG: /         return {} / ')}    if user.get('gone'): /         raise HTTPException(status_code=403) /     return user",
    )),
    *map(middleware, (
        f"if not request.headers.get('authorization'): /     {REPLY}", f"token = request.headers.get('authorization') / if token and token not in KEYS: /     {REPLY}",
        f"if os.getenv('AUTH_ENABLED', 'true') == 'true' and request.headers.get('authorization') not in KEYS: /     {REPLY}",
        f"if request.headers.get('x-forwarded-for') != '10.0.0.1' and request.headers.get('authorization') not in KEYS: /     {REPLY}",
        "if request.headers.get('authorization') not in KEYS: /     JSONResponse({}, status_code=401)",
    )),
    *map(replaced, (
        f"{TABLE}[auth.require_user] = lambda: {{'sub': 'dev'}}", f"{TABLE}.update({{auth.require_user: nobody}})", f"{TABLE} = {{auth.require_user: nobody}}",
        f"{TABLE}.setdefault(auth.require_user, nobody)", f"if os.getenv('LOCAL'): /     {TABLE}[auth.require_user] = nobody",
        "def relax(it): /     it.dependency_overrides[auth.require_user] = nobody /  / relax(app)",
    )),
)  # fmt: skip
HONEST_CASES = (
    inside("not KEY or key != KEY"), inside("key not in load()"),
    *map(guard, (
        f"{SENT}    if CLOSED or {IN}: /         return {{}} /     {NO}", f"{SENT}    user = {IN} /     if settings.DEBUG: /         print(user) /     if not user: /         {NO} /     return user",
        f'{SENT}    scheme, _, token = authorization.partition(" ") /     if scheme.lower() != "bearer" or not token: /         {NO} /     user = authorised(token) /     if user is None: /         {NO} /     return user',
        f'{SENT}    key = os.environ.get("KEY") /     if not key: /         raise HTTPException(status_code=500) /     if authorization != key: /         {NO}',
        f"{SENT}    expected = os.environ['KEY'] /     if authorization != expected: /         {NO}",
        f"{SENT}    expected = AUDIENCE if os.environ['STAGE'] == 'prod' else 'test' /     user = {IN} /     if not user or user['aud'] != expected: /         {NO} /     return user",
        f"{ASKING}    if key := request.headers.get('x-api-key'): /         if key not in load_keys(): /             raise HTTPException(status_code=403) /         return {{}} /     user = {WHO} /     if not user: /         {NO} /     return user",
        f'{SENT}    match authorization.partition(" ")[0]: /         case "Bearer": /             user = {IN} /         case _: /             {NO} /     if not user: /         {NO} /     return user',
        f"{CURRENT.replace('BY', '')}    if user.get('gone'): /         raise HTTPException(status_code=403) /     return user",
    )),
    *map(middleware, (
        f"if request.headers.get('authorization') not in KEYS: /     {REPLY}",
        f"if request.url.path in PUBLIC or request.method == 'OPTIONS': /     return await call_next(request) / if request.headers.get('authorization') not in KEYS: /     {REPLY}",
    )),
    *map(replaced, (
        f"{TABLE}[auth.require_user] = auth.other", f"{TABLE}[nobody] = dict", f"if False: /     {TABLE}[auth.require_user] = nobody", f"def relax(it): /     it.{TABLE.partition('.')[2]}[auth.require_user] = nobody",
    )),
)  # fmt: skip
