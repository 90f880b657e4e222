"""Signing in the browser: one's own name, the text that was read, and only who may."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import delete

from tenken.console.desk import Shown
from tenken.console.doors import secret
from tenken.messages.speech import Language, Speech
from tenken.readiness.evidence.envelope import TrustedKey
from tenken.readiness.report.json_report import render
from tenken.readiness.signing.signoff import SignedText
from tenken.readiness.signing.vouched import Handed, read
from tenken.store.people.federated import Allowed, Federated, Identity
from tenken.store.people.people import Session
from tenken.store.people.roles import Role
from tenken.store.people.signing import SignOffs
from tenken.store.people.tables import FEDERATED
from tests.console.client import Answer, Client
from tests.console.ground import KEY, SERVICE, START, Ground, csrf, ground
from tests.console.provider import ISSUER
from tests.console.test_oidc import OIDC
from tests.readiness.report.build import full_report

ITEM = "0-1-1"
TEXT = SignedText(path="docs/goal.md", sha256="a" * 64)
APP = "shift-desk"
OWN = "Mio Abe <m.abe@example.net>"


def reported(ground: Ground, *texts: SignedText, tier: str = "B") -> None:
    """Let an inspection have found what there is to sign."""
    made = datetime.fromtimestamp(START / 1e6, UTC)
    report = replace(full_report(), to_sign={ITEM: texts}, tier=tier, made_at=made)
    ground.reports = (render(report, Speech(Language.EN)).encode(),)
    for one in texts:
        ground.texts[one.path, one.key] = Shown(content="Sixty of 100\n", sha256=one.sha256)


def arrived(ground: Ground, name: str = "mio@example.com", *, email: str | None = None) -> Client:
    """Let somebody in whom the provider has named."""
    address = name if email is None else email
    who = Identity(issuer=ISSUER, subject=name, user=name, full_name="Mio Abe", email=address)
    allowed = Allowed(application=APP, role=Role.VIEWER, signs=frozenset({"product_owner"}))
    assert Federated(ground.engine).arrive(who, allowed, ground.now) == name
    made = secret.made(ground.desk.chance)
    until = ground.now + 3_600_000_000
    session = Session(
        user=name, created_at=ground.now, seen_at=ground.now, expires_at=until, issuer=ISSUER
    )
    ground.desk_people.begin(made.sha256, session)
    client = Client(ground.app)
    client.cookies["tenken"] = made.text
    return client


def signing(client: Client, **changed: str) -> Answer:
    """Send the form as the page shows it, with something changed."""
    page = client.get(f"/signing/{ITEM}").text
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    fields = {
        "csrf": csrf(client), "item": ITEM, "seen": seen[1] if seen else "",
        "statement": "I have read it", "days": "90", **changed,
    }  # fmt: skip
    return client.post("/signing/sign", fields)


def lines(client: Client) -> Handed:
    """Read the sign-offs as an inspection does."""
    body = client.get("/api/v1/signoffs").body
    keys = (TrustedKey(name="console", public=KEY.public),)
    return read(body, file="console", service=SERVICE, trusted=keys, today=date(2026, 11, 19))


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Ground]:
    with ground(tmp_path, settings=OIDC) as one:
        reported(one, TEXT)
        yield one


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Give one in which nothing is signed."""
    with ground(tmp_path_factory.mktemp("console"), settings=OIDC) as one:
        reported(one, TEXT)
        yield one


def test_who_the_provider_let_in_signs_what_they_read(made: Ground) -> None:
    """Their name and address, the text with its digest, and no longer than allowed."""
    client = arrived(made)
    page = client.get(f"/signing/{ITEM}").text
    assert "Sixty of 100" in page
    assert "a" * 64 in page
    answer = signing(client)
    assert (answer.status, answer.headers["location"]) == (303, f"/signing/{ITEM}?told=signed")
    (one,) = lines(client).signoffs

    assert (one.item, one.role, one.name, one.email) == (
        ITEM, "product_owner", "Mio Abe", "mio@example.com",
    )  # fmt: skip
    assert one.signed == (TEXT,)
    assert one.statement == "I have read it"
    assert (one.expires_on - one.signed_at.date()).days == 90
    assert one.vouched is not None
    assert (one.vouched.observer, one.vouched.issuer) == ("console", ISSUER)
    assert "counts at the next inspection" in client.get("/signing").text


def test_a_password_signs_nothing_that_counts(made: Ground) -> None:
    """It is said before, and what leaves the store names no issuer and no address."""
    client = made.client("ken", Role.VIEWER)
    SignOffs(made.engine).let("ken", APP, "product_owner", may=True)
    assert "does not count" in client.get(f"/signing/{ITEM}").text
    assert signing(client).headers["location"].endswith("told=sign_noted")
    (one,) = lines(client).signoffs

    assert one.vouched is not None
    assert (one.vouched.issuer, one.email, one.name) == ("", "", "ken")
    assert "Noted, does not count" in client.get("/signing").text


