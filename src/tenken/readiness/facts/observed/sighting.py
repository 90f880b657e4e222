"""Everything that was seen of a running system, in one frozen value: all that its probes read."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from tenken.readiness.facts.observed.logs import LogFacts
from tenken.readiness.facts.observed.records import About, Kept
from tenken.readiness.facts.survey import Survey


class Source(StrEnum):
    """Where something was seen."""

    LOGS = "logs"


class Sighting(Struct, frozen=True, kw_only=True):
    """One observation; a source that was not asked is None."""

    about: About
    survey: Survey
    """The repository beside it: what is declared there is what the running system is held to."""
    logs: LogFacts | None = None

    @property
    def kept(self) -> Mapping[Source, Kept]:
        """What was asked, and how fresh it is."""
        asked = {Source.LOGS: self.logs}
        return {source: facts.kept for source, facts in asked.items() if facts is not None}
