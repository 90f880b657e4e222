"""Frames that are written in one step are all there, or none of them is."""

import errno
import os
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.journal.frame import HEAD_BYTES, PAYLOAD_MAX, Kind
from tenken.journal.reader import Damage, Position, frames, prove, segments
from tenken.journal.writer import JournalFull, Writer
from tests.journal.making import AT

KINDS = (Kind.INTENT, Kind.SETTLEMENT)
Put = Callable[[Writer, Sequence[bytes]], None]
put_intents: Put = lambda journal, many: journal.written_intents(many, AT)  # noqa: E731
put_exchanges: Put = lambda journal, many: journal.written_exchanges(many, AT)  # noqa: E731
either = pytest.mark.parametrize("put", [put_intents, put_exchanges], ids=["intents", "exchanges"])


def opened(
    folder: Path, *, segment_bytes: int = 1 << 20, quota_bytes: int | None = None
) -> Writer:
    return Writer(
        folder, worker=1, boot="boot", at=AT, segment_bytes=segment_bytes, quota_bytes=quota_bytes
    )


def payloads(folder: Path) -> list[bytes]:
    """Give what stands there of requests, and be sure that it is whole, and numbered in order."""
    found = [*frames(folder, after=Position())]
    assert not [one for one in found if isinstance(one, Damage)]
    there = [one.frame for one in found if not isinstance(one, Damage)]
    assert [one.sequence for one in there] == list(range(1, len(there) + 1))
    proof = prove(folder)
    assert (proof.whole, proof.frames, proof.torn) == (True, len(there), 0)
    return [one.payload for one in there if one.kind in KINDS]


def some(count: int, size: int = 300) -> list[bytes]:
    return [b"%d" % number + b"." * (size - 1) for number in range(count)]


def takes(put: Put, journal: Writer, one: bytes) -> bool:
    try:
        put(journal, [one])
    except JournalFull:
        return False
    return True


batches = st.lists(
    st.tuples(
        st.sampled_from([put_intents, put_exchanges]),
        st.lists(st.binary(max_size=700), min_size=1, max_size=9),
    ),
    max_size=9,
)


@given(batches, st.sampled_from([1, 300, 3_000, 1 << 20]), st.data())
def test_what_is_written_together_is_read_back_one_by_one(
    steps: list[tuple[Put, list[bytes]]], segment_bytes: int, data: st.DataObject
) -> None:
    """Over segments, and over lives of the writer; from wherever a reader goes on."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        journal = opened(folder, segment_bytes=segment_bytes)
        for put, many in steps:
            put(journal, many)
            if data.draw(st.booleans()):
                journal.close()
                journal = opened(folder, segment_bytes=segment_bytes)
        journal.close()
        whole = [one for _, many in steps for one in many]
        assert payloads(folder) == whole
        found = [*frames(folder, after=Position())]
        at = data.draw(st.integers(0, len(found) - 1))
        assert not isinstance(found[at], Damage)
        assert [*frames(folder, after=found[at].position)] == found[at + 1 :]  # type: ignore[union-attr]


def test_a_batch_is_one_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are; each in a frame of its own."""
    journal, writes, write = opened(tmp_path), list[int](), os.write

    def counted(file: int, content: bytes) -> int:
        writes.append(len(content))
        return write(file, content)

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", counted)
        put_intents(journal, some(100))
        put_exchanges(journal, some(50))
    journal.close()

    assert writes == [sum(HEAD_BYTES + len(one) for one in some(count)) for count in (100, 50)]
    assert payloads(tmp_path) == some(100) + some(50)


@either
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_write_that_ends_early_leaves_nothing_of_a_batch(put: Put, share: float) -> None:
    """Wherever it ends: between two frames, within one, before the first."""
    with TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        journal, write = opened(Path(place)), os.write
        put(journal, some(2))
        patch.setattr(
            os, "write", lambda file, content: write(file, content[: int(share * len(content))])
        )
        with pytest.raises(JournalFull, match="full"):
            put(journal, some(5))
        patch.setattr(os, "write", write)
        before = journal.sequence
        put(journal, some(3))
        assert journal.sequence == before + 3
        journal.close()
        assert payloads(Path(place)) == some(2) + some(3)


SIZE = 5 * (HEAD_BYTES + 300)


