"""Claims and answers of one process, lost with it."""

from collections import OrderedDict

from msgspec import Struct

from tenken.store.repeats.repeats import Claim, Claimed, New, found


class _Row(Struct, frozen=True):
    request: bytes
    until: int
    answer: bytes | None = None

    @property
    def size(self) -> int:
        return ROW + len(self.answer or b"")


ROW = 300
"""What a row costs besides its answer."""


class MemoryRepeats:
    """The oldest make room for the newest."""

    def __init__(self, *, size: int) -> None:
        self._size = size
        self._used = 0
        self._rows: OrderedDict[bytes, _Row] = OrderedDict()

    async def claim(self, claim: Claim) -> Claimed:
        """Claim a key."""
        row = self._rows.get(claim.key)
        if row is not None:
            said = found(claim, request=row.request, until=row.until, answer=row.answer)
            if not isinstance(said, New):
                return said
        self._put(claim.key, _Row(claim.request, claim.until))
        return New()

    async def keep(self, claim: Claim, answer: bytes, *, until: int) -> None:
        """Put an answer where the claim stands."""
        row = self._rows.get(claim.key)
        if row is None or row.until <= claim.now or row.request == claim.request:
            self._put(claim.key, _Row(claim.request, until, answer))

    async def release(self, claim: Claim) -> None:
        """End a claim."""
        if self._rows.get(claim.key) == _Row(claim.request, claim.until):
            self._drop(claim.key)

    def _put(self, key: bytes, row: _Row) -> None:
        self._drop(key)
        self._rows[key] = row
        self._used += row.size
        while self._used > self._size and (oldest := self._oldest()) not in {None, key}:
            self._drop(oldest)

    def _oldest(self) -> bytes | None:
        """Give the oldest answer; a claim stands, or its request would be served twice."""
        return next((key for key, row in self._rows.items() if row.answer is not None), None)

    def _drop(self, key: bytes) -> None:
        row = self._rows.pop(key, None)
        self._used -= row.size if row else 0
