"""Writes log lines to a file or to standard output, each of them whole or not at all."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from tenken.journal.exchange import Exchange
from tenken.keeper.sinks.logs.lines import Style, lines_of
from tenken.keeper.sinks.receiver import Later
from tenken.store.owed.tally import Tally

ENCODER = msgspec.json.Encoder()
STDOUT = 1
BREAKS = (
    (b"\xc2\x85", rb"\u0085"),
    (b"\xe2\x80\xa8", rb"\u2028"),
    (b"\xe2\x80\xa9", rb"\u2029"),
)
"""What JSON takes for a letter and other readers for the end of a line."""


class Output(Protocol):
    """Where lines go."""

    def write(self, lines: bytes) -> None:
        """Return once it has them; raises OSError."""
        ...


class File:
    """A file that others may move away or cut off at any moment: it is opened for each batch."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, lines: bytes) -> None:
        """Append, and bring it onto the disk: the position says that it is there."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            size = os.fstat(file).st_size
            try:
                _whole(file, lines)
            except OSError:
                os.ftruncate(file, size)  # a half line would spoil the next one
                raise
            os.fsync(file)
        finally:
            os.close(file)


class Stream:
    """Standard output, or another file that is open already."""

    def __init__(self, descriptor: int = STDOUT) -> None:
        self._descriptor = descriptor

    def write(self, lines: bytes) -> None:
        """Write, waiting for whoever reads it."""
        _whole(self._descriptor, lines)


class Logs:
    """A stream of lines as a sink."""

    def __init__(self, output: Output, style: Style) -> None:
        self._output = output
        self._style = style

    def deliver(self, exchanges: Sequence[Exchange], now: int) -> Tally:  # noqa: ARG002 - lines are of whatever age
        """Write the lines of each; raises Later."""
        lines = [ENCODER.encode(line) for one in exchanges for line in lines_of(one, self._style)]
        try:
            self._output.write(_unbroken(b"".join(line + b"\n" for line in lines)))
        except OSError as error:
            raise Later(error.strerror or type(error).__name__) from None
        return Tally(exchanges=len(exchanges), sent=len(lines))

    def close(self) -> None:
        """Hold nothing."""


def _unbroken(content: bytes) -> bytes:
    for written, escaped in BREAKS:
        content = content.replace(written, escaped)
    return content


def _whole(file: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(file, left) :]
