"""Who asks: by the cookie of a session, or by the token of a machine."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from tenken.console.desk import Desk
from tenken.console.doors import secret
from tenken.store.faults import Away
from tenken.store.people.federated import Federated
from tenken.store.people.people import People, Session
from tenken.store.people.roles import Role

MINUTE_US = 60_000_000
NOTED_US = MINUTE_US
"""A session's last use is written at most this often: a page is no reason to write."""
Standing = Literal["nobody", "no_role", "known"]


class Visitor(Struct, frozen=True, kw_only=True):
    """Somebody who may see something."""

    name: str
    role: Role
    csrf: str = ""
    """What forms bring; empty for a machine, which has no forms."""
    session: bytes = b""
    issuer: str = ""
    """Who let them in; empty where a password did, which says nothing of who knows it."""
    full_name: str = ""
    email: str = ""
    """Verified by the issuer; empty without one."""
    within: frozenset[str] = frozenset()
    """The parts of the application that they see; all of it where there are none."""


def cookie_name(*, secure: bool) -> str:
    """Give the cookie's name; a browser holds `__Host-` to TLS, one host and every path."""
    return "__Host-tenken" if secure else "tenken"


def cookie(value: str, *, secure: bool, seconds: int) -> str:
    """Give the header that sets it; nothing of it is left where seconds is 0."""
    parts = [f"{cookie_name(secure=secure)}={value}", "Path=/", "HttpOnly", "SameSite=Strict"]
    parts.append(f"Max-Age={seconds}")
    return "; ".join([*parts, "Secure"] if secure else parts)


def of_session(desk: Desk, cookies: Mapping[str, str]) -> Visitor | Literal["nobody", "no_role"]:
    """Give who has logged in, and is still let in."""
    text = cookies.get(cookie_name(secure=desk.names.secure), "")
    if not text:
        return "nobody"
    people, now, sha256 = People(desk.engine), desk.now(), secret.digest(text)
    session = people.session(sha256, now)
    if session is None or _idle(desk, session, now):
        return "nobody"
    user = people.user(session.user, desk.application)
    if user is None or user.disabled_at is not None:
        return "nobody"
    if now - session.seen_at > NOTED_US:
        _note(people, sha256, now)
    if user.role is None:
        return "no_role"
    who = Federated(desk.engine).identity(user.name, session.issuer) if session.issuer else None
    if session.issuer and (who is None or session.issuer != _issuer(desk)):
        return "nobody"
    return Visitor(
        name=user.name,
        role=user.role,
        csrf=secret.csrf(text),
        session=sha256,
        issuer=session.issuer,
        full_name=who.full_name if who else "",
        email=who.email if who else "",
        within=frozenset(user.within.split()),
    )


def _issuer(desk: Desk) -> str:
    oidc = desk.serving.manifest().application.console.oidc
    return oidc.issuer if oidc else ""


def of_token(desk: Desk, authorization: str) -> Visitor | None:
    """Give the machine that a token is of; it sees what a viewer does."""
    scheme, _, text = authorization.partition(" ")
    if scheme.lower() != "bearer" or not text.startswith(secret.PREFIX):
        return None
    token = People(desk.engine).token(secret.digest(text.strip()), desk.now())
    if token is None or token.application != desk.application:
        return None
    within = frozenset(token.within.split())
    return Visitor(name=f"token {token.prefix}", role=Role.VIEWER, within=within)


def _idle(desk: Desk, session: Session, now: int) -> bool:
    minutes = desk.serving.manifest().application.console.idle_minutes
    return now - session.seen_at >= minutes * MINUTE_US


def _note(people: People, sha256: bytes, now: int) -> None:
    try:
        people.seen(sha256, now)
    except Away:
        return  # the page is not refused for that; the next one notes it
