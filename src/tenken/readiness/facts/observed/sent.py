"""Requests that an observer sent itself, with what makes each of them findable afterwards."""

from datetime import datetime

from msgspec import Struct

from tenken.readiness.facts.observed.records import Kept


class Sent(Struct, frozen=True, kw_only=True):
    """One request, and what came back."""

    name: str
    """How its owner calls it."""
    at: datetime
    trace: str
    """The trace id that it was sent with."""
    span: str
    """The id that the first span of the application must have as its parent."""
    request_id: str
    mark: str
    """Stands where a user's text stands; empty where the request has no place for one."""
    canaries: tuple[str, ...] = ()
    """Made-up personal data that stands beside the mark, and must not be stored anywhere."""
    is_attack: bool = False
    """A guard has to stop it; it is `served` where it was answered as its owner says then."""
    served: bool = False
    """It was answered as its owner says it is when all is well."""
    status: int = 0
    headers: str = ""
    """Of the answer, as they came."""
    answer: str = ""


class SentFacts(Struct, frozen=True, kw_only=True):
    """All requests of one observation."""

    kept: Kept
    sent: tuple[Sent, ...] = ()

    @property
    def served(self) -> tuple[Sent, ...]:
        """Those that are no attacks, and were answered as they should be."""
        return tuple(one for one in self.sent if one.served and not one.is_attack)
