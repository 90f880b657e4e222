"""Errors of Anthropic's API, with a status and within a stream.

Source: Anthropic's API documentation (errors) and the types of its Python client 2.8, read
2026-11.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import Struct

from tenken.wire.dialect import BROKEN, Failed
from tenken.wire.failure import Failure
from tenken.wire.statuses import failure_of, retry_after

BY_TYPE = {
    "api_error": Failure.SERVER_ERROR,
    "authentication_error": Failure.CREDENTIAL,
    "billing_error": Failure.CREDENTIAL,
    "invalid_request_error": Failure.CALLER_ERROR,
    "not_found_error": Failure.MODEL_GONE,
    "overloaded_error": Failure.OVERLOADED,
    "permission_error": Failure.CREDENTIAL,
    "rate_limit_error": Failure.RATE_LIMITED,
    "request_too_large": Failure.CALLER_ERROR,
    "timeout_error": Failure.SERVER_ERROR,
}
"""A bill that is not paid is ours, not the caller's."""
TOO_LONG_SAID = ("prompt is too long", "exceed context limit")
SAID_MAX = 500


class AnthropicError(Struct):
    """What stands under `error`."""

    type: str = ""
    message: str = ""

    @property
    def failure(self) -> Failure:
        """Sorted by its type."""
        if any(one in self.message for one in TOO_LONG_SAID):
            return Failure.CONTEXT_TOO_LONG
        return BY_TYPE.get(self.type, Failure.SERVER_ERROR)


class _Body(Struct):
    error: AnthropicError | None = None


BODY = msgspec.json.Decoder(_Body)


def failed_of(
    status: int, headers: Mapping[bytes, bytes], body: bytes, *, now: datetime
) -> Failed:
    """Sort an error by its type, and by its status where it has none."""
    try:
        error = BODY.decode(body).error or AnthropicError()
    except BROKEN:
        error = AnthropicError()
    return Failed(
        failure=error.failure if error.type in BY_TYPE else failure_of(status),
        status=status,
        retry_after_s=retry_after(headers, now=now),
        said=error.message[:SAID_MAX],
        code=error.type[:64],
    )
