"""Puts records into a journal of files, as durable as the deployment asks for."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor

from tenken.journal.exchange import Exchange, Intent
from tenken.journal.feedback import Feedback
from tenken.journal.syncing import Groups
from tenken.journal.writer import JournalFull, Unsynced, Writer, bring, payload_of
from tenken.sentence import Sentence, say

PERIOD_S = 0.5
"""So long after the first record of a group it is brought onto the volume."""
LOSS_S = 1.0
"""While a volume is later than this nothing new is begun."""
PATIENCE_S = 2.0
"""How long a request waits for a volume that is late."""
RESERVE = 500
"""Records that may follow a mark, at the least."""
GROWTH = 4
"""A mark allows so many times the records of the group before."""


class Trouble:
    """Whether a journal can be written; told once when that changes."""

    __slots__ = ("_tell", "on")

    def __init__(self, tell: Callable[[Sentence], None]) -> None:
        self.on = False
        self._tell = tell

    def began(self, why: object) -> None:
        """It cannot."""
        if not self.on:
            self.on = True
            self._tell(say("journal.cannot", why=str(why)))

    def ended(self) -> None:
        """It can again."""
        self.on = False
        self._tell(say("journal.can_again"))


class LocalCommitter:
    """A record is on record when the kernel has it: it survives the death of every process."""

    def __init__(self, writer: Writer, *, tell: Callable[[Sentence], None]) -> None:
        self._writer = writer
        self._trouble = Trouble(tell)

    def intents_wait(self, count: int) -> bool:  # noqa: ARG002 - an `Immediate`
        """Tell that nobody does."""
        return False

    exchanges_wait = intents_wait

    def intent(self, intent: Intent) -> None:
        """Write it; raises JournalFull."""
        self.written_intents((payload_of(intent),), intent.at)

    def settle(self, exchange: Exchange) -> None:
        """Write it; raises JournalFull."""
        self.written_exchanges((payload_of(exchange),), exchange.at)

    def written_intents(self, payloads: Sequence[bytes], at: int) -> None:
        """Write some that are encoded already, all or none; raises JournalFull."""
        try:
            self._writer.written_intents(payloads, at)
        except JournalFull as error:
            self._trouble.began(error)
            raise
        if self._trouble.on:
            self._trouble.ended()

    def written_exchanges(self, payloads: Sequence[bytes], at: int) -> None:
        """Write some that are encoded already, all or none; raises JournalFull."""
        try:
            self._writer.written_exchanges(payloads, at)
        except JournalFull as error:
            self._trouble.began(error)
            raise

    async def feedback(self, feedback: Feedback) -> None:
        """Write it; raises JournalFull."""
        self._writer.feedback(feedback)

    async def close(self, at: int) -> None:
        """End in order."""
        self._writer.close(at)


class GroupCommitter:
    """A record is on record when the disk has it: it survives a power cut."""

    def __init__(
        self,
        writer: Writer,
        *,
        tell: Callable[[Sentence], None],
        bring: Callable[[Unsynced], None] = bring,
        beside: Executor | None = None,
    ) -> None:
        self._writer = writer
        self._trouble = Trouble(tell)
        self._groups = Groups(writer, bring=bring, beside=beside)

    async def intent(self, intent: Intent) -> None:
        """Write it, and wait for the disk; raises JournalFull."""
        try:
            self._writer.intent(intent)
            await asyncio.shield(self._groups.join())
        except JournalFull as error:
            self._trouble.began(error)
            raise
        if self._trouble.on:
            self._trouble.ended()

    async def settle(self, exchange: Exchange) -> None:
        """Write it, and wait for the disk; raises JournalFull."""
        try:
            self._writer.settle(exchange)
            await asyncio.shield(self._groups.join())
        except JournalFull as error:
            self._trouble.began(error)
            raise

    async def feedback(self, feedback: Feedback) -> None:
        """Write it, and wait for the disk; raises JournalFull."""
        self._writer.feedback(feedback)
        await asyncio.shield(self._groups.join())

    async def close(self, at: int) -> None:
        """End in order."""
        await self._groups.ended()
        self._writer.close(at)


class VolumeCommitter:
    """A record is on record when the kernel has it; a volume has it within a second.

    So a machine that dies takes at most a second of records with it. How many that may be is
    bounded by marks (`journal.life`), and while the volume is later than a second nothing new is
    begun: what is promised is kept, or refused.
    """

    def __init__(
        self,
        writer: Writer,
        *,
        wall_us: Callable[[], int],
        tell: Callable[[Sentence], None],
        unrecorded: Callable[[str], None] = lambda _id: None,
        bring: Callable[[Unsynced], None] = bring,
        beside: Executor | None = None,
    ) -> None:
        """`unrecorded` is told the id of a request that left, and could not be recorded."""
        self._writer = writer
        self._unrecorded = unrecorded
        self._wall_us = wall_us
        self._trouble = Trouble(tell)
        self._groups = Groups(
            writer,
            before=self._close_group,
            after=self._reached,
            failed=self._trouble.began,
            bring=bring,
            beside=beside,
        )
        self._loop = asyncio.get_running_loop()
        self._marked = writer.sequence
        self._timer: asyncio.TimerHandle | None = None
        self._gathering_since = 0.0
        """When the first record came that no group has."""
        self._bringing_since = 0.0
        """The same of what is being brought, or could not be."""

    def intents_wait(self, count: int) -> bool:
        """Tell whether the volume is late, or numbers have to be allowed first."""
        return self._late or self.exchanges_wait(count)

    def exchanges_wait(self, count: int) -> bool:
        """Tell whether numbers have to be allowed first: an answer waits for nothing else."""
        return self._writer.sequence + count > self._writer.granted

    def written_intents(self, payloads: Sequence[bytes], at: int) -> None:
        """Write some that need not wait, all or none; raises JournalFull."""
        try:
            self._writer.written_intents(payloads, at)
        except JournalFull as error:
            self._trouble.began(error)
            raise
        self._timed()
        if self._trouble.on:
            self._trouble.ended()

    def written_exchanges(self, payloads: Sequence[bytes], at: int) -> None:
        """Write some that need not wait, all or none; raises JournalFull."""
        try:
            self._writer.written_exchanges(payloads, at)
        except JournalFull as error:
            self._trouble.began(error)
            raise
        self._timed()

    @property
    def _late(self) -> bool:
        since = self._bringing_since or self._gathering_since
        return bool(since) and self._loop.time() - since > LOSS_S

    async def intent(self, intent: Intent) -> None:
        """Write it; raises JournalFull."""
        try:
            if self._late:
                await self._brought()
            await self._numbered()
            self._writer.intent(intent)
        except JournalFull as error:
            self._trouble.began(error)
            raise
        self._timed()
        if self._trouble.on:
            self._trouble.ended()

    async def settle(self, exchange: Exchange) -> None:
        """Write it; raises JournalFull.

        An answer does not wait for a volume that is late: its intent is there.
        """
        try:
            await self._numbered()
        except asyncio.CancelledError:
            # On record as far as can be; and cancelled all the same, whatever the disk says.
            try:
                self._settle(exchange)
            except JournalFull as error:
                self._trouble.began(error)
                self._unrecorded(exchange.id)
            raise
        except JournalFull:
            self._settle(exchange)
            raise
        self._settle(exchange)

    async def feedback(self, feedback: Feedback) -> None:
        """Write it; raises JournalFull."""
        await self._numbered()
        self._writer.feedback(feedback)
        self._timed()

    async def close(self, at: int) -> None:
        """End in order: nothing is missing behind a journal so ended."""
        if self._timer is not None:
            self._timer.cancel()
        await self._groups.ended()
        self._writer.close(at)

    def _settle(self, exchange: Exchange) -> None:
        self._writer.settle(exchange)
        self._timed()

    async def _numbered(self) -> None:
        """See to it that a number may be given."""
        while self._writer.sequence >= self._writer.granted:
            await self._brought()

    def _timed(self) -> None:
        if self._timer is None:
            self._gathering_since = self._loop.time()
            self._timer = self._loop.call_later(PERIOD_S, self._groups.join)

    async def _brought(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.shield(self._groups.join())
        except TimeoutError as error:
            raise JournalFull("the volume does not answer") from error

    def _close_group(self) -> None:
        """Allow as many numbers as records may come before the next group."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._bringing_since = self._bringing_since or self._gathering_since
        self._gathering_since = 0.0
        came = self._writer.sequence - self._marked
        self._writer.mark(self._wall_us(), allowance=max(RESERVE, GROWTH * came))
        self._marked = self._writer.sequence

    def _reached(self) -> None:
        self._bringing_since = 0.0
