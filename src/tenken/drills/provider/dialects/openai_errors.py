"""Errors of OpenAI's APIs. Written after OpenAI's API reference (errors), read 2026-11."""

import msgspec

from tenken.drills.provider.dialects.dialect import Refusing, message_of

CODES = {
    401: "invalid_api_key",
    404: "model_not_found",
    429: "rate_limit_exceeded",
    503: "server_overloaded",
}
OVERLOADED = {
    "message": "The fake provider was told to be overloaded.",
    "type": "server_error",
    "param": None,
    "code": "server_overloaded",
}
WRONG = b'{"object":"list","data":[]}'


def refusing(status: int) -> Refusing:
    """Give the body of an error."""
    error = {
        "message": message_of(status),
        "type": "server_error" if status >= 500 else "invalid_request_error",
        "param": None,
        "code": CODES.get(status),
    }
    return Refusing(msgspec.json.encode({"error": error}))
