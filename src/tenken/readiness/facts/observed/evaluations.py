"""Runs of evaluations as the place that keeps them has them."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field

from tenken.place import Place
from tenken.readiness.facts.observed.records import Kept


class RunSeen(Struct, frozen=True, kw_only=True):
    """One run, by what it names of what it was run on."""

    place: Place
    id: str = ""
    at: datetime | None = None
    commit: str = ""
    prompt: str = ""
    """A digest, or whatever it calls its prompt."""
    model: str = ""
    dataset: str = ""
    """A digest, or whatever it calls its data."""
    parameters: str = ""
    """All of them in one order; empty where it names none."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    passed: bool | None = None
    """None where it has no verdict."""

    @property
    def unit(self) -> tuple[str, str, str, str]:
        """What would have to be the same for the same result."""
        return self.prompt, self.model, self.dataset, self.parameters


class RunFacts(Struct, frozen=True, kw_only=True):
    """An export of runs, the newest first."""

    kept: Kept
    runs: tuple[RunSeen, ...] = ()
