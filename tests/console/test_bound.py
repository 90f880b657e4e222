"""Five hundred attempts at SQL, wherever a text is taken: statements are ours, texts values."""

from collections.abc import Iterator
from itertools import cycle
from urllib.parse import quote

import pytest
from sqlalchemy import event

from tenken.console.routes import PAGES
from tests.console.client import Client
from tests.console.ground import PASSWORD, Ground, csrf, ground
from tests.console.seed import seeded
from tests.gateway.hostile.test_doors import INJECTIONS

THINGS = [one.path for one in PAGES if "{id}" in one.path]
ASKED = [
    f"{one.path}?{name}={{id}}"
    for one in PAGES if "{" not in one.path
    for name in (*one.asks, "before", "table", "form")
]  # fmt: skip
FIELDS = {
    "/settings/overlays": ("subject", "change", "for", "reason"),
    "/alerts/acknowledge": ("id",),
    "/alerts/silences": ("subject", "for", "reason"),
    "/incidents/open": ("title", "alert"),
    "/reviews/judge": ("id", "verdict", "why"),
    "/people/invite": ("name", "role", "within"),
    "/people/role": ("name", "role"),
    "/people/lock": ("name",),
}
HARMLESS = "an-ordinary-word"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with ground(tmp_path_factory.mktemp("console")) as one:
        seeded(one)
        yield one


class Statements:
    """What the database is told to do, as text."""

    def __init__(self, made: Ground) -> None:
        self.said: set[str] = set()
        event.listen(made.engine, "before_cursor_execute", self._hear)

    def _hear(self, *told: object) -> None:
        self.said.add(str(told[2]))

    def taken(self) -> set[str]:
        """Give what was said since the last time."""
        said, self.said = self.said, set()
        return said


def asked(client: Client, place: str, text: str) -> int:
    """Put a text at one place; gives the status."""
    return client.get(place.replace("{id}", quote(text, safe=""))).status


def sent(client: Client, path: str, field: str, text: str) -> int:
    """Put a text into one field of a form; gives the status."""
    return client.post(path, {"csrf": csrf(client), field: text}).status


def test_what_is_asked_changes_no_statement(made: Ground) -> None:
    """Ids, filters, pages, tables: on pages, in the API."""
    client, statements = made.client("hana"), Statements(made)
    places = [*THINGS, *ASKED, *(f"/api/v1{one}" for one in (*THINGS, *ASKED) if one[1] != "?")]
    for place in places:
        assert asked(client, place, HARMLESS) < 500
    ordinary = statements.taken()
    statuses = {asked(client, at, text) for at, text in zip(cycle(places), INJECTIONS)}

    assert ordinary
    assert max(statuses) < 500
    assert statements.taken() - ordinary == set()


def test_what_a_form_says_changes_no_statement(made: Ground) -> None:
    """Each field of those that write, by somebody who may."""
    client, statements = made.client("ken"), Statements(made)
    fields = [(path, name) for path, names in FIELDS.items() for name in names]
    for path, name in fields:
        assert sent(client, path, name, HARMLESS) < 500
    ordinary = statements.taken()
    statuses = {sent(client, *at, text) for at, text in zip(cycle(fields), INJECTIONS[::5])}

    assert ordinary
    assert max(statuses) < 500
    assert statements.taken() - ordinary == set()


def test_what_stands_at_the_door_changes_no_statement(made: Ground) -> None:
    """Names, passwords, tokens and cookies of nobody."""
    client, statements = Client(made.app), Statements(made)

    def knocks(text: str) -> list[int]:
        client.cookies["tenken"] = text.replace(";", "%3B").replace('"', "%22")
        found = [client.get("/").status]
        client.cookies.clear()
        found.append(client.get("/api/v1/overview", authorization=f"Bearer tkc_{text}").status)
        found.append(client.post("/login", {"name": text, "password": PASSWORD}).status)
        found.append(client.post("/login", {"name": "hana", "password": text}).status)
        found.append(client.post("/enter", {"token": text, "name": text, "password": text}).status)
        made.later(3600)  # whoever tries often waits; here nobody has to
        return found

    first = knocks(HARMLESS)
    ordinary = statements.taken()
    others = [knocks(text) for text in INJECTIONS[::10]]

    assert first[:2] == [303, 401]
    assert {status for found in others for status in found} <= {303, 400, 401, 429}
    assert all(found[:2] == [303, 401] for found in others)
    assert statements.taken() - ordinary == set()
