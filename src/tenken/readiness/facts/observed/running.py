"""What follows from records of several kinds: which revisions run, which requests were real."""

from collections.abc import Mapping

from msgspec import Struct, field

from tenken.readiness.facts.observed.records import Kept


class RunningFacts(Struct, frozen=True, kw_only=True):
    """Which revisions of the service write records, whichever commit is inspected."""

    kept: Kept
    revisions: Mapping[str, int] = field(default_factory=dict)
    """As written, and how many records name it; under the empty one those that name none."""

    @property
    def records(self) -> int:
        """All records of the service."""
        return sum(self.revisions.values())


class OriginFacts(Struct, frozen=True, kw_only=True):
    """Ids of requests and traces of real users, by which a row of data can be traced back."""

    kept: Kept
    ids: frozenset[str] = frozenset()


class Described(Struct, frozen=True, kw_only=True):
    """Bounds of a workload as its platform has them."""

    name: str
    minimum: int
    maximum: int | None
    """None where the platform's own bound holds."""


class DescribedFacts(Struct, frozen=True, kw_only=True):
    """What platforms describe."""

    kept: Kept
    workloads: tuple[Described, ...] = ()
