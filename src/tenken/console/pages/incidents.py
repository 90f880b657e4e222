"""Incidents: what is going on, what was done, what it cost, and the postmortem's draft."""

from collections.abc import Iterator, Sequence

from tenken.console.pages.parts import SEVERITY_TONES, columns
from tenken.console.showing.blocks import (
    Act,
    Asked,
    Body,
    Card,
    Choice,
    Event,
    Form,
    Note,
    Page,
    Row,
    Table,
    Tile,
    Tiles,
    Timeline,
    Tone,
)
from tenken.console.view import View
from tenken.errors import TenkenError
from tenken.keeper.incidents.reading import Story, story
from tenken.keeper.incidents.timeline import Source
from tenken.store.people.roles import Role
from tenken.store.watch.effects import Effects
from tenken.store.watch.incidents import FollowUp, Incident, Incidents

LISTED = 50
TONES: dict[Source, Tone] = {
    "alert": "bad", "settings": "notice", "overlay": "notice", "target": "bad", "person": "calm",
}  # fmt: skip


def card(view: View) -> Card:
    """Give the list, and a way to open one by hand."""
    kinds = columns(
        view, ("severity", "tone"), ("title", "text"), ("standing", "text"), ("lead", "text"),
        ("since", "moment"), ("closed_at", "moment"),
    )  # fmt: skip
    found = Incidents(view.desk.engine).newest(LISTED)
    rows = tuple(_row(view, one) for one in found)
    table = Table(name="incidents", label=view.say("table_incidents"), columns=kinds, rows=rows)
    none = Note(text=view.say("no_incidents"), tone="calm")
    forms = (_open_form(view),) if view.may(Role.OPERATOR) else ()
    return Card(
        name="incidents", title=view.say("table_incidents"),
        body=(table if rows else none, *forms),
    )  # fmt: skip


def outstanding(view: View) -> tuple[Card, ...]:
    """Give what is to be done after incidents, until it is."""
    found = Incidents(view.desk.engine).outstanding()
    if not found:
        return ()
    label = view.say("table_outstanding")
    table = _follow_ups(view, found, name="outstanding", label=label)
    return (Card(name="outstanding", title=label, body=(table,)),)


def _row(view: View, one: Incident) -> Row:
    return Row(
        cells=(
            view.say(f"severity_{one.severity}"), one.title, view.say(f"incident_{one.state}"),
            one.lead or one.opened_by, one.opened_at, one.closed_at,
        ),
        href=f"/incidents/{one.id}",
        tone=SEVERITY_TONES[one.severity] if one.state == "open" else "",
    )  # fmt: skip


def _open_form(view: View) -> Form:
    title = Asked(name="title", label=view.say("field_title"))
    return Form(
        path="/incidents/open", label=view.say("open_incident"), fields=(title,), inline=True
    )


# ----------------------------------------------------------------------------- one incident


def incident(view: View) -> Page | None:
    """Give one incident."""
    one = Incidents(view.desk.engine).find(view.thing)
    if one is None:
        return None
    told = story(view.desk.engine, one, view.now)
    acting = one.state == "open" and view.may(Role.OPERATOR)
    events = tuple(
        Event(at=line.at, what=view.speech(line.what), tone=TONES[line.source])
        for line in told.lines
    )
    return Page(
        name="incident",
        title=one.title,
        lead=view.say(
            "incident_lead", state=view.say(f"incident_{one.state}"), id=one.id,
            who=one.lead or one.opened_by, at=view.words.moment(one.opened_at),
        ),
        back=Choice(label=view.say("page_alerts"), href="/alerts#incidents", chosen=False),
        cards=(
            Card(name="impact", title=view.say("card_impact"), body=(_impact(view, told),)),
            Card(
                name="timeline", title=view.say("card_timeline"), half=True,
                body=(Timeline(events=events),),
            ),
            Card(
                name="follow_up", title=view.say("card_work"), half=True,
                body=tuple(_work(view, told, acting=acting)),
            ),
            *((_emergency(view, one),) if acting else ()),
            *_effects(view, one),
            *_postmortem(view, one),
        ),
    )  # fmt: skip


def _impact(view: View, told: Story) -> Tiles:
    now, before = told.impact.totals, told.impact.before
    hurt = now.errors + now.blocked
    lasted = (told.until - told.incident.opened_at) / 1_000_000
    return Tiles(
        tiles=(
            Tile(name="lasted", label=view.say("tile_lasted"), value=lasted, kind="seconds"),
            Tile(name="requests", label=view.say("tile_requests"), value=now.requests,
                 note=view.say("before_it", value=view.words(before.requests, "whole"))),
            Tile(name="hurt", label=view.say("tile_hurt"), value=hurt,
                 tone="bad" if hurt else "good",
                 note=view.say("before_it",
                               value=view.words(before.errors + before.blocked, "whole"))),
            Tile(name="callers", label=view.say("tile_callers"),
                 value=len(told.impact.callers),
                 note=", ".join(one.name for one in told.impact.callers[:4])),
            Tile(name="cost", label=view.say("tile_cost"), value=now.cost, kind="money",
                 note=view.say("before_it", value=view.words(before.cost, "money"))),
        )
    )  # fmt: skip


