"""One turn of the watch: all watchers speak, alerts go on their way, and it is written.

Of all keepers one does it, under a lease; what it writes is checked against the lease's term. What
is to be told is written in the same transaction and sent by another work, so that a receiver that
is slow delays nothing here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from sqlalchemy import Engine

from tenken.config.operating.alerting import Receiver
from tenken.keeper.alerts.advance import WATCH, Change, Standing, advance
from tenken.keeper.alerts.message import Writer
from tenken.keeper.alerts.policy import Policy
from tenken.keeper.alerts.receivers.reach import stored
from tenken.keeper.alerts.signal import Signal
from tenken.keeper.alerts.telling import Notice
from tenken.messages.speech import Language, Speech
from tenken.sentence import say
from tenken.store.faults import Moved
from tenken.store.watch.alert import State
from tenken.store.watch.alerts import Alerts, Taken, Turn
from tenken.store.watch.leases import Leases
from tenken.store.watch.outbox import Delivery, Progress
from tenken.store.watch.silences import Silences

LEASE = "watch"
LEASE_S = 60.0
REST_S = 5.0
WAITING_S = 1.0
"""How soon it is looked again while the first of a group waits for others."""
Watcher = Callable[[int], Iterable[Signal]]
"""Says what is wrong at a moment, in microseconds since 1970; reads what it needs."""


class Told(Struct, frozen=True, kw_only=True):
    """What the settings say of telling, as it holds now."""

    policy: Policy
    receivers: Mapping[str, Receiver]
    writer: Writer
    language: Language = Language.EN

    def speech(self, receiver: str) -> Speech:
        """Give the language of a receiver."""
        known = self.receivers.get(receiver)
        return Speech(Language(known.language) if known and known.language else self.language)


class Watch:
    """Takes turns where this keeper holds the lease."""

    def __init__(
        self,
        engine: Engine,
        *,
        holder: str,
        watchers: Callable[[], Mapping[str, Watcher]],
        settings: Callable[[], Told],
        after: Sequence[Callable[[Turn, int], None]] = (),
    ) -> None:
        """`watchers` by name and `settings` are asked for anew each turn; `after` follows it."""
        self._alerts, self._silences = Alerts(engine), Silences(engine)
        self._leases = Leases(engine)
        self._holder = holder
        self._watchers = watchers
        self._settings = settings
        self._after = tuple(after)

    def step(self, now: int) -> float:
        """Take a turn; gives seconds to rest. Raises Away."""
        term = self._leases.term(LEASE, self._holder, now, LEASE_S)
        if term is None:
            return REST_S
        try:
            return self._turn(term, now)
        except Moved:
            return WAITING_S  # somebody has acknowledged meanwhile, or holds the lease by now

    def _turn(self, term: int, now: int) -> float:
        told = self._settings()
        standing = Standing(
            open=self._alerts.open(),
            recent=self._alerts.ended(since=now - told.policy.returns_within),
            silences=self._silences.standing(now),
        )
        change = advance(standing, tuple(heard(self._watchers(), now)), told.policy, now)
        turn = turn_of(change, told, term=term, now=now)
        if turn.alerts or turn.passed or turn.deliveries:
            self._alerts.write(turn)
        for work in self._after:
            work(turn, now)
        return WAITING_S if _waits(standing, change, told.policy) else REST_S

    def close(self) -> None:
        """Let the next keeper have it at once."""
        self._leases.give_back(LEASE, self._holder)


def heard(watchers: Mapping[str, Watcher], now: int) -> Iterator[Signal]:
    """Let all watchers speak; that one fails is a signal itself, and silences no other.

    Also where the store gave it no answer: one question may take too long while others do not, and
    where it is really away the turn is not written.
    """
    for name, watcher in watchers.items():
        error = ""
        try:
            yield from tuple(watcher(now))
        except Exception as failure:  # noqa: BLE001 - the boundary: one watcher's fault is its own
            error = type(failure.__cause__ or failure).__name__
        calm = say("alerts.watcher_calm", name=name)
        yield Signal(
            key=f"watch/{name}",
            kind=WATCH,
            severity="ticket",
            firing=bool(error),
            what=say("alerts.watcher", name=name, error=error) if error else calm,
            for_s=60.0,
        )


def turn_of(change: Change, told: Told, *, term: int, now: int) -> Turn:
    """Give what a change writes, with every message in its receiver's form."""
    return Turn(
        lease=LEASE,
        term=term,
        alerts=change.alerts,
        steps=tuple(
            Taken(alert=alert, number=number, step=step) for alert, number, step in change.steps
        ),
        passed=change.passed,
        deliveries=tuple(_delivery(notice, told, now) for notice in change.notices),
    )


def _delivery(notice: Notice, told: Told, now: int) -> Delivery:
    receiver = told.receivers.get(notice.receiver)
    message = told.writer.message(notice, told.speech(notice.receiver), now)
    known = receiver is not None
    return Delivery(
        id=notice.id,
        receiver=notice.receiver,
        reason=notice.reason,
        alerts=" ".join(alert.id for alert in notice.alerts),
        body=stored(receiver, message) if receiver else "{}",
        # Whoever was told and is no longer in the settings cannot be told that it is over.
        state=Progress.DUE if known else Progress.GIVEN_UP,
        created_at=now,
        due_at=now,
        ended_at=None if known else now,
        answer="" if known else "no such receiver",
    )


def _waits(standing: Standing, change: Change, policy: Policy) -> bool:
    """Tell whether somebody is to hear soon; what is told to nobody waits for nothing."""
    return any(
        alert.state is State.FIRING and alert.told_at is None and not alert.silenced_by
        for alert in (*standing.open, *change.alerts)
        if policy.way(alert.severity).receivers
    )
