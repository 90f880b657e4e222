"""Several applications on one gateway: nobody sees a row of another one, on no page, in no API."""

import json
import re
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from tenken.console.changes.judging import address
from tenken.console.doors.secret import digest
from tenken.console.routes import CHANGES, PAGES, PageRoute
from tenken.journal.exchange import Exchange, Identity, Match
from tenken.journal.reader import Position
from tenken.store.browsing.lines import Key
from tenken.store.ledger import Batch, Ledger
from tenken.store.people.people import Invitation, People, Token
from tenken.store.people.roles import Role
from tenken.store.reviews import Judgement, Reviews, Sought
from tests.console.client import Client
from tests.console.ground import PASSWORD, SETTINGS, Ground, csrf, ground, login
from tests.journal.making import exchange

APP = "shift-desk"
SHARED = SETTINGS.replace(
    "console: {timezone: Asia/Tokyo, hours: 8, idle_minutes: 30}",
    """\
console:
  applications:
    - {name: enquiries, use_cases: [answer]}
    - {name: sorting, use_cases: [classify]}
""",
)
SHOWN = [one for one in PAGES if one.shared]
OWN, OTHERS = "ownmark", "othersmark"


def made_by(mark: str, use_case: str, number: int, at: int) -> Exchange:
    """Give a request in which each name holds its application's mark."""
    plain = exchange()
    found = Match(
        rule=f"{mark}.rule", risk=f"{mark}-risk", action="flag", stage="inward", mark=mark
    )
    return replace(
        plain, id=f"{mark}-{number}", at=at, matches=(found,), code=mark, finish=mark,
        identity=Identity(
            caller=f"{mark}-caller", use_case=use_case, route=f"{mark}-route",
            session=f"{mark}-session", session_known="stated", release=f"{mark}-release",
        ),
        attempts=tuple(
            replace(one, model=f"{mark}-model", target=f"{mark}-target", provider=f"{mark}-p")
            for one in plain.attempts
        ),
    )  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with ground(tmp_path_factory.mktemp("console"), settings=SHARED) as one:
        several = tuple(
            made_by(mark, use_case, number, one.now - 60_000_000 * (number + 1))
            for mark, use_case in ((OWN, "answer"), (OTHERS, "classify"))
            for number in range(3)
        )
        at = Position(segment=1, offset=1, sequence=6, previous=b"x" * 16)
        Ledger(one.engine).apply(
            Batch(journal="w", boot="b", after=Position(), position=at, exchanges=several)
        )
        _judge(one)
        _enter(one, "mio", Role.OPERATOR, "enquiries")
        _enter(one, "gone", Role.ADMIN, "of-before")
        one.user("hana")
        yield one


def _judge(made: Ground) -> None:
    """Let somebody have judged one match of each application."""
    reviews = Reviews(made.engine)
    for mark in (OWN, OTHERS):
        (one, *_) = reviews.items(Sought(rule=f"{mark}.rule"), most=3)
        said = Judgement(is_true=False, judged_by="hana", judged_at=made.now, why=mark)
        reviews.judge((one,), said)


def _enter(made: Ground, name: str, role: Role, within: str) -> None:
    """Let somebody be known who sees a part."""
    people = People(made.engine)
    one = Invitation(
        user="", application=APP, role=role, invited_by="", created_at=made.now,
        expires_at=made.now + 1, within=within,
    )  # fmt: skip
    people.invite(b"i" * 32, one)
    hashed = made.desk.passwords.hashed(PASSWORD)
    assert people.accept(b"i" * 32, one, name, password=hashed, now=made.now)


def entered(made: Ground, name: str) -> Client:
    """Give somebody's browser."""
    client = Client(made.app)
    assert login(client, name).status == 303
    return client


@pytest.fixture(scope="module")
def clients(made: Ground) -> dict[str, Client]:
    return {name: entered(made, name) for name in ("hana", "mio", "gone")}


def things(client: Client, route: PageRoute) -> list[str]:
    """Give where a page is: those of things by what who may see everything is shown."""
    if "{" not in route.path:
        return [route.path]
    above = route.path.partition("/{")[0]
    shown = client.get(above).text
    return sorted({*re.findall(rf"{above}/[0-9a-f]{{40,}}(?:-\d+)?", shown)})


def api(path: str) -> str:
    """Give the same in the API."""
    return f"/api/v1{'/overview' if path == '/' else path}"


@pytest.mark.parametrize("route", SHOWN, ids=lambda one: one.name)
def test_no_page_shows_anothers_row(route: PageRoute, clients: dict[str, Client]) -> None:
    """As HTML, as JSON, and each table as CSV; asked for by name, too."""
    for path in things(clients["hana"], route):
        for query in ("", f"?caller={OTHERS}-caller", "?use_case=classify", "?window=7d&judged=1"):
            said = [clients["mio"].get(f"{where}{query}").text for where in (path, api(path))]
            kept = json.loads(said[1]) if said[1].startswith("{") else {}
            names = [
                body["name"]
                for part in kept.get("parts", ()) for body in part["body"]
                if body["form"] == "table"
            ]  # fmt: skip
            join = "&" if query else "?"
            said += [
                clients["mio"].get(f"{path}{query}{join}form=csv&table={name}").text
                for name in names
            ]
            assert [one for one in said if OTHERS in _unasked(one, query)] == []


