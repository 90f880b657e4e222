"""A machine that dies takes at most what the marks allow, and so much is told."""

import errno
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tenken.journal.life import Mark, Missing, Opened, Tail, missing
from tenken.journal.reader import Damage, Placed, Position, frames, prove, record_of, segments
from tenken.journal.writer import JournalFull, Unsynced, Writer, bring
from tests.journal.making import AT, exchange, intent

WRITE, SYNC = "write", "sync"
STEPS = st.lists(st.sampled_from([WRITE, WRITE, WRITE, SYNC]), max_size=40)
ALLOWANCE = 8


def opened(folder: Path, *, boot: str = "b1", machine: str = "m1") -> Writer:
    return Writer(
        folder, worker=0, boot=boot, at=AT, machine=machine, synced=True, reserve=ALLOWANCE,
        segment_bytes=3000,
    )  # fmt: skip


class Volume:
    """A folder, and what of it would be left if its machine died now."""

    def __init__(self, folder: Path, writer: Writer) -> None:
        self.folder = folder
        self.writer = writer
        self.sizes: dict[str, int] = {}

    def sync(self) -> None:
        """Bring everything onto the disk, after a mark, as a committer does."""
        self.writer.mark(AT, allowance=ALLOWANCE)
        unsynced = self.writer.unsynced()
        bring(unsynced)
        self.writer.reached(unsynced)
        self.sizes = {path.name: path.stat().st_size for path in segments(self.folder)}

    def dies(self, kept: float, *, zeros: bool) -> None:
        """Leave what is on the disk, and some of the rest; a lost page may be zeros."""
        path = segments(self.folder)[-1]  # those before were brought there when it began
        synced, size = self.sizes.get(path.name, 0), path.stat().st_size
        left = synced + round((size - synced) * kept)
        os.truncate(path, left)
        if zeros:
            os.truncate(path, size)
        if left == 0:
            path.unlink()  # not even its name was there


def records(folder: Path) -> list[object]:
    found = list(frames(folder, after=Position()))
    assert not any(isinstance(one, Damage) for one in found)
    read = [record_of(one.frame) for one in found if isinstance(one, Placed)]
    return [one for one in read if one is not None]


@given(steps=STEPS, kept=st.floats(0, 1), zeros=st.booleans())
def test_what_is_gone_is_at_most_what_is_told(
    steps: list[str], kept: float, *, zeros: bool
) -> None:
    """Wherever the machine dies; what is left is whole, and the next life goes on after it."""
    with TemporaryDirectory() as name:
        volume = Volume(Path(name), opened(Path(name)))
        volume.sync()
        written = 0
        for step in steps:
            if step == SYNC or volume.writer.sequence >= volume.writer.granted:
                volume.sync()
            if step == WRITE:
                written += 1
                volume.writer.settle(exchange(written))
        volume.dies(kept, zeros=zeros)

        again = opened(volume.folder, boot="b2", machine="m2")
        again.settle(exchange(1000))
        again.close(AT)
        left = records(volume.folder)

        told = again.missing.records if again.missing else 0
        assert left == [exchange(n) for n in range(1, len(left))] + [exchange(1000)]
        assert written - (len(left) - 1) <= told <= 2 * ALLOWANCE + 2
        whole = frames(volume.folder, after=Position())
        numbers = [one.frame.sequence for one in whole if isinstance(one, Placed)]
        assert numbers == sorted(set(numbers))


def test_the_death_of_a_process_loses_nothing(tmp_path: Path) -> None:
    """The kernel has it, and lives: there is nothing to tell."""
    opened(tmp_path).settle(exchange(1))

    again = opened(tmp_path, boot="b2")

    assert again.missing is None
    assert records(tmp_path) == [exchange(1)]


def test_what_ended_in_order_lost_nothing(tmp_path: Path) -> None:
    """A machine that is replaced on purpose is no loss."""
    first = opened(tmp_path)
    first.settle(exchange(1))
    first.close(AT)

    assert opened(tmp_path, boot="b2", machine="m2").missing is None


