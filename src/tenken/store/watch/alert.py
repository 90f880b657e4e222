"""An alert: something that is wrong for as long as a watcher says so, and what became of it.

Times are microseconds since 1970. An alert that is silenced or was escalated is so besides its
state: it goes on and ends like any other.
"""

from enum import StrEnum
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from tenken.sentence import Sentence

Severity = Literal["page", "ticket", "info"]
SEVERITIES: tuple[Severity, ...] = ("page", "ticket", "info")
"""From what wakes somebody to what is only told."""


Happened = Literal[
    "fired", "worsened", "told", "silenced", "unsilenced", "acknowledged", "escalated",
    "repeated", "cleared", "returned", "resolved", "unheard",
]  # fmt: skip


class Subject(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a signal is about; a part that it is not about is empty."""

    use_case: str = ""
    route: str = ""
    caller: str = ""
    target: str = ""
    provider: str = ""
    model: str = ""
    release: str = ""
    slo: str = ""
    receiver: str = ""

    def parts(self) -> tuple[tuple[str, str], ...]:
        """Give what it is about, name by name."""
        named = ((name, str(getattr(self, name))) for name in self.__struct_fields__)
        return tuple((name, value) for name, value in named if value)


class State(StrEnum):
    """Where an alert is on its way."""

    PENDING = "pending"
    """It is so, and not yet for as long as it must be: nobody is told."""
    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"
    """Somebody has it in hand: no repeats, no escalation."""
    RESOLVED = "resolved"


class Step(Struct, frozen=True, kw_only=True):
    """One step of what became of an alert."""

    at: int
    what: Happened
    actor: str = ""
    note: str = ""


class Alert(Struct, frozen=True, kw_only=True):
    """One alert, as it is now."""

    id: str
    key: str
    kind: str
    severity: Severity
    state: State
    since: int
    """From when on it was so."""
    changed_at: int
    heard_at: int
    """When a watcher last spoke of it."""
    what: Sentence
    subject: Subject = field(default_factory=Subject)
    value: float | None = None
    threshold: float | None = None
    unit: str = ""
    budget_left: float | None = None
    cause: Sentence | None = None
    runbook: str = ""
    fired_at: int | None = None
    told: tuple[str, ...] = ()
    """Receivers that were told of it; all of them hear when it is over."""
    told_at: int | None = None
    """When somebody was told last; None while nobody was, or since it became worse."""
    first_told_at: int | None = None
    """From when on it waits for somebody to acknowledge it."""
    acknowledged_at: int | None = None
    acknowledged_by: str = ""
    acknowledgement_told: bool = False
    escalated_at: int | None = None
    silenced_by: str = ""
    """The id of the silence that holds now."""
    clear_since: int | None = None
    """From when on it was no longer so; it ends once that has lasted."""
    returns: int = 0
    """How often it came back just after it had gone: each time it must be gone for longer."""
    resolved_at: int | None = None
    steps: int = 0
    """How many steps are written."""
    revision: int = 0
    """Which version of it this is; who writes it must have read the one before."""

    @property
    def is_open(self) -> bool:
        """It has not ended."""
        return self.state is not State.RESOLVED

    @property
    def is_told_of(self) -> bool:
        """It is so for long enough, has not ended, and nobody has silenced it."""
        return self.state in {State.FIRING, State.ACKNOWLEDGED} and not self.silenced_by

    @property
    def lost_sight_of(self) -> bool:
        """It ended because nothing was heard of it any more, and not because it was well."""
        return self.resolved_at is not None and self.heard_at < self.resolved_at

    @property
    def standing(self) -> str:
        """The word for where it is: its state, or that it is escalated or silenced."""
        if self.state is not State.FIRING:
            return self.state.value
        if self.silenced_by:
            return "silenced"
        return "escalated" if self.escalated_at is not None else self.state.value


def acknowledged(alert: Alert, *, actor: str, at: int) -> Alert:
    """Give an alert that somebody has in hand; itself where there is nothing to take in hand."""
    if alert.state is not State.FIRING:
        return alert
    return replace(
        alert,
        state=State.ACKNOWLEDGED,
        acknowledged_at=at,
        acknowledged_by=actor,
        changed_at=at,
        steps=alert.steps + 1,
    )
