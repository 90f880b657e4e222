"""Records that go to the store: in groups, before any answer, and owed while it is away."""

import asyncio
from collections.abc import Sequence

import pytest

from tenken.gateway.committing.store import StoreCommitter
from tenken.journal.exchange import Exchange
from tenken.journal.frame import Kind
from tenken.journal.reader import Record, decoded
from tenken.journal.writer import JournalFull
from tenken.sentence import Sentence
from tenken.store.frames import Row, StoreAway
from tests.journal.making import exchange, intent

pytestmark = pytest.mark.anyio


class Table:
    """A store that keeps what it is given, in the groups in which it came."""

    def __init__(self) -> None:
        self.groups: list[list[Row]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.asked = asyncio.Event()
        self.away = False
        self.broken: Exception | None = None
        self.keeps_what_breaks = False

    async def put(self, rows: Sequence[Row]) -> None:
        self.asked.set()
        await self.open.wait()
        if self.broken is not None:
            raise self.broken
        if rows and (not self.away or self.keeps_what_breaks):
            self.groups.append(list(rows))
        if self.away:
            raise StoreAway("OperationalError")

    async def close(self) -> None:
        self.asked.set()

    @property
    def records(self) -> list[Record | None]:
        return [decoded(Kind(row.kind), row.payload) for group in self.groups for row in group]


@pytest.fixture
async def table() -> Table:
    return Table()


@pytest.fixture
def told() -> list[Sentence]:
    return []


@pytest.fixture
async def committer(table: Table, told: list[Sentence]) -> StoreCommitter:
    return StoreCommitter(table, tell=told.append, room_bytes=900)


async def test_who_comes_meanwhile_goes_together(table: Table, committer: StoreCommitter) -> None:
    """One statement is on its way; all others wait for the next, and nobody before his own."""
    table.open.clear()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(committer.intent(intent(0)))]
        await table.asked.wait()
        tasks += [group.create_task(committer.intent(intent(one))) for one in range(1, 6)]
        await asyncio.sleep(0)
        waiting = not any(task.done() for task in tasks)
        table.open.set()

    assert waiting
    assert [len(rows) for rows in table.groups] == [1, 5]
    assert table.records == [intent(one) for one in range(6)]


async def test_nothing_is_begun_while_the_store_is_away(
    table: Table, committer: StoreCommitter, told: list[Sentence]
) -> None:
    """An intent that was not taken refuses its request; those after it do not even wait."""
    table.away = True

    with pytest.raises(JournalFull):
        await committer.intent(intent(1))
    table.open.clear()
    with pytest.raises(JournalFull, match="away"):
        await committer.intent(intent(2))

    assert [one.id for one in told] == ["journal.store_away"]
    assert table.records == []
    table.open.set()
    table.away = False
    await committer.close()


async def test_what_was_begun_is_owed_and_brought(
    table: Table, committer: StoreCommitter, told: list[Sentence]
) -> None:
    """Its answer does not wait; the record comes when the store is back, and that is told."""
    await committer.intent(intent(1))
    table.away = True
    await committer.settle(exchange(1))
    owed = committer.owed
    table.away = False
    await committer.close()

    assert owed == 1
    assert table.records == [intent(1), exchange(1)]
    assert [one.id for one in told] == ["journal.store_away", "journal.store_back"]


async def test_what_may_be_there_already_comes_under_the_same_number(
    table: Table, committer: StoreCommitter
) -> None:
    """The connection broke after the commit: the table can tell that it is the same."""
    table.away = table.keeps_what_breaks = True
    await committer.settle(exchange(1))
    table.away = False
    await committer.close()

    assert {row.sequence for group in table.groups for row in group} == {1}
    assert table.records[-1] == exchange(1)


async def test_no_more_is_owed_than_there_is_room_for(
    table: Table, committer: StoreCommitter, told: list[Sentence]
) -> None:
    """What does not fit is refused to whoever brings it; what never came is told in the end."""
    table.away = True
    await committer.settle(exchange(1))
    await committer.settle(exchange(2))
    with pytest.raises(JournalFull, match="owed"):
        await committer.settle(exchange(3))
    table.away = False
    await committer.close()

    assert table.records == [exchange(1), exchange(2)]
    assert "journal.never_stored" not in {one.id for one in told}


async def test_what_never_came_is_told(
    table: Table,
    committer: StoreCommitter,
    told: list[Sentence],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The process ends and the store is away."""
    monkeypatch.setattr("tenken.gateway.committing.store.FAREWELL_S", 0.0)
    table.away = True
    await committer.settle(exchange(1))

    await committer.close()

    assert told[-1].id == "journal.never_stored"
    assert told[-1].fields == {"count": 1}


async def test_who_leaves_meanwhile_is_on_record(table: Table, committer: StoreCommitter) -> None:
    """The caller is gone before the store has answered; the record goes its way."""
    table.open.clear()
    leaving = asyncio.get_running_loop().create_task(committer.settle(exchange(1)))
    await table.asked.wait()
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    table.open.set()
    await committer.close()

    assert table.records == [exchange(1)]


async def test_the_store_is_looked_for_before_anybody_asks(
    table: Table, committer: StoreCommitter, told: list[Sentence]
) -> None:
    """One that is away at the start is told, and found again without a request."""
    table.away = True
    committer.look()
    await table.asked.wait()
    with pytest.raises(JournalFull):
        await committer.intent(intent(1))
    table.away = False
    table.asked.clear()
    await table.asked.wait()
    await committer.close()

    assert [one.id for one in told] == ["journal.store_away", "journal.store_back"]


async def test_what_nobody_foresaw_leaves_nobody_waiting(
    table: Table, committer: StoreCommitter, told: list[Sentence]
) -> None:
    """Such as tables of a later version: refused as if it were away, and brought in the end."""
    table.broken = ValueError("postgresql://user:secret@host")
    with pytest.raises(JournalFull):
        await committer.intent(intent(0))
    await committer.settle(exchange(0))
    table.broken = None
    table.asked.clear()
    await committer.close()

    assert [one for one in table.records if isinstance(one, Exchange)] == [exchange(0)]
    assert "secret" not in str(told)
