"""Good events and all events that count: what every objective is reckoned from."""

from msgspec import Struct


class Counts(Struct, frozen=True, kw_only=True):
    """Events of a stretch of time; none at all says nothing, neither good nor bad."""

    good: int = 0
    total: int = 0

    @property
    def bad(self) -> int:
        """Events that went wrong."""
        return self.total - self.good

    @property
    def bad_share(self) -> float | None:
        """The share that went wrong; None where nothing happened: silence is no success."""
        return self.bad / self.total if self.total > 0 else None

    def __add__(self, other: "Counts") -> "Counts":
        """Give the counts of both stretches."""
        return Counts(good=self.good + other.good, total=self.total + other.total)


NOTHING = Counts()


def counted(*, bad: int, total: int) -> Counts:
    """Give counts from what went wrong; sums of two tables may disagree by what is on its way.

    >>> counted(bad=3, total=2)
    Counts(good=0, total=2)
    """
    total = max(total, 0)
    return Counts(good=total - min(max(bad, 0), total), total=total)
