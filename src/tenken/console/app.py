"""The console as an ASGI application: every route of the table behind its door."""

from collections.abc import Iterator, Sequence

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tenken.console.desk import Desk
from tenken.console.doors.names import Names
from tenken.console.routes import CHANGES, OPEN, PAGES
from tenken.console.web import rendering
from tenken.console.web.changing import change_endpoint
from tenken.console.web.describing import described_endpoint
from tenken.console.web.entering import Entering
from tenken.console.web.federating import Federating
from tenken.console.web.looking import json_endpoint, page_endpoint
from tenken.console.web.proving import evidence_endpoint, signoffs_endpoint
from tenken.console.web.shell import Shell

API = "/api/v1"


def console(desk: Desk) -> ASGIApp:
    """Give the whole console."""
    rendering.templates()
    app = Starlette(routes=[*_open(desk), *_pages(desk), *_changes(desk)], exception_handlers={
        404: _absent, 405: _absent, 500: _failed,
    })  # fmt: skip
    app.router.redirect_slashes = False
    return Shell(app, names=desk.names)


class Together:
    """Several consoles behind one door: each answers by its own name, with its own people."""

    def __init__(self, several: Sequence[tuple[Names, ASGIApp]]) -> None:
        self._several = several

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to whose name it says; the first refuses what is nobody's."""
        await self._answering(scope)(scope, receive, send)

    def _answering(self, scope: Scope) -> ASGIApp:
        host = Headers(scope=scope).get("host", "") if scope["type"] == "http" else ""
        named = (app for names, app in self._several if names.answered(host))
        return next(named, self._several[0][1])


def _open(desk: Desk) -> Iterator[BaseRoute]:
    for one in OPEN:
        own = Federating(desk) if one.federated else Entering(desk)
        yield Route(one.path, getattr(own, one.name), methods=list(one.methods))


def _pages(desk: Desk) -> Iterator[BaseRoute]:
    yield Route(f"{API}/openapi.json", described_endpoint(desk), methods=["GET"])
    yield Route(f"{API}/evidence", evidence_endpoint(desk), methods=["GET"])
    yield Route(f"{API}/signoffs", signoffs_endpoint(desk), methods=["GET"])
    for one in PAGES:
        yield Route(one.path, page_endpoint(desk, one), methods=["GET"])
        path = f"{API}/overview" if one.path == "/" else f"{API}{one.path}"
        yield Route(path, json_endpoint(desk, one), methods=["GET"])


def _changes(desk: Desk) -> Iterator[BaseRoute]:
    for one in CHANGES:
        yield Route(one.path, change_endpoint(desk, one), methods=["POST"])


async def _absent(request: Request, _error: Exception) -> Response:
    return rendering.door(request, "absent", status=404)


async def _failed(request: Request, _error: Exception) -> Response:
    """What went wrong stands in the log, never on a page."""
    return rendering.door(request, "failed", status=500)
