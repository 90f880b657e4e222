"""The description of the JSON API, for whoever may read some of it: it names all that is there."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tenken.console.desk import Desk
from tenken.console.openapi import described
from tenken.console.web.looking import Endpoint, machine_or_person, refused
from tenken.store.faults import Away


def described_endpoint(desk: Desk) -> Endpoint:
    """Give who answers at `/api/v1/openapi.json`."""

    async def answer(request: Request) -> Response:
        return await run_in_threadpool(_described, desk, request)

    return answer


def _described(desk: Desk, request: Request) -> Response:
    try:
        if machine_or_person(desk, request) is None:
            return refused(401, "unauthorized")
    except Away:
        return refused(503, "store_away")
    return JSONResponse(described())
