"""What a provider can do wrong, as data: the names are those of a plan file."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct


class Wrong(StrEnum):
    """The kinds of misbehaviour."""

    NONE = "none"
    STATUS = "status"
    """An error with `status`, and `retry_after_s` where it is given."""
    HANG = "hang"
    """Accepts the request and never answers."""
    SLOW_FIRST_TOKEN = "slow_first_token"  # noqa: S105 - a token of a model
    """The first piece of the answer after `delay_s`."""
    STALL = "stall"
    """Silence after `after` pieces of a stream."""
    CUT = "cut"
    """The connection ends after `after` pieces, or in the middle of a whole answer."""
    RESET = "reset"
    """The connection ends before any byte of an answer."""
    ENDS_EARLY = "ends_early"
    """A stream ends in good order, without its last event."""
    MALFORMED_EVENT = "malformed_event"
    """An event that is no JSON, after `after` pieces."""
    WRONG_JSON = "wrong_json"
    """A 200 whose body is JSON of another shape."""
    NO_JSON = "no_json"
    """A 200 with HTML in it."""
    EMPTY = "empty"
    """An answer without text."""
    LENGTH = "length"
    """An answer that stops at its length."""
    FILTERED = "filtered"
    """An answer that the provider's own filter stops."""
    NO_USAGE = "no_usage"
    """No tokens are told."""
    TEXT = "text"
    """`text` is answered: planted data, harm or a claim; in a stream split over small pieces."""
    HUGE_EVENT = "huge_event"
    """One event of ten megabytes."""
    ENDLESS = "endless"
    """A stream that goes on until somebody hangs up."""


class Fault(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One misbehaviour with its figures."""

    kind: Wrong
    status: Annotated[int, Meta(ge=400, le=599)] = 500
    retry_after_s: Annotated[float, Meta(ge=0, le=3600)] | None = None
    delay_s: Annotated[float, Meta(ge=0, le=600)] = 0.0
    after: Annotated[int, Meta(ge=0, le=10_000)] = 2
    text: Annotated[str, Meta(max_length=100_000)] = ""


HEALTHY = Fault(kind=Wrong.NONE)