def _unasked(said: str, query: str) -> str:
    """What was asked for stands in links and fields; it says nothing of what is there."""
    return said.replace(f"{OTHERS}-caller", "") if OTHERS in query else said


def test_their_own_rows_are_there(clients: dict[str, Client]) -> None:
    """What is left out is of others alone, and sums are not shared with who sees more."""
    for name, marks in (("hana", {OWN, OTHERS}), ("mio", {OWN}), ("hana", {OWN, OTHERS})):
        rows = json.loads(clients[name].get("/api/v1/traffic?table=exchanges").body)["rows"]
        assert {one["id"].partition("-")[0] for one in rows} == marks
        tiles = json.loads(clients[name].get("/api/v1/overview").body)["parts"][0]["body"][0]
        requests = next(one["value"] for one in tiles["figures"] if one["name"] == "requests")
        assert requests == 3 * len(marks)
        for page, text in (("cost", "model"), ("guardrails", "risk"), ("reviews", ".rule")):
            said = clients[name].get(f"/{page}").text
            assert {
                one for one in (OWN, OTHERS) if f"{one}{text}" in said or f"{one}-{text}" in said
            } == marks


@pytest.mark.parametrize(
    "route", [one for one in PAGES if not one.shared], ids=lambda one: one.name
)
def test_what_is_of_the_gateway_as_a_whole_is_not_for_them(
    route: PageRoute, clients: dict[str, Client]
) -> None:
    """Alerts, incidents, settings, targets, people: whatever their role."""
    path = re.sub(r"\{\w+\}", "00", route.path)
    for name in ("mio", "gone"):
        assert clients[name].get(path).status == 403
        assert clients[name].get(api(path)).status == 403
        assert f'href="{route.path}"' not in clients[name].get("/").text


def test_nor_can_they_change_it(clients: dict[str, Client]) -> None:
    """Only what is of their own rows, and of themselves."""
    refused = {
        one.name
        for one in CHANGES
        if clients["gone"].post(one.path, {"csrf": csrf(clients["gone"])}).status == 403
    }

    assert {one.name for one in CHANGES} - refused == {"judge", "password"}


def test_anothers_match_is_judged_by_nobody_else(made: Ground, clients: dict[str, Client]) -> None:
    """Its address is known from elsewhere: it answers as if it were not there."""
    reviews = Reviews(made.engine)
    (theirs, *_) = reviews.items(Sought(rule=f"{OTHERS}.rule"), most=1)
    (own, *_) = reviews.items(Sought(rule=f"{OWN}.rule"), most=1)
    mio = clients["mio"]
    fields = {"csrf": csrf(mio), "verdict": "true", "why": "Seen"}

    assert mio.get(f"/reviews/{address(theirs)}").status == 404
    assert mio.get(f"/traffic/{Key(theirs.at, theirs.id, theirs.span).written()}").status == 404
    assert mio.post("/reviews/judge", {**fields, "id": address(theirs)}).status == 400
    assert mio.post("/reviews/judge", {**fields, "id": address(own)}).status == 303


def test_an_application_that_is_no_more_shows_nothing(clients: dict[str, Client]) -> None:
    """A part that the file no longer names is not all of it."""
    for route in SHOWN:
        for path in things(clients["hana"], route):
            said = clients["gone"].get(path).text
            assert OWN not in said
            assert OTHERS not in said


def test_a_token_sees_what_it_was_made_for(made: Ground) -> None:
    """Neither other rows nor the evidence of the whole."""
    one = Token(
        prefix="tkc_part12", name="ci", application=APP, created_by="hana", created_at=made.now,
        expires_at=made.now + 1_000_000_000, within="sorting",
    )  # fmt: skip
    People(made.engine).add_token(digest("tkc_part"), one)
    client, bearer = Client(made.app), "Bearer tkc_part"
    said = client.get("/api/v1/traffic", authorization=bearer).text

    assert OTHERS in said
    assert OWN not in said
    for path in ("evidence", "signoffs", "reliability", "settings"):
        assert client.get(f"/api/v1/{path}", authorization=bearer).status == 403


def test_who_is_invited_for_one_sees_that_one(made: Ground, clients: dict[str, Client]) -> None:
    """A change of their role or password leaves it so; an application that is none is refused."""
    hana, people = clients["hana"], People(made.engine)
    fields = {"csrf": csrf(hana), "name": "ken", "role": "viewer", "within": "sorting"}
    assert hana.post("/people/invite", {**fields, "within": "nothing"}).status == 400
    token = re.search(r'class="command">([^<]+)<', hana.post("/people/invite", fields).text)
    assert token
    entry = {"token": token[1], "name": "ken", "password": "a sentence of mine"}
    assert Client(made.app).post("/enter", entry).status == 303
    again = hana.post("/people/invite", {**fields, "within": ""}).text
    token = re.search(r'class="command">([^<]+)<', again)
    assert token
    assert Client(made.app).post("/enter", {**entry, "token": token[1]}).status == 303
    hana.post("/people/role", {"csrf": csrf(hana), "name": "ken", "role": "operator"})
    found = people.user("ken", APP)

    assert found is not None
    assert (found.role, found.within) == (Role.OPERATOR, "sorting")
