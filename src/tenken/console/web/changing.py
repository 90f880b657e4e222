"""Answers with changes: who asks may, from a page of ours, and it is noted before it is made."""

from collections.abc import Mapping

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tenken.console.changes.change import Done, Refused
from tenken.console.desk import Desk
from tenken.console.doors import secret
from tenken.console.routes import ChangeRoute
from tenken.console.view import View
from tenken.console.visitor import Visitor, cookie, of_session
from tenken.console.web import reading, rendering
from tenken.console.web.looking import Endpoint
from tenken.store.faults import Away
from tenken.store.people.audit import Audit, Entry

SECRET = frozenset({"csrf", "old", "new", "password", "sample"})
NOTED_MAX = 500
Filled = Mapping[str, str]


def change_endpoint(desk: Desk, route: ChangeRoute) -> Endpoint:
    """Give who answers where something is changed."""

    async def answer(request: Request) -> Response:
        filled = await reading.form(request)
        if filled is None:
            return rendering.door(request, "bad_form", status=400)
        return await run_in_threadpool(_change, desk, route, request, filled)

    return answer


def own_form(desk: Desk, request: Request) -> bool:
    """Tell whether a form was sent by a page of ours."""
    host = request.headers.get("host", "")
    site = request.headers.get("sec-fetch-site", "same-origin")
    return site == "same-origin" and desk.names.own(request.headers.get("origin", ""), host)


def _change(desk: Desk, route: ChangeRoute, request: Request, filled: Filled) -> Response:
    try:
        visitor = of_session(desk, request.cookies)
        if not isinstance(visitor, Visitor):
            return RedirectResponse("/login", status_code=303)
        right = secret.same(filled.get("csrf", ""), visitor.csrf)
        if not own_form(desk, request) or not right:
            return rendering.door(request, "bad_form", status=403)
        if not route.open_to(visitor):
            return rendering.door(request, "forbidden", status=403)
        view = View(desk, visitor, reading.language(request), asked={})
        return _noted(view, route, request, filled)
    except Away:
        return rendering.door(request, "store_away", status=503)


def _noted(view: View, route: ChangeRoute, request: Request, filled: Filled) -> Response:
    audit = Audit(view.desk.engine)
    number = audit.begin(_entry(view, route, filled))
    try:
        done = route.does(view, filled)
    except Refused as refusal:
        audit.end(number, "refused")
        said = view.speech(refusal.sentence)
        back = reading.local(filled.get("back", "/"))
        return rendering.door(request, "refused", said=said, status=400, back=back)
    except BaseException:
        audit.end(number, "failed")
        raise
    audit.end(number, "done")
    return _answer(view, request, done)


def _answer(view: View, request: Request, done: Done) -> Response:
    if done.page is not None:
        return rendering.page(request, view, done.page)
    to, mark, anchor = done.to.partition("#")
    query = f"{'&' if '?' in to else '?'}told={done.told}" if done.told else ""
    response = RedirectResponse(f"{to}{query}{mark}{anchor}", status_code=303)
    if done.leaves:
        response.headers["set-cookie"] = cookie("", secure=view.desk.names.secure, seconds=0)
    return response


def _entry(view: View, route: ChangeRoute, filled: Filled) -> Entry:
    told = {name: value for name, value in filled.items() if name not in SECRET | {"back"}}
    subject = told.pop("subject", "") or told.pop("name", "") or told.pop("id", "")
    return Entry(
        at=view.now,
        actor=view.visitor.name,
        application=view.desk.application,
        action=route.name,
        subject=_plain(subject),
        detail=_plain(msgspec.json.encode(told).decode() if told else ""),
    )


def _plain(said: str) -> str:
    return said[:NOTED_MAX].replace("\0", "\ufffd")
