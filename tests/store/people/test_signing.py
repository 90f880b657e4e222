"""Who may sign, what was signed, and who an identity provider says that somebody is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from tenken.store.engine import opened
from tenken.store.migration import migrate
from tenken.store.people.federated import Allowed, Federated, Identity, Login
from tenken.store.people.people import Invitation, People, Session
from tenken.store.people.roles import Role
from tenken.store.people.signing import Kept, SignOffs

APP = "shift-desk"
ISSUER = "https://login.example.com"
MIO = Identity(
    issuer=ISSUER, subject="s-1", user="mio@example.com", full_name="Mio Abe",
    email="mio@example.com",
)  # fmt: skip
VIEWER = Allowed(application=APP, role=Role.VIEWER, within="claims", signs=frozenset({"legal"}))
KEPT = Kept(
    id="s1", application=APP, item="7-4-1", role="legal", user="mio@example.com",
    full_name="Mio Abe", email="mio@example.com", issuer=ISSUER, statement="Read", signed="[]",
    expires_on="2027-03-01", at=10, exempts=False, line="{}",
)  # fmt: skip


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = opened(f"sqlite:///{tmp_path}/store.db")
    migrate(found)
    yield found
    found.dispose()


def test_a_right_to_sign_is_given_and_taken(engine: Engine) -> None:
    """In one application, in one role."""
    signoffs = SignOffs(engine)
    for _ in range(2):
        signoffs.let("hana", APP, "legal", may=True)

    assert signoffs.roles("hana", APP) == {"legal"}
    assert signoffs.roles("hana", "other") == signoffs.roles("ken", APP) == frozenset()
    signoffs.let("hana", APP, "legal", may=False)
    assert signoffs.signers(APP) == ()


def test_a_sign_off_is_taken_back_by_its_signer_alone(engine: Engine) -> None:
    """Once; nobody else's, and of no other application."""
    signoffs = SignOffs(engine)
    signoffs.add(KEPT)
    signoffs.add(replace(KEPT, id="s2", at=20))

    assert [one.id for one in signoffs.all(APP)] == ["s2", "s1"]
    assert signoffs.find("s1", "other") is None
    assert not signoffs.withdraw("s1", "ken", APP, at=30)
    assert signoffs.withdraw("s1", "mio@example.com", APP, at=30)
    assert not signoffs.withdraw("s1", "mio@example.com", APP, at=30)
    assert [one.id for one in signoffs.all(APP)] == ["s2"]


def test_a_login_comes_back_once(engine: Engine) -> None:
    """In its time."""
    federated = Federated(engine)
    one = Login(nonce="n", verifier="v", back="/", expires_at=100)
    assert federated.begin(b"a" * 32, one, 10)
    assert federated.begin(b"b" * 32, one, 10)

    assert federated.take(b"a" * 32, 20) == one
    assert federated.take(b"a" * 32, 20) is None
    assert federated.take(b"b" * 32, 100) is None


def test_what_the_provider_says_today_is_what_holds(engine: Engine) -> None:
    """Rights go with the claims; a new address is noted, the name here stays."""
    federated, people = Federated(engine), People(engine)
    assert federated.arrive(MIO, VIEWER, 10) == MIO.user
    found = people.user(MIO.user, APP)
    assert found is not None
    assert (found.role, found.within, found.password) == (Role.VIEWER, "claims", "")
    assert SignOffs(engine).roles(MIO.user, APP) == {"legal"}

    moved = replace(MIO, user="other@example.com", email="other@example.com")
    assert federated.arrive(moved, Allowed(application=APP, role=None), 20) == MIO.user
    found = people.user(MIO.user, APP)
    assert found is not None
    assert found.role is None
    assert SignOffs(engine).roles(MIO.user, APP) == frozenset()
    identity = federated.identity(MIO.user, ISSUER)
    assert identity is not None
    assert identity.email == "other@example.com"
    assert federated.identity(MIO.user, "https://other.example.com") is None


def test_nobody_becomes_somebody_who_is_known_here(engine: Engine) -> None:
    """Neither a user with a password nor another subject's."""
    people, federated = People(engine), Federated(engine)
    one = Invitation(
        user="", application=APP, role=Role.ADMIN, invited_by="", created_at=1, expires_at=99
    )
    people.invite(b"x" * 32, one)
    assert people.accept(b"x" * 32, one, "hana", password="hash", now=2)
    federated.arrive(MIO, VIEWER, 10)

    assert federated.arrive(replace(MIO, subject="s-2", user="hana"), VIEWER, 10) is None
    assert federated.arrive(replace(MIO, subject="s-2"), VIEWER, 10) is None
    found = people.user("hana", APP)
    assert found is not None
    assert found.role is Role.ADMIN


def test_a_session_knows_who_let_it_in(engine: Engine) -> None:
    """By a password it is nobody but us."""
    people = People(engine)
    one = Session(user="mio@example.com", created_at=1, seen_at=1, expires_at=99, issuer=ISSUER)
    people.begin(b"d" * 32, one)

    assert people.session(b"d" * 32, 5) == one


def test_a_name_with_a_nul_is_nobodys(engine: Engine) -> None:
    """Postgres takes none in a text; whoever asks is told of nobody, not of a fault."""
    assert People(engine).user("ha\0na", APP) is None
