"""Who may enter, which machines read, and what was changed by whom."""

from tenken.console.changes.accounts import DAYS, EVERY
from tenken.console.pages.deciding.signing import role_name, sign_roles
from tenken.console.pages.parts import columns
from tenken.console.showing.blocks import (
    Act,
    Asked,
    Card,
    Fact,
    Facts,
    Form,
    Note,
    Page,
    Row,
    Table,
    Tone,
)
from tenken.console.view import View
from tenken.store.people.audit import Audit
from tenken.store.people.people import People, Token, User
from tenken.store.people.roles import Role
from tenken.store.people.signing import Signing, SignOffs

LISTED = 100
TONES: dict[str, Tone] = {"done": "good", "refused": "notice", "failed": "bad", "begun": "bad"}


def page(view: View) -> Page:
    """Give the page."""
    people = People(view.desk.engine)
    return Page(
        name="people",
        title=view.say("page_people"),
        lead=view.say("people_lead"),
        cards=(
            _users(view, people.users(view.desk.application)),
            _signers(view),
            _tokens(view, people.tokens(view.desk.application)),
            _invite(view),
            _add_token(view),
            _audit(view),
        ),
    )


def account(view: View) -> Page:
    """Give what everybody may change of themselves."""
    fields = (
        Asked(
            name="name", label="", kind="hidden", value=view.visitor.name, complete="username"
        ),
        Asked(name="old", label=view.say("field_old_password"), kind="password",
              complete="current-password"),
        Asked(name="new", label=view.say("field_new_password"), kind="password",
              hint=view.say("password_hint"), complete="new-password"),
    )  # fmt: skip
    facts = (
        Fact(name="name", label=view.say("field_name"), value=view.visitor.name),
        Fact(
            name="role", label=view.say("column_role"),
            value=view.say(f"role_{view.visitor.role.value}"),
        ),
    )  # fmt: skip
    form = Form(path="/account/password", label=view.say("change_password"), fields=fields)
    return Page(
        name="account",
        title=view.say("page_account"),
        cards=(
            Card(name="who", title=view.say("card_who"), half=True, body=(Facts(facts=facts),)),
            Card(
                name="password", title=view.say("change_password"), half=True,
                lead=view.say("password_lead"), body=(form,),
            ),
        ),
    )  # fmt: skip


def _users(view: View, users: tuple[User, ...]) -> Card:
    kinds = columns(
        view, ("name", "text"), ("role", "text"), ("within", "text"), ("standing", "tone"),
        ("created_at", "day"),
    )  # fmt: skip
    table = Table(
        name="users", label=view.say("table_users"), columns=kinds,
        rows=tuple(_user(view, one) for one in users),
    )  # fmt: skip
    return Card(name="users", title=view.say("table_users"), body=(table,))


def _user(view: View, one: User) -> Row:
    role = one.role or Role.VIEWER
    locked = one.disabled_at is not None
    others = [each for each in Role if each is not role]
    acts = [
        Act(
            path="/people/role", label=view.say(f"make_{each.value}"),
            confirm=view.say("role_confirm", name=one.name, role=view.say(f"role_{each.value}")),
            hidden=(("name", one.name), ("role", each.value)),
        )
        for each in others
    ]  # fmt: skip
    acts.append(
        Act(
            path="/people/lock", label=view.say("unlock" if locked else "lock"),
            confirm=view.say("unlock_confirm" if locked else "lock_confirm", name=one.name),
            hidden=(("name", one.name), ("locked", "no" if locked else "yes")), tone="bad",
        )
    )  # fmt: skip
    return Row(
        cells=(
            one.name, view.say(f"role_{role.value}"),
            ", ".join(one.within.split()) or view.say("within_all"),
            view.say("user_locked" if locked else "user_in"), one.created_at,
        ),
        tone="bad" if locked else "",
        acts=() if one.name == view.visitor.name else tuple(acts),
    )  # fmt: skip


def _invite(view: View) -> Card:
    form = Form(
        path="/people/invite",
        label=view.say("invite"),
        fields=(
            Asked(name="name", label=view.say("field_name"), complete="off"),
            Asked(
                name="role", label=view.say("column_role"), kind="select", value="viewer",
                options=tuple((one.value, view.say(f"role_{one.value}")) for one in Role),
            ),
            *_within(view),
        ),
    )  # fmt: skip
    return Card(
        name="invite", title=view.say("invite"), lead=view.say("invite_lead"), half=True,
        body=(form,),
    )  # fmt: skip


