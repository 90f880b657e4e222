"""What may be asked by whom, walked from the table of routes: a new one is walked, too."""

import re
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette

from tenken.console.app import API
from tenken.console.doors.secret import digest
from tenken.console.routes import CHANGES, OPEN, PAGES, ChangeRoute, PageRoute
from tenken.console.web.shell import Shell
from tenken.store.people.audit import Audit
from tenken.store.people.people import People, Token
from tenken.store.people.roles import Role
from tests.console.client import Client
from tests.console.ground import Ground, csrf, ground, login

ANSWERED_TO_ALL = {
    "/healthz",
    "/login",
    "/login/oidc",
    "/login/oidc/back",
    "/enter",
    "/logout",
    "/preferences",
    "/assets/{name}",
}
page_routes = pytest.mark.parametrize("route", PAGES, ids=lambda one: one.name)
change_routes = pytest.mark.parametrize("route", CHANGES, ids=lambda one: one.name)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with ground(tmp_path_factory.mktemp("console")) as one:
        for role in Role:
            one.user(role.value, role)
        one.user("elsewhere", Role.ADMIN, application="other")
        yield one


@pytest.fixture(scope="module")
def clients(made: Ground) -> dict[str, Client]:
    found = {}
    for name in (*Role, "elsewhere"):
        found[str(name)] = client = Client(made.app)
        assert login(client, str(name)).status == 303
    return found


def there(route: PageRoute) -> str:
    return re.sub(r"\{\w+\}", "00", route.path)


def test_the_table_is_all_there_is(made: Ground) -> None:
    """Nothing answers that no table names, and what is open to all is listed here."""
    assert isinstance(made.app, Shell)
    app = made.app._inner
    assert isinstance(app, Starlette)
    served = {getattr(route, "path", "") for route in app.routes}
    pages = {route.path for route in PAGES}
    known = {f"{API}{path}" if path != "/" else f"{API}/overview" for path in pages}

    others = {change.path for change in CHANGES} | {door.path for door in OPEN}
    expected = (
        pages | known | others | {f"{API}/openapi.json", f"{API}/evidence", f"{API}/signoffs"}
    )
    assert served == expected
    assert {one.path for one in OPEN} == ANSWERED_TO_ALL


@page_routes
def test_nobody_sees_a_page(route: PageRoute, made: Ground) -> None:
    """Neither as HTML nor as JSON, nor by a token that is none."""
    client = Client(made.app)
    answer = client.get(there(route))
    path = f"{API}/overview" if route.path == "/" else f"{API}{there(route)}"

    assert answer.status == 303
    assert answer.headers["location"].startswith("/login")
    assert client.get(path).status == 401
    assert client.get(path, authorization="Bearer tkc_nothing").status == 401


@pytest.mark.parametrize("name", ["openapi.json", "evidence", "signoffs"])
def test_what_is_no_page_is_for_who_is_known(
    name: str, made: Ground, clients: dict[str, Client]
) -> None:
    """What the API has is told to nobody else, and neither is what was proved or signed."""
    stranger, path = Client(made.app), f"{API}/{name}"

    assert stranger.get(path).status == 401
    assert stranger.get(path, authorization="Bearer tkc_nothing").status == 401
    assert clients["elsewhere"].get(path).status == 401
    assert clients["viewer"].get(path).status == 200


@page_routes
@pytest.mark.parametrize("role", Role)
def test_a_page_is_for_its_role_and_above(
    route: PageRoute, role: Role, clients: dict[str, Client]
) -> None:
    """A page that somebody may not see says nothing of itself."""
    answer = clients[role].get(there(route))
    seen = 404 if "{" in route.path else 200

    assert answer.status == (seen if role.may(route.needs) else 403)


@page_routes
def test_another_applications_admin_sees_nothing(
    route: PageRoute, clients: dict[str, Client]
) -> None:
    """Known here, and without a role: a thing that exists answers as one that does not."""
    assert clients["elsewhere"].get(there(route)).status == 403


@change_routes
@pytest.mark.parametrize("role", Role)
def test_a_change_is_for_its_role_and_above(
    route: ChangeRoute, role: Role, clients: dict[str, Client], made: Ground
) -> None:
    """Who may is told what is missing; who may not changes nothing, and leaves no trace."""
    client = clients[role]
    before = Audit(made.engine).newest("shift-desk", 1)
    answer = client.post(route.path, {"csrf": csrf(client)})
    after = Audit(made.engine).newest("shift-desk", 1)

    assert answer.status == (400 if role.may(route.needs) else 403)
    assert (after != before) == role.may(route.needs)


