"""One process that shows several applications, each by a host of its own."""

import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace
from starlette.types import ASGIApp

from tenken.cli.consoling.running import Console, Ends, run
from tenken.cli.main import main
from tenken.cli.rim import Rim
from tenken.cli.serving.served import Files
from tenken.config.environment import read_settings
from tenken.config.operating.console import ConsoleSettings
from tenken.console.app import Together, console
from tenken.console.desk import Other
from tenken.console.doors.names import own_names
from tenken.errors import UsageError
from tenken.messages.speech import Language, Speech
from tests.console.client import Client
from tests.console.ground import SETTINGS, Ground, ground, login

DESK, CLAIMS = "shift-desk.localhost:8090", "claims.localhost:8090"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Ground]:
    folder = tmp_path / "desk"
    folder.mkdir()
    with ground(folder) as found:
        yield found


@pytest.fixture
def claims(tmp_path: Path) -> Iterator[Ground]:
    folder = tmp_path / "claims"
    folder.mkdir()
    with ground(folder, settings=SETTINGS.replace("shift-desk", "claims")) as found:
        yield found


def together(desk: Ground, claims: Ground) -> ASGIApp:
    """Both behind one door."""
    apps = []
    for one, name, other in ((desk, "shift-desk", "claims"), (claims, "claims", "shift-desk")):
        named = own_names(name, None, 8090)
        others = (Other(name=other, address=f"http://{other}.localhost:8090"),)
        apps.append((named, console(replace(one.desk, names=named, others=others))))
    return Together(apps)


def test_each_host_shows_its_own_application_to_its_own_people(
    desk: Ground, claims: Ground
) -> None:
    """A password, and a session, of one opens nothing at the other."""
    app = together(desk, claims)
    desk.user("hana")
    here, there = Client(app, host=DESK), Client(app, host=CLAIMS)

    assert login(here, "hana").status == 303
    shown = here.get("/")
    there.cookies.update(here.cookies)

    assert shown.status == 200
    assert 'href="http://claims.localhost:8090"' in shown.text
    assert there.get("/").headers["location"].startswith("/login")
    assert login(Client(app, host=CLAIMS), "hana").status != 303


@pytest.mark.parametrize("host", ["127.0.0.1:8090", "localhost:8090", "other.localhost:8090", ""])
def test_what_is_nobody_s_host_is_refused(desk: Ground, claims: Ground, host: str) -> None:
    """As where there is one application."""
    assert Client(together(desk, claims), host=host).get("/").status == 421


class Standing:
    """A clock that stands."""

    def now(self) -> datetime:
        return datetime(2026, 11, 19, tzinfo=UTC)


RIM = Rim(speech=Speech(Language.EN), settings=read_settings({}), clock=Standing())


@pytest.mark.parametrize(
    ("named", "id_"),
    [
        ((("desk", None), ("desk", None)), "console.same_host"),
        ((("Desk", None), ("desk", None)), "console.same_host"),
        ((("a", "https://c.example.com"), ("b", "https://c.example.com")), "console.same_host"),
        ((("desk_one", None), ("desk", None)), "console.no_host_name"),
    ],
)
def test_two_by_one_host_are_refused(
    desk: Ground, tmp_path: Path, named: tuple[tuple[str, str | None], ...], id_: str
) -> None:
    """Before anything is answered."""
    several = [
        Console(
            files=Files(folder=tmp_path), name=name, settings=ConsoleSettings(url=url),
            engine=desk.engine,
        )
        for name, url in named
    ]  # fmt: skip
    with (
        closing(socket.create_server(("127.0.0.1", 0))) as door,
        pytest.raises(UsageError) as told,
    ):
        run(RIM, several, door, Ends())

    assert told.value.sentence.id == id_


def test_a_state_is_of_one_application(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of several each has its own."""
    folders = [str(tmp_path / name) for name in ("a", "b")]

    assert main(["--lang", "en", "console", *folders, "--state", str(tmp_path)]) == 2
    assert "of one application" in capsys.readouterr().err
