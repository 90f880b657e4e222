"""Errors of Google's APIs, with a status and within a stream.

Source: Google's API design guide (errors) and the Gemini API's troubleshooting page, read 2026-11.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import Struct

from tenken.wire.dialect import BROKEN, Failed
from tenken.wire.failure import Failure
from tenken.wire.statuses import failure_of, retry_after

TOO_LONG_SAID = "exceeds the maximum number of tokens"
BAD_KEY = "API_KEY_INVALID"
SAID_MAX = 500


class _Detail(Struct):
    reason: str = ""
    retryDelay: str = ""  # noqa: N815 - the API's own name


class GeminiError(Struct):
    """What stands under `error`."""

    code: int = 500
    message: str = ""
    status: str = ""
    details: list[_Detail] = []

    @property
    def failure(self) -> Failure:
        """Sorted by its code: a wrong key is told as a wrong argument."""
        if any(detail.reason == BAD_KEY for detail in self.details):
            return Failure.CREDENTIAL
        found = failure_of(self.code)
        if found is Failure.CALLER_ERROR and TOO_LONG_SAID in self.message:
            return Failure.CONTEXT_TOO_LONG
        return found

    @property
    def said(self) -> str:
        """The message, as much of it as is handed on."""
        return self.message[:SAID_MAX]

    @property
    def retry_after_s(self) -> float | None:
        """What the details ask to wait, such as `3.5s`."""
        delays = [detail.retryDelay for detail in self.details if detail.retryDelay]
        try:
            return max(0.0, float(delays[0].removesuffix("s"))) if delays else None
        except ValueError:
            return None


class _Body(Struct):
    error: GeminiError | None = None


BODY = msgspec.json.Decoder(_Body)


class GeminiErrors:
    """Sorts errors; the part of a `Side` that does so."""

    def failed(
        self, status: int, headers: Mapping[bytes, bytes], body: bytes, *, now: datetime
    ) -> Failed:
        """Sort an error."""
        try:
            error = BODY.decode(body).error or GeminiError(code=status)
        except BROKEN:
            error = GeminiError(code=status)
        waits = retry_after(headers, now=now)
        return Failed(
            failure=error.failure,
            status=status,
            retry_after_s=error.retry_after_s if waits is None else waits,
            said=error.said,
            code=error.status[:64],
        )
