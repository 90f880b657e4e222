"""From what is seen to what is said of it: one signal for each measure of each use case."""

from collections.abc import Iterator, Sequence
from functools import partial

from msgspec import Struct

from tenken.keeper.alerts.signal import Severity, Signal, Subject
from tenken.keeper.objectives.causes import Cause
from tenken.keeper.spikes.measures import KINDS, SHARE
from tenken.keeper.spikes.spike import Seen
from tenken.keeper.spikes.telling import Words, told
from tenken.sentence import Sentence, say

SAID = Words(learning="spikes.learning", calm="spikes.calm", spike="spikes.spike")


class Noticed(Struct, frozen=True, kw_only=True):
    """What a use case shows now."""

    use_case: str
    seen: Seen
    cause: Cause | None = None


def watch(noticed: Sequence[Noticed], severity: Severity, now: int) -> tuple[Signal, ...]:  # noqa: ARG001 - a watcher
    """Say of each measure whether it is more than usual."""
    return tuple(_signals(noticed, severity))


def _signals(noticed: Sequence[Noticed], severity: Severity) -> Iterator[Signal]:
    for one in noticed:
        seen = one.seen
        yield Signal(
            key=f"spike/{one.use_case}/{seen.measure}",
            kind="spike",
            severity=severity,
            firing=seen.spikes,
            what=told(seen, SAID, partial(figure, seen), use_case=one.use_case),
            subject=Subject(use_case=one.use_case),
            value=seen.value,
            threshold=seen.bound,
            unit=KINDS[seen.measure].unit,
            cause=_cause(one.cause) if seen.spikes and one.cause else None,
        )


def figure(seen: Seen, value: float) -> str:
    """Give a figure with its unit."""
    if KINDS[seen.measure].unit == SHARE:
        return f"{100 * value:.3g} %"
    return f"{value:,.0f} tokens/h" if seen.measure == "tokens" else _small(seen, value)


def _small(seen: Seen, value: float) -> str:
    return f"{value:.3g} {KINDS[seen.measure].unit}"


def _cause(cause: Cause) -> Sentence:
    return say(
        "spikes.cause",
        dimension=f"wording.dimension_{cause.dimension}",
        name=cause.name,
        now=round(100 * cause.bad_share),
        usual=round(100 * cause.traffic_share),
    )
