"""Lines of a log as the place that keeps them has them."""

from datetime import datetime

from msgspec import Struct

from tenken.place import Place
from tenken.readiness.facts.observed.records import Kept


class LogLine(Struct, frozen=True, kw_only=True):
    """One line, by what it was found to carry."""

    place: Place
    text: str
    """As it stands in the export."""
    is_structured: bool
    """The application wrote fields; that a log service puts a text into a field is not that."""
    at: datetime | None = None
    severity: str = ""
    message: str = ""
    ids: tuple[str, ...] = ()
    """Of the request and of the trace, in lower case."""
    event: str = ""
    label: str = ""
    """What a guard calls what it found."""
    service: str = ""
    revision: str = ""
    version: str = ""
    """What it says of its revision or version, as written."""
    is_drill: bool = False
    """It tells of a request that no user sent."""

    @property
    def lacks(self) -> str:
        """The first of the fields of every line that is missing; empty where none is."""
        has = {
            "structure": self.is_structured,
            "time": self.at is not None,
            "severity": bool(self.severity),
            "message": bool(self.message),
        }
        return next((name for name, is_there in has.items() if not is_there), "")


class LogFacts(Struct, frozen=True, kw_only=True):
    """A sample of lines."""

    kept: Kept
    lines: tuple[LogLine, ...] = ()
    every: tuple[LogLine, ...] = ()
    """Those of other services and other commits too."""
    cut: bool = False
    """There was more than is read."""
