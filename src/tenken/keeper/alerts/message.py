"""What a receiver is told, in its language and in no vendor's form yet.

Each message says what is wrong, since when, how bad, what is left of the budget, what is likely
behind it, and where to read on.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from msgspec import Struct, field

from tenken.keeper.alerts.telling import Notice, Reason
from tenken.messages.speech import Speech
from tenken.sentence import say
from tenken.store.watch.alert import SEVERITIES, Alert, Severity

SECOND = 1_000_000


class Links(Struct, frozen=True, kw_only=True):
    """Where people read on."""

    console: str = ""
    """The console's address, without a slash behind it."""
    repository: str = ""
    """What the path of a runbook is put behind."""
    runbooks: Mapping[str, str] = field(default_factory=dict)
    """By kind of alert, for those that bring none of their own."""

    def of_alert(self, alert: Alert) -> str:
        """Give where the console shows an alert; empty where there is no console."""
        return f"{self.console.rstrip('/')}/alerts/{alert.id}" if self.console else ""

    def runbook(self, alert: Alert) -> str:
        """Give where its runbook is: an address where that is known, else its path."""
        named = alert.runbook or self.runbooks.get(alert.kind, "")
        if not named or "://" in named or not self.repository:
            return named
        return f"{self.repository.rstrip('/')}/{named.lstrip('/')}"


class Part(Struct, frozen=True, kw_only=True):
    """What is said of one alert."""

    alert: Alert
    what: str
    lines: tuple[tuple[str, str], ...]
    """Labels and what they label, in the receiver's language."""
    runbook: str = ""
    console: str = ""


class Message(Struct, frozen=True, kw_only=True):
    """What is said to one receiver."""

    id: str
    """Of the delivery; the same however often it is sent."""
    reason: Reason
    severity: Severity
    title: str
    application: str
    environment: str
    parts: tuple[Part, ...]
    now: int

    @property
    def over(self) -> bool:
        """It tells that something is over, and that this is known."""
        return self.reason == "resolved" and not _lost_sight(part.alert for part in self.parts)


class Writer(Struct, frozen=True, kw_only=True):
    """Puts notices into words."""

    application: str
    environment: str = ""
    links: Links = field(default_factory=Links)

    def message(self, notice: Notice, speech: Speech, now: int) -> Message:
        """Give what a receiver is told."""
        severity = min((alert.severity for alert in notice.alerts), key=SEVERITIES.index)
        return Message(
            id=notice.id,
            reason=notice.reason,
            severity=severity,
            title=self._title(notice, severity, speech),
            application=self.application,
            environment=self.environment,
            parts=tuple(self._part(alert, speech, now) for alert in notice.alerts),
            now=now,
        )

    def _title(self, notice: Notice, severity: Severity, speech: Speech) -> str:
        where = " ".join(part for part in (self.application, self.environment) if part)
        first, more = notice.alerts[0], len(notice.alerts) - 1
        what = speech(first.what)
        said = speech.text("alerts.and_more", what=what, count=more) if more else what
        lost = notice.reason == "resolved" and _lost_sight(notice.alerts)
        reason = "unheard" if lost else notice.reason
        return speech.text(
            f"alerts.title_{reason}", severity=f"wording.alert_{severity}", where=where, what=said,
            actor=first.acknowledged_by,
        )  # fmt: skip

    def _part(self, alert: Alert, speech: Speech, now: int) -> Part:
        return Part(
            alert=alert,
            what=speech(alert.what),
            lines=tuple(_lines(alert, speech, now)),
            runbook=self.links.runbook(alert),
            console=self.links.of_alert(alert),
        )


def _lost_sight(alerts: Iterable[Alert]) -> bool:
    return any(alert.lost_sight_of for alert in alerts)


def moment(at: int) -> str:
    """Give a moment as people write it."""
    return datetime.fromtimestamp(at // SECOND, tz=UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _lines(alert: Alert, speech: Speech, now: int) -> Iterator[tuple[str, str]]:
    until = alert.resolved_at or now
    lasted = max(0, until - alert.since) // (60 * SECOND)
    label = speech.text
    since = speech(say("alerts.since", at=moment(alert.since), minutes=lasted))
    yield label("alerts.label_since"), since
    if (bad := _how_bad(alert, speech)) is not None:
        yield label("alerts.label_value"), bad
    if alert.budget_left is not None:
        left = f"{100 * alert.budget_left:.1f} %"
        yield label("alerts.label_budget"), left
    about = ", ".join(f"{label(f'wording.about_{name}')} {value}" for name, value in _about(alert))
    if about:
        yield label("alerts.label_about"), about
    if alert.cause is not None:
        yield label("alerts.label_cause"), speech(alert.cause)


def _about(alert: Alert) -> tuple[tuple[str, str], ...]:
    return alert.subject.parts()


def _how_bad(alert: Alert, speech: Speech) -> str | None:
    if alert.value is None:
        return None
    value = f"{alert.value:.4g}{_unit(alert.unit)}"
    if alert.threshold is None:
        return value
    return speech.text(
        "alerts.value_of", value=value, threshold=f"{alert.threshold:.4g}{_unit(alert.unit)}"
    )


def _unit(unit: str) -> str:
    return unit if unit in {"", "x"} else f" {unit}"