def test_an_address_that_is_not_verified_is_none(made: Ground) -> None:
    """The provider may let people in whose address nobody has looked at."""
    client = arrived(made, email="")
    signing(client)
    (one,) = lines(client).signoffs

    assert one.vouched is not None
    assert one.vouched.issuer == one.email == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [("seen", "sha256:0"), ("seen", ""), ("statement", ""), ("statement", "TODO: say"),
     ("days", "0"), ("days", "9999"), ("days", "x"), ("item", "1-1-1"), ("item", "")],
)  # fmt: skip
def test_what_does_not_fit_is_not_signed(lasting: Ground, field: str, value: str) -> None:
    """Another text than was shown, nothing said, too long."""
    client = arrived(lasting)

    assert signing(client, **{field: value}).status == 400
    assert lines(client).signoffs == ()


def test_nobody_signs_for_somebody_else(made: Ground) -> None:
    """Whatever else a form brings, the name is of who logged in."""
    client = arrived(made)
    others = dict.fromkeys(("name", "email", "full_name", "issuer", "role", "user"), "Hana Sato")
    signing(client, **others)
    (one,) = lines(client).signoffs

    assert (one.name, one.email, one.role) == ("Mio Abe", "mio@example.com", "product_owner")
    assert one.vouched is not None
    assert one.vouched.issuer == ISSUER


def test_only_the_role_of_the_item_signs(made: Ground) -> None:
    """An admin, too, only where somebody else has given them that role."""
    admin = made.client("hana")
    assert signing(admin).status == 400
    own = {"csrf": csrf(admin), "name": "hana", "sign_role": "product_owner"}
    assert admin.post("/people/signers", own).status == 400
    made.user("ken", Role.VIEWER)
    assert admin.post("/people/signers", own | {"name": "ken"}).status == 303
    assert "ken" in admin.get("/api/v1/people?table=signers").text
    assert SignOffs(made.engine).roles("ken", APP) == {"product_owner"}
    assert admin.post("/people/signers", own | {"name": "ken", "may": "no"}).status == 303
    assert SignOffs(made.engine).roles("ken", APP) == frozenset()


@pytest.mark.parametrize("author", [OWN, "Somebody <MIO@example.com>"])
def test_in_tier_a_nobody_signs_their_own_text(made: Ground, author: str) -> None:
    """By address or by name; in another tier it may be."""
    reported(made, TEXT, tier="A")
    made.authors[TEXT.path] = frozenset({"Ken <ken@example.com>", author})
    client = arrived(made)

    assert "nobody signs a text of their own" in client.get(f"/signing/{ITEM}").text
    assert signing(client).status == 400
    made.authors[TEXT.path] = frozenset({"Ken <ken@example.com>"})
    assert signing(client).status == 303


@pytest.mark.parametrize("state", ["absent", "changed"])
def test_what_cannot_be_read_here_is_not_signed_here(made: Ground, state: str) -> None:
    """Neither what is on another machine nor what is no longer as it was inspected."""
    client = arrived(made)
    if state == "absent":
        made.texts.clear()
    else:
        made.texts[TEXT.path, ""] = Shown(content="Ninety", sha256="b" * 64)
    page = client.get(f"/signing/{ITEM}").text

    assert "Ninety" not in page
    assert 'action="/signing/sign"' not in page
    assert signing(client).status == 400


def test_a_sign_off_ends_with_its_time_and_with_its_text(made: Ground) -> None:
    """Both are told where the next one would sign anew."""
    client = arrived(made)
    signing(client, days="30")
    reported(made, replace(TEXT, sha256="c" * 64))
    assert "The text has changed" in client.get("/signing").text
    reported(made, TEXT)
    made.later(31 * 86_400)
    client = arrived(made)

    assert "Has run out" in client.get("/signing").text


def test_a_sign_off_is_taken_back_by_who_signed(made: Ground) -> None:
    """Then it no longer leaves the store."""
    client, other = arrived(made), made.client("hana")
    signing(client)
    page = client.get(f"/signing/{ITEM}").text
    found = re.search(r'name="id" value="([^"]+)"', page)
    assert found
    assert found[1] not in other.get(f"/signing/{ITEM}").text

    assert other.post("/signing/withdraw", {"csrf": csrf(other), "id": found[1]}).status == 400
    assert client.post("/signing/withdraw", {"csrf": csrf(client), "id": found[1]}).status == 303
    assert lines(client).signoffs == ()


def test_the_statement_stands_in_the_log_and_in_the_api(made: Ground) -> None:
    """Who, what and when: for whoever asks later."""
    client = arrived(made)
    signing(client)
    admin = made.client("hana")
    rows = json.loads(admin.get("/api/v1/people?table=audit").body)["rows"]
    page = json.loads(client.get(f"/api/v1/signing/{ITEM}?table=signoffs").body)

    assert [(one["actor"], one["result"]) for one in rows if one["action"] == "Signed"] == [
        ("mio@example.com", "Done")
    ]
    assert page["rows"][0]["statement"] == "I have read it"


def test_a_session_by_a_provider_that_no_longer_knows_them_is_none(made: Ground) -> None:
    """Nobody stands behind it any more, and so it is nobody's."""
    client = arrived(made)
    assert client.get("/signing").status == 200
    with made.engine.begin() as connection:
        connection.execute(delete(FEDERATED))

    assert client.get("/signing").status == 303
