"""Puts together what happened when: alerts, changes, failing targets, what people said.

Pure: what the tables of the store hold of a time comes in, lines in order come out.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from msgspec import Struct

from tenken.sentence import Sentence, say
from tenken.store.overlays import Past
from tenken.store.versions import Version
from tenken.store.watch.alert import Alert, Step
from tenken.store.watch.alert import Happened as Taken
from tenken.store.watch.effects import Effect
from tenken.store.watch.incidents import Noted

Source = Literal["alert", "settings", "overlay", "target", "person"]
TOLD: frozenset[Taken] = frozenset(
    {"fired", "worsened", "acknowledged", "escalated", "silenced", "resolved", "unheard"}
)
"""Steps of an alert that belong into a timeline; the others repeat them."""
FAILING_SHARE = 0.2
FAILING_MIN = 5
"""A target fails while so many of its calls do, and so large a share."""


class Line(Struct, frozen=True, kw_only=True):
    """One thing that happened."""

    at: int
    source: Source
    what: Sentence


class Calls(Struct, frozen=True, kw_only=True):
    """What became of the calls to a target in a stretch of time."""

    since: int
    until: int
    target: str
    calls: int
    failed: int
    failure: str = ""
    """The class that most of the failures were of."""

    @property
    def failing(self) -> bool:
        """It fails."""
        return self.failed >= FAILING_MIN and self.failed >= FAILING_SHARE * self.calls


class Happened(Struct, frozen=True, kw_only=True):
    """What the store holds of a time."""

    alerts: Sequence[tuple[Alert, Step]] = ()
    settings: Sequence[Version] = ()
    overlays: Sequence[Past] = ()
    effects: Sequence[Effect] = ()
    calls: Sequence[Calls] = ()
    notes: Sequence[Noted] = ()


def timeline(happened: Happened, *, since: int, until: int) -> tuple[Line, ...]:
    """Give what happened in a time, in order."""
    found = (
        *_alerts(happened.alerts),
        *_settings(happened.settings),
        *_overlays(happened.overlays),
        *_effects(happened.effects),
        *_targets(happened.calls),
        *_notes(happened.notes),
    )
    within = (line for line in found if since <= line.at <= until)
    return tuple(sorted(within, key=lambda line: line.at))


def _alerts(several: Iterable[tuple[Alert, Step]]) -> Iterator[Line]:
    for alert, step in several:
        if step.what in TOLD:
            what = say(
                f"incidents.alert_{step.what}", key=alert.key,
                severity=f"wording.urgency_{alert.severity}",
                actor=step.actor, note=step.note,
            )  # fmt: skip
            yield Line(at=step.at, source="alert", what=what)


def _settings(several: Iterable[Version]) -> Iterator[Line]:
    for one in several:
        what = say("incidents.settings", version=one.version, by=one.published_by)
        yield Line(at=one.published_at, source="settings", what=what)


def _overlays(several: Iterable[Past]) -> Iterator[Line]:
    for past in several:
        one = past.overlay
        said = {"subject": one.subject, "change": one.change}
        what = say("incidents.overlay", **said, actor=one.actor, reason=one.reason)
        yield Line(at=one.created_at, source="overlay", what=what)
        ended = one.expires_at if past.withdrawn_at is None else past.withdrawn_at
        yield Line(at=ended, source="overlay", what=say("incidents.overlay_ended", **said))


def _effects(several: Iterable[Effect]) -> Iterator[Line]:
    for one in several:
        if one.seen_at is not None and one.after_s is not None:
            what = say("incidents.effect", subject=one.subject, seconds=f"{one.after_s:.1f}")
            yield Line(at=one.seen_at, source="overlay", what=what)


def _targets(several: Iterable[Calls]) -> Iterator[Line]:
    """Say when a target began to fail, and when it was well again."""
    failing: dict[str, bool] = {}
    for one in sorted(several, key=lambda one: (one.since, one.target)):
        if one.failing == failing.get(one.target, False) or not one.calls:
            continue
        failing[one.target] = one.failing
        if one.failing:
            what = say(
                "incidents.target_fails", target=one.target, failed=one.failed, calls=one.calls,
                failure=one.failure or "-",
            )  # fmt: skip
        else:
            what = say("incidents.target_well", target=one.target)
        yield Line(at=one.since, source="target", what=what)


def _notes(several: Iterable[Noted]) -> Iterator[Line]:
    for one in several:
        if one.kind == "alert":
            continue  # the alert itself is a line
        what = say(f"incidents.noted_{one.kind}", actor=one.actor, text=one.text or "-")
        yield Line(at=one.at, source="person", what=what)
