"""`tenken check --live`: a running gateway's own evidence counts, signed by a trusted key."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from tenken import digest
from tenken.cli.looking import live
from tenken.cli.looking.where import Live
from tenken.cli.main import main
from tenken.cli.observing.own import ledger_sighting
from tenken.cli.observing.proving import Proving, evidence_lines
from tenken.config.load import load_manifest
from tenken.config.manifest import Manifest
from tenken.journal.exchange import Match, Outcome
from tenken.journal.reader import Position
from tenken.readiness.collectors.git import remote_of
from tenken.readiness.evidence.keys import from_pem
from tenken.readiness.signing.signoff import SignedText, SignOff
from tenken.readiness.signing.vouched import sealed
from tenken.store.engine import opened
from tenken.store.ledger import Batch, Ledger
from tenken.store.migration import migrate
from tenken.store.proofs.figures import Figures
from tenken.store.rollups.reading import Rollups
from tests.journal.making import exchange
from tests.readiness.repositories import git, repository, write

PLATFORM = 'platform: {name: house, version: "1", owner: platform team}\n'
REMOTE = "https://git.example.com/desk/desk.git"
SETTINGS = f"""\
application: {{name: desk, owner: desk, tier: C}}
allowed_models: [m, n]
evidence: {{key_env: OBSERVER_KEY, repository: "{REMOTE}"}}
"""
STOPPED = Match(rule="injection.ja", risk="injection", action="block", stage="inward")
HOUR_US = 3_600_000_000
ISSUER = "https://login.example.com"


class Gateway:
    """What answers at a gateway's address: its evidence, and its door."""

    def __init__(self) -> None:
        self.lines = b""
        self.signed = b""
        self.stranger = 401
        self.asked: list[str] = []

    @contextmanager
    def running(self) -> Iterator[str]:
        """Run it on a free port of this machine; gives its address."""
        gateway = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/api/v1/signoffs":
                    self._say(200 if gateway.signed else 404, gateway.signed)
                elif not self.path.startswith("/api/v1/evidence?since="):
                    self._say(gateway.stranger, b'{"error": {"code": "unauthorized"}}')
                elif self.headers["authorization"] != "Bearer of-the-check":
                    self._say(401, b"{}")
                else:
                    gateway.asked.append(self.path)
                    self._say(200, gateway.lines)

            def do_POST(self) -> None:
                self.do_GET()

            def _say(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class House:
    """A repository, a ledger of its gateway, and a platform file that trusts the gateway's key."""

    def __init__(self, folder: Path, engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.engine = folder, engine
        self.repository = repository(folder / "desk", {"tenken.yaml": SETTINGS})
        git(self.repository, "remote", "add", "origin", REMOTE)
        assert main(["prove", "--new-key", str(folder / "key.pem")]) == 0
        write(folder, {"platform.yaml": PLATFORM + capsys.readouterr().out})
        self.environment = {"OBSERVER_KEY": (folder / "key.pem").read_text()}

    def lines(self, *, settings: str = SETTINGS) -> bytes:
        """The evidence that its keeper writes now."""
        now = datetime.now(UTC)  # noqa: TID251 - the command looks at the real clock
        work = Proving(
            self.engine, settings=_manifest(settings).application.evidence,  # type: ignore[arg-type]
            manifest=lambda: (_manifest(settings), settings), holder="w0",
            environment=self.environment,
        )  # fmt: skip
        assert work.step(round(now.timestamp() * 1e6)) == 3600
        return b"\n".join(evidence_lines(self.engine, now - timedelta(minutes=1)))

    def check(self, gateway: Gateway) -> dict[str, dict[str, Any]]:
        """Inspect with the gateway beside it; gives the items."""
        out = self.folder / "report.json"
        with gateway.running() as url:
            main(["check", str(self.repository), "-q", "-f", "json", "-o", str(out),
                  "--live", url, "--token-env", "CHECK_TOKEN",
                  "--state", str(self.folder / "state"),
                  "--platform", str(self.folder / "platform.yaml")])  # fmt: skip
        return {one["id"]: one for one in json.loads(out.read_text("utf-8"))["items"]}


def _manifest(text: str) -> Manifest:
    today = datetime(2026, 11, 23, tzinfo=UTC).date()
    return load_manifest(
        text, file="tenken.yaml", platform=lambda _path: None, environment="", today=today
    )


@pytest.fixture
def house(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    """Give one whose gateway has served for thirty hours; some requests were stopped."""
    engine = opened(f"sqlite:///{tmp_path}/ledger.db")
    migrate(engine)
    _serve(engine)
    monkeypatch.setenv("CHECK_TOKEN", "of-the-check")
    yield House(tmp_path, engine, capsys)
    engine.dispose()


def _serve(engine: Engine, *, recorded: bool = True) -> None:
    now = datetime.now(UTC)  # noqa: TID251 - the command looks at the real clock
    end = round(now.timestamp() * 1e6) - 60_000_000
    made = []
    for number in range(120):
        at, stopped = end - (120 - number) * HOUR_US // 4, number % 10 == 0
        found = {"matches": (STOPPED,) if recorded else (), "outcome": Outcome.BLOCKED}
        made.append(replace(exchange(number), at=at, **(found if stopped else {})))
    position = Position(segment=1, offset=100, sequence=120, previous=b"x" * 16)
    batch = Batch(journal="w0", boot="b1", after=Position(), position=position,
                  exchanges=tuple(made))  # fmt: skip
    Ledger(engine).apply(batch)


def outcomes(items: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """How the items stand that a ledger speaks of."""
    return [str(items[item]["outcome"]) for item in ("4-2-4", "7-4-2")]


def test_a_gateway_proves_what_its_ledger_holds(house: House) -> None:
    """What it called is what is allowed, and what it stopped is recorded; its door is shut."""
    gateway = Gateway()
    gateway.lines = house.lines()
    items = house.check(gateway)

    # 7-4-2 has a co-signature to come: that is the rest of it.
    assert outcomes(items) == ["verified", "configured"]
    assert items["7-4-2"]["word"] == "needs_sign_off"
    assert "anonymous_requests_are_refused" in json.dumps(items["7-3-2"])
    assert gateway.asked


def test_a_ledger_counts_as_a_whole(house: House) -> None:
    """How much came in, how long users waited, and what guards called what they found."""
    now = datetime.now(UTC)  # noqa: TID251 - as the command does
    rollups, figures = Rollups(house.engine), Figures(house.engine)
    seen = ledger_sighting(rollups, figures, _manifest(SETTINGS), now)

    assert seen.traffic
    assert seen.traffic.is_whole
    assert round((seen.traffic.per_day or 0) * 7) == 120
    assert (seen.traffic.peak_rps or 0) > 0
    assert [one.requests for one in seen.traffic.waits] == [108]
    assert all(one.p95_low_s < one.p95_high_s for one in seen.traffic.waits)
    assert seen.labels
    assert seen.labels.found == {"injection": 12, "pii": 108}
    assert seen.calls
    assert 0 < sum(seen.calls.answered.values()) <= seen.calls.calls


@pytest.mark.parametrize(("issuer", "outcome"), [(ISSUER, "verified"), ("", "configured")])
def test_what_was_signed_in_the_console_counts(house: House, issuer: str, outcome: str) -> None:
    """Sealed by the console: after a login by the provider, and not after one by password."""
    gateway = Gateway()
    gateway.lines = house.lines()
    gateway.signed = _signed(house.check(gateway)["7-4-2"], house, issuer)
    item = house.check(gateway)["7-4-2"]

    assert item["outcome"] == outcome
    assert bool(item["signed"]) == bool(issuer)


def _signed(item: Mapping[str, Any], house: House, issuer: str) -> bytes:
    now = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - the command looks at it
    asked = item["asked"]
    content = (house.repository / "tenken.yaml").read_bytes()
    text = SignedText(path="tenken.yaml", sha256=hashlib.sha256(content).hexdigest())
    one = SignOff(
        item="7-4-2", role=asked["role"], name="Mio Abe", email="mio@example.com",
        statement="These and no others.", signed=(text,),
        signed_at=now, expires_on=(now + timedelta(days=30)).date(),
    )  # fmt: skip
    key = from_pem(house.environment["OBSERVER_KEY"])
    service = digest.of_bytes(remote_of(REMOTE).encode())
    return sealed(one, name="s1", issuer=issuer, service=service, key=key).encode()


def test_a_door_that_is_open_is_a_failure(house: House) -> None:
    """Seen by the inspection itself."""
    gateway = Gateway()
    gateway.stranger = 200

    assert house.check(gateway)["7-3-2"]["outcome"] in {"failed", "partial"}


def test_settings_that_are_not_the_repository_s_make_it_stale(house: House) -> None:
    """Held to another list, it says nothing of this one; what is held to none still counts."""
    gateway = Gateway()
    gateway.lines = house.lines(settings=f"{SETTINGS}callers: []\n")

    assert outcomes(house.check(gateway)) == ["verified", "stale"]


def test_whoever_gets_as_many_lines_as_there_are_at_once_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """There are older ones, which are not here; one fewer, and these are all."""
    monkeypatch.setattr(live, "MOST_LINES", 3)

    assert [_left_out(b"{}\n" * lines) for lines in (2, 3)] == [False, True]


def _left_out(lines: bytes) -> bool:
    gateway = Gateway()
    gateway.lines = lines
    with gateway.running() as url:
        found = live.fetched(
            Live(url=url, token_env="CHECK_TOKEN"), now=datetime(2026, 11, 23, tzinfo=UTC),
            clock=monotonic, environment={"CHECK_TOKEN": "of-the-check"},
        )  # fmt: skip
    return "observe.lines_left_out" in {one.sentence.id for one in found.evidence.problems}


@pytest.mark.parametrize("spoilt", ["signature", "line", "key"])
def test_what_is_not_its_own_word_proves_nothing(house: House, spoilt: str) -> None:
    """Changed, with lines left out, or signed by a key that nobody trusts."""
    gateway = Gateway()
    gateway.lines = _spoilt(house, spoilt)

    assert "verified" not in outcomes(house.check(gateway))


def _spoilt(house: House, how: str) -> bytes:
    match how:
        case "key":
            write(house.folder, {"platform.yaml": PLATFORM})
            return house.lines()
        case "line":
            return b"\n".join(house.lines().splitlines()[::2])
        case _:
            return house.lines().replace(b'"sig":"', b'"sig":"AA')
