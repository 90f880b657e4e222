"""Checks of callers that let everybody by, and honest ones in other shapes."""

# ruff: noqa: E501 - tables read best unbroken

from tenken.readiness.probes import security
from tests.readiness.adversary.applications import MAIN, cheat
from tests.readiness.adversary.ground import Case
from tests.readiness.applications import HONEST

CALLERS = (security.routes_require_a_user, security.callers_are_verified)
VERIFIED = security.callers_are_verified
AUTH = "app/auth.py"
REFUSES = "        raise HTTPException(status_code=401) from error"
BEARER = """import os

import jwt
from fastapi import Depends, Header, HTTPException
from fastapi.security import HTTPBearer

bearer = HTTPBearer(auto_error=False)
KEY = os.environ["JWT_KEY"]
OPEN = True


def require_user(token=Depends(bearer)):
BODY
"""
DECODES = 'jwt.decode(token.credentials, KEY, algorithms=["HS256"])'
ASKS = "if token is None: /     raise HTTPException(status_code=401)"
APP = "app = FastAPI()\n"
CORS = 'from fastapi.middleware.cors import CORSMiddleware\nORIGINS = ["*"]\napp.add_middleware(CORSMiddleware, SETTINGS)\n'

OTHER_DOOR = {
    "app/tools/access.py": """import jwt


class Tokens:
    def __init__(self, keys, issuer):
        self._keys, self._issuer = keys, issuer

    def validate(self, token):
        key = self._keys.get_signing_key_from_jwt(token)
        return jwt.decode(token, key, algorithms=["RS256"], issuer=self._issuer, audience="tools")
""",
    "app/tools/server.py": """from app.settings import settings
from app.tools.access import Tokens


def tools(served):
    if settings.issuer and settings.tools_ask:
        served.token_verifier = Tokens(settings.keys, settings.issuer)
    return served
""",
    MAIN: """from litestar import Litestar, post
from openai import OpenAI


@post("/chat")
async def chat(data: dict) -> str:
    asked = [{"role": "user", "content": data["text"]}]
    answer = OpenAI().chat.completions.create(model="gpt-4o-mini-2024-07-18", messages=asked)
    return answer.choices[0].message.content


app = Litestar(route_handlers=[chat])
""",
}
"""Tokens are checked for tools alone, where two settings are on; the door to the model asks nobody."""


def bearer(body: str) -> Case:
    """An optional token, and what is done with it; its lines are parted by ` / `."""
    lines = "".join(f"    {line}\n" for line in body.split(" / "))
    files = {**HONEST, AUTH: BEARER.replace("BODY", lines)}
    return Case(id=f"bearer: {body}", probes=CALLERS, files=files)


def cors(settings: str) -> Case:
    """Which websites may ask."""
    return cheat(
        f"cors {settings}", VERIFIED, (MAIN, APP, APP + CORS.replace("SETTINGS", settings))
    )


CHEATS = (
    *(cheat(f"a failed check: {end.strip()}", CALLERS, (AUTH, REFUSES, end)) for end in (
        "        return None", "        return {}", "        return False", "        pass", "        print(error)", "        HTTPException(status_code=401)",
        "        return HTTPException(status_code=401)", '        return JSONResponse({"error": "no"}, status_code=401)', '        return {"error": "no"}, 401', '        return User(name="guest")',
    )),
    *map(bearer, (
        "return token", f"if token is None: /     return None / return {DECODES}", f"if token: /     return {DECODES} / return {{}}", f"if token and not {DECODES}: /     raise HTTPException(status_code=401)",
        f"try: /     {DECODES} / except Exception: /     pass / return token", f"if OPEN: /     return {{}} / {ASKS} / return {DECODES}",
    )),
    cheat("nothing sent is nobody", CALLERS, (AUTH, "authorization: str = Header()", 'authorization: str = Header(default="")'), (AUTH, "    try:", "    if not authorization:\n        return {}\n    try:")),
    *map(cors, ('allow_origins=["*"], allow_credentials=True', "allow_origins=ORIGINS, allow_credentials=True", 'allow_origin_regex=".*", allow_credentials=True')),
    Case(id="a check at another door", probes=CALLERS, files=OTHER_DOOR),
    Case(id="a check at no door", probes=CALLERS, files={**OTHER_DOOR, "app/tools/server.py": ""}),
    Case(id="a key in the code", probes=(VERIFIED,), files=bearer(f"{ASKS} / return {DECODES.replace('KEY', repr('secret'))}").files),
)  # fmt: skip
HONEST_CASES = (
    *map(bearer, (
        f"{ASKS} / return {DECODES}", f"{ASKS} / try: /     return {DECODES} / except jwt.PyJWTError: /     raise HTTPException(status_code=401)",
        f"try: /     return {DECODES} / except Exception as error: /     raise HTTPException(status_code=401) from error",
        f"user = None / if token: /     user = {DECODES} / if user is None: /     raise HTTPException(status_code=401) / return user",
    )),
    cheat("the route refuses", CALLERS, (AUTH, REFUSES, "        return None"), (MAIN, "dependencies=[Depends(auth.require_user)])\nasync def create(question: Question)", ")\nasync def create(question: Question, user=Depends(auth.require_user))"), (MAIN, "    text = guard", "    if user is None:\n        raise HTTPException(status_code=401)\n    text = guard"), (MAIN, "import Depends", "import Depends, HTTPException")),
    cheat("another function refuses", CALLERS, (AUTH, REFUSES, "        refuse(error)\n\n\ndef refuse(error):\n    raise HTTPException(status_code=401) from error")),
    *map(cors, ('allow_origins=["*"], allow_credentials=False', 'allow_origins=["*"]', 'allow_origins=["https://desk.example.jp"], allow_credentials=True')),
)  # fmt: skip
