"""What becomes of alerts when watchers have spoken: pure, and the same for the same input.

Signals move each alert along its way (`moved`); then it is decided who is told of what
(`tellings`). Neither reads a clock.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from tenken.digest import of_value
from tenken.keeper.alerts.policy import Policy, silence_of
from tenken.keeper.alerts.signal import SEVERITIES, Signal
from tenken.keeper.alerts.telling import Notice, Told, tellings
from tenken.store.watch.alert import Alert, State, Step
from tenken.store.watch.silence import Silence

ID_LENGTH = 12
WATCH = "watch"
"""The kind of what is said of watchers themselves."""
TIMES = ("since", "heard_at", "fired_at", "told_at", "first_told_at", "clear_since")


class Standing(Struct, frozen=True, kw_only=True):
    """What is known before watchers speak."""

    open: tuple[Alert, ...] = ()
    recent: tuple[Alert, ...] = ()
    """Those that ended not long ago."""
    silences: tuple[Silence, ...] = ()


class Change(Struct, frozen=True, kw_only=True):
    """What is to be written, all of it or nothing."""

    alerts: tuple[Alert, ...] = ()
    """As they are now; only those that are new or changed."""
    steps: tuple[tuple[str, int, Step], ...] = ()
    """By alert and number."""
    passed: tuple[str, ...] = ()
    """Alerts that went before anybody was to be told: nothing is kept of them."""
    notices: tuple[Notice, ...] = ()


def advance(standing: Standing, signals: Iterable[Signal], policy: Policy, now: int) -> Change:
    """Give what becomes of the alerts that stand, and whom to tell."""
    said = _loudest(signals)
    stored = {alert.key: alert for alert in standing.open}
    before = {key: _in_time(alert, now) for key, alert in stored.items()}
    deaf = any(signal.kind == WATCH and signal.firing for signal in said.values())
    last = {alert.key: alert for alert in standing.recent}
    drafts: list[Told] = []
    passed: list[str] = []
    for key in sorted({*before, *said}):
        alert = before.get(key)
        signal = said.get(key)
        if alert is not None:
            draft = _moved(alert, signal, policy, now, deaf=deaf)
        elif signal is not None and signal.firing:
            draft = _begun(signal, last.get(key), policy, now)
        else:
            continue
        if draft is not None:
            drafts.append(_silenced(draft, standing.silences, now))
        elif alert is not None:
            passed.append(alert.id)
    return _change(stored, tellings(drafts, policy, now), passed, now)


def _change(
    before: Mapping[str, Alert],
    told: tuple[tuple[Told, ...], tuple[Notice, ...]],
    passed: list[str],
    now: int,
) -> Change:
    drafts, notices = told
    changed = tuple(
        replace(draft.numbered, changed_at=now)
        for draft in drafts
        if draft.numbered != before.get(draft.alert.key)
    )
    steps = tuple(
        (draft.alert.id, draft.alert.steps + number, step)
        for draft in drafts
        for number, step in enumerate(draft.steps, 1)
    )
    return Change(alerts=changed, steps=steps, passed=tuple(passed), notices=notices)


def _loudest(signals: Iterable[Signal]) -> Mapping[str, Signal]:
    """Give what is said by key: of two who speak of one thing, nobody calms what another sees."""
    said: dict[str, Signal] = {}
    for signal in signals:
        known = said.get(signal.key)
        if known is None or _loudness(signal) < _loudness(known):
            said[signal.key] = signal
    return said


def _loudness(signal: Signal) -> tuple[bool, bool, int]:
    return not signal.firing, signal.known, SEVERITIES.index(signal.severity)


def _in_time(alert: Alert, now: int) -> Alert:
    """Give an alert without times to come: a clock was wrong that has been set back since.

    What has to last for a while would otherwise not begin to before those times.
    """
    ahead = {name: now for name in TIMES if (at := getattr(alert, name)) is not None and at > now}
    return replace(alert, **ahead) if ahead else alert


def _moved(
    alert: Alert, signal: Signal | None, policy: Policy, now: int, *, deaf: bool
) -> Told | None:
    """Give an alert after what is said of it; None where nothing is left of it.

    `deaf`: a watcher fails, so that nobody can tell why nothing is said.
    """
    if signal is None and deaf:
        return Told(alert)
    if signal is None or not (signal.firing or signal.known):
        return _unheard(alert, policy, now)
    if not signal.firing:
        return _clearing(alert, policy, now)
    return _going_on(alert, signal, now)


def _begun(signal: Signal, last: Alert | None, policy: Policy, now: int) -> Told:
    restless = (
        last is not None
        and last.resolved_at is not None
        and now - last.resolved_at <= policy.returns_within
    )
    alert = Alert(
        id=of_value([signal.key, now]).removeprefix("sha256:")[:ID_LENGTH],
        key=signal.key,
        kind=signal.kind,
        severity=signal.severity,
        state=State.PENDING,
        since=now,
        changed_at=now,
        heard_at=now,
        what=signal.what,
        returns=last.returns + 1 if restless and last else 0,
    )
    return _going_on(alert, signal, now)


def _going_on(alert: Alert, signal: Signal, now: int) -> Told:
    draft = Told(_heard(alert, signal, now))
    if alert.state is State.PENDING:
        if now - alert.since < signal.for_s * 1_000_000:
            return draft
        return draft.put(now, "fired", state=State.FIRING, fired_at=now)
    if alert.clear_since is not None:
        draft = draft.put(now, "returned", clear_since=None, returns=alert.returns + 1)
    if SEVERITIES.index(signal.severity) < SEVERITIES.index(alert.severity):
        draft = draft.put(
            now, "worsened", state=State.FIRING, told_at=None, first_told_at=None,
            acknowledged_at=None, acknowledged_by="", acknowledgement_told=False,
            escalated_at=None,
        )  # fmt: skip
    return draft


def _heard(alert: Alert, signal: Signal, now: int) -> Alert:
    """Give an alert with what is said of it now; it never becomes less severe while it lasts."""
    return replace(
        alert,
        severity=min(alert.severity, signal.severity, key=SEVERITIES.index),
        heard_at=now,
        what=signal.what,
        subject=signal.subject,
        value=signal.value,
        threshold=signal.threshold,
        unit=signal.unit,
        budget_left=signal.budget_left,
        cause=signal.cause,
        runbook=signal.runbook,
    )


def _clearing(alert: Alert, policy: Policy, now: int) -> Told | None:
    if alert.state is State.PENDING:
        return None
    draft = Told(replace(alert, heard_at=now))
    if alert.clear_since is None:
        draft = draft.put(now, "cleared", clear_since=now)
    since = draft.alert.clear_since
    if since is not None and now - since >= policy.calm_for(alert):
        return draft.put(now, "resolved", state=State.RESOLVED, resolved_at=now)
    return draft


def _unheard(alert: Alert, policy: Policy, now: int) -> Told | None:
    if now - alert.heard_at < policy.unheard:
        return Told(alert)
    if alert.state is State.PENDING:
        return None
    return Told(alert).put(now, "unheard", state=State.RESOLVED, resolved_at=now)


def _silenced(draft: Told, silences: tuple[Silence, ...], now: int) -> Told:
    holding = silence_of(draft.alert, silences, now)
    if holding == draft.alert.silenced_by or draft.alert.state is State.PENDING:
        return draft
    if holding:
        return draft.put(now, "silenced", note=holding, silenced_by=holding)
    return draft.put(now, "unsilenced", silenced_by="")
