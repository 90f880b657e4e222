"""Brings what a writer wrote onto its disk, a group at a time, off the event loop.

While one group is brought the next gathers: whoever comes meanwhile waits for that one, so a slow
disk makes larger groups and not longer queues.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor

from tenken.journal.writer import JournalFull, Unsynced, Writer, bring


class Groups:
    """The groups of one writer."""

    def __init__(
        self,
        writer: Writer,
        *,
        before: Callable[[], None] = lambda: None,
        after: Callable[[], None] = lambda: None,
        failed: Callable[[str], None] = lambda _why: None,
        bring: Callable[[Unsynced], None] = bring,
        beside: Executor | None = None,
    ) -> None:
        """`beside` is where it waits for the disk: where nothing else waits for anything.

        `before` is called when a group closes, and may write, or raise JournalFull.

        `after` when it is on the disk, and `failed` with the reason when nobody knows whether.
        """
        self._writer = writer
        self._before = before
        self._after = after
        self._failed = failed
        self._bring = bring
        self._beside = beside
        self._gathering: asyncio.Future[None] | None = None
        self._running: asyncio.Task[None] | None = None

    def join(self) -> asyncio.Future[None]:
        """Give what is done once all that is written by now is on the disk, or JournalFull.

        Shared by all of a group: to be waited for behind `asyncio.shield`.
        """
        loop = asyncio.get_running_loop()
        if self._gathering is None:
            self._gathering = loop.create_future()
            self._gathering.add_done_callback(_seen)
        if self._running is None:
            self._running = loop.create_task(self._run())
        return self._gathering

    async def ended(self) -> None:
        """Wait until no group is left."""
        while self._running is not None:
            await asyncio.wait((self._running,))

    async def _run(self) -> None:
        try:
            while (group := self._gathering) is not None:
                self._gathering = None
                await self._one(group)
        finally:
            self._running = None

    async def _one(self, group: asyncio.Future[None]) -> None:
        try:
            self._before()
            unsynced = self._writer.unsynced()
        except JournalFull as error:
            group.set_exception(error)
            return
        try:
            await asyncio.get_running_loop().run_in_executor(self._beside, self._bring, unsynced)
        except OSError as error:
            # What the disk has of these files is not known, and asking again would not tell.
            self._writer.distrust(unsynced)
            why = error.strerror or str(error)
            self._failed(why)
            group.set_exception(JournalFull(why))
        else:
            self._writer.reached(unsynced)
            self._after()
            group.set_result(None)


def _seen(group: asyncio.Future[None]) -> None:
    # A group that nobody waits for may fail as well: it was told by `failed`.
    if not group.cancelled():
        group.exception()
