"""How counters stand in a file that processes share: a head, then one row of numbers a limit.

Everything is a whole number of eight bytes in the machine's own order. A row is found by the first
two numbers, a digest of its name; the rest is a window, a budget, or one number for each worker.
"""

import hashlib

from tenken.policy.limit import CELLS
from tenken.store.counters.counters import Kind

MAGIC = 0x31_4B_4E_54
WORKERS_MAX = 64
ROWS = 4096
HEAD_CELLS = 8
MAGIC_AT, BUSY_AT, LATEST_AT, WORKERS_AT, WANTED_AT = range(5)
KEY_CELLS = 3
"""Two of a digest, and the kind."""
ROW_CELLS = KEY_CELLS + max(CELLS, WORKERS_MAX)
FILE_BYTES = 8 * (HEAD_CELLS + ROWS * ROW_CELLS)
PERIOD, SPENT = 0, 1
NUMBERS = {kind: number for number, kind in enumerate(Kind, 1)}


class Crowded(Exception):
    """More limits than a file holds."""


def piece_at(every: "memoryview[int]", row: int) -> "memoryview[int]":
    """Give the cells of a window that lives in a row."""
    return every[row : row + CELLS]


def row_of(every: "memoryview[int]", kind: Kind, name: str) -> int:
    """Give where a limit's numbers begin; a row is taken for it when it has none."""
    digest = hashlib.blake2b(f"{kind.value}/{name}".encode(), digest_size=16).digest()
    low = int.from_bytes(digest[:8], "little") >> 1
    high = int.from_bytes(digest[8:], "little") >> 1 or 1
    for step in range(ROWS):
        first = HEAD_CELLS + (low + step) % ROWS * ROW_CELLS
        if not every[first + 2]:
            every[first], every[first + 1] = low, high
            every[first + 2] = NUMBERS[kind]
            return first + KEY_CELLS
        if every[first] == low and every[first + 1] == high:
            return first + KEY_CELLS
    raise Crowded(f"there are more than {ROWS} limits")


def rows(every: "memoryview[int]", kind: Kind) -> list[int]:
    """Give where the numbers of all limits of a kind begin."""
    number = NUMBERS[kind]
    return [
        first + KEY_CELLS
        for first in range(HEAD_CELLS, HEAD_CELLS + ROWS * ROW_CELLS, ROW_CELLS)
        if every[first + 2] == number
    ]
