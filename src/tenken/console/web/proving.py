"""What the running system has proved, line by line as it was signed: for `tenken check --live`."""

from collections.abc import Iterable
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from tenken.console.desk import Desk
from tenken.console.visitor import Visitor
from tenken.console.web.looking import Endpoint, known_endpoint, refused
from tenken.readiness.evidence.chain import MOST_LINES
from tenken.readiness.signing.vouched import MOST
from tenken.store.people.signing import SignOffs
from tenken.store.proofs.lines import Proofs

LINES = "application/x-ndjson"


def evidence_endpoint(desk: Desk) -> Endpoint:
    """Give who answers at `/api/v1/evidence?since=`."""

    def evidence(_visitor: Visitor, request: Request) -> Response:
        since = _moment(request.query_params.get("since", ""))
        if since is None:
            return refused(400, "bad_since")
        return _lines(one.line for one in Proofs(desk.engine).since(since, MOST_LINES))

    return known_endpoint(desk, evidence, open_to=_sees_all)


def signoffs_endpoint(desk: Desk) -> Endpoint:
    """Give who answers at `/api/v1/signoffs`."""

    def signoffs(_visitor: Visitor, _request: Request) -> Response:
        found = SignOffs(desk.engine).all(desk.application)
        return _lines(one.line for one in found[:MOST])

    return known_endpoint(desk, signoffs, open_to=_sees_all)


def _sees_all(visitor: Visitor) -> bool:
    return not visitor.within


def _lines(lines: Iterable[str]) -> Response:
    return Response("".join(f"{line}\n" for line in lines), media_type=LINES)


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
