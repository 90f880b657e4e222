"""What is likely behind failures: the name that many of them share and the traffic does not."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from tenken.keeper.objectives.counts import Counts

MOST_OF_THEM = 0.5
MORE_THAN_ITS_TRAFFIC = 0.2
"""A name that bears its usual share of the failures explains none of them."""


class Cause(Struct, frozen=True, kw_only=True):
    """A name that stands out among failures."""

    dimension: str
    name: str
    bad_share: float
    """Of all failures."""
    traffic_share: float
    """Of all events."""

    @property
    def lift(self) -> float:
        """How much more of the failures it has than of the traffic."""
        return self.bad_share - self.traffic_share


def likely_cause(by: Mapping[str, Mapping[str, Counts]]) -> Cause | None:
    """Give the name that stands out most, by dimension and name; None where none does."""
    causes = (one for dimension, names in by.items() for one in _causes(dimension, names))
    telling = (
        one
        for one in causes
        if one.bad_share >= MOST_OF_THEM and one.lift >= MORE_THAN_ITS_TRAFFIC
    )
    return max(telling, key=lambda one: (one.lift, one.bad_share), default=None)


def _causes(dimension: str, names: Mapping[str, Counts]) -> Iterable[Cause]:
    bad = sum(counts.bad for counts in names.values())
    total = sum(counts.total for counts in names.values())
    if bad <= 0 or total <= 0:
        return
    for name, counts in names.items():
        if name:
            yield Cause(
                dimension=dimension,
                name=name,
                bad_share=counts.bad / bad,
                traffic_share=counts.total / total,
            )
