"""Frames: how records stand in a journal file, one after another, each tied to the one before.

A frame is a head of 40 bytes and a payload:

    magic 4, length 4, crc32 4, kind 1, schema 1, worker 2, sequence 8, previous 16; payload

Little-endian; the CRC covers everything after itself; `previous` is the BLAKE2b-128 of the whole
frame before, so that a record that is changed, taken out or put in shows. A file may end inside a
frame: the writer was killed there, and nothing that follows was ever promised to anybody. It may
end in zeros too: a disk that had noted the file's length, and not what stood there, when its
machine died.
"""

import struct
from collections.abc import Iterator
from enum import IntEnum
from hashlib import blake2b
from zlib import crc32

from msgspec import Struct
from msgspec.structs import replace

MAGIC = b"TKJ1"
HEAD = struct.Struct("<4sIIBBHQ16s")
BEFORE_REST = struct.Struct("<4sII")
AFTER_CRC = struct.Struct("<BBHQ16s")
HEAD_BYTES = HEAD.size
DIGEST_BYTES = 16
CRC_END = 12
write_before_rest, write_after_crc = BEFORE_REST.pack, AFTER_CRC.pack
PAYLOAD_MAX = 16 << 20
START = bytes(16)
"""What stands before the first frame."""


class Kind(IntEnum):
    """What a payload is."""

    OPENED = 1
    """A writer began a segment: who, when, and what it found."""
    INTENT = 2
    SETTLEMENT = 3
    """An exchange."""
    MARK = 4
    """How far the writer may go, or that it ended."""
    FEEDBACK = 5
    """What was said of an answer."""


class Frame(Struct, frozen=True, kw_only=True, gc=False):
    """A frame that is whole, with its place in the file."""

    kind: Kind
    schema: int
    worker: int
    sequence: int
    previous: bytes
    payload: bytes
    offset: int
    end: int
    digest: bytes


class Torn(Struct, frozen=True, kw_only=True):
    """The file ends inside a frame."""

    offset: int
    bytes_left: int


class Broken(Struct, frozen=True, kw_only=True):
    """Bytes that are no frame, or a frame that does not follow on the one before."""

    offset: int
    what: str


def digest_of(frame: bytes | bytearray | memoryview) -> bytes:
    """Give what the next frame carries as `previous`."""
    return blake2b(frame, digest_size=DIGEST_BYTES).digest()


def framed(  # noqa: PLR0917 - named, they would cost more than all that is done with them
    kind: Kind, payload: bytes, schema: int, worker: int, sequence: int, previous: bytes
) -> bytes:
    """Put the head of a frame before its payload."""
    rest = write_after_crc(kind, schema, worker, sequence, previous)
    before = write_before_rest(MAGIC, len(payload), crc32(payload, crc32(rest)))
    return before + rest + payload


def encode(
    kind: Kind, payload: bytes, *, schema: int, worker: int, sequence: int, previous: bytes
) -> bytes:
    """Give the bytes of a frame."""
    return framed(kind, payload, schema, worker, sequence, previous)


def decode(
    content: bytes | memoryview,
    *,
    offset: int = 0,
    previous: bytes | None = None,
    base: int = 0,
) -> Iterator[Frame | Torn | Broken]:
    """Give the frames from an offset; ends after the first thing that is none.

    With `previous` the first frame must follow on it. `base` is where the content begins in its
    file: places are told of the file.
    """
    whole = content if isinstance(content, bytes) else bytes(content)
    total = len(whole)
    while offset < total:
        found = _frame(whole, offset, previous, base)
        if not isinstance(found, Frame):
            yield replace(found, offset=base + offset)
            return
        yield found
        offset, previous = found.end - base, found.digest


def _frame(
    content: bytes, offset: int, previous: bytes | None, base: int
) -> Frame | Torn | Broken:
    left = len(content) - offset
    if left < HEAD_BYTES:
        torn = MAGIC.startswith(content[offset : offset + len(MAGIC)])
        return Torn(offset=offset, bytes_left=left) if torn else _nothing(content, offset)
    magic, length, crc, kind, schema, worker, sequence, before = HEAD.unpack_from(content, offset)
    if magic != MAGIC or length > PAYLOAD_MAX:
        return _nothing(content, offset)
    end = offset + HEAD_BYTES + length
    if end > len(content):
        return Torn(offset=offset, bytes_left=left)
    frame = content[offset:end]  # a copy of so few bytes costs less than a view of them
    if crc32(frame[CRC_END:]) != crc:
        # No record ends in a zero: one that does, up to the end of its file, has lost its end.
        if _zeros(content, end - 1):
            return Torn(offset=offset, bytes_left=left)
        return Broken(offset=offset, what="its checksum is wrong")
    known = KINDS.get(kind)
    if known is None:
        return Broken(offset=offset, what=f"its kind {kind} is not known here")
    if previous is not None and before != previous:
        return Broken(offset=offset, what="it does not follow on the frame before")
    return Frame(
        kind=known,
        schema=schema,
        worker=worker,
        sequence=sequence,
        previous=before,
        payload=frame[HEAD_BYTES:],
        offset=base + offset,
        end=base + end,
        digest=digest_of(frame),
    )


def _nothing(content: bytes, offset: int) -> Torn | Broken:
    if MAGIC.startswith(content[offset:].rstrip(b"\0")):
        return Torn(offset=offset, bytes_left=len(content) - offset)
    return Broken(offset=offset, what="no frame begins here")


def _zeros(content: bytes, offset: int) -> bool:
    return not content[offset:].rstrip(b"\0")


KINDS = {int(kind): kind for kind in Kind}
