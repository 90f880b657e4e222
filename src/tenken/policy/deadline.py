"""How long a request may take, and how long each part of a call may."""

from msgspec import Struct
from msgspec.structs import replace

FIRST_TOKEN_S = 30.0
LEAST_LEFT_S = 0.25
"""With less than this left no provider is called."""


class Timeouts(Struct, frozen=True, kw_only=True):
    """The four timeouts of a call, in seconds; the same names on every route."""

    connect_s: float = 5.0
    ttft_s: float | None = None
    """From the request's last byte to the first token of the answer; None for what
    `first_byte_s` gives.
    """
    idle_s: float = 60.0
    """Between two pieces of an answer; comments that keep a connection alive do not count."""
    total_s: float = 600.0
    """All attempts and waits together."""


class Deadline(Struct, frozen=True, kw_only=True):
    """The moment at which a request is over, on the monotonic clock, and who set it."""

    at: float
    by: str

    def left_s(self, now: float) -> float:
        """What remains; below zero when it has passed."""
        return self.at - now


def deadline(
    timeouts: Timeouts,
    *,
    started: float,
    stream: bool,
    read_timeout_s: float | None = None,
    request_timeout_s: float | None = None,
) -> Deadline:
    """Give the nearest of the route's total and what the client says it waits for.

    `read_timeout_s` is what OpenAI's and Anthropic's clients send as `x-stainless-read-timeout`:
    how long they wait for bytes. Of a whole answer that is its deadline; of a stream only its
    first token has to be there by then. `request_timeout_s` comes from `x-request-timeout-ms`.
    """
    if read_timeout_s is None and request_timeout_s is None:
        return Deadline(at=started + timeouts.total_s, by="route")
    candidates = [(timeouts.total_s, "route")]
    if request_timeout_s is not None:
        candidates.append((request_timeout_s, "x-request-timeout-ms"))
    if read_timeout_s is not None and not stream:
        candidates.append((read_timeout_s, "x-stainless-read-timeout"))
    seconds, by = min(candidates)
    return Deadline(at=started + seconds, by=by)


def first_byte_s(timeouts: Timeouts, *, stream: bool, left_s: float, last: bool = False) -> float:
    """Give how long a call may take to its first token.

    A whole answer comes with its first byte, however long the model writes. Where nothing is said
    it is given half of the time that is left, so that another target can still be asked; `last`:
    there is none, and all is given but what it takes to tell the caller so.
    """
    if timeouts.ttft_s is not None:
        return timeouts.ttft_s
    if stream:
        return FIRST_TOKEN_S
    return max(left_s / 2, left_s - LEAST_LEFT_S) if last else left_s / 2


def narrowed(timeouts: Timeouts, *, read_timeout_s: float | None) -> Timeouts:
    """Give the timeouts of a stream whose client waits no longer than this for its first token."""
    if read_timeout_s is None or read_timeout_s >= (timeouts.ttft_s or FIRST_TOKEN_S):
        return timeouts
    return replace(timeouts, ttft_s=read_timeout_s)