def _work(view: View, told: Story, *, acting: bool) -> Iterator[Body]:
    one = told.incident
    hidden = Asked(name="id", label="", kind="hidden", value=one.id)
    if told.follow_ups:
        label = view.say("table_follow_ups")
        yield _follow_ups(view, told.follow_ups, name="follow_ups", label=label)
    if acting:
        kinds = tuple((kind, view.say(f"noted_{kind}")) for kind in ("note", "factor"))
        yield Form(
            path="/incidents/note", label=view.say("note_down"),
            fields=(
                hidden,
                Asked(name="text", label=view.say("field_text")),
                Asked(name="kind", label=view.say("column_kind"), kind="select", options=kinds),
            ),
        )  # fmt: skip
    if view.may(Role.OPERATOR):
        yield Form(
            path="/incidents/plan", label=view.say("plan_action"),
            fields=(
                hidden,
                Asked(name="text", label=view.say("field_todo")),
                Asked(name="owner", label=view.say("column_owner")),
                Asked(
                    name="due", label=view.say("column_due"), hint=view.say("due_hint"),
                    required=False,
                ),
            ),
        )  # fmt: skip
    if acting:
        yield Form(
            path="/incidents/close", label=view.say("close_incident"),
            confirm=view.say("close_confirm"), fields=(hidden,),
        )  # fmt: skip


def _follow_ups(view: View, found: Sequence[FollowUp], *, name: str, label: str) -> Table:
    kinds = columns(
        view, ("standing", "tone"), ("todo", "text"), ("owner", "text"), ("due", "text"),
        ("incident", "code"),
    )  # fmt: skip
    rows = tuple(
        Row(
            cells=(
                view.say("todo_done" if one.done_at else "todo_open"), one.what, one.owner,
                one.due or None, one.incident,
            ),
            href=f"/incidents/{one.incident}",
            tone="good" if one.done_at else "notice",
            acts=_finish(view, one),
        )
        for one in found
    )  # fmt: skip
    return Table(name=name, label=label, columns=kinds, rows=rows)


def _finish(view: View, one: FollowUp) -> tuple[Act, ...]:
    if one.done_at or not view.may(Role.OPERATOR):
        return ()
    hidden = (("id", one.incident), ("number", str(one.number)))
    return (Act(path="/incidents/done", label=view.say("mark_done"), hidden=hidden),)


def _emergency(view: View, one: Incident) -> Card:
    try:
        plan = view.desk.serving.plan()
    except TenkenError:
        note = Note(text=view.say("card_broken"), tone="bad")
        return Card(name="emergency", title=view.say("card_emergency"), body=(note,))
    cases = sorted({route.use_case for route in plan.routes.values()} - {""})
    subjects = [
        *((f"target/{name}", "switch_off_target", name) for name in sorted(plan.targets)),
        *((f"use_case/{name}", "switch_off_use_case", name) for name in cases),
        *((f"route/{name}", "shift_route_back", name) for name in sorted(plan.routes)),
    ]
    form = Form(
        path="/incidents/act", label=view.say("act_now"), confirm=view.say("overlay_confirm"),
        tone="bad", inline=True,
        fields=(
            Asked(name="id", label="", kind="hidden", value=one.id),
            Asked(
                name="subject", label=view.say("field_action"), kind="select",
                options=tuple((key, view.say(id_, name=name)) for key, id_, name in subjects),
            ),
        ),
    )  # fmt: skip
    back = Note(text=view.say("shift_back"), tone="calm")
    return Card(
        name="emergency", title=view.say("card_emergency"), lead=view.say("emergency_lead"),
        body=(form, back),
    )  # fmt: skip


def _effects(view: View, one: Incident) -> tuple[Card, ...]:
    found = Effects(view.desk.engine).of(one.id)
    if not found:
        return ()
    kinds = columns(
        view, ("at", "moment"), ("subject", "code"), ("after", "seconds"), ("exchange", "code")
    )
    rows = tuple(
        Row(cells=(each.ordered_at, each.subject, each.after_s, each.exchange or None))
        for each in found
    )
    table = Table(name="effects", label=view.say("table_effects"), columns=kinds, rows=rows)
    return (Card(name="effects", title=table.label, lead=view.say("effects_lead"), body=(table,)),)


def _postmortem(view: View, one: Incident) -> tuple[Card, ...]:
    if not one.postmortem:
        return ()
    note = Note(text=view.say("postmortem_lead"), command=one.postmortem)
    return (Card(name="postmortem", title=view.say("card_postmortem"), body=(note,)),)
