"""What each durability promises, kept while processes are killed and disks and stores fail."""

import resource
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import text

from tenken.drills.provider.plan import drawn
from tenken.journal.frame import Kind
from tenken.journal.reader import prove
from tenken.keeper.collect import Collect
from tenken.keeper.drain import Drain
from tenken.store.engine import opened
from tenken.store.frames import PostgresFrames, Row, StoreAway
from tenken.store.ledger import Ledger
from tenken.store.migration import migrate
from tests.live.postgres import Postgres, postgres_server
from tests.live.serving import (
    LONG_S,
    Answer,
    Asking,
    Provider,
    Rows,
    Running,
    key_of,
    providing,
    rows,
    running,
    until,
    written,
)

pytestmark = pytest.mark.live
FAR = 4_000_000_000_000_000
"""A moment at which every open request is long gone."""
MOUNT = "/bin/mount"


class Desk:
    """An application behind `tenken gateway`, and its provider."""

    def __init__(self, folder: Path, provider: Provider, url: str, key: str) -> None:
        self.folder = folder
        self.provider = provider
        self.journal = folder / ".tenken" / "journal"
        self._url = url
        self._key = key

    def served(self, journal: str, **environment: str) -> AbstractContextManager[Running]:
        written(self.folder, self._url, gateway=f"{journal}, store: {{url_env: STORE_URL}}")
        return running(
            ["gateway", str(self.folder)], key=self._key,
            environment={"STORE_URL": "sqlite:///unused", **environment},
        )  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    with providing() as (provider, url):
        written(tmp_path, url)
        key = key_of(tmp_path, lambda: capfd.readouterr().out)
        yield Desk(tmp_path, provider, url, key)


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with postgres_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def store(postgres: Postgres, tmp_path: Path) -> Iterator[str]:
    with postgres.database(tmp_path.name) as url:
        yield url


def killed_in_between(desk: Desk, journal: str, seed: int, **environment: str) -> list[str]:
    """Kill a gateway under load at a moment that the seed names; gives who was answered."""
    with (
        desk.served(journal, **environment) as run,
        Asking(run, callers=4, named=f"{seed}-") as asking,
    ):
        asking.more(1 + round(40 * drawn(seed, 0)))
        run.process.send_signal(signal.SIGKILL)
        run.process.wait(LONG_S)
    return [one.id for one in asking.answers if one.status == 200]


def asked(run: Running, name: str, count: int) -> Iterator[Answer]:
    """Ask so often: a disk that takes no new block may have room in the last one yet."""
    return (run.ask(f"{name}-{number}") for number in range(count))


def _dry(drain: Drain) -> None:
    until(lambda: drain.step(FAR).idle)


def drained(folder: Path, url: str, names: list[str]) -> Rows:
    """Bring what is left of journals into a ledger, as a keeper does; gives its rows."""
    engine = opened(url)
    migrate(engine)
    ledger = Ledger(engine)
    for name in names:
        _dry(Drain(folder / name, journal=name, ledger=ledger))
    collect = Collect(ledger)
    until(lambda: collect.step(FAR).idle)
    found = rows(engine)
    engine.dispose()
    return found


@pytest.mark.parametrize("journal", ["{fsync: group}", "{durability: volume}"])
def test_killed_at_any_moment_nothing_that_was_answered_is_missing(
    desk: Desk, journal: str
) -> None:
    """Whoever was answered has a row, once; and so has every call that a provider saw."""
    answered: set[str] = set()
    for seed in range(2):
        answered |= set(killed_in_between(desk, f"journal: {journal}", seed))

    found = drained(desk.journal, f"sqlite:///{desk.folder}/ledger.db", ["0"])

    assert {name for name, outcome in found.outcomes.items() if outcome == "answered"} >= answered
    assert set(found.outcomes) >= set(desk.provider.asked)
    assert prove(desk.journal / "0").whole


@pytest.mark.parametrize("seed", range(2))
def test_with_the_store_nothing_is_lost_although_the_disk_is(
    desk: Desk, store: str, seed: int
) -> None:
    """Killed under load, and all that the machine kept of it deleted."""
    answered = killed_in_between(desk, "journal: {durability: store}", seed, STORE_URL=store)
    assert not desk.journal.exists()
    shutil.rmtree(desk.folder / ".tenken")

    found = drained(desk.journal, store, [])

    assert {name: found.outcomes.get(name) for name in answered} == dict.fromkeys(
        answered, "answered"
    )
    assert set(found.outcomes) >= set(desk.provider.asked)
    assert set(found.outcomes.values()) <= {"answered", "unknown"}
    assert found.twice == []


