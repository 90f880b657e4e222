"""From how objectives burn to what is said of them: one signal for each urgency of each."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from tenken.config.operating.objectives import DAY_MINUTES, Severity, Slo
from tenken.keeper.alerts.signal import Signal, Subject
from tenken.keeper.objectives.burning import Burn, Burning
from tenken.keeper.objectives.causes import Cause
from tenken.sentence import Sentence, say

URGENCIES: tuple[Severity, ...] = ("page", "ticket")


class Watched(Struct, frozen=True, kw_only=True):
    """An objective as it is now."""

    slo: Slo
    burning: Burning
    cause: Cause | None = None


def watch(objectives: Sequence[Watched], now: int) -> tuple[Signal, ...]:  # noqa: ARG001 - a watcher
    """Say of each objective whether it pages, and whether it asks for a ticket."""
    return tuple(signal for one in objectives for signal in _signals(one))


def _signals(watched: Watched) -> Iterator[Signal]:
    slo, burning = watched.slo, watched.burning
    for severity in URGENCIES:
        burns = [one for one in burning.burns if one.pair.severity == severity]
        if not burns:
            continue
        loud = next((one for one in burns if one.firing), None)
        shown = loud or _fastest(burns)
        yield Signal(
            key=f"slo/{slo.name}/{severity}",
            kind="burn",
            severity=severity,
            firing=loud is not None,
            known=all(one.known for one in burns),
            what=_burns(slo, loud) if loud else _calm(slo, burning),
            subject=Subject(slo=slo.name, use_case=slo.use_case or "", route=slo.route or ""),
            value=shown.long,
            threshold=shown.pair.burn,
            unit="x",
            budget_left=burning.budget_left,
            cause=told(watched.cause) if loud and watched.cause else None,
            runbook=slo.runbook,
        )


def told(cause: Cause) -> Sentence:
    """Give the cause as a sentence."""
    return say(
        "slo.cause",
        dimension=f"wording.dimension_{cause.dimension}",
        name=cause.name,
        bad=round(100 * cause.bad_share),
        traffic=round(100 * cause.traffic_share),
    )


def _fastest(burns: Sequence[Burn]) -> Burn:
    return max(burns, key=lambda one: (one.long or 0) / one.pair.burn)


def _burns(slo: Slo, burn: Burn) -> Sentence:
    return say(
        "slo.burns", slo=slo.name, times=f"{burn.long or 0:.3g}",
        long=_long(burn.pair.long_minutes), now=f"{burn.short or 0:.3g}",
        short=_long(burn.pair.short_minutes), target=f"{slo.target_percent:g}",
        days=f"{slo.window_days:g}",
    )  # fmt: skip


def _long(minutes: int) -> str:
    """Give a window as a word of the reader's language."""
    for unit, length in (("days", DAY_MINUTES), ("hours", 60)):
        if minutes % length == 0:
            return f"wording.span_{unit}={minutes // length}"
    return f"wording.span_minutes={minutes}"


def _calm(slo: Slo, burning: Burning) -> Sentence:
    if burning.budget_left is None:
        return say("slo.no_data", slo=slo.name)
    left = f"{100 * burning.budget_left:.4g}"
    return say("slo.calm", slo=slo.name, left=left, days=f"{slo.window_days:g}")
