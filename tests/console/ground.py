"""A console over a store of its own, without a network, with a clock that a test moves."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from sqlalchemy import Engine

from tenken.config.load import PlatformText, load_manifest
from tenken.config.manifest import Manifest
from tenken.config.temporary import Overlay
from tenken.console.app import console
from tenken.console.desk import Desk, Serving, Shown, Signing
from tenken.console.doors import secret
from tenken.console.doors.knocking import Knocking
from tenken.console.doors.names import names
from tenken.console.doors.oidc.asking import Fetch, Fetched, Provider
from tenken.console.doors.password import Argon2id
from tenken.console.sums import Recent
from tenken.errors import UsageError
from tenken.gateway.plan import Plan
from tenken.gateway.settings.keyring import Entry
from tenken.gateway.settings.resolve import resolve
from tenken.journal.sealing import Ring
from tenken.keeper.incidents.shifting import Shift
from tenken.models.shipped import shipped
from tenken.readiness.evidence.keys import PrivateKey
from tenken.readiness.signing.vouched import sealed
from tenken.sentence import Sentence
from tenken.store.engine import opened
from tenken.store.migration import migrate
from tenken.store.people.people import Invitation, People
from tenken.store.people.roles import Role
from tests.console.client import Answer, Client

START = 1_795_046_400_000_000
"""2026-11-19 00:00 UTC."""
KEY = PrivateKey(b"k" * 32)
SERVICE = f"sha256:{'5' * 64}"
PASSWORD = "correct horse battery"
SETTINGS = """\
extends: {platform: platform.yaml, version: "1"}
application: {name: shift-desk, owner: support-platform, tier: A, description: Answers enquiries}
goals:
  - {id: handling-time, metric: minutes per enquiry, unit: min, baseline: 9.5, target: 6,
     due: 2027-03-31, owner: Hana Sato}
use_cases:
  - {id: answer, description: Writes the reply to an enquiry, task: generation}
  - {id: classify, description: Sorts an enquiry, task: classification}
models:
  - {id: gpt-4o-openai, provider: openai, model: gpt-4o}
  - {id: gpt-4o-azure, provider: azure, model: gpt-4o, region: japaneast}
  - {id: mini-openai, provider: openai, model: gpt-4.1-mini}
routes:
  - name: reply
    use_case: answer
    targets: [gpt-4o-openai, gpt-4o-azure]
    limits: {rpm: 600}
  - {name: sort, use_case: classify, targets: [mini-openai]}
callers:
  - {id: desk, routes: [reply, sort], limits: {rpm: 1200, budget_usd_per_day: 50}}
  - {id: night-batch, routes: [sort], limits: {tpm: 600000}}
slos:
  - {name: answers, sli: availability, target_percent: 99.5, window_days: 28}
  - {name: quick-replies, sli: latency, target_percent: 95, window_days: 28, threshold_s: 5.12,
     use_case: answer}
  - {name: guards-look, sli: guardrail_available, target_percent: 99.9, window_days: 28}
console: {timezone: Asia/Tokyo, hours: 8, idle_minutes: 30}
"""

PLATFORM = PlatformText(
    file="platform.yaml",
    text="""\
platform: {name: shift-ichiba, version: "1", owner: platform-team}
providers:
  - {id: openai, kind: openai, credentials: {kind: env, name: OPENAI_PROVIDER_KEY}}
  - id: azure
    kind: azure
    base_url: https://shift-ichiba-openai.example.jp/openai/v1
    credentials: {kind: env, name: AZURE_OPENAI_PROVIDER_KEY}
