"""Watches the outbox: a receiver that takes nothing, or refuses it, is told of by the others."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from tenken.keeper.alerts.signal import Signal, Subject
from tenken.sentence import say
from tenken.store.watch.outbox import Delivery

MINUTE = 60_000_000
ALLOWED_MINUTES = 5


def watch(
    waiting: Sequence[Delivery],
    receivers: Iterable[str],
    *,
    refused: Sequence[Delivery] = (),
    now: int,
) -> tuple[Signal, ...]:
    """Say of each receiver whether messages for it wait for too long, or never reach it.

    `refused` is the last that a receiver never got, where it has taken none since.
    """
    behind: dict[str, list[Delivery]] = defaultdict(list)
    for one in waiting:
        behind[one.receiver].append(one)
    known = set(receivers)
    never = {one.receiver: one for one in refused if one.receiver in known}
    return tuple(
        _lost(never[name], now) if name in never else _signal(name, behind[name], now)
        for name in sorted({*known, *behind})
    )


def _lost(last: Delivery, now: int) -> Signal:
    """Say that a receiver has refused: nothing waits then, and nobody there has heard."""
    minutes = max(0, now - (last.ended_at or last.created_at)) // MINUTE
    return Signal(
        key=f"delivery/{last.receiver}",
        kind="delivery",
        severity="ticket",
        firing=True,
        what=say("alerts.refused", receiver=last.receiver, answer=last.answer or "-"),
        subject=Subject(receiver=last.receiver),
        value=float(minutes),
        unit="min",
    )


def _signal(name: str, waiting: Sequence[Delivery], now: int) -> Signal:
    oldest = min(waiting, key=lambda one: one.created_at, default=None)
    minutes = 0 if oldest is None else (now - oldest.created_at) // MINUTE
    if oldest is None or minutes < ALLOWED_MINUTES:
        what = say("alerts.undelivered_calm", receiver=name)
    else:
        what = say(
            "alerts.undelivered", receiver=name, count=len(waiting), minutes=minutes,
            answer=oldest.answer or "-",
        )  # fmt: skip
    return Signal(
        key=f"delivery/{name}",
        kind="delivery",
        severity="ticket",
        firing=minutes >= ALLOWED_MINUTES,
        what=what,
        subject=Subject(receiver=name),
        value=float(minutes),
        threshold=float(ALLOWED_MINUTES),
        unit="min",
    )
