"""Puts records into the store itself: for containers whose disk dies with them.

What all requests in flight have to say goes in one statement; while it is on its way the next
gathers. A request waits for the statement that carries its record.

When the store does not answer nothing new is begun (`intent` raises at once). What was begun has
its intent in the store: its answer goes on, and its settlement is kept here until the store takes
it, as far as there is room. If this process dies first, the store still knows the intent, and what
it may have cost.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from tenken.journal.exchange import Exchange, Intent
from tenken.journal.feedback import Feedback
from tenken.journal.frame import Kind
from tenken.journal.writer import JournalFull
from tenken.sentence import Sentence, say
from tenken.store.frames import Row, StoreAway

ROOM_BYTES = 64 << 20
AT_ONCE = 500
"""Of what is owed, in one statement."""
PAUSE_S = 0.1
PAUSE_MAX_S = 2.0
FAREWELL_S = 5.0


class Frames(Protocol):
    """Where records are put."""

    async def put(self, rows: Sequence[Row]) -> None:
        """Return once they are committed; raises StoreAway. Without rows: look if it is up."""
        ...

    async def close(self) -> None:
        """Let it go."""
        ...


class _Group:
    """What goes in one statement."""

    __slots__ = ("done", "rows")

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        """Whether it was committed."""


class StoreCommitter:
    """A record is on record when the store has committed it."""

    def __init__(
        self, frames: Frames, *, tell: Callable[[Sentence], None], room_bytes: int = ROOM_BYTES
    ) -> None:
        self._frames = frames
        self._tell = tell
        self._room = room_bytes
        self._encoder = msgspec.msgpack.Encoder()
        self._sequence = 0
        self._gathering: _Group | None = None
        self._owed: deque[Row] = deque()
        self._owed_bytes = 0
        self._running: asyncio.Task[None] | None = None
        self._failures = 0
        self._unseen = False
        self._ending = asyncio.Event()

    @property
    def away(self) -> bool:
        """The store did not answer when it was last asked."""
        return self._failures > 0

    @property
    def owed(self) -> int:
        """Records that the store does not have yet although their answers have gone out."""
        return len(self._owed)

    def look(self) -> None:
        """Find out whether the store answers, beside all else; the first requests wait for it."""
        self._unseen = True
        self._run()

    async def intent(self, intent: Intent) -> None:
        """Return once it is committed; raises JournalFull."""
        if self.away:
            raise JournalFull("the store is away")
        if not await asyncio.shield(self._put(Kind.INTENT, self._encoder.encode(intent))):
            raise JournalFull("the store did not take it")

    async def settle(self, exchange: Exchange) -> None:
        """Return once it is committed, or owed; raises JournalFull when no more can be owed."""
        payload = self._encoder.encode(exchange)
        if self._owed_bytes + len(payload) > self._room:
            raise JournalFull("too much is owed to the store")
        if self.away:
            self._owe(self._row(Kind.SETTLEMENT, payload))
            return
        await asyncio.shield(self._put(Kind.SETTLEMENT, payload))

    async def feedback(self, feedback: Feedback) -> None:
        """Return once it is committed; raises JournalFull: who said it can say it again."""
        if self.away:
            raise JournalFull("the store is away")
        if not await asyncio.shield(self._put(Kind.FEEDBACK, self._encoder.encode(feedback))):
            raise JournalFull("the store did not take it")

    async def close(self, _at: int = 0) -> None:
        """Bring what is left, for a while; what is lost is told."""
        self._ending.set()
        if self._running is not None:
            await asyncio.wait((self._running,), timeout=FAREWELL_S)
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait((self._running,))
        if self._owed:
            self._tell(say("journal.never_stored", count=len(self._owed)))
        await self._frames.close()

    def _row(self, kind: Kind, payload: bytes) -> Row:
        self._sequence += 1
        return Row(self._sequence, kind, payload)

    def _put(self, kind: Kind, payload: bytes) -> "asyncio.Future[bool]":
        if self._gathering is None:
            self._gathering = _Group()
        self._gathering.rows.append(self._row(kind, payload))
        self._run()
        return self._gathering.done

    def _run(self) -> None:
        if self._running is None:
            self._running = asyncio.get_running_loop().create_task(self._bring())

    async def _bring(self) -> None:
        """Bring groups and what is owed, until there is none and the store answers."""
        try:
            while self._unseen or self._gathering is not None or self._owed or self.away:
                if self._unseen:
                    self._unseen = False
                    await self._try(())
                elif self.away:
                    await self._pause()
                    await self._try(())
                elif (group := self._gathering) is not None:
                    self._gathering = None
                    await self._one(group)
                if self._owed and not self.away:
                    await self._repay()
        finally:
            self._running = None

    async def _one(self, group: _Group) -> None:
        committed = await self._try(group.rows)
        if not committed:
            for row in group.rows:
                # Whoever's intent this was is refused, and that is on record by its settlement.
                if row.kind == Kind.SETTLEMENT:
                    self._owe(row)
        group.done.set_result(committed)

    async def _repay(self) -> None:
        rows = [self._owed[at] for at in range(min(AT_ONCE, len(self._owed)))]
        if await self._try(rows):
            for _ in rows:
                self._owed_bytes -= len(self._owed.popleft().payload)

    async def _try(self, rows: Sequence[Row]) -> bool:
        try:
            await self._frames.put(rows)
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody may wait for ever
            if not self._failures:
                why = str(error) if isinstance(error, StoreAway) else type(error).__name__
                self._tell(say("journal.store_away", error=why))
            self._failures += 1
            self._let_go()
            return False
        if self._failures:
            self._failures = 0
            self._tell(say("journal.store_back", count=len(self._owed)))
        return True

    def _let_go(self) -> None:
        """Answer those who gathered meanwhile: they need not wait to hear the same."""
        group, self._gathering = self._gathering, None
        if group is not None:
            for row in group.rows:
                if row.kind == Kind.SETTLEMENT:
                    self._owe(row)
            group.done.set_result(False)

    def _owe(self, row: Row) -> None:
        self._owed.append(row)
        self._owed_bytes += len(row.payload)
        self._run()

    async def _pause(self) -> None:
        if self._ending.is_set():
            await asyncio.sleep(PAUSE_S)
            return
        try:
            async with asyncio.timeout(min(PAUSE_MAX_S, PAUSE_S * 2 ** min(self._failures, 10))):
                await self._ending.wait()
        except TimeoutError:
            pass
