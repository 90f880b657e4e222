"""A door that asks through functions: what they make or raise is what refuses."""

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes import security
from tests.readiness.applications import survey_of

ROUTES = """
from fastapi import FastAPI
from app import users
from app.users import CurrentUser
from openai import OpenAI
app = FastAPI()
@app.post("/ask")
def ask(text: str, user: PARAMETER):
    return OpenAI().responses.create(model="m", input=text)
"""
USERS = """
from typing import Annotated, TypeAlias
from fastapi import Depends, HTTPException, Request, status
import jwt
HELPER
def get_user(request: Request):
    token = request.headers.get("authorization", "")
    if not token:
        REFUSE
    try:
        return jwt.decode(token, KEY, algorithms=["RS256"], audience="desk")
    except jwt.InvalidTokenError as error:
        REFUSE
def limited(user: Annotated[dict, Depends(get_user)]):
    return user
ALIAS
"""
MAKES = "def no():\n    return HTTPException(status_code=status.HTTP_401_UNAUTHORIZED)"
RAISES = "def no():\n    raise HTTPException(403)"
EITHER = """def no(gone=None):
    if gone:
        return HTTPException(404)
    return HTTPException(401)"""
ALIAS = "CurrentUser = Annotated[dict, Depends(limited)]"


def _asks(helper: str, refuse: str, parameter: str = "CurrentUser", alias: str = ALIAS) -> bool:
    users = USERS.replace("HELPER", helper).replace("REFUSE", refuse).replace("ALIAS", alias)
    survey = survey_of(
        {
            "app/__init__.py": "",
            "app/main.py": ROUTES.replace("PARAMETER", parameter),
            "app/users.py": users,
        }
    )
    return security.routes_require_a_user(survey).holding is Holding.HOLDS


@pytest.mark.parametrize(
    ("helper", "refuse"),
    [
        (MAKES, "raise no()"),
        ("def no(why):\n    made = HTTPException(401, why)\n    return made", "raise no('x')"),
        ("def no(why):\n    raise HTTPException(401, why)", "no('x')"),
        (RAISES, "no()"),
    ],
)
def test_a_helper_that_makes_or_raises_the_refusal(helper: str, refuse: str) -> None:
    """Whoever has no credential is stopped by it."""
    assert _asks(helper, refuse)


@pytest.mark.parametrize(
    ("helper", "refuse"),
    [
        (MAKES, "no()"),  # made, never raised
        (RAISES, "no"),  # never called
        ("def no():\n    pass", "no()"),
        ("def no():\n    return HTTPException(429)", "raise no()"),
        (EITHER, "raise no()"),
        ("def no():\n    if DEBUG: return\n    raise HTTPException(401)", "no()"),
    ],
)
def test_a_helper_that_stops_nobody(helper: str, refuse: str) -> None:
    """Or somebody for another reason, or only under a setting."""
    assert not _asks(helper, refuse)


@pytest.mark.parametrize(
    ("parameter", "alias"),
    [
        ("Annotated[dict, Depends(users.limited)]", ALIAS),
        ("users.CurrentUser", ALIAS),
        ("CurrentUser", ALIAS.replace(" =", ": TypeAlias =")),
        ("CurrentUser", f"{ALIAS.replace('CurrentUser', 'User')}\nCurrentUser = User"),
    ],
)
def test_a_door_by_any_name(parameter: str, alias: str) -> None:
    """An alias, one of a module, one that stands for another."""
    parameter = parameter.replace("Annotated", "users.Annotated").replace("Dep", "users.Dep")
    assert _asks(MAKES, "raise no()", parameter, alias)
    assert not _asks(MAKES, "return None", parameter, alias)
