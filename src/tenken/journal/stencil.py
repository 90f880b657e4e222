"""Records that differ in a few places: encoded once with marks in those places, then filled in.

What stands between the marks is what the encoder wrote, so a stencil has the form of its record,
whatever fields that has. What is filled in has to be encoded as a value is: `text`, `one`,
`two`, `four` and `moment` do that.
"""

import struct
from collections.abc import Sequence

import msgspec
from msgspec import Struct

SHORT, WORD = 32, 256
HEADS = (
    *[bytes((0xA0 | size,)) for size in range(SHORT)],
    *[bytes((0xD9, size)) for size in range(SHORT, WORD)],
)
"""How a text of so many bytes begins."""
INT32, INT64 = 0xCE, 0xCF
"""How a number without a sign begins that is written in four bytes, and in eight."""
NUMBER_MAX = 2**32
ONE = struct.Struct(">BI").pack
TWO, FOUR = struct.Struct(">BIBI").pack, struct.Struct(">BIBIBIBI").pack
MOMENT = struct.Struct(">BQ").pack


def text(value: bytes) -> bytes:
    r"""Encode a text of less than 256 bytes of UTF-8.

    >>> text(b"stop")
    b'\xa4stop'
    """
    return HEADS[len(value)] + value


def one(number: int) -> bytes:
    """Encode a number below 2^32."""
    return ONE(INT32, number)


def two(first: int, second: int) -> bytes:
    """Encode two numbers below 2^32 that follow each other."""
    return TWO(INT32, first, INT32, second)


def four(first: int, second: int, third: int, fourth: int) -> bytes:
    """Encode four of them."""
    return FOUR(INT32, first, INT32, second, INT32, third, INT32, fourth)


def moment(at: int) -> bytes:
    """Encode a number below 2^64."""
    return MOMENT(INT64, at)


def stencil(record: Struct, marks: Sequence[bytes]) -> bytes:
    """Give the form that `form % values` fills in, with a place for each mark, in their order.

    `record` holds the marks; each, encoded, has to stand in it once. Raises ValueError.
    """
    left, form = msgspec.msgpack.encode(record), b""
    for mark in marks:
        before, found, left = left.partition(mark)
        if not found or mark in left:
            raise ValueError("a mark has to stand in its record once, behind those before it")
        form += before.replace(b"%", b"%%") + b"%b"
    return form + left.replace(b"%", b"%%")
