"""Who is told of an alert now, and why: pure.

Whoever was told that something is wrong is told when it is over, whatever was silenced meanwhile.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Literal, Self

from msgspec import Struct
from msgspec.structs import replace

from tenken.digest import of_value
from tenken.keeper.alerts.policy import Policy, Way, group_of
from tenken.store.watch.alert import Alert, Happened, State, Step

ID_LENGTH = 16
STEPS_MOST = 1000
REPEATING = frozenset({"cleared", "returned", "repeated"})
TOGETHER = 50
"""So many alerts are one message at most: receivers take none of any size."""
Reason = Literal["fired", "repeated", "escalated", "acknowledged", "resolved", "tested"]


class Told(Struct, frozen=True):
    """An alert on its way through one turn, with the steps that it has taken in it."""

    alert: Alert
    steps: tuple[Step, ...] = ()

    def put(self, at: int, what: Happened, *, note: str = "", **changes: object) -> Self:
        """Give it with a step more, and what the step changes.

        Of an alert that comes and goes for weeks, what only repeats itself is no step any more.
        """
        alert = replace(self.alert, **changes)
        if what in REPEATING and self.numbered.steps >= STEPS_MOST:
            return replace(self, alert=alert)
        return replace(self, alert=alert, steps=(*self.steps, Step(at=at, what=what, note=note)))

    @property
    def numbered(self) -> Alert:
        """The alert with all its steps counted."""
        return replace(self.alert, steps=self.alert.steps + len(self.steps))


class Notice(Struct, frozen=True, kw_only=True):
    """Something to tell one receiver."""

    id: str
    """The same for the same news to the same receiver."""
    receiver: str
    reason: Reason
    alerts: tuple[Alert, ...]


class _News(Struct, frozen=True):
    """Why an alert is told of now, and to whom."""

    reason: Reason
    receivers: tuple[str, ...]

    def heard(self) -> Iterable[tuple[Reason, str]]:
        return ((self.reason, receiver) for receiver in self.receivers)


def tellings(
    drafts: Sequence[Told], policy: Policy, now: int
) -> tuple[tuple[Told, ...], tuple[Notice, ...]]:
    """Give the alerts with what is told noted, and the notices."""
    after: list[Told] = []
    notices: list[Notice] = []
    ordered = sorted(drafts, key=_order)
    for _, group in groupby(ordered, key=lambda draft: group_of(draft.alert)):
        members = tuple(group)
        waited = _waited(members, policy, now)
        heard: dict[tuple[Reason, str], list[Alert]] = defaultdict(list)
        for draft in members:
            news = _news(draft.alert, policy, waited=waited, now=now)
            noted = _noted(draft, news, now) if news else draft
            after.append(noted)
            for reason, receiver in news.heard() if news else ():
                heard[reason, receiver].append(noted.numbered)
        for (reason, receiver), alerts in heard.items():
            notices.extend(_notices(receiver, reason, tuple(alerts), policy))
    return tuple(after), tuple(notices)


def _order(draft: Told) -> tuple[tuple[str, ...], str]:
    return group_of(draft.alert), draft.alert.key


def _notices(
    receiver: str, reason: Reason, alerts: tuple[Alert, ...], policy: Policy
) -> Iterable[Notice]:
    most = 1 if receiver in policy.one_by_one else TOGETHER
    for part in (alerts[at : at + most] for at in range(0, len(alerts), most)):
        news = (f"{alert.id}/{alert.steps}/{alert.told_at}" for alert in part)
        said = [receiver, reason, *news]
        name = of_value(said).removeprefix("sha256:")[:ID_LENGTH]
        yield Notice(id=name, receiver=receiver, reason=reason, alerts=part)


def _waited(group: Iterable[Told], policy: Policy, now: int) -> bool:
    """Whether the first of a group that nobody was told of has waited for others."""
    untold = [
        draft.alert.fired_at
        for draft in group
        if draft.alert.state is State.FIRING and draft.alert.told_at is None
        if draft.alert.fired_at is not None
    ]
    return bool(untold) and now - min(untold) >= policy.group_wait


def _news(alert: Alert, policy: Policy, *, waited: bool, now: int) -> _News | None:
    if alert.state is State.RESOLVED:
        return _News("resolved", alert.told) if alert.told else None
    if alert.state is State.ACKNOWLEDGED:
        untold = alert.told and not alert.acknowledgement_told
        return _News("acknowledged", alert.told) if untold else None
    way = policy.way(alert.severity)
    # What is over for the moment is told of when it comes back, or has ended.
    if alert.state is State.PENDING or alert.silenced_by or alert.clear_since is not None:
        return None
    if alert.told_at is None or alert.first_told_at is None:
        return _News("fired", way.receivers) if waited and way.receivers else None
    return _later(alert, way, alert.told_at, waiting=now - alert.first_told_at, now=now)


def _later(alert: Alert, way: Way, told_at: int, *, waiting: int, now: int) -> _News | None:
    """Give what follows on the first word, while nobody acknowledges."""
    everybody = tuple(dict.fromkeys((*way.receivers, *way.escalate_to)))
    after = way.escalate_after if alert.escalated_at is None else None
    if after is not None and waiting >= after and everybody:
        return _News("escalated", everybody)
    again = everybody if alert.escalated_at is not None else way.receivers
    if way.repeat is not None and now - told_at >= way.repeat and again:
        return _News("repeated", again)
    return None


def _noted(draft: Told, news: _News, now: int) -> Told:
    """Give an alert with a step that says who is told."""
    alert, names = draft.alert, ", ".join(news.receivers)
    whom = tuple(dict.fromkeys((*alert.told, *news.receivers)))
    match news.reason:
        case "fired":
            return draft.put(now, "told", note=names, told=whom, told_at=now, first_told_at=now)
        case "escalated":
            return draft.put(
                now, "escalated", note=names, told=whom, told_at=now, escalated_at=now
            )
        case "repeated":
            return draft.put(now, "repeated", note=names, told=whom, told_at=now)
        case "acknowledged":
            return Told(replace(alert, acknowledgement_told=True), draft.steps)
        case _:
            return draft
