"""Emergency actions: overlays with an incident, whose first request is looked for.

A use case is switched off, a target is taken out (so that what follows it is called), or a route
is shifted back to what an earlier version of the settings said of its targets.
"""

import secrets
from datetime import date

import msgspec
from sqlalchemy import Engine

from tenken.cli.alerting.desk import Desk, moment
from tenken.cli.operating.overlay import seconds_of
from tenken.cli.rim import Rim
from tenken.cli.serving.published import mirror
from tenken.cli.serving.served import Texts
from tenken.config.application import Application, Route
from tenken.config.temporary import Overlay
from tenken.errors import TenkenError, UsageError
from tenken.gateway.plan import Plan
from tenken.gateway.settings.overlays import OFF, overlaid, put
from tenken.keeper.incidents.shifting import Shift, shift
from tenken.sentence import say
from tenken.store.overlays import Overlays
from tenken.store.versions import Version, Versions
from tenken.store.watch.effects import Effect, Effects
from tenken.store.watch.incidents import Incident, Incidents, Noted

REASON = "incident"
EARLIER = 50


def act(  # noqa: PLR0917 - a command's words
    rim: Rim, desk: Desk, incident: Incident, subject: str, length: str, why: str
) -> None:
    """Set an overlay, and have its first request looked for; raises UsageError."""
    texts = desk.files.texts()
    plan = desk.files.bare(texts, desk.manifest, rim.clock.now())
    one = Overlay(
        id=secrets.token_hex(4),
        subject=subject,
        change=_change(rim, desk, subject),
        actor=desk.actor,
        reason=" ".join(f"{REASON} {incident.id} {why}".split())[:400],
        created_at=desk.now,
        expires_at=desk.now + seconds_of(length) * 1_000_000,
    )
    put(plan, one)
    set_for(desk, plan, one, incident)
    until = moment(one.expires_at)
    rim.say(say("incidents.acted", id=one.id, until=until, incident=incident.id))


def set_for(desk: Desk, plan: Plan, one: Overlay, incident: Incident) -> None:
    """Write an overlay, what it is for, and how it will be known."""
    known = Overlays(desk.engine)
    known.add(one)
    standing = known.standing(desk.now)
    version = overlaid(plan, standing, now=desk.now).overlays
    effect = Effect(
        overlay=one.id, subject=one.subject, ordered_at=one.created_at, versions=version,
        incident=incident.id,
    )  # fmt: skip
    Effects(desk.engine).order(effect, standing=[each.id for each in standing])
    noted = Noted(
        at=desk.now, kind="action", actor=desk.actor, text=f"{one.subject} {one.change}",
        reference=one.id,
    )  # fmt: skip
    Incidents(desk.engine).note(incident.id, noted)
    if desk.files.state.is_dir():
        mirror(desk.files.overlays, lambda: known.standing(desk.now))


def _change(rim: Rim, desk: Desk, subject: str) -> str:
    part, _, name = subject.partition("/")
    if part in {"use_case", "target"} and name:
        return OFF
    if part != "route" or not name:
        raise UsageError("incidents.needs_subject")
    return _shifted(rim, desk, name)


def _shifted(rim: Rim, desk: Desk, name: str) -> str:
    """Give the change that brings a route back to its latest version that was another."""
    version, found = earlier(desk.engine, desk.app, name, rim.clock.now().date())
    if found.stays:
        parts = ", ".join(found.stays)
        rim.say(say("incidents.stays", version=version.version, parts=parts))
    return found.change


def earlier(engine: Engine, app: Application, name: str, today: date) -> tuple[Version, Shift]:
    """Give the latest version in which a route had other targets; raises UsageError."""
    now = next((route for route in app.routes if route.name == name), None)
    if now is None:
        known = ", ".join(route.name for route in app.routes) or "wording.none_there"
        raise UsageError("overlay.no_such", part="routes", name=name[:80], known=known)
    last: Version | None = None
    for version in Versions(engine).newest(EARLIER):
        before = _route_in(version, now.name, today)
        if before is None:
            continue
        last = version
        found = shift(now, before)
        if found is not None:
            return version, found
    if last is None:
        raise UsageError("incidents.no_earlier", route=now.name)
    raise UsageError("incidents.same_targets", route=now.name, version=last.version)


def _route_in(version: Version, name: str, today: date) -> Route | None:
    """Give a route as a version has it; None where it has none, or cannot be read any more."""
    texts = read_texts(version)
    if texts is None:
        return None
    try:
        app = texts.manifest(today).application
    except TenkenError:
        return None
    return next((route for route in app.routes if route.name == name), None)


def read_texts(version: Version) -> Texts | None:
    """Give the files of a version; None where this version of tenken cannot read them."""
    try:
        return msgspec.json.decode(version.content, type=Texts)
    except msgspec.DecodeError:
        return None
