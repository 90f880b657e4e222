"""Incidents: opened, noted in, acted on, planned after, closed with a draft of a postmortem."""

from tenken.config.temporary import Overlay
from tenken.console.changes.change import Done, Filled, Refused, refused, text
from tenken.console.view import View
from tenken.errors import TenkenError
from tenken.gateway.settings.overlays import OFF, overlaid, put
from tenken.keeper.incidents.postmortem import draft
from tenken.keeper.incidents.reading import story
from tenken.store.overlays import Overlays
from tenken.store.watch.alerts import Alerts
from tenken.store.watch.effects import Effect, Effects
from tenken.store.watch.incidents import FollowUp, Incident, Incidents, Noted

HOUR_US = 3_600_000_000
TITLE_MAX = 200
TEXT_MAX = 2000
KINDS = ("note", "factor")


def begin(view: View, filled: Filled) -> Done:
    """Open one, from an alert or by hand."""
    cause = Alerts(view.desk.engine).find(filled.get("alert", "")) if filled.get("alert") else None
    title = view.speech(cause.what) if cause else text(filled, "title", most=TITLE_MAX)
    one = Incident(
        id=f"i-{_id(view)}",
        title=title[:TITLE_MAX],
        severity=cause.severity if cause else "ticket",
        opened_by=view.visitor.name,
        opened_at=view.now,
        lead=view.visitor.name,
        alert=cause.id if cause else "",
    )
    Incidents(view.desk.engine).open(one)
    return Done(to=f"/incidents/{one.id}", told="incident_opened")


def note(view: View, filled: Filled) -> Done:
    """Write down what was seen, or what contributed."""
    one = _running(view, filled)
    kind = filled.get("kind", "note")
    if kind not in KINDS:
        raise refused("field_bad", name="kind", most=10)
    noted = Noted(
        at=view.now, kind="factor" if kind == "factor" else "note", actor=view.visitor.name,
        text=text(filled, "text", most=TEXT_MAX),
    )  # fmt: skip
    Incidents(view.desk.engine).note(one.id, noted)
    return Done(to=f"/incidents/{one.id}", told="incident_noted")


def act(view: View, filled: Filled) -> Done:
    """Switch something off for an hour, or a route back; its first request is looked for."""
    incident, plan = _running(view, filled), view.desk.serving.plan()
    subject = text(filled, "subject")
    try:
        change, stays = _change(view, subject)
        one = Overlay(
            id=_id(view), subject=subject, change=change, actor=view.visitor.name,
            reason=f"incident {incident.id}", created_at=view.now,
            expires_at=view.now + HOUR_US,
        )  # fmt: skip
        put(plan, one)
    except TenkenError as error:
        raise Refused(error.sentence) from error
    known = Overlays(view.desk.engine)
    known.add(one)
    standing = known.standing(view.now)
    effect = Effect(
        overlay=one.id, subject=one.subject, ordered_at=view.now, incident=incident.id,
        versions=overlaid(plan, standing, now=view.now).overlays,
    )  # fmt: skip
    Effects(view.desk.engine).order(effect, standing=[each.id for each in standing])
    noted = Noted(
        at=view.now, kind="action", actor=view.visitor.name,
        text=f"{one.subject} {one.change}{stays}", reference=one.id,
    )  # fmt: skip
    Incidents(view.desk.engine).note(incident.id, noted)
    view.desk.serving.taken_over(standing)
    return Done(to=f"/incidents/{incident.id}", told="overlay_set")


def _change(view: View, subject: str) -> tuple[str, str]:
    """Give what an overlay is to say, and what of an earlier version stays as it is today."""
    part, _, name = subject.partition("/")
    if part != "route":
        return OFF, ""
    found = view.desk.serving.shifted(name)
    return found.change, f" (stays: {', '.join(found.stays)})" if found.stays else ""


def plan(view: View, filled: Filled) -> Done:
    """Write down what is to be done so that it does not come again."""
    one = _found(view, filled)
    further = FollowUp(
        incident=one.id, what=text(filled, "text", most=TEXT_MAX), owner=text(filled, "owner"),
        due=" ".join(filled.get("due", "").split())[:10],
    )  # fmt: skip
    Incidents(view.desk.engine).plan(further)
    return Done(to=f"/incidents/{one.id}", told="incident_noted")


def done(view: View, filled: Filled) -> Done:
    """Note that something is done."""
    one, said = _found(view, filled), filled.get("number", "")
    number = int(said) if said.isascii() and said.isdigit() and len(said) < 6 else 0
    if not Incidents(view.desk.engine).done(one.id, number, actor=view.visitor.name, at=view.now):
        raise refused("nothing_there")
    return Done(to=f"/incidents/{one.id}", told="action_done")


def close(view: View, filled: Filled) -> Done:
    """Close it with a draft, in the language of who closes it."""
    one = _running(view, filled)
    written = draft(story(view.desk.engine, one, view.now), view.speech)
    Incidents(view.desk.engine).close(
        one.id, actor=view.visitor.name, at=view.now, postmortem=written
    )
    return Done(to=f"/incidents/{one.id}#postmortem", told="incident_closed")


def _id(view: View) -> str:
    """Give what an address and a command line may hold."""
    return view.desk.chance(6).replace("-", "x").replace("_", "y").lower()


def _found(view: View, filled: Filled) -> Incident:
    one = Incidents(view.desk.engine).find(text(filled, "id"))
    if one is None:
        raise refused("nothing_there")
    return one


def _running(view: View, filled: Filled) -> Incident:
    one = _found(view, filled)
    if one.state != "open":
        raise refused("incident_over")
    return one
