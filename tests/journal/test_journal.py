"""What is written is read back; what was cut is told; what was changed shows."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tenken.journal.frame import START, Broken, Frame, Kind, Torn, decode, digest_of, encode
from tenken.journal.reader import Damage, Placed, Position, frames, prove, record_of, segments
from tenken.journal.writer import JournalFull, Writer
from tests.journal.making import AT, exchange, intent


def opened(
    folder: Path, *, segment_bytes: int = 1 << 20, quota_bytes: int | None = None
) -> Writer:
    return Writer(
        folder, worker=1, boot="boot", at=AT, segment_bytes=segment_bytes, quota_bytes=quota_bytes
    )


def read(folder: Path, after: Position | None = None) -> list[object]:
    return [
        record_of(one.frame) if isinstance(one, Placed) else one
        for one in frames(folder, after=after or Position())
    ]


def written(payloads: list[bytes]) -> bytes:
    content, previous = b"", START
    for number, payload in enumerate(payloads, 1):
        frame = encode(
            Kind.INTENT, payload, schema=1, worker=7, sequence=number, previous=previous
        )
        content, previous = content + frame, digest_of(frame)
    return content


def test_records_come_back_as_they_were(tmp_path: Path) -> None:
    """Every field, money too."""
    journal = opened(tmp_path)
    journal.intent(intent())
    journal.settle(exchange())
    journal.close()

    assert read(tmp_path) == [None, intent(), exchange()]


@given(st.lists(st.binary(max_size=60), max_size=5), st.data())
def test_a_cut_file_gives_what_is_whole_and_says_the_rest_is_torn(
    payloads: list[bytes], data: st.DataObject
) -> None:
    """Killed at any byte: whole frames are read, the rest is torn and never broken."""
    content = written(payloads)
    kept = content[: data.draw(st.integers(0, len(content)))]

    found = list(decode(kept, previous=START))

    whole = [one for one in found if isinstance(one, Frame)]
    assert [one.payload for one in whole] == payloads[: len(whole)]
    assert not any(isinstance(one, Broken) for one in found)
    end = whole[-1].end if whole else 0
    assert [one for one in found if isinstance(one, Torn)] == (
        [Torn(offset=end, bytes_left=len(kept) - end)] if end < len(kept) else []
    )


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=4), st.data())
def test_a_changed_byte_shows(payloads: list[bytes], data: st.DataObject) -> None:
    """Whichever bit of whichever byte is turned."""
    content = bytearray(written(payloads))
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= 1 << data.draw(st.integers(0, 7))

    found = list(decode(bytes(content), previous=START))

    assert [one.payload for one in found if isinstance(one, Frame)] != payloads


def test_a_frame_taken_out_shows() -> None:
    """The one behind it does not follow any more."""
    parts = [written([b"a"]), written([b"a", b"b"]), written([b"a", b"b", b"c"])]
    without = parts[0] + parts[2][len(parts[1]) :]

    assert list(decode(without, previous=START))[-1] == Broken(
        offset=len(parts[0]), what="it does not follow on the frame before"
    )


def test_reading_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """Over segments too, and nothing comes twice."""
    journal = opened(tmp_path, segment_bytes=2000)
    for number in range(30):
        journal.settle(exchange(number))
    journal.close()
    assert len(segments(tmp_path)) > 3
    everything = [one for one in frames(tmp_path, after=Position()) if isinstance(one, Placed)]

    for one in everything:
        rest = [other for other in everything if other.frame.sequence > one.frame.sequence]
        assert list(frames(tmp_path, after=one.position)) == rest


def test_a_writer_goes_on_after_a_torn_tail(tmp_path: Path) -> None:
    """In a new segment, tied to the last whole frame; the tear is told."""
    journal = opened(tmp_path)
    journal.settle(exchange(1))
    journal.close()
    with segments(tmp_path)[0].open("ab") as file:
        file.write(written([b"never whole"])[:30])

    again = opened(tmp_path)
    again.settle(exchange(2))
    again.close()

    assert read(tmp_path) == [None, exchange(1), None, exchange(2)]
    proof = prove(tmp_path)
    assert (proof.whole, proof.torn, proof.segments) == (True, 1, 2)


def test_tampering_is_found_over_segments(tmp_path: Path) -> None:
    """A segment taken out of the middle breaks the chain."""
    journal = opened(tmp_path, segment_bytes=2000)
    for number in range(30):
        journal.settle(exchange(number))
    journal.close()
    segments(tmp_path)[1].unlink()

    assert prove(tmp_path).damage == (
        Damage(segment=3, offset=0, what="it does not follow on the frame before"),
    )


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO])
def test_a_disk_that_takes_nothing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """And what was written before stays whole."""
    journal = opened(tmp_path)
    journal.settle(exchange(1))

    def fails(_file: int, _content: bytes) -> int:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", fails)
        with pytest.raises(JournalFull, match=os.strerror(number)):
            journal.settle(exchange(2))
    journal.settle(exchange(3))
    journal.close()

    assert [one for one in read(tmp_path) if one is not None] == [exchange(1), exchange(3)]
    assert prove(tmp_path).whole


def test_half_a_write_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills up within a frame leaves no torn frame in the middle."""
    journal = opened(tmp_path)
    write = os.write

    def half(file: int, content: bytes) -> int:
        return write(file, content[: len(content) // 2])

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", half)
        with pytest.raises(JournalFull, match="full"):
            journal.settle(exchange(1))
    journal.settle(exchange(2))
    journal.close()

    assert read(tmp_path) == [None, exchange(2)]
    assert prove(tmp_path).whole


def test_a_quota_is_kept(tmp_path: Path) -> None:
    """The journal never grows past what the file allows."""
    journal = opened(tmp_path, segment_bytes=1500, quota_bytes=6000)

    def fill() -> None:
        for number in range(100):
            journal.settle(exchange(number))

    with pytest.raises(JournalFull, match="quota"):
        fill()
    journal.close()

    assert sum(path.stat().st_size for path in segments(tmp_path)) <= 6000
    assert prove(tmp_path).whole


KILLED = """
import sys
from pathlib import Path
from tenken.journal.writer import Writer
from tests.journal.making import AT, exchange
journal = Writer(Path(sys.argv[1]), worker=1, boot="b", at=AT, segment_bytes=20000)
number = 0
while True:
    number += 1
    journal.settle(exchange(number))
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


@pytest.mark.parametrize("after", [1, 40, 200])
def test_what_was_acknowledged_survives_kill_9(tmp_path: Path, after: int) -> None:
    """Each number was printed after its record was written: all of them are there."""
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        heard = [int(process.stdout.readline()) for _ in range(after)]
        process.send_signal(signal.SIGKILL)
        heard += [int(line) for line in process.stdout if line.endswith("\n")]

    recorded = [one for one in read(tmp_path) if one is not None]

    assert recorded[: len(heard)] == [exchange(number) for number in heard]
    assert prove(tmp_path).whole


def test_a_segment_ends_after_a_day_however_short_it_is(tmp_path: Path) -> None:
    """Else a file of few records, and what is sealed in it, would stay for as long as it takes."""
    journal = opened(tmp_path)
    for hours in (1, 23, 24, 25, 47, 49):
        journal.settle(replace(exchange(), at=AT + hours * 3_600_000_000))
    journal.close()

    assert len(segments(tmp_path)) == 3
    assert prove(tmp_path).whole
