"""How fast an objective's budget burns, what is left of it, and which alarms that raises."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from tenken.config.operating.objectives import BurnPair, Slo
from tenken.keeper.objectives.counts import NOTHING, Counts


class Burn(Struct, frozen=True, kw_only=True):
    """One pair: how fast it burnt over the long window and the short one; None without data."""

    pair: BurnPair
    long: float | None
    short: float | None

    @property
    def firing(self) -> bool:
        """It burns too fast over both. Without data nothing burns, and nothing is well either."""
        fast = self.pair.burn
        both = (self.long, self.short)
        return all(one is not None and one > fast for one in both)

    @property
    def known(self) -> bool:
        """Whether it burns was measured: over a long window that it did not, or over both."""
        return self.long is not None and (self.long <= self.pair.burn or self.short is not None)


class Burning(Struct, frozen=True, kw_only=True):
    """An objective at one moment."""

    counts: Counts
    """Of its whole window."""
    budget_left: float | None
    """The share of the budget: 1 for all of it, below 0 where it is overdrawn; None without
    data."""
    burns: tuple[Burn, ...]

    @property
    def firing(self) -> tuple[Burn, ...]:
        """The pairs that alarm, the most urgent first."""
        return tuple(one for one in self.burns if one.firing)

    @property
    def kept(self) -> bool | None:
        """The promise holds so far; None where nothing was measured."""
        return None if self.budget_left is None else self.budget_left >= 0


def windows(slo: Slo, pairs: Sequence[BurnPair]) -> tuple[int, ...]:
    """Give the lengths in minutes that are counted, the shortest first."""
    lengths = {round(slo.window_minutes)}
    for pair in pairs:
        lengths |= {pair.long_minutes, pair.short_minutes}
    return tuple(sorted(lengths))


def burning(slo: Slo, pairs: Sequence[BurnPair], counts: Mapping[int, Counts]) -> Burning:
    """Reckon an objective from the counts of each window, by its length in minutes."""
    whole = counts.get(round(slo.window_minutes), NOTHING)
    spent = burn_rate(whole, slo.budget)
    return Burning(
        counts=whole,
        budget_left=None if spent is None else 1 - spent,
        burns=tuple(
            Burn(
                pair=pair,
                long=burn_rate(counts.get(pair.long_minutes, NOTHING), slo.budget),
                short=burn_rate(counts.get(pair.short_minutes, NOTHING), slo.budget),
            )
            for pair in pairs
        ),
    )


def burn_rate(counts: Counts, budget: float) -> float | None:
    """Give how many times faster than allowed the budget went; None where nothing happened."""
    share = counts.bad_share
    return None if share is None or budget <= 0 else share / budget
