"""What watchers look at is read as it is on this machine."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from tenken.cli.serving.keeping import facts
from tenken.cli.serving.keeping.outlook import Outlook
from tenken.cli.serving.served import Files
from tenken.config.application import Application
from tenken.gateway.settings.keyring import Entry, Keyring, write_ring
from tenken.journal.reader import Position, segments
from tenken.journal.writer import Writer
from tenken.keeper.drain import Drain
from tenken.keeper.watching.slowly import Slowly
from tenken.store.engine import opened
from tenken.store.ledger import Batch, Ledger
from tenken.store.migration import migrate
from tenken.store.rollups.reading import Rollups
from tests.cli.alerting.desks import desk_in
from tests.journal.making import AT, exchange, intent
from tests.keeper.alerts.playing import signal

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = opened(f"sqlite:///{tmp_path}/store.db")
    migrate(found)
    yield found
    found.dispose()


def test_a_journal_is_behind_by_its_oldest_record(tmp_path: Path, engine: Engine) -> None:
    """Until the ledger has it."""
    ledger, folder = Ledger(engine), tmp_path / "journals" / "0"
    folder.mkdir(parents=True)
    journal = Writer(folder, worker=0, boot="b1", at=AT, segment_bytes=1 << 20)
    journal.intent(intent(1))
    journal.settle(exchange(1))
    journal.close()

    def behind() -> dict[str, int | None]:
        found = facts.behind(tmp_path / "journals", "host", ledger)
        return {one.journal: one.oldest_at for one in found}

    assert behind() == {"store": None, "host/0": intent(1).at}
    drain = Drain(folder, journal="host/0", ledger=ledger)
    while not drain.step(AT).idle:
        pass
    assert behind() == {"store": None, "host/0": None}
    assert [one.journal for one in facts.behind(tmp_path / "none", "host", ledger)] == ["store"]


def test_a_journal_that_is_damaged_is_not_one_that_the_ledger_has(
    tmp_path: Path, engine: Engine
) -> None:
    """Its drain stands still there, whatever is behind."""
    ledger, folder = Ledger(engine), tmp_path / "journals" / "0"
    folder.mkdir(parents=True)
    journal = Writer(folder, worker=0, boot="b1", at=AT, segment_bytes=1 << 20)
    journal.settle(exchange(1))
    journal.settle(exchange(2))
    journal.close()
    drain = Drain(folder, journal="host/0", ledger=ledger)
    [segment] = segments(folder)
    content = bytearray(segment.read_bytes())
    content[content.index(b"req-000002")] ^= 1
    segment.write_bytes(content)
    while not drain.step(AT).idle:
        pass

    found = facts.behind(tmp_path / "journals", "host", ledger)

    assert {one.journal: one.damaged for one in found} == {"store": False, "host/0": True}


def test_what_a_caller_spent_today_counts(engine: Engine) -> None:
    """Against its budget; who has none is not watched."""
    made = exchange(1)
    one = replace(made, cost=Decimal("1.5"))
    position = Position(segment=1, offset=1, sequence=1, previous=b"x" * 16)
    Ledger(engine).apply(
        Batch(journal="w0", boot="b", after=Position(), position=position, exchanges=(one,))
    )
    app = msgspec.convert(
        {
            "application": {"name": "desk", "owner": "team"},
            "callers": [
                {"id": made.identity.caller, "limits": {"budget_usd_per_day": 2}},
                {"id": "idle", "limits": {"budget_usd_per_day": 2}},
                {"id": "free"},
            ],
        },
        Application,
    )

    found = facts.budgets(app, Rollups(engine), made.at + 60_000_000)

    assert {one.caller: one.spent for one in found} == {
        made.identity.caller: Decimal("1.5"), "idle": Decimal(0),
    }  # fmt: skip


def key(caller: str, until: datetime | None, **further: datetime) -> Entry:
    return Entry(
        prefix=f"tk-{caller}", caller=caller, sha256="0" * 64, created_at=NOW, expires_at=until,
        **further,
    )  # fmt: skip


def test_what_expires_is_known_by_its_day(tmp_path: Path) -> None:
    """A key beside which there is a longer one, one without an end and a revoked one are not."""
    files = Files(folder=desk_in(tmp_path))
    soon, late = datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 12, 1, tzinfo=UTC)
    files.keys.parent.mkdir(parents=True, exist_ok=True)
    ring = Keyring(
        keys=(
            key("app", soon), key("app", late), key("ever", None), key("ever", soon),
            key("gone", soon, revoked_at=NOW), key("one", soon),
        )
    )  # fmt: skip
    write_ring(files.keys, ring)
    folder = tmp_path / "signoffs"
    folder.mkdir()
    (folder / "a.yaml").write_text("item: 0-1-1\nexpires_on: '2026-12-05'\n")
    (folder / "b.yaml").write_text("item: [broken\n")
    (folder / "c.yaml").write_text("item: 0-1-2\n")

    found = facts.endings(Outlook(files, lambda: NOW), int(NOW.timestamp()) * 1_000_000)

    assert [(one.kind, one.name, one.day) for one in found] == [
        ("key", "app", date(2027, 12, 1)),
        ("key", "one", date(2026, 12, 1)),
        ("sign_off", "0-1-1 (a.yaml)", date(2026, 12, 5)),
    ]


def test_a_slow_watcher_repeats_what_it_saw() -> None:
    """Until it is time to look again."""
    looked: list[int] = []

    def looks(now: int) -> tuple[object, ...]:
        looked.append(now)
        return (signal(),)

    slowly = Slowly(looks, every_s=30)  # type: ignore[arg-type]
    said = [tuple(slowly(at * 1_000_000)) for at in (0, 10, 29, 30, 31)]

    assert looked == [0, 30_000_000]
    assert all(one == (signal(),) for one in said)
