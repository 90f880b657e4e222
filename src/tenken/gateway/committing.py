"""Puts records into a journal, as durable as the deployment asks for."""

from tenken.journal.exchange import Exchange, Intent
from tenken.journal.writer import Writer


class LocalCommitter:
    """A record is on record when the kernel has it: it survives the death of every process."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def intent(self, intent: Intent) -> None:
        """Write it; raises JournalFull."""
        self._writer.intent(intent)

    async def settle(self, exchange: Exchange) -> None:
        """Write it; raises JournalFull."""
        self._writer.settle(exchange)
