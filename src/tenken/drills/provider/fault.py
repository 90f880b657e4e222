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
    SLOW_HEADERS = "slow_headers"
    """Nothing at all before `delay_s`."""
    SLOW_FIRST_TOKEN = "slow_first_token"  # noqa: S105 - a token of a model
    """Headers at once, the first piece of the answer after `delay_s`."""
    STALL = "stall"
    """Silence after `after` pieces of a stream, or in the middle of a whole answer."""
    CUT = "cut"
    """The connection ends after `after` pieces, or in the middle of a whole answer."""
    RESET = "reset"
    """The connection ends before any byte of an answer."""
    ENDS_EARLY = "ends_early"
    """A stream ends in good order, without its last events."""
    ENDS_WITHIN = "ends_within"
    """A stream ends in good order after `after` pieces, as if it were whole."""
    MALFORMED_EVENT = "malformed_event"
    """An event that is none, after `after` pieces."""
    ERROR_EVENT = "error_event"
    """The provider says within the stream, after `after` pieces, that it is overloaded."""
    WRONG_JSON = "wrong_json"
    """A 200 whose body is JSON of another shape."""
    NO_JSON = "no_json"
    """A 200 that says it is JSON, with HTML in it."""
    WRONG_TYPE = "wrong_type"
    """A 200 that is a page, and says so."""
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
    """Ten megabytes in one event, or in a whole answer."""
    ENDLESS = "endless"
    """An answer that goes on until somebody hangs up."""
    LATENCY_DRIFT = "latency_drift"
    """Each call takes `delay_s` longer than the one before it."""
    QUALITY_DRIFT = "quality_drift"
    """`text` takes the place of the answer, more and more often; of each after `after` calls."""
    PRICE_SPIKE = "price_spike"
    """`factor` times the tokens are told, and would be billed."""


class Fault(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One misbehaviour with its figures."""

    kind: Wrong
    status: Annotated[int, Meta(ge=400, le=599)] = 500
    retry_after_s: Annotated[float, Meta(ge=0, le=3600)] | None = None
    delay_s: Annotated[float, Meta(ge=0, le=600)] = 0.0
    after: Annotated[int, Meta(ge=0, le=10_000)] = 2
    text: Annotated[str, Meta(max_length=100_000)] = ""
    factor: Annotated[int, Meta(ge=1, le=1000)] = 10


HEALTHY = Fault(kind=Wrong.NONE)
