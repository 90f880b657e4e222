"""Errors of OpenAI's APIs, and of everything compatible with them.

Source: OpenAI's API reference (errors) and vLLM's documentation of its server, read 2026-11.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import Raw, Struct

from tenken.wire.dialect import BROKEN, Failed
from tenken.wire.failure import Failure
from tenken.wire.statuses import failure_of, retry_after

TOO_LONG = frozenset({"context_length_exceeded", "string_above_max_length"})
TOO_LONG_SAID = (
    "maximum context length", "maximum model length", "exceeds the available context size",
)  # fmt: skip
"""How compatible servers say it that send no code: vLLM both ways, llama.cpp."""
GONE = frozenset({"model_not_found", "DeploymentNotFound"})
GONE_SAID = "is not a valid model ID"
"""With a status of the caller's mistakes, as OpenRouter says it: it is not the caller's."""
UNPAID = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
"""Whoever holds the credential has to pay; asking again, or a smaller request, is of no use."""
BY_CODE = {
    "rate_limit_exceeded": Failure.RATE_LIMITED,
    "context_length_exceeded": Failure.CONTEXT_TOO_LONG,
    "server_error": Failure.SERVER_ERROR,
    "internal_error": Failure.SERVER_ERROR,
    "vector_store_timeout": Failure.SERVER_ERROR,
    "overloaded_error": Failure.OVERLOADED,
    "server_overloaded": Failure.OVERLOADED,
}
SAID_MAX = 500


class OpenAIError(Struct):
    """What stands under `error`."""

    message: str | None = None
    type: str | None = None
    param: str | None = None
    code: str | int | None = None

    @property
    def said(self) -> str:
        """The message, as much of it as is handed on."""
        return (self.message or "")[:SAID_MAX]


class _Body(Struct):
    error: OpenAIError | None = None


class _Bare(Struct):
    """How others say it: vLLM before it was as OpenAI, LM Studio, whoever is made with FastAPI."""

    object: str | None = None
    error: str | None = None
    message: str | None = None
    type: str | None = None
    param: str | None = None
    code: str | int | None = None
    detail: Raw = Raw(b"")

    @property
    def error_told(self) -> OpenAIError:
        """The same, as OpenAI says it."""
        message = self.error or self.message or bytes(self.detail).decode().strip('"')
        return OpenAIError(message, self.type, self.param, self.code)


BODY = msgspec.json.Decoder(_Body)
BARE = msgspec.json.Decoder(_Bare)
BARE_OBJECT = "error"


def failed_of(
    status: int, headers: Mapping[bytes, bytes], body: bytes, *, now: datetime
) -> Failed:
    """Sort an error by its status and code."""
    error = _error(body)
    code = str(error.code or error.type or "")
    failure = failure_of(status)
    if code in UNPAID or error.type in UNPAID:
        failure = Failure.CREDENTIAL
    elif failure is Failure.CALLER_ERROR:
        failure = _whose(code, error.said)
    return Failed(
        failure=failure,
        status=status,
        retry_after_s=retry_after(headers, now=now),
        said=error.said,
        param=error.param,
        code=code[:64],
    )


def _whose(code: str, said: str) -> Failure:
    """Sort what a status calls the caller's mistake."""
    if code in TOO_LONG or any(one in said for one in TOO_LONG_SAID):
        return Failure.CONTEXT_TOO_LONG
    return Failure.MODEL_GONE if code in GONE or GONE_SAID in said else Failure.CALLER_ERROR


def failure_named(error: OpenAIError) -> Failure:
    """Sort an error that came with a status of success; one without a name is the server's."""
    if isinstance(error.code, int):
        return failure_of(error.code)
    code = (error.code or error.type or "server_error").lower()
    return BY_CODE.get(code, Failure.SERVER_ERROR if "server" in code else Failure.CALLER_ERROR)


def bare_error(data: bytes) -> OpenAIError | None:
    """Give the error that an event is which says so of itself (`"object": "error"`)."""
    try:
        bare = BARE.decode(data)
    except BROKEN:
        return None
    return bare.error_told if bare.object == BARE_OBJECT else None


def _error(body: bytes) -> OpenAIError:
    try:
        error = BODY.decode(body).error
    except BROKEN:
        error = None
    if error is not None:
        return error
    try:
        return BARE.decode(body).error_told
    except BROKEN:
        return OpenAIError()
