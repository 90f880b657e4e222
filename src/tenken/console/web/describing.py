"""The description of the JSON API, for whoever may read some of it: it names all that is there."""

from starlette.responses import JSONResponse

from tenken.console.desk import Desk
from tenken.console.openapi import described
from tenken.console.web.looking import Endpoint, known_endpoint


def described_endpoint(desk: Desk) -> Endpoint:
    """Give who answers at `/api/v1/openapi.json`."""
    return known_endpoint(desk, lambda _visitor, _request: JSONResponse(described()))
