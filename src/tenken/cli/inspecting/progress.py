"""One line that says what is being done: on a terminal only, never in a pipe or in CI."""

import sys

from tenken.cli.rim import Rim
from tenken.readiness.catalogue import Item

LONGEST = 70
CLEAR = "\r\x1b[2K"


class Progress:
    """A line on standard error that is written over."""

    def __init__(self, rim: Rim, *, quiet: bool) -> None:
        self._rim = rim
        self._shown = not quiet and not rim.settings.ci and sys.stderr.isatty()

    def show(self, text: str) -> None:
        """Say what is being done."""
        self._write(f"{CLEAR}{text[:LONGEST]}")

    def item(self, item: Item) -> None:
        """Say which item is being judged."""
        title = self._rim.speech.choose(ja=item.title.ja, en=item.title.en)
        self.show(self._rim.speech.text("cli.judging", item=item.id, title=title))

    def clear(self) -> None:
        """Leave an empty line."""
        self._write(CLEAR)

    def _write(self, text: str) -> None:
        if self._shown:
            sys.stderr.write(text)
            sys.stderr.flush()
