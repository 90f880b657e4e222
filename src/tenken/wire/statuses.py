"""What a provider's status means, where its dialect says nothing else; and its `Retry-After`."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tenken.wire.failure import Failure

BY_STATUS = {
    401: Failure.CREDENTIAL,
    402: Failure.CREDENTIAL,
    403: Failure.CREDENTIAL,
    404: Failure.MODEL_GONE,
    408: Failure.SERVER_ERROR,
    410: Failure.MODEL_GONE,
    429: Failure.RATE_LIMITED,
    503: Failure.OVERLOADED,
    529: Failure.OVERLOADED,
}
SERVER = 500
LONGEST_S = 3600.0


def failure_of(status: int) -> Failure:
    """Sort a status that is no success."""
    known = BY_STATUS.get(status)
    if known is not None:
        return known
    return Failure.SERVER_ERROR if status >= SERVER else Failure.CALLER_ERROR


def retry_after(headers: Mapping[bytes, bytes], *, now: datetime) -> float | None:
    """Give the seconds to wait, from `retry-after-ms` or `retry-after` in seconds or as a date."""
    if (milliseconds := _number(headers.get(b"retry-after-ms"))) is not None:
        return milliseconds / 1000
    value = headers.get(b"retry-after")
    if (seconds := _number(value)) is not None:
        return seconds
    try:
        moment = parsedate_to_datetime((value or b"").decode("latin-1"))
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(LONGEST_S, max(0.0, (moment - now).total_seconds()))


def _number(value: bytes | None) -> float | None:
    try:
        found = float(value or b"")
    except ValueError:
        return None
    return min(LONGEST_S, found) if found >= 0 else None
