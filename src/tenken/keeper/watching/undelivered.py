"""Watches the outbox: a receiver that takes nothing is told of by the others."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from tenken.keeper.alerts.signal import Signal, Subject
from tenken.sentence import say
from tenken.store.watch.outbox import Delivery

MINUTE = 60_000_000
ALLOWED_MINUTES = 5


def watch(
    waiting: Sequence[Delivery], receivers: Iterable[str], *, now: int
) -> tuple[Signal, ...]:
    """Say of each receiver whether messages for it have been waiting for too long."""
    behind: dict[str, list[Delivery]] = defaultdict(list)
    for one in waiting:
        behind[one.receiver].append(one)
    return tuple(_signal(name, behind[name], now) for name in sorted({*receivers, *behind}))


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
