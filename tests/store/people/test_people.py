"""Invitations work once, sessions end, and a change of a password ends those that were open."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, update

from tenken.store.engine import opened
from tenken.store.migration import migrate
from tenken.store.people.audit import Audit, Entry
from tenken.store.people.people import Invitation, People, Session, Token
from tenken.store.people.roles import Role
from tenken.store.people.tables import AUDIT

APP = "shift-desk"
DIGEST, OTHER = b"d" * 32, b"o" * 32


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = opened(f"sqlite:///{tmp_path}/store.db")
    migrate(found)
    yield found
    found.dispose()


@pytest.fixture
def people(engine: Engine) -> People:
    return People(engine)


def invitation(user: str = "", role: Role = Role.ADMIN) -> Invitation:
    return Invitation(
        user=user, application=APP, role=role, invited_by="", created_at=10, expires_at=100
    )


def entered(people: People, name: str = "hana") -> None:
    one = invitation()
    people.invite(DIGEST, one)
    assert people.accept(DIGEST, one, name, password="hash", now=20)


def session(until: int = 1_000) -> Session:
    return Session(user="hana", created_at=20, seen_at=20, expires_at=until)


def test_an_invitation_makes_one_user_once(people: People) -> None:
    """Its second use, and its use after its end, do nothing."""
    one = invitation()
    people.invite(DIGEST, one)

    assert people.invitation(DIGEST, 100) is None
    assert not people.any_admin(APP)
    assert people.accept(DIGEST, one, "hana", password="hash", now=20)
    assert not people.accept(DIGEST, one, "ken", password="hash", now=20)
    assert [(one.name, one.role) for one in people.users(APP)] == [("hana", Role.ADMIN)]
    assert people.any_admin(APP)


def test_a_name_that_is_taken_is_not_taken_over(people: People) -> None:
    """Who may choose a name cannot choose somebody else's; the invitation stays."""
    entered(people)
    one = invitation()
    people.invite(OTHER, one)

    assert not people.accept(OTHER, one, "hana", password="another", now=20)
    assert people.invitation(OTHER, 20) == one
    found = people.user("hana", APP)
    assert found is not None
    assert found.password == "hash"


def test_a_role_is_of_one_application(people: People) -> None:
    """Elsewhere the same person may do nothing."""
    entered(people)
    elsewhere = people.user("hana", "other")

    assert elsewhere is not None
    assert elsewhere.role is None
    assert people.users("other") == ()


def test_sessions_end_with_the_password_that_they_began_by(people: People) -> None:
    """So they do when somebody is locked out."""
    entered(people)
    people.begin(DIGEST, session())
    assert people.session(DIGEST, 30) == session()
    assert people.session(DIGEST, 1_000) is None

    people.set_password("hana", "new")
    assert people.session(DIGEST, 30) is None

    people.begin(DIGEST, session())
    people.disable("hana", at=40)
    assert people.session(DIGEST, 50) is None
    assert not people.any_admin(APP)


def test_a_token_holds_until_it_is_taken_back(people: People) -> None:
    """It is of one application, and another's admin cannot take it back."""
    one = Token(
        prefix="tkc_ab", name="ci", application=APP, created_by="hana", created_at=1, expires_at=90
    )
    people.add_token(DIGEST, one)

    assert people.token(DIGEST, 50) == one
    assert people.token(DIGEST, 90) is None
    assert not people.revoke("tkc_ab", "other", at=50)
    assert people.revoke("tkc_ab", APP, at=50)
    assert people.token(DIGEST, 50) is None
    assert people.tokens(APP)[0].revoked_at == 50


def changes(engine: Engine) -> Audit:
    audit = Audit(engine)
    for number in range(1, 4):
        entry = Entry(at=number, actor="hana", application=APP, action="x", subject="caller/web")
        audit.end(audit.begin(entry), "done")
    return audit


def test_changes_are_listed_and_the_chain_holds(engine: Engine) -> None:
    """How a change went is noted without breaking the chain."""
    audit = changes(engine)

    assert [one.number for one in audit.newest(APP, 2)] == [3, 2]
    assert [one.number for one in audit.newest(APP, 2, before=2)] == [1]
    assert audit.newest("other", 9) == ()
    assert {one.outcome for one in audit.newest(APP, 9)} == {"done"}
    assert audit.broken() is None


@pytest.mark.parametrize(
    ("change", "first"),
    [
        pytest.param(
            update(AUDIT).where(AUDIT.c.number == 2).values(actor="ken"), 2, id="altered"
        ),
        pytest.param(delete(AUDIT).where(AUDIT.c.number == 1), 1, id="taken-away"),
    ],
)
def test_a_change_of_the_past_is_seen(engine: Engine, change: object, first: int) -> None:
    """The first row that is not as it was written is named."""
    audit = changes(engine)
    with engine.begin() as connection:
        connection.execute(change)  # type: ignore[call-overload]

    assert audit.broken() == first
