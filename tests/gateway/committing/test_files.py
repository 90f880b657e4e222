"""Records that wait for a disk: in groups, as long as promised, refused when it fails."""

import asyncio
import errno
from collections.abc import Iterator
from pathlib import Path
from threading import Condition, Event

import pytest

from tenken.gateway.committing import files
from tenken.gateway.committing.files import GroupCommitter, LocalCommitter, VolumeCommitter
from tenken.gateway.committing.holes import Holes
from tenken.journal.exchange import Exchange
from tenken.journal.reader import Damage, Placed, Position, frames, prove, record_of
from tenken.journal.writer import JournalFull, Unsynced, Writer, bring, payload_of
from tenken.sentence import Sentence
from tests.journal.making import AT, exchange, intent

pytestmark = pytest.mark.anyio
LONG_S = 60.0


class Slow:
    """A disk that is as slow as it is told, and fails when it is told; used from a thread."""

    def __init__(self) -> None:
        self.goes_on = Event()
        self.goes_on.set()
        self.groups: list[int] = []
        self.fails = False
        self._changed = Condition()

    def asked_for(self, count: int) -> bool:
        """Wait until it was asked so often."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.groups) >= count, LONG_S)

    def __call__(self, unsynced: Unsynced) -> None:
        with self._changed:
            self.groups.append(unsynced.sequence)
            self._changed.notify_all()
        assert self.goes_on.wait(LONG_S)
        if self.fails:
            raise OSError(errno.EIO, "Input/output error")
        bring(unsynced)


@pytest.fixture
def disk() -> Iterator[Slow]:
    found = Slow()
    yield found
    found.goes_on.set()


@pytest.fixture
def told() -> list[Sentence]:
    return []


def writer(folder: Path, *, reserve: int = 0) -> Writer:
    return Writer(folder, worker=0, boot="b", at=AT, machine="m", synced=True, reserve=reserve)


def recorded(folder: Path) -> list[object]:
    found = list(frames(folder, after=Position()))
    assert not any(isinstance(one, Damage) for one in found)
    read = [record_of(one.frame) for one in found if isinstance(one, Placed)]
    return [one for one in read if one is not None]


async def begun(disk: Slow, count: int) -> None:
    """Wait until the disk was asked so often."""
    loop = asyncio.get_running_loop()
    assert await loop.run_in_executor(None, disk.asked_for, count)


async def test_who_comes_while_a_group_is_brought_goes_with_the_next(
    tmp_path: Path, disk: Slow, told: list[Sentence]
) -> None:
    """Nobody is told before his record is on the disk."""
    committer = GroupCommitter(writer(tmp_path), tell=told.append, bring=disk)
    disk.goes_on.clear()
    async with asyncio.TaskGroup() as group:
        first = group.create_task(committer.intent(intent(0)))
        await begun(disk, 1)
        rest = [group.create_task(committer.settle(exchange(one))) for one in range(5)]
        await asyncio.sleep(0)
        waiting = not first.done() and not any(one.done() for one in rest)
        disk.goes_on.set()
    await committer.close(AT)

    assert waiting
    assert disk.groups == [2, 7]
    assert len(recorded(tmp_path)) == 6


async def test_a_disk_that_fails_is_told_and_left(
    tmp_path: Path, disk: Slow, told: list[Sentence]
) -> None:
    """What it has of the file nobody knows: the next record goes into another."""
    committer = GroupCommitter(writer(tmp_path), tell=told.append, bring=disk)
    disk.fails = True
    with pytest.raises(JournalFull, match="Input/output"):
        await committer.intent(intent(1))
    with pytest.raises(JournalFull, match="Input/output"):
        await committer.settle(exchange(1))
    disk.fails = False
    await committer.intent(intent(2))
    await committer.close(AT)

    assert [one.id for one in told] == ["journal.cannot", "journal.can_again"]
    proof = prove(tmp_path)
    assert (proof.whole, proof.segments) == (True, 3)


async def test_a_volume_is_brought_up_to_date_by_itself(
    tmp_path: Path, disk: Slow, told: list[Sentence], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests do not wait for it."""
    monkeypatch.setattr(files, "PERIOD_S", 0.0)
    committer = VolumeCommitter(
        writer(tmp_path, reserve=100), wall_us=lambda: AT, tell=told.append, bring=disk
    )
    await committer.intent(intent(1))
    await begun(disk, 1)
    disk.goes_on.clear()
    await committer.settle(exchange(1))
    await begun(disk, 2)
    await committer.intent(intent(2))
    disk.goes_on.set()
    await committer.close(AT)

    assert recorded(tmp_path) == [intent(1), exchange(1), intent(2)]
    assert told == []


