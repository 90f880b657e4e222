"""Signing in the browser: who has logged in signs what they were shown, and nobody else's name.

The rules are those of `tenken sign`. What is written differs: no file that somebody commits, but a
sign-off in the store, sealed by the console, which `tenken check --live` fetches and judges again.
"""

from datetime import timedelta

import msgspec

from tenken.config.values import is_placeholder
from tenken.console.beheld import Asking, asking, hindered
from tenken.console.changes.change import Done, Filled, Refused, refused, text
from tenken.console.view import View
from tenken.place import Place
from tenken.readiness.signing.signoff import SignedText, SignOff, Vouched
from tenken.store.people.people import People
from tenken.store.people.signing import Kept, SignOffs

LENGTHS = {"30d": 30, "90d": 90}
STATEMENT_MAX = 2000


def sign(view: View, filled: Filled) -> Done:
    """Sign the texts of an item, as who has logged in."""
    asked = asking(view, text(filled, "item"))
    if asked is None:
        raise refused("nothing_there")
    against = hindered(view, asked)
    if against is not None:
        raise Refused(against)
    if filled.get("seen") != asked.seen:
        raise refused("sign_other_text")
    wording = "not_needed" if asked.rule.only_exempts else "statement"
    said = text(filled, wording, most=STATEMENT_MAX)
    if is_placeholder(said):
        raise refused("field_bad", name=wording, most=STATEMENT_MAX)
    one = _signed(view, asked, said, days=_days(filled, asked.rule.max_days))
    _keep(view, one)
    return Done(to=f"/signing/{asked.item.id}", told="signed" if one.email else "sign_noted")


def _days(filled: Filled, most: int) -> int:
    said = filled.get("days", "")
    days = int(said) if said.isascii() and said.isdigit() and len(said) < 5 else 0
    if not 0 < days <= most:
        raise refused("field_bad", name="days", most=most)
    return days


def _signed(view: View, asked: Asking, said: str, *, days: int) -> SignOff:
    now, visitor = view.desk.wall().replace(microsecond=0), view.visitor
    exempts = asked.rule.only_exempts
    return SignOff(
        item=asked.item.id,
        role=asked.rule.role,
        name=visitor.full_name or visitor.name,
        email=visitor.email,
        statement=said,
        signed=tuple(
            SignedText(path=one.entry.path, key=one.entry.key, sha256=one.entry.sha256)
            for one in asked.texts
        ),
        signed_at=now,
        expires_on=(now + timedelta(days=days)).date(),
        exempts=exempts,
        reason=said if exempts else "",
        place=Place("console"),
        vouched=Vouched(observer="", issuer=visitor.issuer if visitor.email else ""),
    )


def _keep(view: View, one: SignOff) -> None:
    name = view.desk.chance(9)
    issuer = one.vouched.issuer if one.vouched else ""
    kept = Kept(
        id=name, application=view.desk.application, item=one.item, role=one.role,
        user=view.visitor.name, full_name=one.name, email=one.email, issuer=issuer,
        statement=one.statement, signed=msgspec.json.encode(one.signed).decode(),
        expires_on=f"{one.expires_on:%Y-%m-%d}", at=view.now, exempts=one.exempts,
        line=view.desk.serving.signing.sealed(one, name),
    )  # fmt: skip
    SignOffs(view.desk.engine).add(kept)


def withdraw(view: View, filled: Filled) -> Done:
    """Take one's own back."""
    signoffs, name = SignOffs(view.desk.engine), text(filled, "id")
    found = signoffs.find(name, view.desk.application)
    user, application = view.visitor.name, view.desk.application
    if found is None or not signoffs.withdraw(name, user, application, at=view.now):
        raise refused("nothing_there")
    return Done(to=f"/signing/{found.item}", told="withdrawn")


def let(view: View, filled: Filled) -> Done:
    """Say who may sign in which role; nobody says so of themselves."""
    name, role = text(filled, "name"), text(filled, "sign_role")
    user = People(view.desk.engine).user(name, view.desk.application)
    if user is None or user.role is None:
        raise refused("no_such_user")
    if name == view.visitor.name:
        raise refused("not_oneself")
    if not role.isidentifier() or len(role) > 40:
        raise refused("field_bad", name="sign_role", most=40)
    may = filled.get("may") != "no"
    SignOffs(view.desk.engine).let(name, view.desk.application, role, may=may)
    return Done(to="/people#signers", told="signer_let" if may else "signer_not")
