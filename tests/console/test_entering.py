"""Who gets in, who does not, and when they are out again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from tenken.console.doors import secret
from tenken.store.people.audit import Audit
from tenken.store.people.people import Invitation, People, Token
from tenken.store.people.roles import Role
from tenken.store.people.tables import SESSIONS, TOKENS, USERS
from tests.console.client import Client
from tests.console.ground import PASSWORD, Ground, csrf, ground, login

NEW = "another long sentence"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Ground]:
    with ground(tmp_path) as one:
        yield one


def invited(made: Ground, *, user: str = "", role: Role = Role.ADMIN) -> str:
    token = secret.made(made.chance)
    one = Invitation(
        user=user, application="shift-desk", role=role, invited_by="", created_at=made.now,
        expires_at=made.now + 60_000_000,
    )  # fmt: skip
    People(made.engine).invite(token.sha256, one)
    return token.text


def enter(client: Client, token: str, *, name: str = "hana", password: str = PASSWORD) -> int:
    return client.post("/enter", {"token": token, "name": name, "password": password}).status


def test_the_first_enters_by_the_token_that_was_printed(made: Ground) -> None:
    """Before there is anybody, every page leads there; the token works once."""
    client = made.client()
    assert client.get("/").headers["location"] == "/login"
    assert client.get("/login").headers["location"] == "/enter"
    token = invited(made)

    assert enter(client, token) == 303
    assert enter(client, token, name="ken") == 400
    assert login(client, "hana").headers["location"] == "/"
    assert client.get("/").status == 200


@pytest.mark.parametrize(
    ("name", "password"),
    [("hana", "short"), ("hana", "aaaaaaaaaaaaaaaa"), ("hana", "xx hana xx hana"),
     ("=cmd", PASSWORD), ("", PASSWORD), ("a" * 61, PASSWORD)],
)  # fmt: skip
def test_what_is_no_name_or_password_is_refused(made: Ground, name: str, password: str) -> None:
    """The token stays good for a better one."""
    token = invited(made)

    assert enter(made.client(), token, name=name, password=password) == 400
    assert enter(made.client(), token) == 303


def test_a_token_has_an_end_and_an_owner(made: Ground) -> None:
    """An invitation of one person sets nobody else's password."""
    token = invited(made, user="ken", role=Role.VIEWER)
    assert enter(made.client(), token, name="hana") == 400
    made.later(61)
    assert enter(made.client(), token, name="ken") == 400


def test_a_wrong_password_says_no_more_than_a_wrong_name(made: Ground) -> None:
    """Nobody learns from an answer who is known."""
    client = made.client("hana")
    one, other = login(client, "hana", "wrong wrong wrong"), login(client, "nobody")

    assert (one.status, other.status) == (401, 401)
    assert one.text == other.text


