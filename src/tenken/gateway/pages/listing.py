"""`/v1/models`: what a caller may ask for, in the shape of the API that it speaks."""

from collections.abc import Mapping
from typing import Any

import msgspec

from tenken.gateway.plan import Caller
from tenken.sentence import say
from tenken.wire.api import Api
from tenken.wire.refusal import Refusal, Refused

PATH = "/v1/models"
OWNER = "tenken"
BEGINNING = "1970-01-01T00:00:00Z"
"""Routes have no birthday; the field must be there."""


def names_of(caller: Caller) -> list[str]:
    """Give what it may ask for by name."""
    return sorted(caller.routes | caller.models)


def listed(caller: Caller, path: str, api: Api) -> bytes:
    """Give the list, or one of it; raises Refusal."""
    names = names_of(caller)
    name = path.removeprefix(PATH).removeprefix("/")
    if not name:
        return msgspec.json.encode(_all(names, api))
    if name not in names:
        raise Refusal(
            Refused(
                status=404,
                code="model_not_found",
                kind="not_found_error",
                param="model",
                sentence=say("gateway.no_model_listed", model=name[:128]),
            )
        )
    return msgspec.json.encode(_one(name, api))


def _all(names: list[str], api: Api) -> Mapping[str, Any]:
    data = [_one(name, api) for name in names]
    if api is not Api.MESSAGES:
        return {"object": "list", "data": data}
    first, last = (names[0], names[-1]) if names else (None, None)
    return {"data": data, "has_more": False, "first_id": first, "last_id": last}


def _one(name: str, api: Api) -> Mapping[str, Any]:
    if api is Api.MESSAGES:
        return {"type": "model", "id": name, "display_name": name, "created_at": BEGINNING}
    return {"id": name, "object": "model", "created": 0, "owned_by": OWNER}
