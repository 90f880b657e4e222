"""Which pairs an objective alarms by, and which cannot work for it."""

from collections.abc import Iterator

from msgspec import Struct

from tenken.config.operating.objectives import DAY_MINUTES, STANDARD, BurnPair, Slo, span
from tenken.sentence import Sentence, say


class LeftOut(Struct, frozen=True, kw_only=True):
    """A pair that cannot work for an objective, and why."""

    pair: BurnPair
    why: Sentence


class Alarms(Struct, frozen=True, kw_only=True):
    """The pairs in effect, and those that cannot work."""

    pairs: tuple[BurnPair, ...]
    left_out: tuple[LeftOut, ...]


def alarms_of(slo: Slo, *, requests_per_day: float | None = None) -> Alarms:
    """Sort the objective's pairs, or the standard ones, into those that work and the others."""
    pairs = slo.alerting or STANDARD
    reasons = [(pair, next(faults(slo, pair, requests_per_day), None)) for pair in pairs]
    return Alarms(
        pairs=tuple(pair for pair, why in reasons if why is None),
        left_out=tuple(LeftOut(pair=pair, why=why) for pair, why in reasons if why),
    )


def faults(slo: Slo, pair: BurnPair, requests_per_day: float | None) -> Iterator[Sentence]:
    """Give all reasons why a pair cannot work for an objective."""
    if slo.budget > 0 and pair.burn >= slo.burn_max:
        yield say(
            "slo.never_fires", pair=str(pair), target=f"{slo.target_percent:g}",
            most=f"{slo.burn_max:.4g}",
        )  # fmt: skip
    if pair.long_minutes > slo.window_minutes:
        yield say("slo.longer_than_window", pair=str(pair), days=f"{slo.window_days:g}")
    if pair.short_minutes >= pair.long_minutes:
        yield say("slo.short_not_shorter", pair=str(pair))
    if slo.query is None and requests_per_day is not None and pair.severity == "page":
        needed, has = events_needed(slo, pair), requests_per_day * pair.long_minutes / DAY_MINUTES
        if has < needed:
            yield say(
                "slo.too_few_events", pair=str(pair), window=span(pair.long_minutes),
                needed=f"{needed:.4g}", expected=f"{has:.4g}",
            )  # fmt: skip


def events_needed(slo: Slo, pair: BurnPair) -> float:
    """Give how many events the long window must hold, so that a single failure does not alarm."""
    return 1 / (pair.burn * slo.budget) if slo.budget > 0 else 0.0