SPOILT: dict[str, tuple[str, dict[str, str]]] = {
    "no-token": ("", {}),
    "wrong-token": ("0" * 64, {}),
    "foreign": ("own", {"origin": "https://example.com"}),
    "no-origin": ("own", {"origin": ""}),
    "null-origin": ("own", {"origin": "null"}),
    "cross-site": ("own", {"sec_fetch_site": "cross-site"}),
    "same-site": ("own", {"sec_fetch_site": "same-site"}),
}


@change_routes
def test_a_form_of_somebody_else_changes_nothing(
    route: ChangeRoute, clients: dict[str, Client], made: Ground
) -> None:
    """The token of the session, from our own page: both or nothing."""
    client = clients["admin"]
    before = Audit(made.engine).newest("shift-desk", 1)
    answers = {
        name: client.post(
            route.path, {"csrf": csrf(client) if token == "own" else token}, **headers
        ).status
        for name, (token, headers) in SPOILT.items()
    }

    assert answers == dict.fromkeys(SPOILT, 403)
    assert Audit(made.engine).newest("shift-desk", 1) == before


@change_routes
def test_a_change_needs_somebody(route: ChangeRoute, made: Ground) -> None:
    """A token of a machine reads; it changes nothing, whatever it is of."""
    client = Client(made.app)

    assert client.post(route.path, {"csrf": "x"}).headers["location"] == "/login"
    assert client.get(route.path).status in {404, 303}


def test_another_sessions_token_is_none(clients: dict[str, Client]) -> None:
    """The token of a form is of one session alone."""
    stolen = csrf(clients["operator"])

    assert clients["admin"].post("/people/invite", {"csrf": stolen}).status == 403


def test_a_machine_reads_what_a_viewer_sees(made: Ground) -> None:
    """Until its token ends; pages and people are not for it."""
    one = Token(
        prefix="tkc_test12", name="ci", application="shift-desk", created_by="admin",
        created_at=made.now, expires_at=made.now + 1_000_000,
    )  # fmt: skip
    other = Token(
        prefix="tkc_other1", name="ci", application="other", created_by="x",
        created_at=made.now, expires_at=made.now + 1_000_000,
    )  # fmt: skip
    people = People(made.engine)
    people.add_token(digest("tkc_good"), one)
    people.add_token(digest("tkc_other"), other)
    client = Client(made.app)

    assert client.get("/api/v1/overview", authorization="Bearer tkc_good").status == 200
    assert client.get("/api/v1/people", authorization="Bearer tkc_good").status == 403
    assert client.get("/api/v1/overview", authorization="Bearer tkc_other").status == 401
    assert client.get("/", authorization="Bearer tkc_good").status == 303
    people.revoke("tkc_test12", "shift-desk", at=made.now)
    assert client.get("/api/v1/overview", authorization="Bearer tkc_good").status == 401


@pytest.mark.parametrize("host", ["example.com", "127.0.0.1", "127.0.0.1:80", "", "localhost:9"])
def test_another_name_is_not_ours(host: str, made: Ground) -> None:
    """DNS rebinding: whoever calls us by another name is told nothing."""
    client = Client(made.app, host=host or "nobody")

    assert client.get("/login").status == 421
    assert client.get("/healthz").status == 200


@pytest.mark.parametrize("path", ["/login", "/", "/nothing", "/healthz", "/assets/console.css"])
def test_every_answer_has_the_headers(path: str, made: Ground) -> None:
    """No frame, no inline script or style, nothing from elsewhere, nothing kept."""
    headers = Client(made.app).get(path).headers
    policy = headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == ("public, max-age=3600" if "assets" in path else "no-store")


@pytest.mark.parametrize(
    "path", ["/assets/../app.py", "/assets/%2e%2e/app.py", "/assets/page.html", "/assets/x\0.css"]
)
def test_assets_are_a_closed_list(path: str, made: Ground) -> None:
    """No path is put together from what was asked."""
    assert Client(made.app).get(path).status == 404


def test_a_range_of_many_parts_is_passed_over(made: Ground) -> None:
    """What would be put together for each of them is not there."""
    client, many = Client(made.app), ",".join(f"{at}-" for at in range(1000))
    whole, asked = client.get("/assets/console.js"), client.get("/assets/console.js", range=many)

    assert (asked.status, asked.body) == (200, whole.body)
    assert not {"content-range", "accept-ranges"} & set(asked.headers)


@pytest.mark.parametrize("size", ["70000", "x", "-1"])
def test_a_body_has_a_size(size: str, made: Ground) -> None:
    """A form is small, and says how long it is."""
    answer = Client(made.app).ask("POST", "/login", headers={"content-length": size})

    assert answer.status == 413


def test_a_form_of_many_fields_or_another_kind_is_none(made: Ground) -> None:
    """Neither JSON nor a field said twice gets as far as a change."""
    client = Client(made.app)
    many = {f"f{number}": "x" for number in range(50)}

    assert client.post("/login", many).status == 403
    assert client.post("/login", {"name": "x"}, content_type="application/json").status == 403
