"""Frames are read whole, in any pieces, or not at all."""

import struct
import zlib
from contextlib import suppress

import pytest
from botocore.eventstream import EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st

from tenken.wire.frames import Broken, Frame, Frames, framed

HEADERS = st.dictionaries(
    st.text(st.characters(codec="ascii"), min_size=1, max_size=9), st.text(max_size=9), max_size=3
)
FRAMES = st.lists(st.builds(Frame, HEADERS, st.binary(max_size=40)), max_size=4)


@given(FRAMES, st.integers(1, 60))
def test_frames_are_read_however_they_are_cut(frames: list[Frame], size: int) -> None:
    """As they were written."""
    sent = b"".join(framed(frame.payload, frame.headers) for frame in frames)
    reader = Frames()

    found = [
        frame
        for begin in range(0, len(sent), size)
        for frame in reader.feed(sent[begin : begin + size])
    ]

    assert found == frames


@given(HEADERS, st.binary(max_size=40))
def test_amazon_s_own_reader_reads_the_same(headers: dict[str, str], payload: bytes) -> None:
    """What is written here is what the vendor's library expects."""
    theirs = EventStreamBuffer()
    theirs.add_data(framed(payload, headers))

    [message] = list(theirs)
    assert (message.headers, message.payload) == (headers, payload)


@given(HEADERS, st.binary(max_size=40), st.integers(0), st.integers(0, 7))
def test_no_spoilt_bit_passes(
    headers: dict[str, str], payload: bytes, place: int, bit: int
) -> None:
    """Neither in lengths nor in anything they hold."""
    sent = bytearray(framed(payload, headers))
    sent[place % len(sent)] ^= 1 << bit

    with pytest.raises(Broken):
        Frames().feed(bytes(sent))


@given(st.binary(max_size=80))
def test_no_bytes_are_a_crash(content: bytes) -> None:
    """They are a frame, the beginning of one, or broken."""
    with suppress(Broken):
        assert Frames().feed(content) == []


def test_headers_that_are_no_text_are_passed_over() -> None:
    """Every type of value has its length."""
    values = {
        0: b"", 1: b"", 2: b"a", 3: b"ab", 4: b"abcd", 5: b"abcdefgh", 6: b"\0\2ab",
        7: b"\0\2ab", 8: b"abcdefgh", 9: b"abcdefghijklmnop",
    }  # fmt: skip
    names = b"".join(
        b"\x01" + b"%d" % kind + bytes([kind]) + value for kind, value in values.items()
    )

    assert Frames().feed(_with(names)) == [Frame({"7": "ab"}, b"")]


@pytest.mark.parametrize(
    "headers", [b"\x05ab", b"\x01a\x0b", b"\x01a\x07\0\x09ab", b"\x01\xff\x00"]
)
def test_headers_that_are_none_are_broken(headers: bytes) -> None:
    """Though their checksum is right."""
    with pytest.raises(Broken):
        Frames().feed(_with(headers))


def _with(headers: bytes) -> bytes:
    lengths = struct.pack(">II", 16 + len(headers), len(headers))
    body = lengths + struct.pack(">I", zlib.crc32(lengths)) + headers
    return body + struct.pack(">I", zlib.crc32(body))
