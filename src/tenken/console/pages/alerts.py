"""What is wrong now, what was, who is told, and one alert from its first sign to its end."""

from collections.abc import Iterator, Sequence

from tenken.console.changes.watching import LENGTHS
from tenken.console.pages import incidents
from tenken.console.pages.parts import alerts_table, columns, open_alerts
from tenken.console.showing.blocks import (
    Act,
    Asked,
    Body,
    Card,
    Choice,
    Event,
    Fact,
    Facts,
    Form,
    Note,
    Page,
    Row,
    Table,
    Timeline,
    Tone,
)
from tenken.console.view import View
from tenken.store.people.roles import Role
from tenken.store.watch.alert import Alert, Happened, State, Step
from tenken.store.watch.alerts import Alerts
from tenken.store.watch.outbox import Delivery, Outbox, Progress
from tenken.store.watch.silences import Silence, Silences

ENDED = 30
LISTED = 30
STEP_TONES: dict[Happened, Tone] = {
    "fired": "bad", "worsened": "bad", "returned": "bad", "escalated": "bad", "unheard": "notice",
    "acknowledged": "calm", "silenced": "calm", "cleared": "good", "resolved": "good",
}  # fmt: skip


def page(view: View) -> Page:
    """Give the page."""
    silences = Silences(view.desk.engine)
    return Page(
        name="alerts",
        title=view.say("page_alerts"),
        lead=_lead(view),
        cards=(
            _open(view),
            incidents.card(view),
            *incidents.outstanding(view),
            _silences(view, silences.newest(LISTED)),
            *((_silence_form(view),) if view.may(Role.OPERATOR) else ()),
            _ended(view),
            _deliveries(view),
        ),
    )


def _lead(view: View) -> str:
    by = view.manifest.application.alerts.by
    return view.say("alerts_lead") if by == "tenken" else view.say("alerts_elsewhere", by=by)


def _open(view: View) -> Card:
    found = open_alerts(view)
    table = alerts_table(view, found)
    if view.may(Role.OPERATOR):
        rows = zip(table.rows, found, strict=True)
        acted = tuple(_acted(view, row, one) for row, one in rows)
        table = Table(name=table.name, label=table.label, columns=table.columns, rows=acted)
    calm = Note(text=view.say("no_alerts"), tone="good")
    return Card(
        name="open", title=view.say("card_alerts", count=len(found)), refresh=True,
        body=(table if found else calm,),
    )  # fmt: skip


def _acted(view: View, row: Row, one: Alert) -> Row:
    acts = (_acknowledge(view, one),) if one.state is State.FIRING else ()
    return Row(cells=row.cells, href=row.href, tone=row.tone, acts=acts)


def _acknowledge(view: View, one: Alert) -> Act:
    return Act(path="/alerts/acknowledge", label=view.say("acknowledge"), hidden=(("id", one.id),))


def _silences(view: View, silences: Sequence[Silence]) -> Card:
    kinds = columns(
        view, ("pattern", "code"), ("standing", "tone"), ("owner", "text"), ("reason", "text"),
        ("created_at", "moment"), ("expires_at", "moment"),
    )  # fmt: skip
    rows = tuple(_silence(view, one) for one in silences)
    table = Table(name="silences", label=view.say("table_silences"), columns=kinds, rows=rows)
    none = Note(text=view.say("no_silences"), tone="calm")
    return Card(name="silences", title=view.say("table_silences"), body=(table if rows else none,))


def _silence(view: View, one: Silence) -> Row:
    holds = one.withdrawn_at is None and one.expires_at > view.now
    gone = "withdrawn" if one.withdrawn_at is not None else "expired"
    act = Act(
        path="/alerts/silences/withdraw", label=view.say("end_silence"),
        hidden=(("id", one.id), ("subject", one.pattern)),
    )  # fmt: skip
    return Row(
        cells=(
            one.pattern, view.say(f"overlay_{'holds' if holds else gone}"), one.owner, one.reason,
            one.created_at, one.expires_at,
        ),
        tone="notice" if holds else "calm",
        acts=(act,) if holds and view.may(Role.OPERATOR) else (),
    )  # fmt: skip


def _silence_form(view: View, pattern: str = "") -> Card:
    form = Form(
        path="/alerts/silences",
        label=view.say("silence"),
        fields=(
            Asked(
                name="subject", label=view.say("field_pattern"), value=pattern,
                hint=view.say("pattern_hint"),
            ),
            Asked(
                name="for", label=view.say("field_for"), kind="select", value="1h",
                options=tuple((one, view.say(f"length_{one}")) for one in LENGTHS),
            ),
            Asked(name="reason", label=view.say("field_reason")),
        ),
    )  # fmt: skip
    return Card(
        name="silence", title=view.say("silence"), lead=view.say("silence_lead"), body=(form,)
    )


def _ended(view: View) -> Card:
    newest = Alerts(view.desk.engine).newest(ENDED + 50)
    found = [one for one in newest if not one.is_open][:ENDED]
    table = alerts_table(view, found, name="ended")
    none = Note(text=view.say("no_ended"), tone="calm")
    return Card(name="ended", title=view.say("table_ended"), body=(table if found else none,))


