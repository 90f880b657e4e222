"""Watches how far the ledger is behind its journals: what is not there is in no figure."""

from collections.abc import Sequence

from msgspec import Struct

from tenken.keeper.alerts.signal import Signal
from tenken.sentence import say

SECOND = 1_000_000


class Behind(Struct, frozen=True, kw_only=True):
    """A journal, and its oldest record that the ledger lacks."""

    journal: str
    oldest_at: int | None
    """None where it has all."""
    damaged: bool = False
    """The ledger has all up to a place that nobody can read, and nothing behind it."""


def watch(journals: Sequence[Behind], *, allowed_s: int, now: int) -> tuple[Signal, ...]:
    """Say of each journal whether it is too far behind; nothing where nothing is allowed for."""
    return tuple(_signal(one, allowed_s, now) for one in journals) if allowed_s else ()


def _signal(one: Behind, allowed_s: int, now: int) -> Signal:
    behind_s = 0 if one.oldest_at is None else max(0, (now - one.oldest_at) // SECOND)
    firing = behind_s >= allowed_s or one.damaged
    told = "lag" if firing else "lag_calm"
    return Signal(
        key=f"lag/{one.journal}",
        kind="lag",
        severity="page",
        firing=firing,
        what=say("alerts.lag_damaged") if one.damaged else say(f"alerts.{told}", seconds=behind_s),
        value=float(behind_s),
        threshold=float(allowed_s),
        unit="s",
        for_s=30.0,
    )