LIFE = Opened(at=5, boot="b", machine="m", reserved=20)
TAIL = Tail(number=1, sequence=12, opened=LIFE, reserved=20)


@pytest.mark.parametrize(
    ("tail", "machine", "expected"),
    [
        (Tail(), "n", None),
        (TAIL, "m", None),
        (TAIL, "n", Missing(records=8, since=5, reserved=20)),
        (TAIL, "", Missing(records=8, since=5, reserved=20)),
        (
            replace(TAIL, mark=Mark(at=9, reserved=40), reserved=40),
            "n",
            Missing(records=28, since=9, reserved=40),
        ),
        (
            replace(TAIL, mark=Mark(at=9, reserved=40, ended=True), reserved=40),
            "n",
            None,
        ),
        (replace(TAIL, reserved=0), "n", None),
    ],
)
def test_what_may_be_missing(tail: Tail, machine: str, expected: Missing | None) -> None:
    """A kernel that is not known to live is taken for a dead one."""
    assert missing(tail, machine=machine) == expected


@pytest.mark.parametrize("number", [errno.EIO, errno.EROFS, errno.ESTALE, errno.EFBIG])
def test_a_file_that_fails_is_left_for_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """No room heals it; nothing is written behind what may be torn."""
    journal = opened(tmp_path)
    write = os.write

    def fails(file: int, content: bytes) -> int:
        write(file, content[:20])
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", fails)
        for one in range(3):
            with pytest.raises(JournalFull, match=os.strerror(number)):
                journal.intent(intent(one))
    journal.intent(intent(4))
    journal.close(AT)

    assert records(tmp_path) == [intent(4)]
    assert prove(tmp_path).whole


def test_half_a_frame_that_cannot_be_taken_back_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk took a part and gives nothing back."""
    journal = opened(tmp_path)
    write = os.write

    def refuses(_file: int, _size: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda file, content: write(file, content[:50]))
        patched.setattr(os, "ftruncate", refuses)
        with pytest.raises(JournalFull):
            journal.intent(intent(1))
    journal.intent(intent(2))
    journal.close(AT)

    assert records(tmp_path) == [intent(2)]
    assert prove(tmp_path).torn == 1


def test_a_journal_begins_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gateway that starts on a full disk refuses, and serves when it can."""

    def fails(*_arguments: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", fails)
        journal = opened(tmp_path / "new")
        with pytest.raises(JournalFull, match="No space left"):
            journal.intent(intent(1))
    journal.intent(intent(2))
    journal.close(AT)

    assert records(tmp_path / "new") == [intent(2)]
    assert prove(tmp_path / "new").frames == 3


def test_a_quota_is_of_what_is_there(tmp_path: Path) -> None:
    """Segments that are applied and gone make room again."""
    journal = Writer(tmp_path, worker=0, boot="b", at=AT, segment_bytes=1500, quota_bytes=6000)
    written = 0
    for number in range(100):
        try:
            journal.settle(exchange(number))
        except JournalFull:
            for path in segments(tmp_path)[:-1]:
                path.unlink()
            journal.settle(exchange(number))
        written += 1
    journal.close()

    assert written == 100


def test_files_that_are_synced_by_somebody_else_are_closed_by_him(tmp_path: Path) -> None:
    """A segment that is full stays open until it is on the disk."""
    journal = opened(tmp_path)
    taken: list[Unsynced] = []
    for number in range(30):
        journal.settle(exchange(number))
    taken.append(journal.unsynced())
    bring(taken[0])
    journal.reached(taken[0])

    assert len(taken[0].ended) == len(segments(tmp_path)) - 1
    for file in taken[0].ended:
        with pytest.raises(OSError, match="Bad file"):
            os.fstat(file)
    journal.close(AT)