@either
@pytest.mark.parametrize("taken", [0, 1, 340, 341, 3 * 340, 3 * 340 + 60, SIZE - 1])
def test_what_cannot_be_taken_back_breaks_no_chain(
    put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: int
) -> None:
    """A disk that fills up, and then refuses to cut off what is there: frames of it may be whole.

    They stay, and what is written next follows on them, in a new segment.
    """
    journal, write = opened(tmp_path), os.write
    put(journal, some(2))

    def fails(_file: int, _size: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda file, content: write(file, content[:taken]))
        patch.setattr(os, "ftruncate", fails)
        with pytest.raises(JournalFull, match="full"):
            put(journal, some(5))
    put(journal, some(3))
    put(journal, some(4))
    journal.close()

    found = [*frames(tmp_path, after=Position())]
    assert not [one for one in found if isinstance(one, Damage)]
    assert prove(tmp_path).whole
    there = [one.frame for one in found if not isinstance(one, Damage)]
    assert [one.sequence for one in there] == list(range(1, len(there) + 1))
    of_requests = [one.payload for one in there if one.kind in KINDS]
    assert of_requests == some(2) + some(5)[: taken // 340] + some(3) + some(4)


@either
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO])
def test_a_disk_that_takes_nothing_takes_nothing_of_a_batch(
    put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """It is told, and the next batch is written behind what was there before."""
    journal = opened(tmp_path)
    put(journal, some(2))

    def fails(_file: int, _content: bytes) -> int:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", fails)
        with pytest.raises(JournalFull, match=os.strerror(number)):
            put(journal, some(5))
        with pytest.raises(JournalFull):
            put(journal, some(1))
    put(journal, some(3))
    journal.close()

    assert payloads(tmp_path) == some(2) + some(3)


@either
def test_a_quota_has_room_for_some_of_a_batch_only(put: Put, tmp_path: Path) -> None:
    """Then none is taken; one by one as many are as fit."""
    journal = opened(tmp_path, quota_bytes=10 * 340)
    put(journal, some(4))
    with pytest.raises(JournalFull, match="quota"):
        put(journal, some(9))
    taken = [one for one in some(9) if takes(put, journal, one)]
    journal.close()

    assert 0 < len(taken) < 9
    assert payloads(tmp_path) == some(4) + taken
    assert sum(path.stat().st_size for path in segments(tmp_path)) <= 10 * 340


@either
@pytest.mark.parametrize("at", [0, 3, 6])
def test_a_record_that_is_too_large_takes_none_of_the_others_with_it_for_long(
    put: Put, tmp_path: Path, at: int
) -> None:
    """The batch is refused; the others are taken without it, in any size that one by one has."""
    journal, many = opened(tmp_path), some(6)
    many.insert(at, b"." * (PAYLOAD_MAX + 1))
    with pytest.raises(JournalFull, match=f"over {PAYLOAD_MAX}"):
        put(journal, many)
    assert payloads(tmp_path) == []
    del many[at]
    put(journal, many)
    journal.close()

    assert payloads(tmp_path) == some(6)


def test_records_that_are_too_large_only_together_are_taken(tmp_path: Path) -> None:
    """The bound of a record is that of one."""
    journal, many = opened(tmp_path), some(3, PAYLOAD_MAX // 2)
    put_exchanges(journal, many)
    put_intents(journal, [b"." * PAYLOAD_MAX])
    journal.close()

    assert payloads(tmp_path) == [*many, b"." * PAYLOAD_MAX]


def test_a_segment_ends_behind_a_batch_and_never_within_one(tmp_path: Path) -> None:
    """The one that fills it is whole in it, however far it goes beyond."""
    journal = opened(tmp_path, segment_bytes=2_000)
    for _ in range(3):
        put_intents(journal, some(20))
        put_exchanges(journal, some(20))
    journal.close()

    found = [one for one in frames(tmp_path, after=Position()) if not isinstance(one, Damage)]
    there = [one.segment for one in found if one.frame.kind in KINDS]
    assert there == [1] * 40 + [2] * 40 + [3] * 40
    assert payloads(tmp_path) == some(20) * 6


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_batch_behind_which_no_segment_can_begin_is_on_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """The old one goes on, as long as it takes something."""
    journal, open_ = opened(tmp_path, segment_bytes=2_000), os.open

    def fails(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", fails)
        put_exchanges(journal, some(20))
        put_exchanges(journal, some(20))
    assert os.open is open_
    put_exchanges(journal, some(1))
    put_exchanges(journal, some(2))
    journal.close()

    assert payloads(tmp_path) == some(20) * 2 + some(1) + some(2)
    assert len(segments(tmp_path)) == 2


@given(st.lists(st.integers(0, 400), min_size=1, max_size=12), st.integers(0, 6_000))
def test_whatever_the_quota_all_or_none_is_there(sizes: list[int], quota: int) -> None:
    """Of each batch; and no byte more than it allows."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        journal = opened(folder, quota_bytes=quota)
        kept = list[bytes]()
        for end in accumulate(range(1, len(sizes))):
            many = [b"." * size for size in sizes[end % len(sizes) :]]
            try:
                put_exchanges(journal, many)
            except JournalFull:
                continue
            kept += many
        journal.close()
        assert payloads(folder) == kept
        assert sum(path.stat().st_size for path in segments(folder)) <= quota
