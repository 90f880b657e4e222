"""Frames of Amazon's event stream, from bytes in any pieces. Sans-IO.

A frame is its length, the length of its headers, a CRC of both, headers, payload, and a CRC of all
of it. Source: Amazon's API documentation (event stream encoding), read 2026-11.
"""

import struct
import zlib
from collections.abc import Mapping
from struct import Struct as Packed

from msgspec import Struct

PRELUDE = Packed(">III")
LENGTH = Packed(">H")
CRC = Packed(">I")
FRAME_MAX = 24 << 20
"""16 MiB of payload and 128 KiB of headers are the format's own limits."""
STRING = 7
VARIABLE = frozenset({6, STRING})
FIXED: Mapping[int, int] = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
"""Lengths of values by their type: truth, numbers, a moment, a UUID."""


class Broken(Exception):
    """Bytes that are no frame."""


class Frame(Struct, frozen=True):
    """One message: its headers that are text, and its payload."""

    headers: Mapping[str, str]
    payload: bytes


class Frames:
    """Reads frames out of chunks; keeps at most one that is not whole."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept = b""

    def feed(self, chunk: bytes) -> list[Frame]:
        """Give the frames that are whole now; raises Broken."""
        content = self._kept + chunk
        found: list[Frame] = []
        at = 0
        while len(content) - at >= PRELUDE.size:
            total, headers, crc = PRELUDE.unpack_from(content, at)
            if zlib.crc32(content[at : at + 8]) != crc:
                raise Broken("the checksum of a frame's lengths is wrong")
            if not PRELUDE.size + headers + CRC.size <= total <= FRAME_MAX:
                raise Broken(f"a frame of {total} bytes with {headers} of headers")
            if len(content) - at < total:
                break
            found.append(_frame(content[at : at + total], headers))
            at += total
        self._kept = content[at:]
        return found


def _frame(raw: bytes, headers: int) -> Frame:
    body = raw[: -CRC.size]
    if zlib.crc32(body) != CRC.unpack(raw[-CRC.size :])[0]:
        raise Broken("the checksum of a frame is wrong")
    begin = PRELUDE.size + headers
    return Frame(_headers(body[PRELUDE.size : begin]), body[begin:])


def _headers(raw: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    try:
        while at < len(raw):
            name_end = at + 1 + raw[at]
            name, kind = raw[at + 1 : name_end].decode(), raw[name_end]
            at = name_end + 1
            if kind in VARIABLE:
                (size,) = LENGTH.unpack_from(raw, at)
                value = raw[at + 2 : at + 2 + size]
                at += 2 + size
                if kind == STRING:
                    found[name] = value.decode()
            else:
                at += FIXED[kind]
    except (IndexError, KeyError, ValueError, struct.error) as error:
        raise Broken("headers of a frame") from error
    if at != len(raw):
        raise Broken("headers of a frame")
    return found


def framed(payload: bytes, headers: Mapping[str, str]) -> bytes:
    """Give a frame's bytes; what a provider does, for those who play one."""
    written = b"".join(
        [
            bytes([len(name)]) + name.encode() + bytes([STRING]) + LENGTH.pack(len(value.encode()))
            + value.encode()
            for name, value in headers.items()
        ]
    )  # fmt: skip
    total = PRELUDE.size + len(written) + len(payload) + CRC.size
    lengths = PRELUDE.pack(total, len(written), 0)[:8]
    body = lengths + CRC.pack(zlib.crc32(lengths)) + written + payload
    return body + CRC.pack(zlib.crc32(body))
