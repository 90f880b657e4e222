"""What a caller is told when a request is not answered: one value, said in the shape of each API.

The message is for the developer who reads a stack trace, in English like the APIs themselves.
Codes and types are those that the official clients know: their error classes and retries work.
"""

from typing import Final, Literal

import msgspec
from msgspec import Struct

from tenken.sentence import Sentence
from tenken.wire.api import Api

Kind = Literal[
    "invalid_request_error", "authentication_error", "permission_error", "not_found_error",
    "requests", "tokens", "insufficient_quota", "server_error", "timeout_error",
]  # fmt: skip

ANTHROPIC_TYPES: Final = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    503: "overloaded_error",
    504: "timeout_error",
}
"""By status, else by whose fault it is. Source: Anthropic's API documentation, read 2026-11."""
SERVER: Final = 500


class Refused(Struct, frozen=True, kw_only=True):
    """A request that gets an error for an answer."""

    status: int
    code: str
    sentence: Sentence
    kind: Kind = "invalid_request_error"
    param: str | None = None
    """The field at fault, such as `messages[3].role`."""
    retry_after_s: float | None = None
    should_retry: bool | None = None
    """Said to the official clients in `x-should-retry`; None leaves it to them."""


class Refusal(Exception):
    """Carries what is refused out of a stage."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.code)
        self.refused = refused


def body_of(refused: Refused, *, api: Api, message: str, request_id: str) -> bytes:
    """Give the body of the answer in the shape of the API that was called."""
    if api is Api.MESSAGES:
        return msgspec.json.encode(
            {
                "type": "error",
                "error": {"type": _anthropic_type(refused), "message": message},
                "request_id": request_id,
            }
        )
    return msgspec.json.encode(
        {
            "error": {
                "message": message,
                "type": refused.kind,
                "param": refused.param,
                "code": refused.code,
            }
        }
    )


def event_of(refused: Refused, *, api: Api, message: str, request_id: str) -> bytes:
    """Give the event that ends a stream which has begun: no client takes it for a whole answer."""
    body = body_of(refused, api=api, message=message, request_id=request_id)
    match api:
        case Api.MESSAGES:
            return b"event: error\ndata: " + body + b"\n\n"
        case Api.RESPONSES:
            said = msgspec.json.encode(
                {
                    "type": "error",
                    "code": refused.code,
                    "message": message,
                    "param": refused.param,
                    "sequence_number": 0,
                }
            )
            return b"event: error\ndata: " + said + b"\n\n"
        case _:
            return b"data: " + body + b"\n\n"


def headers_of(refused: Refused) -> tuple[tuple[bytes, bytes], ...]:
    """Give the headers that clients' retries obey."""
    found: list[tuple[bytes, bytes]] = []
    if refused.retry_after_s is not None:
        # Whole seconds, never 0: a client that comes back too early is refused again.
        found.append((b"retry-after", b"%d" % max(1, -int(-refused.retry_after_s // 1))))
    if refused.should_retry is not None:
        found.append((b"x-should-retry", b"true" if refused.should_retry else b"false"))
    return tuple(found)


def _anthropic_type(refused: Refused) -> str:
    if refused.kind == "insufficient_quota":
        return "billing_error"
    caller = refused.status < SERVER
    return ANTHROPIC_TYPES.get(refused.status, "invalid_request_error" if caller else "api_error")
