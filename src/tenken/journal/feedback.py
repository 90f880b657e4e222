"""What people and programs say of an answer, hours or days after it: a record of its own.

Whoever says the same of the same answer again replaces what was said. Business keys and submitters
are keyed hashes: enough to join by, nothing to tell a person by. No text is in it.
"""

from enum import StrEnum
from typing import Literal

from msgspec import Struct


class FeedbackKind(StrEnum):
    """What is said."""

    THUMBS = "thumbs"
    """1 up, 0 down."""
    RATING = "rating"
    """1 to 5."""
    COPIED = "copied"
    ACCEPTED = "accepted"
    EDITED = "edited"
    """How many characters of the answer were changed before it was used."""
    EXECUTED = "executed"
    """What was written ran."""
    REJECTED = "rejected"
    FUNCTIONAL = "functional"
    """1 when what the answer was for worked, 0 when not: a test, an import, a booking."""
    IMPACT = "impact"
    """What it brought, in a unit: money, minutes, tickets."""
    LINK = "link"
    """Ties a business key to a request; says nothing of the answer."""


class Feedback(Struct, frozen=True, kw_only=True, array_like=True):
    """One thing said of one answer."""

    id: str
    """Of who says what kind of thing of what: the same again replaces this."""
    at: int
    """Microseconds since 1970, UTC."""
    caller: str
    """Whose request it was: nobody rates another's."""
    kind: FeedbackKind
    request: str = ""
    """The id of the request; empty where only a business key is known."""
    key: str = ""
    """Keyed hash of a business key (an order, a ticket); empty where none was given."""
    value: float = 1.0
    unit: str = ""
    submitter: str = ""
    """Keyed hash of who says it; empty where that was not told."""
    via: Literal["key", "token"] = "key"
    """A caller's key, or the token that one answer carried."""


def positive(kind: FeedbackKind, value: float) -> bool | None:
    """Tell whether it speaks for the answer; None where it says neither.

    Of five stars four are for it and two against it.
    """
    match kind:
        case FeedbackKind.THUMBS | FeedbackKind.FUNCTIONAL:
            return value > 0
        case FeedbackKind.RATING:
            return None if value == 3 else value > 3
        case FeedbackKind.COPIED | FeedbackKind.ACCEPTED | FeedbackKind.EXECUTED:
            return True
        case FeedbackKind.REJECTED:
            return False
        case _:
            return None
