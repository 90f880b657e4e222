"""Runs the console until it is told to end, and tells who may enter first."""

import asyncio
import secrets
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import uvicorn
from argon2 import PasswordHasher
from msgspec import Struct
from sqlalchemy import Engine
from starlette.types import ASGIApp

from tenken.cli.consoling.looking import serving_of
from tenken.cli.consoling.patience import Patient
from tenken.cli.consoling.web import fetched
from tenken.cli.rim import Rim
from tenken.cli.serving.machine import spare_memory, wall_us
from tenken.cli.serving.served import Files
from tenken.config.environment import process_environment
from tenken.config.operating.console import ConsoleSettings
from tenken.console.app import Together, console
from tenken.console.desk import Desk, Other
from tenken.console.doors import secret
from tenken.console.doors.knocking import Knocking
from tenken.console.doors.names import Names, is_loopback, names, own_names
from tenken.console.doors.oidc.asking import Provider, is_safe
from tenken.console.doors.password import Argon2id
from tenken.console.sums import Recent
from tenken.console.view import zone_of
from tenken.errors import UsageError
from tenken.sentence import say
from tenken.store.people.people import Invitation, People
from tenken.store.people.roles import Role

FIRST_US = 3_600_000_000
"""So long the first one has to enter; a start anew makes another token."""
TOGETHER = 64
"""So many requests at once; the next are told to come again."""


class Console(Struct, frozen=True, kw_only=True):
    """The console of an application, about to listen."""

    files: Files
    name: str
    """Of its application."""
    settings: ConsoleSettings
    engine: Engine

    def names(self, port: int, *, alone: bool) -> Names:
        """Give the names that it answers by; raises UsageError."""
        try:
            return (
                names(self.settings.url, port)
                if alone
                else own_names(self.name, self.settings.url, port)
            )
        except ValueError as error:
            raise UsageError("console.no_host_name", name=self.name) from error


def allowed(settings: ConsoleSettings, host: str) -> None:
    """Refuse to send passwords in the clear, or a time zone that is none: raises UsageError."""
    if zone_of(settings.timezone) is None:
        raise UsageError("console.no_such_zone", name=settings.timezone)
    _whole(settings)
    if not is_loopback(host) and not (settings.url or "").startswith("https://"):
        raise UsageError("console.needs_tls", host=host)


def _whole(settings: ConsoleSettings) -> None:
    """Refuse rules that name no application, and a provider that is asked in the clear."""
    known = {one.name for one in settings.applications}
    rules = settings.oidc.roles if settings.oidc else ()
    for name in (name for rule in rules for name in rule.applications):
        if name not in known:
            raise UsageError("console.no_such_application", name=name)
    if settings.oidc is not None and not is_safe(settings.oidc.issuer):
        raise UsageError("console.oidc_needs_tls", issuer=settings.oidc.issuer)


def run(rim: Rim, several: Sequence[Console], door: socket.socket, ends: "Ends") -> None:
    """Answer until told to end; raises UsageError where two would answer by one name."""
    port = door.getsockname()[1]
    named = [one.names(port, alone=len(several) == 1) for one in several]
    hosts = [host for names_ in named for host in names_.hosts]
    if len(hosts) != len(set(hosts)):
        raise UsageError("console.same_host", names=", ".join(one.name for one in several))
    addresses = [_address(one, names_, door) for one, names_ in zip(several, named, strict=True)]
    links = [
        Other(name=one.name, address=address)
        for one, address in zip(several, addresses, strict=True)
    ]
    apps: list[tuple[Names, ASGIApp]] = []
    for one, names_, link in zip(several, named, links, strict=True):
        others = tuple(other for other in links if other is not link)
        desk = _desk(rim, one, names_, others)
        rim.say(say("console.listening", address=link.address))
        invite_first(rim, desk, link.address)
        apps.append((names_, console(desk)))
    config = uvicorn.Config(
        Together(apps), loop="uvloop", http=Patient, ws="none", lifespan="off",
        log_config=None, access_log=False, server_header=False, limit_concurrency=TOGETHER,
        timeout_keep_alive=10, timeout_graceful_shutdown=3,
        proxy_headers=any(one.settings.url for one in several), forwarded_allow_ips="127.0.0.1",
    )  # fmt: skip
    server = _Server(config, ends)
    spare_memory()  # each page that is shown leaves cycles
    asyncio.run(server.serve(sockets=[door]))


def _address(one: Console, names_: Names, door: socket.socket) -> str:
    if one.settings.url:
        return one.settings.url
    own = f"{one.name.lower()}.localhost:{door.getsockname()[1]}"
    return f"http://{own if own in names_.hosts else _shown(door)}"


def _desk(rim: Rim, one: Console, names_: Names, others: tuple[Other, ...]) -> Desk:
    return Desk(
        engine=one.engine,
        serving=serving_of(rim, one.files, one.engine),
        passwords=Argon2id(PasswordHasher()),
        names=names_,
        now=wall_us,
        wall=rim.clock.now,
        chance=secrets.token_urlsafe,
        knocking=Knocking(),
        recent=Recent(),
        provider=Provider(fetched),
        secret_of=lambda name: process_environment().get(name, "") if name else "",
        told=rim.say,
        others=others,
    )


def invite_first(rim: Rim, desk: Desk, address: str) -> None:
    """Print a token by which the first one sets a password, where nobody can enter yet."""
    people, now = People(desk.engine), desk.now()
    if people.any_admin(desk.application):
        return
    made = secret.made(desk.chance)
    first = Invitation(
        user="", application=desk.application, role=Role.ADMIN, invited_by="", created_at=now,
        expires_at=now + FIRST_US,
    )  # fmt: skip
    people.invite(made.sha256, first)
    rim.say(say("console.first", address=f"{address}/enter", token=made.text))


class Ends:
    """Says when to end: by a signal, or because who started us is gone."""

    def __init__(self, *signals: signal.Signals, lifeline: int | None = None) -> None:
        self._signals = signals
        self._lifeline = lifeline

    @contextmanager
    def told_to(self, server: uvicorn.Server) -> Iterator[None]:
        """Tell the server while it runs."""
        loop = asyncio.get_running_loop()

        def end() -> None:
            server.should_exit = True
            if self._lifeline is not None:
                loop.remove_reader(self._lifeline)

        for name in self._signals:
            loop.add_signal_handler(name, end)
        if self._lifeline is not None:
            loop.add_reader(self._lifeline, end)
        try:
            yield
        finally:
            for name in self._signals:
                loop.remove_signal_handler(name)


class _Server(uvicorn.Server):
    """The server ends as we say, not by signals of its own choice."""

    def __init__(self, config: uvicorn.Config, ends: Ends) -> None:
        super().__init__(config)
        self._ends = ends

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Hear what ends it."""
        with self._ends.told_to(self):
            yield


def _shown(door: socket.socket) -> str:
    host, port = door.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
