"""Which questions a running system is asked, and where the answer to each is seen.

A question is asked only where every one of its sources was looked at: an observation of logs says
nothing on traces, not even that they are unknown.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct

from tenken.readiness.facts.observed.sighting import Sighting, Source
from tenken.readiness.probes.observed import logs
from tenken.readiness.probes.observed.said import Observed

VERSION = 1
"""Raised when any of them changes what it accepts, so that older evidence can be told apart."""


class Held(StrEnum):
    """What of the repository a running system is held to: changed, it has to be observed anew."""

    TO_NOTHING = "nothing"
    TO_THE_MANIFEST = "manifest"
    TO_THE_COMMIT = "commit"


class Question(Struct, frozen=True, kw_only=True):
    """A runtime probe of the catalogue."""

    ask: Callable[[Sighting], Observed]
    sources: frozenset[Source]
    held: Held = Held.TO_NOTHING

    @property
    def name(self) -> str:
        """Give the name by which the catalogue lists it."""
        return self.ask.__name__


def _question(
    ask: Callable[[Sighting], Observed], *sources: Source, held: Held = Held.TO_NOTHING
) -> Question:
    return Question(ask=ask, sources=frozenset(sources), held=held)


EVERY: tuple[Question, ...] = (
    _question(logs.log_lines_parse_with_required_fields, Source.LOGS),
)  # fmt: skip
QUESTIONS: Mapping[str, Question] = MappingProxyType({one.name: one for one in EVERY})
