"""Answers with pages: as HTML, as JSON below `/api/v1`, and their tables as CSV."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Literal

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from tenken.console.desk import Desk
from tenken.console.routes import PageRoute
from tenken.console.showing.blocks import Page
from tenken.console.showing.machine import as_csv, document, table
from tenken.console.view import View
from tenken.console.visitor import Visitor, of_session, of_token
from tenken.console.web import reading, rendering
from tenken.store.faults import Away

Endpoint = Callable[[Request], Awaitable[Response]]
Nobody = Literal["nobody", "no_role"]
TOLD = frozenset({
    "overlay_set", "overlay_withdrawn", "role_changed", "locked", "unlocked", "token_revoked",
    "acknowledged", "silenced", "unsilenced", "incident_opened", "incident_noted",
    "incident_closed", "action_done", "signed", "sign_noted", "withdrawn", "signer_let",
    "signer_not", "judged",
})  # fmt: skip
"""What a page may be asked to say above itself; nothing else can be put there by a link."""


def page_endpoint(desk: Desk, route: PageRoute) -> Endpoint:
    """Give who answers at a page's address."""

    async def answer(request: Request) -> Response:
        return await run_in_threadpool(_page, desk, route, request)

    return answer


def json_endpoint(desk: Desk, route: PageRoute) -> Endpoint:
    """Give who answers with a page below `/api/v1`."""
    return known_endpoint(desk, partial(_json, desk, route), open_to=route.open_to)


def known_endpoint(
    desk: Desk,
    give: Callable[[Visitor, Request], Response],
    *,
    open_to: Callable[[Visitor], bool] = lambda _visitor: True,
) -> Endpoint:
    """Give who answers, below `/api/v1`, those who are known and may read what is there."""

    async def answer(request: Request) -> Response:
        return await run_in_threadpool(_known, desk, request, give, open_to)

    return answer


def _known(
    desk: Desk,
    request: Request,
    give: Callable[[Visitor, Request], Response],
    open_to: Callable[[Visitor], bool],
) -> Response:
    try:
        visitor = _machine_or_person(desk, request)
        if visitor is None:
            return refused(401, "unauthorized")
        if not open_to(visitor):
            return refused(403, "forbidden")
        return give(visitor, request)
    except Away:
        return refused(503, "store_away")


def _page(desk: Desk, route: PageRoute, request: Request) -> Response:
    try:
        visitor = of_session(desk, request.cookies)
        if not isinstance(visitor, Visitor):
            return _turned_away(request, visitor)
        if not route.open_to(visitor):
            return rendering.door(request, "forbidden", status=403)
        view = _view(desk, visitor, request)
        shown = route.shows(view)
        if shown is None:
            return rendering.door(request, "absent", status=404)
    except Away:
        return rendering.door(request, "store_away", status=503)
    if view.asked("form") == "csv":
        return _csv(view, shown)
    told = view.asked("told")
    said = view.say(f"told_{told}") if told in TOLD else ""
    return rendering.page(request, view, shown, told=said)


def _view(desk: Desk, visitor: Visitor, request: Request) -> View:
    asked, thing = reading.asked(request), reading.thing(request)
    return View(desk, visitor, reading.language(request), asked=asked, thing=thing)


def _turned_away(request: Request, why: Nobody) -> Response:
    if why == "no_role":
        return rendering.door(request, "no_role", status=403)
    if request.headers.get("sec-fetch-site") == "cross-site":
        return rendering.again(request)
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    to = reading.local(here)
    query = "" if to == "/" else f"?to={_quoted(to)}"
    return RedirectResponse(f"/login{query}", status_code=303)


def _quoted(path: str) -> str:
    return path.replace("%", "%25").replace("&", "%26").replace("#", "%23").replace("+", "%2B")


def _json(desk: Desk, route: PageRoute, visitor: Visitor, request: Request) -> Response:
    unknown = sorted({*request.query_params} - {*route.asks, "table", "language"})
    if unknown:
        return refused(400, "unknown_parameter", name=unknown[0][:80])
    view = _view(desk, visitor, request)
    shown = route.shows(view)
    if shown is None:
        return refused(404, "not_found")
    name = view.asked("table")
    if not name:
        return JSONResponse(document(shown, view.words))
    found = shown.tables().get(name)
    return JSONResponse(table(found, view.words)) if found else refused(404, "not_found")


def _machine_or_person(desk: Desk, request: Request) -> Visitor | None:
    """Give who asks, by a machine's token or a person's session; None for nobody we know."""
    authorization = request.headers.get("authorization", "")
    if authorization:
        return of_token(desk, authorization)
    visitor = of_session(desk, request.cookies)
    return visitor if isinstance(visitor, Visitor) else None


def refused(status: int, code: str, **fields: str) -> Response:
    """Give an error in the one shape that all of the API has."""
    return JSONResponse({"error": {"code": code, **fields}}, status_code=status)


def _csv(view: View, shown: Page) -> Response:
    found = shown.tables().get(view.asked("table"))
    if found is None:
        return Response("no such table", status_code=404, media_type="text/plain")
    name = f"tenken-{shown.name}-{found.name}.csv"
    return Response(
        as_csv(found, view.words),
        media_type="text/csv",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )
