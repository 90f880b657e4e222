"""What pages say: in both languages, as HTML, JSON and CSV, and whatever strangers wrote."""

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tenken.config.operating.console import ConsoleSettings
from tenken.console.openapi import described
from tenken.console.routes import PAGES, PageRoute
from tenken.console.web.rendering import ASSETS, asset
from tenken.journal.exchange import Identity, Match
from tenken.journal.reader import Position
from tenken.keeper.incidents.shifting import Shift
from tenken.readiness.catalogue import shipped
from tenken.store.ledger import Batch, Ledger
from tenken.store.watch.incidents import Incidents
from tests.console.client import Client
from tests.console.ground import Ground, csrf, ground
from tests.console.seed import seeded
from tests.journal.making import exchange

THINGS = {
    "/alerts/{id}": "/alerts/a1b2c3d4e5f60718",
    "/incidents/{id}": "/incidents/i-a1b2c3d4",
    "/readiness/{id}": "/readiness/1-2-1",
    "/signing/{id}": "/signing/0-1-1",
}
FIRST_VIEW = 300_000
SETTINGS = set(ConsoleSettings.__struct_fields__)
"""Named on the page of settings; any other `console.` is an id that nobody turned into words."""
every_page = pytest.mark.parametrize("route", PAGES, ids=lambda one: one.name)
in_both = pytest.mark.parametrize("language", ["en", "ja"])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with ground(tmp_path_factory.mktemp("console")) as one:
        seeded(one)
        yield one


@pytest.fixture(scope="module")
def client(made: Ground) -> Client:
    return made.client("hana")


def there(route: PageRoute, client: Client) -> str:
    """Give where a page of the route is."""
    if not route.path.startswith(("/traffic/{", "/reviews/{")):
        return THINGS.get(route.path, route.path)
    above, below = route.path.partition("/{")[0], route.path.partition("}")[2]
    found = re.search(rf"{above}/[0-9a-f]{{40,}}(-\d+)?", client.get(above).text)
    assert found
    return found[0] + below


class Read(HTMLParser):
    """What a page is made of."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def named(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


@in_both
@every_page
def test_a_page_is_whole(route: PageRoute, language: str, client: Client) -> None:
    """No id stands for a sentence, nothing runs or looks as it likes, the first view is small."""
    client.cookies["tenken-language"] = language
    path = there(route, client)
    answer = client.get(path)
    read = Read(answer.text)

    assert answer.status == 200
    assert f'<html lang="{language}"' in answer.text
    assert set(re.findall(r">\s*console\.([a-z_0-9]+)", answer.text)) <= SETTINGS
    assert [name for _, one in read.tags for name in one if name.startswith("on")] == []
    assert [one for _, one in read.tags if "style" in one] == []
    assert read.named("style") == []
    assert all(one.get("src", "").startswith("/assets/") for one in read.named("script"))
    whole = len(answer.body) + sum(len(asset(name)) for name in ASSETS)
    assert whole < FIRST_VIEW


@pytest.mark.parametrize("path", ["/readiness", "/readiness/5-2-3"])
def test_the_checklist_is_in_the_reader_s_language(path: str, client: Client) -> None:
    """Its titles and remedies, whatever language the inspection was run in."""
    item = shipped().item("5-2-3")
    assert item is not None
    client.cookies["tenken-language"] = "ja"
    told = html.unescape(client.get(path).text)

    assert item.title.ja in told
    assert item.title.en not in told


@pytest.mark.parametrize(
    ("path", "said", "codes"),
    [
        ("/guardrails?window=7d", {"高", "モデルへ"}, {"high", "inward", "outward"}),
        ("/reviews", {"高", "中"}, {"high", "medium"}),
        ("/alerts", {"発報"}, {"fired"}),
        ("/alerts/a1b2c3d4e5f60718", {"エラーバジェットの消費"}, {"burn"}),
        ("/reliability", {"可用性 ≥ 99.5%（28 日間）、現在 99.705%"}, {"fails"}),
    ],
)
def test_values_of_ours_are_words(
    path: str, said: set[str], codes: set[str], client: Client
) -> None:
    """A code of the record or of a file is no word of the reader's language."""
    client.cookies["tenken-language"] = "ja"
    shown = {one.strip() for one in re.findall(r">([^<>]+)<", client.get(path).text)}

    assert said <= shown
    assert not codes & shown


def test_a_limit_says_what_of_it_is_left(client: Client) -> None:
    """Its bar shows what is left, as that of a budget: a full one is no limit that is used up."""
    client.cookies["tenken-language"] = "en"

    assert re.search(r"of 1,200, [0-9.]+% left", client.get("/cost").text)


@every_page
def test_a_page_can_be_read_by_everybody(route: PageRoute, client: Client) -> None:
    """Landmarks, one heading above all, named tables and drawings, a label for each field."""
    read = Read(client.get(there(route, client)).text)
    labelled = [one for one in read.named("section") if "aria-labelledby" not in one]

    assert len(read.named("main")) == len(read.named("h1")) == len(read.named("header")) == 1
    assert len(read.named("caption")) == len(read.named("table"))
    assert all("scope" in one for one in read.named("th"))
    assert all(one.get("aria-label") or one.get("aria-hidden") for one in read.named("svg"))
    assert labelled == []
    assert read.named("a")[0]["class"] == "skip"
    identities = [one["id"] for _, one in read.tags if "id" in one]
    assert len(identities) == len(set(identities))


@every_page
def test_what_is_shown_is_in_the_api(route: PageRoute, client: Client) -> None:
    """Each table of a page as JSON and as CSV, with the same rows; all is plain data."""
    path = there(route, client)
    whole = json.loads(client.get(f"/api/v1{'/overview' if path == '/' else path}").body)
    page = client.get(path).text
    tables = [body for part in whole["parts"] for body in part["body"] if body["form"] == "table"]

    assert sorted(re.findall(r'<table id="table-(\w+)"', page)) == sorted(
        one["name"] for one in tables
    )
    for one in tables:
        said = client.get(f"{path}?form=csv&table={one['name']}")
        rows = list(csv.reader(io.StringIO(said.text)))
        assert said.headers["content-type"].startswith("text/csv")
        assert "attachment" in said.headers["content-disposition"]
        assert rows[0] == [column["key"] for column in one["columns"]]
        assert len(rows) == len(one["rows"]) + 1


def test_the_api_is_described(client: Client) -> None:
    """Every page, its role and what it asks; a parameter that nobody knows is refused."""
    document: Any = json.loads(client.get("/api/v1/openapi.json").body)
    assert document == described()
    pages = {"/overview" if one.path == "/" else one.path for one in PAGES}
    assert set(document["paths"]) == {*pages, "/evidence", "/signoffs"}
    answer = client.get("/api/v1/traffic?role=admin")

    assert answer.status == 400
    assert json.loads(answer.body)["error"] == {"code": "unknown_parameter", "name": "role"}


@pytest.mark.parametrize(
    "query",
    ["?window=1h", "?window=30d&outcome=failed", "?status=5&found=1", "?model=gpt-4o&live=1",
     "?id=req-000100&window=30d", "?status=x&outcome=x&before=zz&window=x", "?caller=%00%27--"],
)  # fmt: skip
def test_the_explorer_takes_what_is_asked(query: str, client: Client) -> None:
    """Whatever stands in an address: a page, never a fault."""
    assert client.get(f"/traffic{query}").status == 200


def test_pages_of_a_list_follow_each_other(client: Client) -> None:
    """Nothing is shown twice, nothing left out, for as long as it goes on."""
    seen: list[str] = []
    path = "/api/v1/traffic?window=7d&table=exchanges"
    for _ in range(4):
        table = json.loads(client.get(path).body)
        seen += [row["id"] for row in table["rows"]]
        behind = re.search(r"before=([0-9a-f]+)", table["more"])
        assert behind
        path = f"/api/v1/traffic?window=7d&table=exchanges&before={behind[1]}"

    assert len(seen) == len(set(seen)) == 200


HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}{% x %}",
    "javascript:alert(1)", '=HYPERLINK("x")', "`<u>`", "\u202egnp.exe", "${7*7}{0.__class__}",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_what_strangers_wrote_is_text(text: str, tmp_path: Path) -> None:
    """Names of models, callers and rules: on pages, in JSON, in a spreadsheet."""
    with ground(tmp_path) as made:
        plain = exchange()
        hostile = replace(
            plain, at=made.now - 1_000_000,
            identity=Identity(caller=text, use_case=text, route=text, release=text, session=text),
            code=text, finish=text,
            attempts=tuple(
                replace(one, model=text, target=text, provider=text, upstream_id=text, reason=text)
                for one in plain.attempts
            ),
            matches=(Match(rule=text, risk=text, action=text, stage=text, severity=text),),
        )  # fmt: skip
        at = Position(segment=1, offset=1, sequence=1, previous=b"x" * 16)
        Ledger(made.engine).apply(
            Batch(journal="w0", boot="b", after=Position(), position=at, exchanges=(hostile,))
        )
        client = made.client("hana")
        for path in ("/", "/traffic", "/guardrails", "/cost", "/reliability"):
            _harmless(client.get(path).text)
        found = re.search(r"/traffic/[0-9a-f]{40,}", client.get("/traffic").text)
        assert found
        _harmless(client.get(found[0]).text)
        sheet = client.get("/traffic?form=csv&table=exchanges").text

    cells = [cell for row in csv.reader(io.StringIO(sheet)) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []


def _harmless(markup: str) -> None:
    read = Read(markup)
    assert "49" not in re.findall(r">(49)<", markup)
    assert read.named("img") == read.named("u") == []
    assert all(one["src"].startswith("/assets/") for one in read.named("script"))
    assert [one for one in read.named("a") if one["href"].startswith("javascript")] == []
    assert "\u202e" not in re.sub(r'value="[^"]*"', "", markup)  # a value is sent, not shown


def test_a_change_for_a_while_reaches_who_serves(made: Ground) -> None:
    """Set and taken back by forms; workers beside us are told at once; what cannot be is not."""
    client = made.client("ken")
    fields = {"csrf": csrf(client), "subject": "route/reply", "change": "rpm=60", "for": "1h",
              "reason": "Too many at once"}  # fmt: skip
    assert client.post("/settings/overlays", fields).status == 303
    standing = made.taken_over[-1][-1]
    assert (standing.subject, standing.change, standing.actor) == ("route/reply", "rpm=60", "ken")
    assert "rpm 60" in client.get("/settings").text

    wrong = {**fields, "change": "timeouts=1"}
    assert client.post("/settings/overlays", wrong).status == 400
    back = {"csrf": csrf(client), "id": standing.id, "subject": standing.subject}
    assert client.post("/settings/overlays/withdraw", back).status == 303
    assert client.post("/settings/overlays/withdraw", back).status == 400
    assert standing.id not in {one.id for one in made.taken_over[-1]}


def test_an_alert_is_taken_in_hand(tmp_path: Path) -> None:
    """Once; what was said of it stands on its page."""
    with ground(tmp_path) as made:
        seeded(made)
        client = made.client("hana")
        fields = {"csrf": csrf(client), "id": "a1b2c3d4e5f60718"}

        assert client.post("/alerts/acknowledge", fields).status == 303
        assert client.post("/alerts/acknowledge", fields).status == 400
        assert "Acknowledged" in client.get("/alerts/a1b2c3d4e5f60718").text
        everything = {"csrf": csrf(client), "subject": "*/*", "for": "1h", "reason": "x"}
        assert client.post("/alerts/silences", everything).status == 400
        one = {**everything, "subject": "slo/answers/*"}
        assert client.post("/alerts/silences", one).status == 303


def test_a_route_goes_back_to_its_earlier_targets_by_a_button(tmp_path: Path) -> None:
    """What stays as it is today is noted; where no version was other, that is told."""
    with ground(tmp_path) as desk:
        client = desk.client("hana")
        said = {"csrf": csrf(client)}
        client.post("/incidents/open", {**said, "title": "slow"})
        [name] = [one.id for one in Incidents(desk.engine).newest(10)]
        act = {**said, "id": name, "subject": "route/reply"}

        assert "Bring route reply back" in client.get(f"/incidents/{name}").text
        assert client.post("/incidents/act", act).status == 400
        desk.earlier["reply"] = Shift(change="targets=gpt-4o-azure", stays=("limits",))
        assert client.post("/incidents/act", act).status == 303

        [(standing,)] = desk.taken_over
        assert (standing.subject, standing.change) == ("route/reply", "targets=gpt-4o-azure")
        [note] = [one for one in Incidents(desk.engine).notes(name) if one.kind == "action"]
        assert note.text == "route/reply targets=gpt-4o-azure (stays: limits)"


def test_an_incident_from_its_beginning_to_its_draft(tmp_path: Path) -> None:
    """Opened from an alert, noted, acted on, planned after, closed; the draft has its language."""
    with ground(tmp_path) as made:
        seeded(made)
        client = made.client("hana")
        client.cookies["tenken-language"] = "ja"
        said = {"csrf": csrf(client)}
        opened = client.post("/incidents/open", {**said, "alert": "a1b2c3d4e5f60718"})
        name = opened.headers["location"].rpartition("/")[2].partition("?")[0]
        one = {**said, "id": name}
        steps: tuple[tuple[str, dict[str, str]], ...] = (
            ("note", {"text": "見た", "kind": "note"}),
            ("act", {"subject": "target/gpt-4o-openai"}),
            ("plan", {"text": "直す", "owner": "hana", "due": "2026-12-01"}),
            ("done", {"number": "1"}),
            ("close", {}),
        )
        answers = [client.post(f"/incidents/{path}", one | more).status for path, more in steps]
        closed = Incidents(made.engine).find(name)

        assert answers == [303] * 5
        assert made.taken_over[-1][-1].subject == "target/gpt-4o-openai"
        assert closed is not None
        assert "# " in closed.postmortem
        assert client.post("/incidents/note", {**one, "text": "x"}).status == 400
        assert "直す" in client.get(f"/incidents/{name}").text


def test_an_invitation_is_shown_once(made: Ground) -> None:
    """What it opens is on that page alone, which nobody keeps."""
    client = made.client("admin")
    answer = client.post("/people/invite", {"csrf": csrf(client), "name": "mio", "role": "viewer"})
    token = re.search(r'class="command">([^<]+)<', answer.text)

    assert token
    assert answer.headers["cache-control"] == "no-store"
    assert token[1] not in client.get("/people").text
    entered = {"token": token[1], "name": "mio", "password": "a sentence of mine"}
    assert Client(made.app).post("/enter", entered).status == 303


def test_empty_pages_say_what_to_do_next(tmp_path: Path) -> None:
    """Before the first request, the first inspection and the first objective."""
    bare = "application: {name: bare, owner: somebody}\n"
    with ground(tmp_path, settings=bare) as made:
        made.user("hana", application="bare")
        client = Client(made.app)
        client.post("/login", {"name": "hana", "password": "correct horse battery"})
        page = client.get("/").text

    for command in ("tenken keys add", "tenken check", "slos:", "goals:", "kpis:"):
        assert command in page
