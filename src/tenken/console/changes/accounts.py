"""Who is who: invitations, roles, locks, passwords and tokens of machines."""

from tenken.console.changes.change import Done, Filled, Refused, refused, text
from tenken.console.doors import secret
from tenken.console.doors.password import name_refused
from tenken.console.doors.password import refused as password_refused
from tenken.console.showing.blocks import Card, Choice, Note, Page
from tenken.console.view import View
from tenken.store.people.people import Invitation, People, Token
from tenken.store.people.roles import Role

HOUR_US = 3_600_000_000
INVITED_US = 48 * HOUR_US
DAYS = {"7d": 7, "30d": 30, "90d": 90, "365d": 365}
TOKEN_NAME_MAX = 60
EVERY = "*"
"""Of applications, said by name: nothing said leaves it as it was."""


def invite(view: View, filled: Filled) -> Done:
    """Let somebody set a password: a new user, or one who has forgotten theirs."""
    name, role = text(filled, "name"), _role(filled)
    wrong = name_refused(name)
    if wrong is not None:
        raise Refused(wrong)
    made = secret.made(view.desk.chance)
    people = People(view.desk.engine)
    found = people.user(name, view.desk.application)
    if found is not None and found.role is None:
        raise refused("user_elsewhere")
    invitation = Invitation(
        user=name, application=view.desk.application, role=role, invited_by=view.visitor.name,
        created_at=view.now, expires_at=view.now + INVITED_US,
        within=_within(view, filled, before=found.within if found else ""),
    )  # fmt: skip
    people.invite(made.sha256, invitation)
    return Done(page=_shown_once(view, "invited", made.text, name=name))


def role(view: View, filled: Filled) -> Done:
    """Say what somebody may do; nobody takes their own right to say so."""
    people, name = People(view.desk.engine), _other(view, filled)
    found = people.user(name, view.desk.application)
    people.grant(name, view.desk.application, _role(filled), within=found.within if found else "")
    return Done(to="/people", told="role_changed")


def lock(view: View, filled: Filled) -> Done:
    """Lock somebody out at once, or let them in again."""
    name = _other(view, filled)
    at = view.now if filled.get("locked") == "yes" else None
    People(view.desk.engine).disable(name, at=at)
    return Done(to="/people", told="locked" if at else "unlocked")


def add_token(view: View, filled: Filled) -> Done:
    """Make a token of a machine, which is shown once."""
    name, days = text(filled, "name", most=TOKEN_NAME_MAX), DAYS.get(filled.get("for", ""))
    wrong = name_refused(name)
    if days is None or wrong is not None:
        raise Refused(wrong) if wrong else refused("field_bad", name="for", most=10)
    made = secret.made(view.desk.chance, secret.PREFIX)
    token = Token(
        prefix=made.text[: len(secret.PREFIX) + secret.SHOWN], name=name,
        application=view.desk.application, created_by=view.visitor.name, created_at=view.now,
        expires_at=view.now + days * 24 * HOUR_US, within=_within(view, filled),
    )  # fmt: skip
    People(view.desk.engine).add_token(made.sha256, token)
    return Done(page=_shown_once(view, "token_made", made.text, name=name))


def revoke_token(view: View, filled: Filled) -> Done:
    """Take a token back."""
    people, prefix = People(view.desk.engine), text(filled, "prefix")
    if not people.revoke(prefix, view.desk.application, at=view.now):
        raise refused("no_such_token")
    return Done(to="/people#tokens", told="token_revoked")


def password(view: View, filled: Filled) -> Done:
    """Change one's own password; all of one's sessions end with it."""
    desk, name = view.desk, view.visitor.name
    people = People(desk.engine)
    user, new = people.user(name, desk.application), filled.get("new", "")
    wait = desk.knocking.wait_s(name, "account", view.now)
    if wait:
        raise refused("too_often", seconds=wait)
    if user is None or not desk.passwords.fits(user.password, filled.get("old", "")):
        desk.knocking.wrong(name, "account", view.now)
        raise refused("password_wrong")
    wrong = password_refused(name, new)
    if wrong is not None:
        raise Refused(wrong)
    people.set_password(name, desk.passwords.hashed(new))
    return Done(to="/login", leaves=True)


def _within(view: View, filled: Filled, *, before: str = "") -> str:
    """Give the one application that somebody is to see; empty for all of them.

    A password that is set anew widens nothing: where nothing is said, it stays as it was.
    """
    name = filled.get("within", "")
    known = {one.name for one in view.manifest.application.console.applications}
    if name not in {"", EVERY} | known:
        raise refused("field_bad", name="within", most=63)
    return {"": before, EVERY: ""}.get(name, name)


def _role(filled: Filled) -> Role:
    try:
        return Role(filled.get("role", ""))
    except ValueError as error:
        raise refused("field_bad", name="role", most=10) from error


def _other(view: View, filled: Filled) -> str:
    """Give whom it is about: a user of this application, and not oneself."""
    name = text(filled, "name")
    if name == view.visitor.name:
        raise refused("not_oneself")
    user = People(view.desk.engine).user(name, view.desk.application)
    if user is None or user.role is None:
        raise refused("no_such_user")
    return name


def _shown_once(view: View, what: str, shown: str, *, name: str) -> Page:
    note = Note(text=view.say(f"{what}_lead", name=name), command=shown)
    return Page(
        name="people",
        title=view.say(f"{what}_title"),
        cards=(Card(name="once", title=view.say("shown_once"), body=(note,)),),
        back=Choice(label=view.say("page_people"), href="/people", chosen=False),
    )