def _deliveries(view: View) -> Card:
    kinds = columns(
        view, ("at", "moment"), ("receiver", "text"), ("reason", "text"), ("standing", "tone"),
        ("tries", "whole"), ("answer", "text"),
    )  # fmt: skip
    rows = tuple(_delivered(view, Outbox(view.desk.engine).newest(LISTED)))
    table = Table(name="deliveries", label=view.say("table_deliveries"), columns=kinds, rows=rows)
    none = Note(text=view.say("no_deliveries"), command="tenken alerts test", tone="calm")
    return Card(
        name="deliveries", title=view.say("table_deliveries"),
        lead=view.say("deliveries_lead"), body=(table if rows else none,),
    )  # fmt: skip


DELIVERY_TONES: dict[Progress, Tone] = {
    Progress.SENT: "good", Progress.DUE: "notice", Progress.GIVEN_UP: "bad",
}  # fmt: skip


def _delivered(view: View, newest: Sequence[Delivery]) -> Iterator[Row]:
    for one in newest:
        yield Row(
            cells=(
                one.created_at, one.receiver, view.say(f"step_{one.reason}"),
                view.say(f"delivery_{one.state.value}"), one.attempts, one.answer or None,
            ),
            tone=DELIVERY_TONES[one.state],
        )  # fmt: skip


# -------------------------------------------------------------------------------- one alert


def alert(view: View) -> Page | None:
    """Give one alert."""
    known = Alerts(view.desk.engine)
    one = known.find(view.thing)
    if one is None:
        return None
    steps = known.steps(one.id)
    return Page(
        name="alert",
        title=view.speech(one.what),
        lead=f"{view.say(f'severity_{one.severity}')} · {view.say(f'standing_{one.standing}')}",
        back=Choice(label=view.say("page_alerts"), href="/alerts", chosen=False),
        cards=(
            Card(
                name="facts", title=view.say("card_alert"), half=True,
                body=tuple(_about(view, one)),
            ),
            Card(
                name="timeline", title=view.say("card_timeline"), half=True,
                body=(Timeline(events=tuple(_events(view, one, steps))),),
            ),
            *(_emergency(view, one) if view.may(Role.OPERATOR) else ()),
            *((_silence_form(view, one.key),) if one.is_open and view.may(Role.OPERATOR) else ()),
        ),
    )  # fmt: skip


def _events(view: View, one: Alert, steps: Sequence[Step]) -> Iterator[Event]:
    yield Event(at=one.since, what=view.say("alert_since"), tone="notice")
    for step in steps:
        who = " · ".join(part for part in (step.actor, step.note) if part)
        tone = STEP_TONES.get(step.what, "")
        yield Event(at=step.at, what=view.say(f"step_{step.what}"), who=who, tone=tone)


def _about(view: View, one: Alert) -> Iterator[Body]:
    known: tuple[tuple[str, str | float | None], ...] = (
        ("kind", view.word("alert", one.kind)),
        *one.subject.parts(),
        ("value", _figure(one.value, one.unit)),
        ("threshold", _figure(one.threshold, one.unit)),
        (
            "budget_left",
            None if one.budget_left is None else view.words(one.budget_left, "share"),
        ),
        ("cause", view.speech(one.cause) if one.cause else None),
        ("runbook", one.runbook or None),
        ("told_to", ", ".join(one.told) or None),
        ("key", one.key),
    )
    yield Facts(
        facts=tuple(
            Fact(name=name, label=view.say(f"column_{name}"), value=value,
                 href=_seen(view, name, value))
            for name, value in known
            if value is not None
        )
    )  # fmt: skip
    if one.state is State.FIRING and view.may(Role.OPERATOR):
        act = _acknowledge(view, one)
        yield Form(
            path="/incidents/open", label=view.say("open_incident"),
            fields=(Asked(name="alert", label="", kind="hidden", value=one.id),),
        )  # fmt: skip
        yield Form(path=act.path, label=act.label, fields=(
            Asked(name="id", label="", kind="hidden", value=one.id),
        ))  # fmt: skip


def _figure(value: float | None, unit: str) -> str | None:
    return None if value is None else f"{value:.4g} {unit}".strip()


def _seen(view: View, name: str, value: str | float | None) -> str:
    if name in {"use_case", "route", "caller", "model", "release"}:
        return view.at("/traffic", **{name: str(value)})
    return "/reliability" if name == "target" else ""


def _emergency(view: View, one: Alert) -> Iterator[Card]:
    """Give what can be switched off for an hour, by one button with a question before."""
    found = [
        (part, value)
        for part, value in one.subject.parts()
        if part in {"use_case", "route", "target"}
    ]
    if not one.is_open or not found:
        return
    yield Card(
        name="emergency",
        title=view.say("card_emergency"),
        lead=view.say("emergency_lead"),
        body=tuple(
            Form(
                path="/settings/overlays", label=view.say(f"switch_off_{part}", name=value),
                confirm=view.say("switch_off_confirm", name=value), tone="bad", inline=True,
                fields=(
                    Asked(name="subject", label="", kind="hidden", value=f"{part}/{value}"),
                    Asked(name="change", label="", kind="hidden", value="off"),
                    Asked(name="for", label="", kind="hidden", value="1h"),
                    Asked(
                        name="reason", label=view.say("field_reason"),
                        value=view.say("reason_alert", id=one.id),
                    ),
                ),
            )
            for part, value in found
        ),
    )  # fmt: skip