""",
)


class Ground:
    """A console, its store, and what is around it."""

    def __init__(
        self, engine: Engine, *, settings: str = SETTINGS, url: str | None = None
    ) -> None:
        self.engine = engine
        self.now = START + 12 * 3_600_000_000
        self.reports: tuple[bytes, ...] = ()
        self.taken_over: list[tuple[Overlay, ...]] = []
        self.keys: tuple[Entry, ...] = ()
        self.texts: dict[tuple[str, str], Shown] = {}
        self.authors: dict[str, frozenset[str]] = {}
        self.fetch: Fetch = lambda _sent: Fetched(status=0)
        self.variables: dict[str, str] = {}
        self.told: list[Sentence] = []
        self.earlier: dict[str, Shift] = {}
        self.ring = Ring()
        self._drawn = 0
        self.manifest = manifest_of(settings)
        self.desk = Desk(
            engine=engine,
            serving=Serving(
                manifest=lambda: self.manifest, plan=self.plan, keys=lambda: self.keys,
                shifted=self.shifted, taken_over=self.taken_over.append,
                reports=lambda: self.reports,
                text_ring=lambda: self.ring,
                signing=Signing(
                    shown=lambda path, key: self.texts.get((path, key)),
                    authors=self.authors.get,
                    sealed=lambda one, name: sealed(
                        one, name=name, issuer=one.vouched.issuer if one.vouched else "",
                        service=SERVICE, key=KEY,
                    ),
                ),
            ),
            passwords=Argon2id(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)),
            names=names(url, 8090),
            now=lambda: self.now,
            wall=lambda: datetime.fromtimestamp(self.now / 1e6, UTC),
            chance=self.chance,
            knocking=Knocking(),
            recent=Recent(),
            provider=Provider(lambda sent: self.fetch(sent)),  # noqa: PLW0108 - changed by a test
            secret_of=lambda name: self.variables.get(name, ""),
            told=self.told.append,
        )  # fmt: skip
        self.app = console(self.desk)

    @property
    def desk_people(self) -> People:
        """Give who may enter."""
        return People(self.engine)

    def plan(self) -> Plan:
        """Resolve the settings."""
        return resolve(
            self.manifest, keys=(), known=shipped(), today=date(2026, 11, 19), guard=None
        )

    def shifted(self, route: str) -> Shift:
        """Know of earlier targets where a test says so."""
        if route not in self.earlier:
            raise UsageError("incidents.no_earlier", route=route)
        return self.earlier[route]

    def chance(self, size: int) -> str:
        """Give another text each time, which no other test has."""
        self._drawn += 1
        return f"{self._drawn:0{size}d}"

    def later(self, seconds: float) -> None:
        """Let time go by."""
        self.now += round(seconds * 1_000_000)

    def user(self, name: str, role: Role = Role.ADMIN, *, application: str = "shift-desk") -> None:
        """Let somebody be known."""
        people = People(self.engine)
        one = Invitation(
            user="", application=application, role=role, invited_by="", created_at=self.now,
            expires_at=self.now + 1_000_000,
        )  # fmt: skip
        people.invite(b"x" * 32, one)
        hashed = self.desk.passwords.hashed(PASSWORD)
        assert people.accept(b"x" * 32, one, name, password=hashed, now=self.now)

    def client(self, name: str = "", role: Role = Role.ADMIN) -> Client:
        """Give somebody's browser; logged in where a name is given."""
        client = Client(self.app)
        if name:
            self.user(name, role)
            assert login(client, name).status == 303
        return client


def login(client: Client, name: str, password: str = PASSWORD, **more: str) -> Answer:
    """Log in by the form."""
    return client.post("/login", {"name": name, "password": password, **more})


def csrf(client: Client) -> str:
    """Give what the forms of a session bring; that pages hold it is tested by itself."""
    return secret.csrf(client.cookies["tenken"])


def manifest_of(settings: str) -> Manifest:
    """Read settings as they are served."""
    return load_manifest(
        settings, file="tenken.yaml", platform=lambda _path: PLATFORM, environment="",
        today=date(2026, 11, 19),
    )  # fmt: skip


@contextmanager
def ground(folder: Path, **settings: str) -> Iterator[Ground]:
    """Give a console with an empty store."""
    path = folder / "store.db"
    path.write_bytes(_empty(folder.parent))
    engine = opened(f"sqlite:///{path}")
    yield Ground(engine, **settings)
    engine.dispose()


@cache
def _empty(folder: Path) -> bytes:
    """Give a store with its tables; they are made once."""
    path = folder / "empty.db"
    engine = opened(f"sqlite:///{path}")
    migrate(engine)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path.read_bytes()