async def test_nothing_new_is_begun_on_a_volume_that_is_late(
    tmp_path: Path, disk: Slow, told: list[Sentence], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second of records may be lost, and not more: a request is refused, an answer goes on."""
    monkeypatch.setattr(files, "PERIOD_S", 0.0)
    monkeypatch.setattr(files, "LOSS_S", -1.0)
    committer = VolumeCommitter(
        writer(tmp_path, reserve=100), wall_us=lambda: AT, tell=told.append, bring=disk
    )
    await committer.intent(intent(1))
    await begun(disk, 2)
    monkeypatch.setattr(files, "LOSS_S", LONG_S)
    disk.goes_on.clear()
    await committer.intent(intent(2))
    await begun(disk, 3)
    monkeypatch.setattr(files, "LOSS_S", -1.0)
    monkeypatch.setattr(files, "PATIENCE_S", 0.0)
    with pytest.raises(JournalFull, match="does not answer"):
        await committer.intent(intent(3))
    await committer.settle(exchange(1))
    monkeypatch.setattr(files, "PATIENCE_S", LONG_S)
    disk.goes_on.set()
    await committer.intent(intent(4))
    await committer.close(AT)

    assert recorded(tmp_path) == [intent(1), intent(2), exchange(1), intent(4)]
    assert [one.id for one in told] == ["journal.cannot", "journal.can_again"]


async def test_no_number_is_given_that_no_mark_allows(
    tmp_path: Path, disk: Slow, told: list[Sentence], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A burst waits for the volume instead of making losses uncountable."""
    monkeypatch.setattr(files, "RESERVE", 3)
    monkeypatch.setattr(files, "GROWTH", 1)
    journal = writer(tmp_path, reserve=3)
    committer = VolumeCommitter(journal, wall_us=lambda: AT, tell=told.append, bring=disk)
    for number in range(40):
        await committer.intent(intent(number))
        assert journal.sequence <= journal.granted
    await committer.close(AT)

    assert len(disk.groups) >= 2
    assert recorded(tmp_path) == [intent(number) for number in range(40)]


async def test_what_is_encoded_already_waits_for_a_volume_where_a_record_would(
    tmp_path: Path, disk: Slow, told: list[Sentence], monkeypatch: pytest.MonkeyPatch
) -> None:
    """For numbers that a mark allows; what is begun, for a volume that is late, too."""
    monkeypatch.setattr(files, "RESERVE", 9)
    monkeypatch.setattr(files, "LOSS_S", LONG_S)
    disk.goes_on.clear()
    journal = writer(tmp_path, reserve=9)
    committer = VolumeCommitter(journal, wall_us=lambda: AT, tell=told.append, bring=disk)
    assert committer.intents_wait(1)
    disk.goes_on.set()
    await committer.intent(intent(0))
    left = journal.granted - journal.sequence
    assert (committer.intents_wait(left), committer.intents_wait(left + 1)) == (False, True)
    committer.written_intents([payload_of(intent(1)), payload_of(intent(2))], AT)
    left -= 2
    assert (committer.exchanges_wait(left), committer.exchanges_wait(left + 1)) == (False, True)
    monkeypatch.setattr(files, "LOSS_S", -1.0)
    assert (committer.intents_wait(1), committer.exchanges_wait(1)) == (True, False)
    committer.written_exchanges([payload_of(exchange(1))], AT)
    await committer.close(AT)

    assert recorded(tmp_path) == [*map(intent, range(3)), exchange(1)]
    assert told == []


async def test_who_leaves_while_a_volume_is_waited_for_is_on_record(
    tmp_path: Path, disk: Slow, told: list[Sentence]
) -> None:
    """A settlement is written, whoever still listens."""
    disk.goes_on.clear()
    committer = VolumeCommitter(
        writer(tmp_path, reserve=1), wall_us=lambda: AT, tell=told.append, bring=disk
    )
    leaving = asyncio.get_running_loop().create_task(committer.settle(exchange(1)))
    await begun(disk, 1)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    disk.goes_on.set()
    await committer.close(AT)

    assert recorded(tmp_path) == [exchange(1)]


class Full(Writer):
    """A journal whose disk takes no settlement."""

    def settle(self, exchange: Exchange) -> None:
        raise JournalFull(f"no room for {exchange.id}")


async def test_who_leaves_while_a_full_volume_is_waited_for_has_left_and_is_counted(
    tmp_path: Path, disk: Slow, told: list[Sentence]
) -> None:
    """That nothing could be written is told, and in no place of that he left."""
    disk.goes_on.clear()
    holes: list[str] = []
    journal = Full(tmp_path, worker=0, boot="b", at=AT, machine="m", synced=True, reserve=1)
    committer = VolumeCommitter(
        journal, wall_us=lambda: AT, tell=told.append, unrecorded=holes.append, bring=disk
    )
    leaving = asyncio.get_running_loop().create_task(committer.settle(exchange(1)))
    await begun(disk, 1)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    disk.goes_on.set()
    await committer.close(AT)

    assert holes == [exchange(1).id]
    assert [one.id for one in told] == ["journal.cannot"]


async def test_a_local_journal_tells_once_that_it_cannot_be_written(
    tmp_path: Path, told: list[Sentence]
) -> None:
    """However many ask."""
    journal = Writer(tmp_path, worker=0, boot="b", at=AT, quota_bytes=1000)
    committer = LocalCommitter(journal, tell=told.append)
    refused = 0
    for number in range(20):
        try:
            committer.intent(intent(number))
        except JournalFull:
            refused += 1
    assert refused > 10
    assert [one.id for one in told] == ["journal.cannot"]


def test_holes_are_told_at_once_then_now_and_then_then_in_all() -> None:
    """Thousands of answers without a record are no thousands of lines."""
    told: list[Sentence] = []
    now = [0.0]
    holes = Holes(told.append, clock=lambda: now[0])
    for number in range(1000):
        holes(f"r{number}")
    now[0] = 11.0
    holes("r1000")
    holes("r1001")
    holes.close()
    holes.close()

    assert [one.fields["count"] for one in told] == [1, 1001, 1002, 1002]
