"""`tenken incident`: opened, noted, acted on, closed with a draft; actions listed until done."""

import secrets
from pathlib import Path
from typing import Annotated, Literal

import typer
from msgspec import Struct

from tenken.cli.alerting.acting import act
from tenken.cli.alerting.desk import Desk, at_desk, moment
from tenken.cli.rim import Rim
from tenken.cli.serving.machine import wall_us
from tenken.cli.serving.served import Files
from tenken.cli.writing import write_text
from tenken.errors import UsageError
from tenken.keeper.incidents.postmortem import draft
from tenken.keeper.incidents.reading import story
from tenken.messages.speech import Language, Speech
from tenken.sentence import say
from tenken.store.watch.alerts import Alerts
from tenken.store.watch.incidents import FollowUp, Incident, Incidents, Noted

Action = Literal["open", "note", "factor", "plan", "done", "act", "close", "list", "show"]
LISTED = 50
TEXT_MAX = 2000
POSTMORTEMS = "postmortems"


class Said(Struct, frozen=True, kw_only=True):
    """What was given besides the action."""

    name: str
    """Of the incident; the title of one that is opened."""
    subject: str
    text: str
    owner: str
    due: str
    alert: str
    length: str
    language: str


def incident(
    ctx: typer.Context,
    action: Annotated[Action, typer.Argument(help="cli.argument_incident_action")] = "list",
    name: Annotated[str, typer.Argument(help="cli.argument_incident_name")] = "",
    subject: Annotated[str, typer.Argument(help="cli.argument_incident_subject")] = "",
    *,
    text: Annotated[str, typer.Option(help="cli.option_incident_text")] = "",
    owner: Annotated[str, typer.Option(help="cli.option_incident_owner")] = "",
    due: Annotated[str, typer.Option(help="cli.option_incident_due")] = "",
    alert: Annotated[str, typer.Option(help="cli.option_incident_alert")] = "",
    for_: Annotated[str, typer.Option("--for", help="cli.option_incident_for")] = "1h",
    draft_in: Annotated[str, typer.Option(help="cli.option_incident_language")] = "",
    actor: Annotated[str, typer.Option(help="cli.option_alerts_actor")] = "",
    path: Annotated[Path, typer.Option(help="cli.argument_path")] = Path(),
    platform: Annotated[Path | None, typer.Option(help="cli.option_platform")] = None,
    environment: Annotated[str, typer.Option(help="cli.option_environment")] = "",
    state: Annotated[Path | None, typer.Option(help="cli.option_gateway_state")] = None,
) -> None:
    """Do one thing with incidents."""
    rim: Rim = ctx.obj
    files = Files(folder=path, platform=platform, environment=environment, kept=state)
    said = Said(
        name=name, subject=subject, text=" ".join(text.split())[:TEXT_MAX], owner=owner, due=due,
        alert=alert, length=for_, language=draft_in,
    )  # fmt: skip
    with at_desk(files, rim.clock, actor=actor) as desk:
        match action:
            case "open":
                _open(rim, desk, said)
            case "list":
                _list(rim, desk)
            case "show":
                one = _found(desk, said.name)
                speech = _speech(rim, said)
                rim.write(one.postmortem or draft(story(desk.engine, one, desk.now), speech))
            case "plan":
                _plan(rim, desk, said)
            case "done":
                _done(rim, desk, said)
            case "note" | "factor":
                _note(rim, desk, said, kind=action)
            case "act":
                act(rim, desk, _running(desk, said.name), said.subject, said.length, said.text)
            case "close":
                _close(rim, desk, said)


def _open(rim: Rim, desk: Desk, said: Said) -> None:
    cause = Alerts(desk.engine).find(said.alert) if said.alert else None
    if said.alert and cause is None:
        raise UsageError("alerts.no_such_alert", name=said.alert[:40])
    title = said.name or (rim.speech(cause.what) if cause else "")
    if not title:
        raise UsageError("incidents.needs_title")
    one = Incident(
        id=f"i-{secrets.token_hex(4)}",
        title=title[:200],
        severity=cause.severity if cause else "ticket",
        opened_by=desk.actor,
        opened_at=desk.now,
        lead=said.owner,
        alert=cause.id if cause else "",
    )
    Incidents(desk.engine).open(one, why=said.text)
    rim.say(say("incidents.opened", id=one.id))


def _note(rim: Rim, desk: Desk, said: Said, *, kind: Literal["note", "factor"]) -> None:
    one = _found(desk, said.name)
    if not said.text:
        raise UsageError("incidents.needs_text")
    noted = Noted(at=desk.now, kind=kind, actor=desk.actor, text=said.text)
    Incidents(desk.engine).note(one.id, noted)
    rim.say(say("incidents.noted", id=one.id))


def _plan(rim: Rim, desk: Desk, said: Said) -> None:
    one = _found(desk, said.name)
    if not (said.text and said.owner):
        raise UsageError("incidents.needs_owner")
    further = FollowUp(incident=one.id, what=said.text, owner=said.owner, due=said.due)
    number = Incidents(desk.engine).plan(further)
    rim.say(say("incidents.planned", id=one.id, number=number, what=said.text, owner=said.owner))


def _done(rim: Rim, desk: Desk, said: Said) -> None:
    one = _found(desk, said.name)
    number = int(said.subject) if said.subject.isascii() and said.subject.isdigit() else 0
    if not Incidents(desk.engine).done(one.id, number, actor=desk.actor, at=desk.now):
        raise UsageError("incidents.no_such_action", id=one.id, number=said.subject[:10] or "-")
    rim.say(say("incidents.done", id=one.id, number=number))


def _close(rim: Rim, desk: Desk, said: Said) -> None:
    """Close it with a draft, which is kept and written beside the settings."""
    one = _running(desk, said.name)
    now = wall_us()
    text = draft(story(desk.engine, one, now), _speech(rim, said))
    Incidents(desk.engine).close(one.id, actor=desk.actor, at=now, postmortem=text)
    path = desk.files.folder / POSTMORTEMS / f"{moment(one.opened_at)[:10]}-{one.id}.md"
    write_text(path, text)
    rim.say(say("incidents.closed", id=one.id, path=str(path)))


def _list(rim: Rim, desk: Desk) -> None:
    book = Incidents(desk.engine)
    found = book.newest(LISTED)
    if not found:
        rim.say(say("incidents.none"))
    for one in found:
        times = f"{moment(one.opened_at)}  {moment(one.closed_at)}"
        rim.write(f"{one.id}  {one.state:6}  {one.severity:6}  {times}  {one.title}")
    outstanding = book.outstanding()
    if found and not outstanding:
        rim.say(say("incidents.none_outstanding"))
    for to_do in outstanding:
        who = f"{to_do.owner}  {to_do.due or '-'}"
        rim.write(f"{to_do.incident}  #{to_do.number}  {who}  {to_do.what}")


def _found(desk: Desk, name: str) -> Incident:
    book = Incidents(desk.engine)
    one = book.find(name)
    if one is None:
        known = ", ".join(it.id for it in book.newest(LISTED)) or "wording.none_there"
        raise UsageError("incidents.no_such", id=name[:40] or "-", known=known)
    return one


def _running(desk: Desk, name: str) -> Incident:
    one = _found(desk, name)
    if one.state != "open":
        raise UsageError("incidents.not_open", id=one.id)
    return one


def _speech(rim: Rim, said: Said) -> Speech:
    return Speech(Language(said.language)) if said.language in set(Language) else rim.speech