def _signers(view: View) -> Card:
    kinds = columns(view, ("name", "text"), ("sign_role", "text"))
    found = SignOffs(view.desk.engine).signers(view.desk.application)
    rows = tuple(
        Row(
            cells=(one.user, role_name(view, one.role)),
            acts=() if one.user == view.visitor.name else (_not_signer(view, one),),
        )
        for one in found
    )
    table = Table(name="signers", label=view.say("table_signers"), columns=kinds, rows=rows)
    form = Form(
        path="/people/signers",
        label=view.say("let_sign"),
        inline=True,
        fields=(
            Asked(name="name", label=view.say("field_name"), complete="off"),
            Asked(
                name="sign_role", label=view.say("column_sign_role"), kind="select",
                options=tuple((one, role_name(view, one)) for one in sign_roles()),
            ),
        ),
    )  # fmt: skip
    return Card(
        name="signers", title=view.say("table_signers"), lead=view.say("signers_lead"),
        body=(table, form) if rows else (form,),
    )  # fmt: skip


def _not_signer(view: View, one: Signing) -> Act:
    return Act(
        path="/people/signers", label=view.say("take_away"), tone="bad",
        confirm=view.say("signer_confirm", name=one.user, role=role_name(view, one.role)),
        hidden=(("name", one.user), ("sign_role", one.role), ("may", "no")),
    )  # fmt: skip


def _within(view: View) -> tuple[Asked, ...]:
    """Where several applications share the gateway, ask which of them somebody is to see."""
    known = view.manifest.application.console.applications
    options = (
        ("", view.say("within_as_before")), (EVERY, view.say("within_all")),
        *((one.name, one.name) for one in known),
    )  # fmt: skip
    asked = Asked(
        name="within", label=view.say("column_within"), kind="select", options=options,
        required=False,
    )  # fmt: skip
    return (asked,) if known else ()


def _tokens(view: View, tokens: tuple[Token, ...]) -> Card:
    kinds = columns(
        view, ("prefix", "code"), ("name", "text"), ("standing", "tone"), ("created_by", "text"),
        ("created_at", "day"), ("expires_at", "day"),
    )  # fmt: skip
    table = Table(
        name="tokens", label=view.say("table_tokens"), columns=kinds,
        rows=tuple(_token(view, one) for one in tokens),
    )  # fmt: skip
    none = Note(text=view.say("no_tokens"), tone="calm")
    return Card(name="tokens", title=view.say("table_tokens"), body=(table if tokens else none,))


def _token(view: View, one: Token) -> Row:
    over = "token_revoked" if one.revoked_at else "token_expired"
    holds = not one.revoked_at and one.expires_at > view.now
    act = Act(
        path="/people/tokens/revoke", label=view.say("revoke"), tone="bad",
        confirm=view.say("revoke_confirm", name=one.name), hidden=(("prefix", one.prefix),),
    )  # fmt: skip
    return Row(
        cells=(
            one.prefix, one.name, view.say("token_holds" if holds else over), one.created_by,
            one.created_at, one.expires_at,
        ),
        tone="" if holds else "calm",
        acts=(act,) if holds else (),
    )  # fmt: skip


def _add_token(view: View) -> Card:
    form = Form(
        path="/people/tokens",
        label=view.say("make_token"),
        fields=(
            Asked(name="name", label=view.say("field_token_name"), complete="off"),
            Asked(
                name="for", label=view.say("field_for"), kind="select", value="90d",
                options=tuple((one, view.say(f"length_{one}")) for one in DAYS),
            ),
            *_within(view),
        ),
    )  # fmt: skip
    return Card(
        name="make_token", title=view.say("make_token"), lead=view.say("make_token_lead"),
        half=True, body=(form,),
    )  # fmt: skip


def _audit(view: View) -> Card:
    kinds = columns(
        view, ("at", "moment"), ("actor", "text"), ("action", "text"), ("subject", "text"),
        ("detail", "text"), ("result", "tone"),
    )  # fmt: skip
    noted = Audit(view.desk.engine).newest(view.desk.application, LISTED)
    rows = tuple(
        Row(
            cells=(
                one.entry.at, one.entry.actor, view.say(f"action_{one.entry.action}"),
                one.entry.subject, one.entry.detail or None, view.say(f"result_{one.outcome}"),
            ),
            tone=TONES[one.outcome],
        )
        for one in noted
    )  # fmt: skip
    table = Table(name="audit", label=view.say("table_audit"), columns=kinds, rows=rows)
    none = Note(text=view.say("no_audit"), tone="calm")
    return Card(
        name="audit", title=view.say("table_audit"), lead=view.say("audit_lead"),
        body=(table if rows else none,),
    )  # fmt: skip
