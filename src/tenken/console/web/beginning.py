"""A session begins: one that nobody could know before, and the one that was brought ends."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tenken.console.desk import Desk
from tenken.console.doors import secret
from tenken.console.visitor import cookie, cookie_name
from tenken.store.people.audit import Audit, Entry
from tenken.store.people.people import People, Session

HOUR_US = 3_600_000_000


def begun(desk: Desk, request: Request, name: str, *, to: str, issuer: str = "") -> Response:
    """Begin it, and send somebody where they wanted to go."""
    ended(desk, request)
    now, made = desk.now(), secret.made(desk.chance)
    hours = desk.serving.manifest().application.console.hours
    session = Session(
        user=name, created_at=now, seen_at=now, expires_at=now + hours * HOUR_US, issuer=issuer
    )
    People(desk.engine).begin(made.sha256, session)
    Audit(desk.engine).end(noted(desk, name, "login", detail=issuer), "done")
    response = RedirectResponse(to, status_code=303)
    response.headers["set-cookie"] = cookie(
        made.text, secure=desk.names.secure, seconds=hours * 3600
    )
    return response


def ended(desk: Desk, request: Request) -> None:
    """End the session that a browser brings, if any."""
    text = request.cookies.get(cookie_name(secure=desk.names.secure), "")
    if text:
        People(desk.engine).end(secret.digest(text))


def noted(desk: Desk, name: str, action: str, detail: str = "") -> int:
    """Note what somebody does who is not in yet; gives the row's number."""
    entry = Entry(
        at=desk.now(), actor=name, application=desk.application, action=action, subject=name,
        detail=detail,
    )  # fmt: skip
    return Audit(desk.engine).begin(entry)
