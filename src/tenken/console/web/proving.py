"""What the running system has proved, line by line as it was signed: for `tenken check --live`."""

from datetime import UTC, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tenken.console.desk import Desk
from tenken.console.web.looking import Endpoint, machine_or_person, refused
from tenken.readiness.evidence.chain import MOST_LINES
from tenken.readiness.signing.vouched import MOST
from tenken.store.faults import Away
from tenken.store.people.signing import SignOffs
from tenken.store.proofs.lines import Proofs

LINES = "application/x-ndjson"


def evidence_endpoint(desk: Desk) -> Endpoint:
    """Give who answers at `/api/v1/evidence?since=`."""

    async def answer(request: Request) -> Response:
        return await run_in_threadpool(_evidence, desk, request)

    return answer


def _evidence(desk: Desk, request: Request) -> Response:
    try:
        visitor = machine_or_person(desk, request)
        if visitor is None:
            return refused(401, "unauthorized")
        if visitor.within:
            return refused(403, "forbidden")
        since = _moment(request.query_params.get("since", ""))
        if since is None:
            return refused(400, "bad_since")
        found = Proofs(desk.engine).since(since, MOST_LINES)
    except Away:
        return refused(503, "store_away")
    return Response("".join(f"{one.line}\n" for one in found), media_type=LINES)


def signoffs_endpoint(desk: Desk) -> Endpoint:
    """Give who answers at `/api/v1/signoffs`."""

    async def answer(request: Request) -> Response:
        return await run_in_threadpool(_signoffs, desk, request)

    return answer


def _signoffs(desk: Desk, request: Request) -> Response:
    try:
        visitor = machine_or_person(desk, request)
        if visitor is None:
            return refused(401, "unauthorized")
        if visitor.within:
            return refused(403, "forbidden")
        found = SignOffs(desk.engine).all(desk.application)
    except Away:
        return refused(503, "store_away")
    return Response("".join(f"{one.line}\n" for one in found[:MOST]), media_type=LINES)


def _moment(text: str) -> int | None:
    """Microseconds since 1970; all there is where nothing is said, None for what is no moment."""
    if not text:
        return 0
    try:
        # A plus that nobody escaped has become a space.
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1_000_000)