def test_without_the_store_nothing_is_begun_and_what_was_begun_is_kept(
    desk: Desk, store: str, postgres: Postgres
) -> None:
    """An answer that is on its way goes out; its settlement is brought when the store is back."""
    with desk.served("journal: {durability: store}", STORE_URL=store) as run:
        assert run.ask("before").status == 200
        desk.provider.goes_on.clear()
        begun: list[Answer] = []
        asking = Thread(target=lambda: begun.append(run.ask("begun")))
        asking.start()
        desk.provider.wait_for(2)
        with postgres.away():
            refused = run.ask("away")
            run.said("The store does not answer")
            desk.provider.goes_on.set()
            asking.join(LONG_S)
        run.said("The store answers again")
        after = run.ask("after")
        assert run.end() == 0

    found = drained(desk.journal, store, [])

    assert (refused.status, refused.code) == (503, "accounting_unavailable")
    assert desk.provider.asked["away"] == 0
    assert [one.status for one in (*begun, after)] == [200, 200]
    assert {name: found.outcomes[name] for name in ("before", "begun", "after")} == (
        dict.fromkeys(("before", "begun", "after"), "answered")
    )
    assert found.twice == []


@pytest.mark.anyio
async def test_a_statement_that_hangs_is_given_up_and_brought_again(store: str) -> None:
    """Under the same number: whatever became of the first, it is there once."""
    engine = opened(store)
    migrate(engine)
    frames = PostgresFrames(store, boot="b", prepare=lambda: None, timeout_s=0.5)
    row = Row(1, Kind.SETTLEMENT, b"x")
    with engine.begin() as connection:
        connection.execute(text("LOCK TABLE frames"))
        with pytest.raises(StoreAway):
            await frames.put([row])
    for timeout_s in (LONG_S, LONG_S):
        patient = PostgresFrames(store, boot="b", prepare=lambda: None, timeout_s=timeout_s)
        await patient.put([row])
        await patient.close()
    await frames.close()

    stored = Ledger(engine).stored(10)
    engine.dispose()
    assert [(one.sequence, one.payload) for one in stored] == [(1, b"x")]


class Disk:
    """A disk for a journal that can be made to take nothing."""

    def __init__(self, folder: Path, *, mounted: bool) -> None:
        self.folder = folder
        self.mounted = mounted

    @contextmanager
    def full(self, run: Running) -> Iterator[None]:
        """Take nothing more until the block ends."""
        if not self.mounted:
            with limited(run):
                yield
            return
        filler = self.folder / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError:
                pass
        yield
        filler.unlink()


@contextmanager
def limited(run: Running) -> Iterator[None]:
    """Let a process write no file until the block ends: what a full disk is without one."""
    before = resource.prlimit(run.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(run.process.pid, resource.RLIMIT_FSIZE, (0, before[1]))
    yield
    resource.prlimit(run.process.pid, resource.RLIMIT_FSIZE, before)


@pytest.fixture
def disk(desk: Desk, request: pytest.FixtureRequest) -> Iterator[Disk]:
    """A full small disk where one can be mounted here; and a process that may not write."""
    desk.journal.mkdir(parents=True)
    mounted = request.param == "small" and _mounted(desk.journal)
    yield Disk(desk.journal, mounted=mounted)
    if mounted:
        subprocess.run(["/bin/umount", "-l", str(desk.journal)], check=True)


def _mounted(folder: Path) -> bool:
    try:
        done = subprocess.run(
            [MOUNT, "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)],
            check=False, capture_output=True,
        )  # fmt: skip
    except FileNotFoundError:
        return False
    return done.returncode == 0


@pytest.mark.parametrize(
    ("disk", "journal"),
    [("small", "{}"), ("limited", "{fsync: group}"), ("small", "{durability: volume}")],
    indirect=["disk"],
)
def test_a_full_disk_refuses_and_comes_back(desk: Desk, disk: Disk, journal: str) -> None:
    """No provider is called for what cannot be put on record; the process goes on."""
    with desk.served(f"journal: {journal}") as run:
        assert run.ask("before").status == 200
        with disk.full(run):
            refused = next(one for one in asked(run, "full", 40) if one.status != 200)
            run.said("The journal cannot be written")
        after = run.ask("after")
        run.said("The journal can be written again")
        assert run.end() == 0

    found = drained(desk.journal, f"sqlite:///{desk.folder}/ledger.db", ["0"])
    assert (refused.status, refused.code) == (503, "accounting_unavailable")
    assert desk.provider.asked[refused.id] == 0
    assert after.status == 200
    assert {name: found.outcomes[name] for name in ("before", "after")} == dict.fromkeys(
        ("before", "after"), "answered"
    )
    assert found.twice == []


@pytest.mark.parametrize("disk", ["limited"], indirect=True)
def test_a_full_disk_may_serve_and_is_counted(desk: Desk, disk: Disk) -> None:
    """Where the file says so; how many answers are on no record is told."""
    with desk.served("journal: {when_full: serve}") as run:
        with disk.full(run):
            answers = list(asked(run, "full", 40))
            run.said("answers are not on record so far")
        answers.append(run.ask("after"))
        assert run.end() == 0
        run.said("answers are not on record in all")

    assert {one.status for one in answers} == {200}