def test_nobody_s_password_is_looked_at_like_somebody_s(
    made: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the same work: how long the answer takes does not tell who is known either."""
    made.user("hana")
    looked, verify = list[str](), PasswordHasher.verify

    def counted(hasher: PasswordHasher, kept: str, password: str) -> bool:
        looked.append(kept[: kept.index("p=")])  # what the work goes by
        return verify(hasher, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    client = Client(made.app)
    statuses = [login(client, name, "wrong wrong wrong").status for name in ("hana", "nobody")]

    assert statuses == [401, 401]
    assert len(looked) == 2
    assert len({*looked}) == 1


@pytest.mark.parametrize("field", ["name", "password", "to", "more\0"])
def test_a_form_with_a_nul_is_none(made: Ground, field: str) -> None:
    """No browser sends one, and not every store takes it."""
    client = made.client("hana")
    form = {"name": "hana", "password": PASSWORD, "to": "/"}
    got = client.post("/login", {**form, field: "ha\0na"})

    assert (got.status, got.set_cookies) == (403, ())


def test_tries_are_slowed_down_and_forgotten(made: Ground) -> None:
    """After five wrong ones even the right password waits, and longer each time."""
    made.user("hana")
    client = made.client()
    for _ in range(6):
        login(client, "hana", "wrong wrong wrong")
    assert login(client, "hana").status == 429

    made.later(5)
    assert login(client, "hana").status == 303


def test_a_session_that_was_brought_is_not_the_one_that_begins(made: Ground) -> None:
    """Fixation: whoever planted a cookie knows nothing of the session after the login."""
    made.user("hana")
    client = made.client()
    client.cookies["tenken"] = "planted"
    login(client, "hana")

    assert client.cookies["tenken"] != "planted"
    thief = Client(made.app)
    thief.cookies["tenken"] = "planted"
    assert thief.get("/").status == 303


def test_a_login_ends_the_session_before_it(made: Ground) -> None:
    """One browser, one session."""
    client = made.client("hana")
    before = client.cookies["tenken"]
    login(client, "hana")
    old = Client(made.app)
    old.cookies["tenken"] = before

    assert old.get("/").status == 303


@pytest.mark.parametrize(("seconds", "status"), [(29 * 60, 200), (30 * 60, 303)])
def test_an_idle_session_ends(made: Ground, seconds: int, status: int) -> None:
    """Thirty minutes, as the settings say."""
    client = made.client("hana")
    made.later(seconds)

    assert client.get("/").status == status


def test_a_session_in_use_ends_too(made: Ground) -> None:
    """Eight hours, as the settings say."""
    client = made.client("hana")
    for _ in range(8 * 3 - 1):
        made.later(20 * 60)
        assert client.get("/account").status == 200
    made.later(20 * 60)

    assert client.get("/account").status == 303


def test_a_logout_ends_it_at_once(made: Ground) -> None:
    """The cookie that somebody copied opens nothing."""
    client = made.client("hana")
    copied = Client(made.app)
    copied.cookies["tenken"] = client.cookies["tenken"]
    answer = client.post("/logout", {})

    assert "tenken" not in client.cookies
    assert "Max-Age=0" in answer.set_cookies[0]
    assert copied.get("/").status == 303


def test_another_password_ends_every_session(made: Ground) -> None:
    """Also the one that changed it."""
    client = made.client("hana")
    other = Client(made.app)
    login(other, "hana")
    fields = {"csrf": csrf(client), "old": PASSWORD, "new": NEW}

    assert client.post("/account/password", {**fields, "old": "wrong"}).status == 400
    assert client.post("/account/password", fields).headers["location"] == "/login"
    assert other.get("/").status == 303
    assert login(other, "hana").status == 401
    assert login(other, "hana", NEW).status == 303


def test_somebody_locked_out_is_out_at_once(made: Ground) -> None:
    """And stays out with the right password, until let in again."""
    admin, ken = made.client("hana"), made.client("ken", Role.VIEWER)
    fields = {"csrf": csrf(admin), "name": "ken", "locked": "yes"}
    assert admin.post("/people/lock", fields).status == 303

    assert ken.get("/").status == 303
    assert login(ken, "ken").status == 401
    admin.post("/people/lock", {**fields, "locked": "no"})
    assert login(ken, "ken").status == 303


@pytest.mark.parametrize("path", ["/people/lock", "/people/role"])
def test_nobody_changes_their_own_rights(made: Ground, path: str) -> None:
    """An application never loses its last admin to themselves."""
    client = made.client("hana")
    fields = {"csrf": csrf(client), "name": "hana", "role": "viewer", "locked": "yes"}

    assert client.post(path, fields).status == 400
    assert client.get("/people").status == 200


@pytest.mark.parametrize(
    ("to", "leads"),
    [
        ("/traffic?window=1h", "/traffic?window=1h"),
        ("https://example.com/", "/"),
        ("//example.com/", "/"),
        ("/\\example.com", "/"),
        ("/\t/example.com", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_a_login_leads_nowhere_else(made: Ground, to: str, leads: str) -> None:
    """Open redirect: only addresses of this console."""
    made.user("hana")

    assert login(made.client(), "hana", to=to).headers["location"] == leads


def test_cookies_over_tls_are_bound_to_it(tmp_path: Path) -> None:
    """`__Host-`, Secure, HttpOnly, SameSite=Strict; and the browser stays with TLS."""
    with ground(tmp_path, url="https://console.example.com") as made:
        made.user("hana")
        client = Client(made.app, host="console.example.com", scheme="https")
        answer = login(client, "hana")

    (cookie,) = answer.set_cookies
    assert cookie.startswith("__Host-tenken=")
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert "max-age" in answer.headers["strict-transport-security"]


def test_a_link_from_a_chat_comes_in_with_its_cookie(made: Ground) -> None:
    """A strict cookie stays at home when another site links here; our own page brings it."""
    client = Client(made.app)
    answer = client.get("/alerts/a1?x=%22%3E", sec_fetch_site="cross-site")

    assert answer.status == 200
    assert 'http-equiv="refresh"' in answer.text
    assert '">' not in answer.text.partition("url=")[2].partition('"')[0]


def test_what_is_stored_opens_nothing(made: Ground) -> None:
    """Whoever has read the store has no password, no session and no token."""
    client = made.client("hana")
    token = Token(
        prefix="tkc_test12", name="ci", application="shift-desk", created_by="hana",
        created_at=made.now, expires_at=made.now + 1_000_000,
    )  # fmt: skip
    People(made.engine).add_token(secret.digest("tkc_good"), token)
    with made.engine.connect() as connection:
        password = connection.scalars(select(USERS.c.password)).one()
        session = connection.scalars(select(SESSIONS.c.sha256)).one()
        machine = connection.scalars(select(TOKENS.c.sha256)).one()
    thief = Client(made.app)
    thief.cookies["tenken"] = session.hex()

    assert password.startswith("$argon2id$")
    assert client.get("/").status == 200
    assert thief.get("/").status == 303
    assert login(thief, "hana", password).status == 401
    for value in (machine.hex(), f"tkc_{machine.hex()}"):
        answer = thief.get("/api/v1/overview", authorization=f"Bearer {value}")
        assert answer.status == 401


def test_every_door_is_noted(made: Ground) -> None:
    """Entering and changes stand in the log, in a chain, and no password does."""
    token = invited(made)
    client = made.client()
    enter(client, token)
    login(client, "hana")
    client.post("/account/password", {"csrf": csrf(client), "old": PASSWORD, "new": NEW})
    noted = Audit(made.engine).newest("shift-desk", 9)

    assert [one.entry.action for one in noted] == ["password", "login", "accept"]
    assert Audit(made.engine).broken() is None
    assert not any(word in str(noted) for word in (PASSWORD, NEW, token))
